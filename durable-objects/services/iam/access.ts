import type { Ctx } from '../../kernel/object/operation.ts'
import { arnOfEntity, entityByName } from './entities/entities.ts'
import { arnOf } from '../../../aws/arn.ts'
import { type Access, type Input, present, textOf } from '../../shared/policy-access.ts'

/** A user, role or policy by the member that names it, in the order in which one of several is meant. */
const NAMES: readonly [member: string, kind: string][] = [
  ['GroupName', 'group'],
  ['InstanceProfileName', 'instance-profile'],
  ['UserName', 'user'],
  ['RoleName', 'role'],
  ['PolicyName', 'policy'],
  ['ServerCertificateName', 'server-certificate'],
  ['VirtualMFADeviceName', 'mfa'],
]

const ARNS = ['PolicyArn', 'OpenIDConnectProviderArn', 'SAMLProviderArn', 'SerialNumber', 'PolicySourceArn', 'Arn']

/** Operations on whoever calls when they name no user. */
const OWN =
  /^(?:(?:Create|Delete|Update|List)AccessKeys?|GetUser|ChangePassword|(?:Create|Delete|Update|Get)LoginProfile|ListMFADevices|(?:List|Upload|Delete|Update)(?:SSHPublicKeys?|SigningCertificates?|ServiceSpecificCredentials?))$/

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html */
export function iamAccess(ctx: Ctx, input: Input, callerArn: string): Access[] {
  const { operation } = ctx
  const context = keysOf(ctx, input)
  const access: Access = { action: `iam:${operation}`, resource: resourceOf(ctx, input, callerArn), context }
  const tagging = /^Create(?:User|Role|Policy|InstanceProfile|OpenIDConnectProvider|SAMLProvider)$/.exec(operation)
  const tags = tagging && Array.isArray(input.Tags) && input.Tags.length > 0
  return [
    access,
    ...(tags ? [{ ...access, action: `iam:Tag${operation.slice('Create'.length)}` }] : []),
    ...(operation === 'AddRoleToInstanceProfile' ? [passedRole(ctx, input)] : []),
  ]
}

function passedRole(ctx: Ctx, { RoleName }: Input): Access {
  const context = { 'iam:PassedToService': 'ec2.amazonaws.com' }
  return { action: 'iam:PassRole', resource: entityArn(ctx, 'role', { RoleName }), context }
}

function resourceOf(ctx: Ctx, input: Input, callerArn: string): string {
  const [member, kind] = NAMES.find(([name]) => typeof input[name] === 'string' && !isInline(ctx, name)) ?? []
  if (kind && member) return entityArn(ctx, kind, input)
  const arn = ARNS.map(name => textOf(input[name])).find(Boolean)
  if (arn) return arn
  if (OWN.test(ctx.operation)) return callerArn
  const listed = /^List(Users|Roles|Groups|Policies|InstanceProfiles)$/.exec(ctx.operation)?.[1]
  if (!listed) return '*'
  const listedKind = { Users: 'user', Roles: 'role', Groups: 'group', Policies: 'policy' }[listed] ?? 'instance-profile'
  return iamArn(ctx, `${listedKind}${textOf(input.PathPrefix) || '/'}`)
}

/** The name of an inline policy is no policy's ARN. */
const isInline = ({ operation }: Ctx, member: string) => member === 'PolicyName' && operation !== 'CreatePolicy'

const iamArn = ({ place }: Ctx, resource: string) => arnOf({ service: 'iam', account: place.account, resource })

/** ARNs have paths, which only a new entity's input says; IAM knows those of users and roles that are there. */
function entityArn(ctx: Ctx, kind: string, input: Input): string {
  const member = NAMES.find(([, named]) => named === kind)?.[0] ?? ''
  const name = textOf(input[member])
  const created = ctx.operation.startsWith('Create')
  const found = !created && (kind === 'user' || kind === 'role') ? entityByName(ctx, kind, name) : undefined
  return found ? arnOfEntity(ctx, found) : iamArn(ctx, `${kind}${textOf(input.Path) || '/'}${name}`)
}

/** The boundary that an operation sets, or that its user or role has. */
function keysOf(ctx: Ctx, input: Input) {
  const { PolicyArn, PermissionsBoundary, AWSServiceName, RoleName, UserName } = input
  const found =
    typeof RoleName === 'string' ? entityByName(ctx, 'role', RoleName) : entityByName(ctx, 'user', textOf(UserName))
  return present({
    'iam:PolicyARN': /^(?:Attach|Detach)/.test(ctx.operation) ? PolicyArn : undefined,
    'iam:PermissionsBoundary': PermissionsBoundary ?? found?.boundary ?? undefined,
    'iam:AWSServiceName': AWSServiceName,
  })
}
