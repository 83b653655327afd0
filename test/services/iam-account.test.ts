import {
  AddRoleToInstanceProfileCommand,
  AttachRolePolicyCommand,
  CreateAccountAliasCommand,
  CreateInstanceProfileCommand,
  CreateOpenIDConnectProviderCommand,
  CreatePolicyCommand,
  CreateRoleCommand,
  CreateSAMLProviderCommand,
  CreateServiceLinkedRoleCommand,
  CreateUserCommand,
  DeleteInstanceProfileCommand,
  DeleteRoleCommand,
  DeleteServiceLinkedRoleCommand,
  GenerateCredentialReportCommand,
  GetAccountAuthorizationDetailsCommand,
  GetAccountPasswordPolicyCommand,
  GetAccountSummaryCommand,
  GetCredentialReportCommand,
  GetInstanceProfileCommand,
  GetOpenIDConnectProviderCommand,
  GetRoleCommand,
  GetSAMLProviderCommand,
  GetServerCertificateCommand,
  GetServiceLinkedRoleDeletionStatusCommand,
  IAMClient,
  ListAccountAliasesCommand,
  ListAttachedRolePoliciesCommand,
  ListEntitiesForPolicyCommand,
  ListInstanceProfilesForRoleCommand,
  ListOpenIDConnectProvidersCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  RemoveClientIDFromOpenIDConnectProviderCommand,
  RemoveRoleFromInstanceProfileCommand,
  UpdateAccountPasswordPolicyCommand,
  UploadServerCertificateCommand,
} from '@aws-sdk/client-iam'
import { generate } from 'selfsigned'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { refusal } from '../support/sqs.ts'

const AssumeRolePolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'ec2.amazonaws.com' }, Action: 'sts:AssumeRole' }],
})
const PolicyDocument = JSON.stringify({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: 's3:GetObject', Resource: '*' }],
})

const setUp = () => {
  const aws = testClients()
  return { aws, iam: aws.client(IAMClient) }
}

test('an instance profile has one role, and neither goes before they part', async () => {
  const { iam } = setUp()
  await iam.send(new CreateRoleCommand({ RoleName: 'web', AssumeRolePolicyDocument }))
  await iam.send(new CreateRoleCommand({ RoleName: 'other', AssumeRolePolicyDocument }))
  const InstanceProfileName = 'web-profile'
  await iam.send(new CreateInstanceProfileCommand({ InstanceProfileName, Tags: [{ Key: 'a', Value: 'b' }] }))
  const add = (RoleName: string) => iam.send(new AddRoleToInstanceProfileCommand({ InstanceProfileName, RoleName }))
  await add('web')
  expect(await refusal(add('other'))).toBe(
    'LimitExceededException: Cannot exceed quota for InstanceSessionsPerInstanceProfile: 1',
  )
  const { InstanceProfile } = await iam.send(new GetInstanceProfileCommand({ InstanceProfileName }))
  expect(InstanceProfile?.InstanceProfileId).toMatch(/^AIPA/)
  expect(InstanceProfile?.Roles?.map(role => role.RoleName)).toEqual(['web'])
  expect(InstanceProfile?.Tags).toEqual([{ Key: 'a', Value: 'b' }])
  const forRole = await iam.send(new ListInstanceProfilesForRoleCommand({ RoleName: 'web' }))
  expect(forRole.InstanceProfiles).toHaveLength(1)
  const conflict = 'DeleteConflictException: Cannot delete entity, must remove roles from instance profile first.'
  expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'web' })))).toBe(conflict)
  expect(await refusal(iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName })))).toBe(conflict)
  await iam.send(new RemoveRoleFromInstanceProfileCommand({ InstanceProfileName, RoleName: 'web' }))
  await iam.send(new DeleteInstanceProfileCommand({ InstanceProfileName }))
  await iam.send(new DeleteRoleCommand({ RoleName: 'web' }))
})

test('a service-linked role is its service’s to change', async () => {
  const { iam } = setUp()
  const create = () => iam.send(new CreateServiceLinkedRoleCommand({ AWSServiceName: 'ecs.amazonaws.com' }))
  const { Role } = await create()
  const RoleName = 'AWSServiceRoleForECS'
  expect(Role?.Arn).toBe(`arn:aws:iam::123456789012:role/aws-service-role/ecs.amazonaws.com/${RoleName}`)
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName }))
  expect(attached.AttachedPolicies?.map(policy => policy.PolicyName)).toEqual(['AmazonECSServiceRolePolicy'])
  expect(await refusal(create())).toBe(
    `InvalidInputException: Service role name ${RoleName} has been taken in this account, please try a different suffix.`,
  )
  const unmodifiable = `UnmodifiableEntityException: Cannot perform the operation on the protected role '${RoleName}' - this role is only modifiable by AWS`
  expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName })))).toBe(unmodifiable)
  expect(await refusal(iam.send(new PutRolePolicyCommand({ RoleName, PolicyName: 'p', PolicyDocument })))).toBe(
    unmodifiable,
  )
  const { DeletionTaskId } = await iam.send(new DeleteServiceLinkedRoleCommand({ RoleName }))
  const status = await iam.send(new GetServiceLinkedRoleDeletionStatusCommand({ DeletionTaskId }))
  expect(status.Status).toBe('SUCCEEDED')
  expect(await refusal(iam.send(new GetRoleCommand({ RoleName })))).toContain('cannot be found')
})

test('identity providers are kept with their clients and metadata', async () => {
  const { iam } = setUp()
  const make = () =>
    iam.send(
      new CreateOpenIDConnectProviderCommand({
        Url: 'https://token.actions.githubusercontent.com',
        ClientIDList: ['sts.amazonaws.com', 'other'],
        ThumbprintList: ['6938fd4d98bab03faadb97b34396831e3780aea1'],
      }),
    )
  const { OpenIDConnectProviderArn } = await make()
  expect(OpenIDConnectProviderArn).toBe('arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com')
  expect(await refusal(make())).toBe(
    'EntityAlreadyExistsException: Provider with url https://token.actions.githubusercontent.com already exists.',
  )
  const removal = { OpenIDConnectProviderArn, ClientID: 'other' }
  await iam.send(new RemoveClientIDFromOpenIDConnectProviderCommand(removal))
  const read = await iam.send(new GetOpenIDConnectProviderCommand({ OpenIDConnectProviderArn }))
  expect(read).toMatchObject({
    Url: 'token.actions.githubusercontent.com',
    ClientIDList: ['sts.amazonaws.com'],
    ThumbprintList: ['6938fd4d98bab03faadb97b34396831e3780aea1'],
  })
  const list = await iam.send(new ListOpenIDConnectProvidersCommand({}))
  expect(list.OpenIDConnectProviderList).toEqual([{ Arn: OpenIDConnectProviderArn }])
  const metadata = `<EntityDescriptor entityID="https://idp.example.com">${' '.repeat(1000)}</EntityDescriptor>`
  const saml = await iam.send(new CreateSAMLProviderCommand({ Name: 'corp', SAMLMetadataDocument: metadata }))
  expect(saml.SAMLProviderArn).toBe('arn:aws:iam::123456789012:saml-provider/corp')
  const provider = await iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: saml.SAMLProviderArn }))
  expect(provider.SAMLMetadataDocument).toBe(metadata)
  const unknown = 'arn:aws:iam::123456789012:saml-provider/nobody'
  expect(await refusal(iam.send(new GetSAMLProviderCommand({ SAMLProviderArn: unknown })))).toBe(
    `NoSuchEntityException: Manifest not found for arn ${unknown}`,
  )
})

test('a server certificate is read for its end, and must fit its key', async () => {
  const { iam } = setUp()
  const [own, other] = await Promise.all([generate(), generate()])
  const upload = (PrivateKey: string, CertificateBody = own.cert) =>
    iam.send(new UploadServerCertificateCommand({ ServerCertificateName: 'site', CertificateBody, PrivateKey }))
  expect(await refusal(upload(other.private))).toContain('KeyPairMismatch')
  expect(await refusal(upload(own.private, 'not a certificate'))).toBe(
    'MalformedCertificateException: Unable to parse certificate. Please ensure the certificate is in PEM format.',
  )
  const { ServerCertificateMetadata } = await upload(own.private)
  expect(ServerCertificateMetadata?.Expiration?.getTime()).toBeGreaterThan(Date.now())
  const read = await iam.send(new GetServerCertificateCommand({ ServerCertificateName: 'site' }))
  expect(read.ServerCertificate?.CertificateBody?.trim()).toBe(own.cert.trim())
})

test('the account has an alias, a password policy and a summary', async () => {
  const { iam } = setUp()
  await iam.send(new CreateAccountAliasCommand({ AccountAlias: 'acme' }))
  expect((await iam.send(new ListAccountAliasesCommand({}))).AccountAliases).toEqual(['acme'])
  expect(await refusal(iam.send(new GetAccountPasswordPolicyCommand({})))).toBe(
    'NoSuchEntityException: The Password Policy with domain name 123456789012 cannot be found.',
  )
  await iam.send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 10, MaxPasswordAge: 90 }))
  expect((await iam.send(new GetAccountPasswordPolicyCommand({}))).PasswordPolicy).toEqual({
    MinimumPasswordLength: 10,
    RequireSymbols: false,
    RequireNumbers: false,
    RequireUppercaseCharacters: false,
    RequireLowercaseCharacters: false,
    AllowUsersToChangePassword: false,
    ExpirePasswords: true,
    MaxPasswordAge: 90,
  })
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const { SummaryMap } = await iam.send(new GetAccountSummaryCommand({}))
  expect(SummaryMap).toMatchObject({ Users: 1, Roles: 0, UsersQuota: 5000, VersionsPerPolicyQuota: 5 })
})

test('a policy tells who has it, and the account tells everything, page by page', async () => {
  const { iam } = setUp()
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'read', PolicyDocument }))
  const PolicyArn = Policy?.Arn ?? ''
  for (const RoleName of ['a', 'b']) await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'a', PolicyArn }))
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'b', PermissionsBoundary: PolicyArn }))
  const entities = async (PolicyUsageFilter?: 'PermissionsPolicy' | 'PermissionsBoundary') => {
    const answer = await iam.send(
      new ListEntitiesForPolicyCommand({ PolicyArn, ...(PolicyUsageFilter && { PolicyUsageFilter }) }),
    )
    return answer.PolicyRoles?.map(role => role.RoleName)
  }
  expect(await entities()).toEqual(['a', 'b'])
  expect(await entities('PermissionsPolicy')).toEqual(['a'])
  expect(await entities('PermissionsBoundary')).toEqual(['b'])
  const first = await iam.send(new GetAccountAuthorizationDetailsCommand({ MaxItems: 3 }))
  expect(first.UserDetailList?.map(user => user.UserName)).toEqual(['alice'])
  expect(first.RoleDetailList?.map(role => role.RoleName)).toEqual(['a', 'b'])
  expect(first.RoleDetailList?.[0]?.AttachedManagedPolicies).toEqual([{ PolicyName: 'read', PolicyArn }])
  expect(first.RoleDetailList?.[1]?.PermissionsBoundary?.PermissionsBoundaryArn).toBe(PolicyArn)
  expect(first.Policies).toEqual([])
  const second = await iam.send(new GetAccountAuthorizationDetailsCommand({ MaxItems: 3, Marker: first.Marker }))
  expect(second.Policies?.map(policy => policy.PolicyVersionList?.length)).toEqual([1])
  expect(second.IsTruncated).toBe(false)
})

test('a credential report is asked for, then read', async () => {
  const { iam } = setUp()
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  expect(await refusal(iam.send(new GetCredentialReportCommand({})))).toContain('ReportNotPresent')
  expect((await iam.send(new GenerateCredentialReportCommand({}))).State).toBe('STARTED')
  expect((await iam.send(new GenerateCredentialReportCommand({}))).State).toBe('COMPLETE')
  const { Content } = await iam.send(new GetCredentialReportCommand({}))
  const lines = new TextDecoder().decode(Content).split('\n')
  expect(lines[0]).toMatch(/^user,arn,user_creation_time,/)
  expect(lines[2]).toMatch(/^alice,arn:aws:iam::123456789012:user\/alice,/)
  expect(new Set(lines.map(line => line.split(',').length))).toEqual(new Set([22]))
})
