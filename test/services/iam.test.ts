import {
  AttachRolePolicyCommand,
  CreateAccessKeyCommand,
  CreatePolicyCommand,
  CreatePolicyVersionCommand,
  CreateRoleCommand,
  CreateUserCommand,
  DeletePolicyCommand,
  DeletePolicyVersionCommand,
  DeleteRoleCommand,
  DeleteRolePolicyCommand,
  DetachRolePolicyCommand,
  GetPolicyCommand,
  GetPolicyVersionCommand,
  GetRoleCommand,
  GetRolePolicyCommand,
  GetUserCommand,
  IAMClient,
  ListAttachedRolePoliciesCommand,
  ListPoliciesCommand,
  ListPolicyVersionsCommand,
  ListRolePoliciesCommand,
  ListRolesCommand,
  ListRoleTagsCommand,
  PutRolePermissionsBoundaryCommand,
  PutRolePolicyCommand,
  SetDefaultPolicyVersionCommand,
  TagRoleCommand,
  UntagRoleCommand,
  UpdateAssumeRolePolicyCommand,
  UpdateRoleCommand,
} from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { refusal } from '../support/sqs.ts'

const trust = (principal: unknown = { Service: 'lambda.amazonaws.com' }) =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: principal, Action: 'sts:AssumeRole' }],
  })
const allow = (Action: string | string[], Resource = '*') =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action, Resource }] })

const setUp = () => {
  const aws = testClients()
  return { aws, iam: aws.client(IAMClient) }
}

const account = '123456789012'

test('a role reads back as it was made: its path, trust policy, tags and limits', async () => {
  const { iam } = setUp()
  const document = trust()
  const { Role: made } = await iam.send(
    new CreateRoleCommand({
      RoleName: 'worker',
      Path: '/app/',
      AssumeRolePolicyDocument: document,
      Description: 'does the work',
      MaxSessionDuration: 7200,
      Tags: [{ Key: 'team', Value: 'blue' }],
    }),
  )
  expect(made?.RoleId).toMatch(/^AROA[A-Z0-9]{17}$/)
  expect(made?.Arn).toBe(`arn:aws:iam::${account}:role/app/worker`)
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'worker' }))
  expect(Role).toMatchObject({
    Path: '/app/',
    RoleId: made?.RoleId,
    Description: 'does the work',
    MaxSessionDuration: 7200,
    Tags: [{ Key: 'team', Value: 'blue' }],
  })
  expect(Role?.AssumeRolePolicyDocument).toMatch(/^%7B%22Version%22%3A/)
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(document)
  expect(Role?.CreateDate?.getMilliseconds()).toBe(0)
})

test('names are taken whatever their case, and unknown ones are named in the refusal', async () => {
  const { iam } = setUp()
  const create = (RoleName: string) => iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: trust() }))
  await create('worker')
  expect(await refusal(create('Worker'))).toBe('EntityAlreadyExistsException: Role with name Worker already exists.')
  expect(await refusal(iam.send(new GetRoleCommand({ RoleName: 'nobody' })))).toBe(
    'NoSuchEntityException: The role with name nobody cannot be found.',
  )
  expect(await refusal(iam.send(new GetUserCommand({ UserName: 'nobody' })))).toBe(
    'NoSuchEntityException: The user with name nobody cannot be found.',
  )
  expect(await refusal(create('no spaces'))).toBe(
    "ValidationError: 1 validation error detected: Value 'no spaces' at 'roleName' failed to satisfy constraint: " +
      'Member must satisfy regular expression pattern: [\\w+=,.@-]+',
  )
})

test('roles list by path and page by page', async () => {
  const { iam } = setUp()
  for (const [name, path] of Object.entries({ a: '/x/', b: '/y/', c: '/x/z/', d: '/x/' })) {
    await iam.send(new CreateRoleCommand({ RoleName: name, Path: path, AssumeRolePolicyDocument: trust() }))
  }
  const first = await iam.send(new ListRolesCommand({ PathPrefix: '/x/', MaxItems: 2 }))
  expect(first.Roles?.map(role => role.RoleName)).toEqual(['a', 'c'])
  expect(first.IsTruncated).toBe(true)
  const second = await iam.send(new ListRolesCommand({ PathPrefix: '/x/', MaxItems: 2, Marker: first.Marker }))
  expect(second.Roles?.map(role => role.RoleName)).toEqual(['d'])
  expect(second.IsTruncated).toBe(false)
  expect(second.Marker).toBeUndefined()
  expect(await refusal(iam.send(new ListRolesCommand({ Marker: 'nonsense' })))).toBe('ValidationError: Invalid Marker.')
})

test('a trust policy that AWS would refuse is refused, and changes nothing', async () => {
  const { iam } = setUp()
  const create = (AssumeRolePolicyDocument: string) =>
    refusal(iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument })))
  const malformed = 'MalformedPolicyDocumentException: '
  expect(await create('{')).toBe(`${malformed}This policy contains invalid Json`)
  expect(await create(allow('sts:AssumeRole'))).toBe(`${malformed}Has prohibited field Resource`)
  expect(await create(trust(undefined))).toContain('not refused')
  await iam.send(new DeleteRoleCommand({ RoleName: 'worker' }))
  expect(await create(trust({ Service: 'lambda' }))).toBe(`${malformed}Invalid principal in policy: "SERVICE":"lambda"`)
  const nobody = `arn:aws:iam::${account}:user/nobody`
  expect(await create(trust({ AWS: nobody }))).toBe(`${malformed}Invalid principal in policy: "AWS":"${nobody}"`)
  expect(await create(trust().replace('sts:AssumeRole', 's3:GetObject'))).toBe(
    `${malformed}AssumeRole policy may only specify STS AssumeRole actions.`,
  )
  expect(await refusal(iam.send(new GetRoleCommand({ RoleName: 'worker' })))).toContain('cannot be found')
})

test('inline policies are put, read back, listed and deleted', async () => {
  const { iam } = setUp()
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust() }))
  const names = { RoleName: 'worker', PolicyName: 'read' }
  await iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument: allow('s3:*') }))
  const { PolicyDocument = '' } = await iam.send(new GetRolePolicyCommand(names))
  expect(decodeURIComponent(PolicyDocument)).toBe(allow('s3:*'))
  expect(PolicyDocument).toContain('s3%3A%2A')
  expect((await iam.send(new ListRolePoliciesCommand({ RoleName: 'worker' }))).PolicyNames).toEqual(['read'])
  expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'worker' })))).toBe(
    'DeleteConflictException: Cannot delete entity, must delete policies first.',
  )
  await iam.send(new DeleteRolePolicyCommand(names))
  expect(await refusal(iam.send(new GetRolePolicyCommand(names)))).toBe(
    'NoSuchEntityException: The role policy with name read cannot be found.',
  )
  expect(await refusal(iam.send(new PutRolePolicyCommand({ ...names, PolicyDocument: '{}' })))).toBe(
    'MalformedPolicyDocumentException: Syntax errors in policy.',
  )
  await iam.send(new DeleteRoleCommand({ RoleName: 'worker' }))
})

test('a managed policy knows how many have it, and stays while anybody does', async () => {
  const { iam } = setUp()
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'read', PolicyDocument: allow('s3:Get*') }))
  const PolicyArn = Policy?.Arn ?? ''
  expect(Policy).toMatchObject({
    Arn: `arn:aws:iam::${account}:policy/read`,
    DefaultVersionId: 'v1',
    AttachmentCount: 0,
  })
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust() }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn }))
  await iam.send(new PutRolePermissionsBoundaryCommand({ RoleName: 'worker', PermissionsBoundary: PolicyArn }))
  expect((await iam.send(new GetPolicyCommand({ PolicyArn }))).Policy).toMatchObject({
    AttachmentCount: 1,
    PermissionsBoundaryUsageCount: 1,
  })
  const attached = await iam.send(new ListAttachedRolePoliciesCommand({ RoleName: 'worker' }))
  expect(attached.AttachedPolicies).toEqual([{ PolicyName: 'read', PolicyArn }])
  expect(await refusal(iam.send(new DeletePolicyCommand({ PolicyArn })))).toBe(
    'DeleteConflictException: Cannot delete a policy attached to entities.',
  )
  expect(await refusal(iam.send(new DeleteRoleCommand({ RoleName: 'worker' })))).toBe(
    'DeleteConflictException: Cannot delete entity, must detach all policies first.',
  )
  await iam.send(new DetachRolePolicyCommand({ RoleName: 'worker', PolicyArn }))
  expect(await refusal(iam.send(new DetachRolePolicyCommand({ RoleName: 'worker', PolicyArn })))).toBe(
    `NoSuchEntityException: Policy ${PolicyArn} was not found.`,
  )
  await iam.send(new DeleteRoleCommand({ RoleName: 'worker' }))
  await iam.send(new DeletePolicyCommand({ PolicyArn }))
  expect(await refusal(iam.send(new GetPolicyCommand({ PolicyArn })))).toBe(
    `NoSuchEntityException: Policy ${PolicyArn} was not found.`,
  )
})

test('a policy has five versions at most, one of them its default', async () => {
  const { iam } = setUp()
  const { Policy } = await iam.send(new CreatePolicyCommand({ PolicyName: 'read', PolicyDocument: allow('s3:v1') }))
  const PolicyArn = Policy?.Arn ?? ''
  for (const n of [2, 3, 4, 5]) {
    const { PolicyVersion } = await iam.send(
      new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow(`s3:v${n}`), SetAsDefault: n === 3 }),
    )
    expect(PolicyVersion).toMatchObject({ VersionId: `v${n}`, IsDefaultVersion: n === 3 })
  }
  const sixth = new CreatePolicyVersionCommand({ PolicyArn, PolicyDocument: allow('s3:v6') })
  expect(await refusal(iam.send(sixth))).toBe(
    'LimitExceededException: A managed policy can have up to 5 versions. Before you create a new version, ' +
      'you must delete an existing version.',
  )
  expect(await refusal(iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' })))).toBe(
    'DeleteConflictException: Cannot delete the default version of a policy.',
  )
  await iam.send(new SetDefaultPolicyVersionCommand({ PolicyArn, VersionId: 'v1' }))
  await iam.send(new DeletePolicyVersionCommand({ PolicyArn, VersionId: 'v3' }))
  const { Versions = [] } = await iam.send(new ListPolicyVersionsCommand({ PolicyArn }))
  expect(Versions.map(({ VersionId }) => VersionId)).toEqual(['v5', 'v4', 'v2', 'v1'])
  const { PolicyVersion } = await iam.send(new CreatePolicyVersionCommand(sixth.input))
  expect(PolicyVersion?.VersionId).toBe('v6')
  const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: 'v6' }))
  expect(decodeURIComponent(read.PolicyVersion?.Document ?? '')).toBe(allow('s3:v6'))
})

test('AWS’s own policies can be read and attached; unknown ones do not exist', async () => {
  const { iam } = setUp()
  const PolicyArn = 'arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole'
  const { Policy } = await iam.send(new GetPolicyCommand({ PolicyArn }))
  expect(Policy).toMatchObject({ PolicyName: 'AWSLambdaBasicExecutionRole', Path: '/service-role/', Arn: PolicyArn })
  const read = await iam.send(new GetPolicyVersionCommand({ PolicyArn, VersionId: Policy?.DefaultVersionId }))
  expect(JSON.parse(decodeURIComponent(read.PolicyVersion?.Document ?? '')).Statement[0].Action).toEqual([
    'logs:CreateLogGroup',
    'logs:CreateLogStream',
    'logs:PutLogEvents',
  ])
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust() }))
  await iam.send(new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn }))
  const attached = await iam.send(new ListPoliciesCommand({ Scope: 'AWS', OnlyAttached: true }))
  expect(attached.Policies?.map(({ Arn }) => Arn)).toEqual([PolicyArn])
  const unknown = 'arn:aws:iam::aws:policy/NoSuchPolicy'
  const attach = new AttachRolePolicyCommand({ RoleName: 'worker', PolicyArn: unknown })
  expect(await refusal(iam.send(attach))).toBe(
    `NoSuchEntityException: Policy ${unknown} does not exist or is not attachable.`,
  )
})

test('a role is changed without losing what was not named', async () => {
  const { iam } = setUp()
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust(), Description: 'one' }))
  await iam.send(new UpdateRoleCommand({ RoleName: 'worker', MaxSessionDuration: 43_200 }))
  const document = trust({ Service: 'sqs.amazonaws.com' })
  await iam.send(new UpdateAssumeRolePolicyCommand({ RoleName: 'worker', PolicyDocument: document }))
  const { Role } = await iam.send(new GetRoleCommand({ RoleName: 'worker' }))
  expect(Role).toMatchObject({ Description: 'one', MaxSessionDuration: 43_200 })
  expect(decodeURIComponent(Role?.AssumeRolePolicyDocument ?? '')).toBe(document)
})

test('tag keys have no case, and 50 are the most', async () => {
  const { iam } = setUp()
  await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument: trust() }))
  const tag = (...keys: string[]) =>
    iam.send(new TagRoleCommand({ RoleName: 'worker', Tags: keys.map(Key => ({ Key, Value: `of ${Key}` })) }))
  await tag('team')
  await tag('TEAM', 'cost')
  const { Tags } = await iam.send(new ListRoleTagsCommand({ RoleName: 'worker' }))
  expect(Tags).toEqual([
    { Key: 'cost', Value: 'of cost' },
    { Key: 'TEAM', Value: 'of TEAM' },
  ])
  expect(await refusal(tag('a', 'A'))).toBe(
    'InvalidInputException: Duplicate tag keys found. Please note that Tag keys are case insensitive.',
  )
  expect(await refusal(tag(...Array.from({ length: 49 }, (_, n) => `key${n}`)))).toBe(
    'LimitExceededException: The number of tags has reached the maximum limit.',
  )
  await iam.send(new UntagRoleCommand({ RoleName: 'worker', TagKeys: ['Team', 'cost'] }))
  expect((await iam.send(new ListRoleTagsCommand({ RoleName: 'worker' }))).Tags).toEqual([])
})

test('a user has two access keys at most', async () => {
  const { iam } = setUp()
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  expect(AccessKey).toMatchObject({ UserName: 'alice', Status: 'Active' })
  expect(AccessKey?.AccessKeyId).toMatch(/^AKIA[A-Z2-7]{16}$/)
  expect(AccessKey?.SecretAccessKey).toHaveLength(40)
  await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  expect(await refusal(iam.send(new CreateAccessKeyCommand({ UserName: 'alice' })))).toBe(
    'LimitExceededException: Cannot exceed quota for AccessKeysPerUser: 2',
  )
})
