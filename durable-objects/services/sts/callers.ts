import { rootArn } from '../../../aws/arn.ts'
import type { Ctx, Session } from '../../kernel/object/operation.ts'
import { accountOfAccessKey } from '../../kernel/namespace/credentials.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Principal } from '../../shared/policy-principals.ts'
import { principalView } from '../../authorization/identity.ts'

/** Who calls, as GetCallerIdentity says it, and as policies see it. */
export type CallerIdentity = {
  arn: string
  userId: string
  account: string
  kind: 'root' | 'user' | 'role' | 'federated' | 'service'
  /** ARN and id of the user, role or root behind the credentials. */
  identity: { arn: string; id: string }
  principal: Principal
  name: string
  tags: Record<string, string>
  session: Session | undefined
}

const invalidToken = () =>
  new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', 403)

/** @throws InvalidClientTokenId for a key that IAM does not know, ExpiredToken for a session that is over */
export async function callerOf(ctx: Ctx): Promise<CallerIdentity> {
  const { session, accessKeyId = '', service, accountId, root } = ctx.caller
  if (service !== undefined) return serviceCaller(accountId, service)
  if (session) return sessionCaller(ctx, session)
  if (root || accountOfAccessKey(accessKeyId) === undefined) return rootCaller(accountId)
  if (accessKeyId.startsWith('ASIA')) throw invalidToken()
  return keyCaller(ctx, accountId, accessKeyId)
}

/** The namespace's own key, and keys that are none of ours (`test`, an account's 12 digits), are root's. */
function rootCaller(account: string): CallerIdentity {
  const arn = rootArn(account)
  const identity = { arn, id: account }
  const principal = { aws: arn }
  return {
    arn,
    userId: account,
    account,
    kind: 'root',
    identity,
    principal,
    name: 'root',
    tags: {},
    session: undefined,
  }
}

function serviceCaller(account: string, service: string): CallerIdentity {
  const identity = { arn: service, id: service }
  const rest = { principal: { service }, name: service, tags: {}, session: undefined }
  return { arn: service, userId: service, account, kind: 'service', identity, ...rest }
}

async function keyCaller(ctx: Ctx, account: string, accessKeyId: string): Promise<CallerIdentity> {
  const view = await principalView(ctx, account, { accessKeyId, use: { service: 'sts', region: ctx.place.region } })
  if (view?.accessKeyStatus !== 'Active') throw invalidToken()
  const { arn, userId, name, tags } = view
  const identity = { arn, id: userId }
  return { arn, userId, account, kind: 'user', identity, principal: { aws: arn }, name, tags, session: undefined }
}

function sessionCaller(ctx: Ctx, session: Session): CallerIdentity {
  if (session.expires <= ctx.now) {
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired', 403)
  }
  const { accountId: account, roleArn, roleId, name, tags = {} } = session
  const identity = { arn: roleArn, id: roleId }
  const common = { account, identity, tags, session }
  if (session.kind === 'federated') {
    const arn = `arn:aws:sts::${account}:federated-user/${name}`
    return { arn, userId: `${account}:${name}`, kind: 'federated', principal: { aws: arn }, name, ...common }
  }
  if (session.kind) {
    const user = roleArn.split('/').at(-1) ?? ''
    return { arn: roleArn, userId: roleId, kind: session.kind, principal: { aws: roleArn }, name: user, ...common }
  }
  const arn = assumedRoleArn(roleArn, name)
  return { arn, userId: `${roleId}:${name}`, kind: 'role', principal: { aws: arn, role: roleArn }, name, ...common }
}

/** `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`: the role's path is left out. */
export function assumedRoleArn(roleArn: string, sessionName: string): string {
  const [, partition, , , account] = roleArn.split(':')
  return `arn:${partition}:sts::${account}:assumed-role/${roleArn.split('/').at(-1)}/${sessionName}`
}
