import { createHmac } from 'node:crypto'
import {
  AddUserToGroupCommand,
  AttachGroupPolicyCommand,
  AttachUserPolicyCommand,
  ChangePasswordCommand,
  CreateAccessKeyCommand,
  CreateGroupCommand,
  CreateLoginProfileCommand,
  CreateServiceSpecificCredentialCommand,
  CreateUserCommand,
  CreateVirtualMFADeviceCommand,
  DeleteAccessKeyCommand,
  DeleteGroupCommand,
  DeleteLoginProfileCommand,
  DeleteUserCommand,
  DeleteVirtualMFADeviceCommand,
  DetachUserPolicyCommand,
  EnableMFADeviceCommand,
  GetAccessKeyLastUsedCommand,
  GetGroupCommand,
  GetLoginProfileCommand,
  GetUserCommand,
  IAMClient,
  ListAccessKeysCommand,
  ListGroupsForUserCommand,
  ListMFADevicesCommand,
  ListServiceSpecificCredentialsCommand,
  ListSSHPublicKeysCommand,
  ListUsersCommand,
  ListVirtualMFADevicesCommand,
  PutUserPermissionsBoundaryCommand,
  RemoveUserFromGroupCommand,
  UpdateAccountPasswordPolicyCommand,
  UpdateUserCommand,
  UploadSSHPublicKeyCommand,
} from '@aws-sdk/client-iam'
import { AssumeRoleCommand, GetCallerIdentityCommand, GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { refusal } from '../support/sqs.ts'

const setUp = () => {
  const aws = testClients()
  return { aws, iam: aws.client(IAMClient) }
}

const READ_ONLY = 'arn:aws:iam::aws:policy/ReadOnlyAccess'

test('a group keeps its members, and goes only when it has none', async () => {
  const { iam } = setUp()
  await iam.send(new CreateGroupCommand({ GroupName: 'devs', Path: '/eng/' }))
  for (const UserName of ['alice', 'bob']) {
    await iam.send(new CreateUserCommand({ UserName }))
    await iam.send(new AddUserToGroupCommand({ GroupName: 'devs', UserName }))
  }
  const first = await iam.send(new GetGroupCommand({ GroupName: 'devs', MaxItems: 1 }))
  expect(first.Group?.Arn).toBe('arn:aws:iam::123456789012:group/eng/devs')
  expect(first.Users?.map(user => user.UserName)).toEqual(['alice'])
  const second = await iam.send(new GetGroupCommand({ GroupName: 'devs', MaxItems: 1, Marker: first.Marker }))
  expect(second.Users?.map(user => user.UserName)).toEqual(['bob'])
  expect(second.IsTruncated).toBe(false)
  const groups = await iam.send(new ListGroupsForUserCommand({ UserName: 'bob' }))
  expect(groups.Groups?.map(group => group.GroupName)).toEqual(['devs'])
  const remove = () => iam.send(new DeleteGroupCommand({ GroupName: 'devs' }))
  expect(await refusal(remove())).toBe(
    'DeleteConflictException: Cannot delete entity, must remove users from group first.',
  )
  for (const UserName of ['alice', 'bob']) {
    await iam.send(new RemoveUserFromGroupCommand({ GroupName: 'devs', UserName }))
  }
  await remove()
  expect(await refusal(iam.send(new GetGroupCommand({ GroupName: 'devs' })))).toBe(
    'NoSuchEntityException: The group with name devs cannot be found.',
  )
})

test('a user goes only when nothing hangs on it, and AWS says what', async () => {
  const { iam } = setUp()
  const UserName = 'alice'
  await iam.send(new CreateUserCommand({ UserName }))
  await iam.send(new AttachUserPolicyCommand({ UserName, PolicyArn: READ_ONLY }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
  await iam.send(new CreateLoginProfileCommand({ UserName, Password: 'Correct-Horse-9' }))
  const remove = () => refusal(iam.send(new DeleteUserCommand({ UserName })))
  expect(await remove()).toBe('DeleteConflictException: Cannot delete entity, must detach all policies first.')
  await iam.send(new DetachUserPolicyCommand({ UserName, PolicyArn: READ_ONLY }))
  expect(await remove()).toBe('DeleteConflictException: Cannot delete entity, must delete access keys first.')
  await iam.send(new DeleteAccessKeyCommand({ UserName, AccessKeyId: AccessKey?.AccessKeyId }))
  expect(await remove()).toBe('DeleteConflictException: Cannot delete entity, must delete login profile first.')
  await iam.send(new DeleteLoginProfileCommand({ UserName }))
  await iam.send(new DeleteUserCommand({ UserName }))
  expect((await iam.send(new ListUsersCommand({}))).Users).toEqual([])
})

test('a renamed user keeps its id, its tags, its groups and its keys', async () => {
  const { iam } = setUp()
  const Tags = [{ Key: 'team', Value: 'red' }]
  const { User } = await iam.send(new CreateUserCommand({ UserName: 'alice', Tags }))
  await iam.send(new CreateUserCommand({ UserName: 'bob' }))
  await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  const taken = new UpdateUserCommand({ UserName: 'alice', NewUserName: 'bob' })
  expect(await refusal(iam.send(taken))).toBe('EntityAlreadyExistsException: User with name bob already exists.')
  await iam.send(new UpdateUserCommand({ UserName: 'alice', NewUserName: 'carol', NewPath: '/hr/' }))
  const renamed = await iam.send(new GetUserCommand({ UserName: 'carol' }))
  expect(renamed.User).toMatchObject({ UserId: User?.UserId, Arn: 'arn:aws:iam::123456789012:user/hr/carol', Tags })
  const keys = await iam.send(new ListAccessKeysCommand({ UserName: 'carol' }))
  expect(keys.AccessKeyMetadata).toHaveLength(1)
})

test('a user’s own key needs no name, and IAM tells when it was last used', async () => {
  const { aws, iam } = setUp()
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  const own = aws.client(IAMClient, { credentials })
  expect((await own.send(new GetUserCommand({}))).User?.UserName).toBe('alice')
  const lastUsed = async () => {
    const answer = await iam.send(new GetAccessKeyLastUsedCommand({ AccessKeyId: AccessKey?.AccessKeyId }))
    return { user: answer.UserName, ...answer.AccessKeyLastUsed }
  }
  expect(await lastUsed()).toEqual({ user: 'alice', ServiceName: 'N/A', Region: 'N/A' })
  await aws.client(STSClient, { credentials }).send(new GetCallerIdentityCommand({}))
  const used = await lastUsed()
  expect(used).toMatchObject({ ServiceName: 'sts', Region: 'us-east-1' })
  expect(used.LastUsedDate).toBeInstanceOf(Date)
  expect(await refusal(iam.send(new CreateAccessKeyCommand({})))).toBe(
    'ValidationError: Must specify userName when calling with non-User credentials',
  )
})

test('a password follows the account’s policy, and is changed by who knows it', async () => {
  const { aws, iam } = setUp()
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const create = (Password: string) => iam.send(new CreateLoginProfileCommand({ UserName: 'alice', Password }))
  expect(await refusal(create('alllowercase'))).toBe(
    'PasswordPolicyViolationException: Password does not conform to the account password policy.',
  )
  await iam.send(new UpdateAccountPasswordPolicyCommand({ MinimumPasswordLength: 12, RequireSymbols: true }))
  expect(await refusal(create('Short-1'))).toBe(
    'PasswordPolicyViolationException: Password should have a minimum length of 12',
  )
  expect(await refusal(create('NoSymbolsHere1'))).toBe(
    'PasswordPolicyViolationException: Password should have at least one symbol',
  )
  await create('correct-horse-battery')
  expect(await refusal(create('correct-horse-battery'))).toBe(
    'EntityAlreadyExistsException: Login Profile for user alice already exists.',
  )
  const { LoginProfile } = await iam.send(new GetLoginProfileCommand({ UserName: 'alice' }))
  expect(LoginProfile).toMatchObject({ UserName: 'alice', PasswordResetRequired: false })
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  const own = aws.client(IAMClient, {
    credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
  })
  const change = (OldPassword: string, NewPassword: string) =>
    own.send(new ChangePasswordCommand({ OldPassword, NewPassword }))
  expect(await refusal(change('a wrong guess', 'another-horse-battery'))).toBe(
    'AccessDenied: The old password was incorrect.',
  )
  await change('correct-horse-battery', 'another-horse-battery')
  expect(await refusal(change('correct-horse-battery', 'third-horse-battery'))).toContain('AccessDenied')
})

/** What a virtual device shows: RFC 6238 with a base32 seed. */
function codeOf(seed: string, time: number): string {
  const bits = Array.from(seed, letter =>
    'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
  )
  const key = Buffer.from((bits.join('').match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(time / 30_000)))
  const digest = createHmac('sha1', key).update(counter).digest()
  const value = digest.readUInt32BE((digest[19] ?? 0) & 15) & 0x7fffffff
  return String(value % 1_000_000).padStart(6, '0')
}

test('a virtual MFA device takes its own codes, and opens roles that ask for it', async () => {
  const { aws, iam } = setUp()
  const { User } = await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  const device = await iam.send(new CreateVirtualMFADeviceCommand({ VirtualMFADeviceName: 'phone' }))
  const SerialNumber = device.VirtualMFADevice?.SerialNumber ?? ''
  expect(SerialNumber).toBe('arn:aws:iam::123456789012:mfa/phone')
  const seed = new TextDecoder().decode(device.VirtualMFADevice?.Base32StringSeed)
  const enable = (AuthenticationCode1: string, AuthenticationCode2: string) =>
    iam.send(new EnableMFADeviceCommand({ UserName: 'alice', SerialNumber, AuthenticationCode1, AuthenticationCode2 }))
  const now = Date.now()
  const [first, second] = [codeOf(seed, now), codeOf(seed, now + 30_000)]
  expect(await refusal(enable(second, first))).toBe(
    'InvalidAuthenticationCodeException: Authentication code for device is not valid.',
  )
  await enable(first, second)
  const { MFADevices } = await iam.send(new ListMFADevicesCommand({ UserName: 'alice' }))
  expect(MFADevices).toMatchObject([{ UserName: 'alice', SerialNumber }])
  const assigned = await iam.send(new ListVirtualMFADevicesCommand({ AssignmentStatus: 'Unassigned' }))
  expect(assigned.VirtualMFADevices).toEqual([])
  expect(await refusal(iam.send(new DeleteVirtualMFADeviceCommand({ SerialNumber })))).toContain('DeleteConflict')

  const sts = aws.client(STSClient, {
    credentials: { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' },
  })
  const { CreateRoleCommand } = await import('@aws-sdk/client-iam')
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: User?.Arn },
    Action: 'sts:AssumeRole',
    Condition: { Bool: { 'aws:MultiFactorAuthPresent': 'true' } },
  }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'vault', AssumeRolePolicyDocument }))
  const asked = { RoleArn: Role?.Arn, RoleSessionName: 'it' }
  expect(await refusal(sts.send(new AssumeRoleCommand(asked)))).toContain(
    'is not authorized to perform: sts:AssumeRole',
  )
  expect(await refusal(sts.send(new GetSessionTokenCommand({ SerialNumber, TokenCode: '000000' })))).toBe(
    'AccessDenied: MultiFactorAuthentication failed with invalid MFA one time pass code.',
  )
  const TokenCode = codeOf(seed, Date.now())
  const { AssumedRoleUser } = await sts.send(new AssumeRoleCommand({ ...asked, SerialNumber, TokenCode }))
  expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::123456789012:assumed-role/vault/it')
})

test('SSH keys and service-specific credentials belong to their user', async () => {
  const { iam } = setUp()
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const blob = Buffer.concat([Buffer.from([0, 0, 0, 7]), Buffer.from('ssh-rsa'), Buffer.alloc(64, 1)])
  const SSHPublicKeyBody = `ssh-rsa ${blob.toString('base64')} alice@laptop`
  const upload = () => iam.send(new UploadSSHPublicKeyCommand({ UserName: 'alice', SSHPublicKeyBody }))
  const { SSHPublicKey } = await upload()
  expect(SSHPublicKey?.SSHPublicKeyId).toMatch(/^APKA/)
  expect(SSHPublicKey?.Fingerprint).toMatch(/^(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/)
  expect(await refusal(upload())).toContain('DuplicateSSHPublicKeyException')
  const listed = await iam.send(new ListSSHPublicKeysCommand({ UserName: 'alice' }))
  expect(listed.SSHPublicKeys).toHaveLength(1)
  const create = (ServiceName: string) =>
    iam.send(new CreateServiceSpecificCredentialCommand({ UserName: 'alice', ServiceName }))
  const { ServiceSpecificCredential } = await create('codecommit.amazonaws.com')
  expect(ServiceSpecificCredential?.ServiceUserName).toBe('alice-at-123456789012')
  expect(await refusal(create('s3.amazonaws.com'))).toBe(
    'ServiceNotSupportedException: No such service s3.amazonaws.com is supported for Service Specific Credentials',
  )
  const credentials = await iam.send(new ListServiceSpecificCredentialsCommand({ UserName: 'alice' }))
  expect(credentials.ServiceSpecificCredentials).toMatchObject([{ ServiceName: 'codecommit.amazonaws.com' }])
})

test('quotas hold: ten policies and ten groups for one', async () => {
  const { iam } = setUp()
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const names = ['S3', 'SQS', 'SNS', 'DynamoDB', 'Kinesis', 'EC2', 'VPC', 'RDS', 'SES', 'ECS_', 'Route53']
  const attach = (name: string) =>
    iam.send(
      new AttachUserPolicyCommand({ UserName: 'alice', PolicyArn: `arn:aws:iam::aws:policy/Amazon${name}FullAccess` }),
    )
  for (const name of names.slice(0, 10)) await attach(name)
  expect(await refusal(attach('Route53'))).toBe('LimitExceededException: Cannot exceed quota for PoliciesPerUser: 10')
  for (let n = 0; n < 11; n++) await iam.send(new CreateGroupCommand({ GroupName: `g${n}` }))
  const join = (n: number) => iam.send(new AddUserToGroupCommand({ UserName: 'alice', GroupName: `g${n}` }))
  for (let n = 0; n < 10; n++) await join(n)
  expect(await refusal(join(10))).toBe('LimitExceededException: Cannot exceed quota for GroupsPerUser: 10')
  await iam.send(new AttachGroupPolicyCommand({ GroupName: 'g0', PolicyArn: READ_ONLY }))
  const boundary = new PutUserPermissionsBoundaryCommand({ UserName: 'alice', PermissionsBoundary: `${READ_ONLY}Not` })
  expect(await refusal(iam.send(boundary))).toContain('NoSuchEntityException')
})
