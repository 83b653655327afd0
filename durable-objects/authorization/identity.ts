import { rootArn } from '../../aws/arn.ts'
import type { PrincipalPolicy, PrincipalQuery, PrincipalView } from './principal-view.ts'
import type { Ctx, Session } from '../kernel/object/operation.ts'
import type { NamedPolicy, PolicySet } from '../shared/policy-evaluate.ts'
import { readPolicy } from '../shared/policy-document.ts'
import type { Principal } from '../shared/policy-principals.ts'
import { isRootKey, type Modes } from './modes.ts'

/** Who calls, with every policy that is theirs. */
export type Identity = {
  kind: 'root' | 'user' | 'role' | 'federated' | 'anonymous'
  /** As error messages name it. */
  arn: string
  /** aws:PrincipalArn: a session's is its role's. */
  principalArn: string
  account: string
  userId: string
  username: string | undefined
  principal: Principal
  tags: Record<string, string>
  policies: Pick<PolicySet, 'identity' | 'boundary' | 'session'>
  session: Session | undefined
}

export const ANONYMOUS: Identity = {
  kind: 'anonymous',
  arn: 'anonymous',
  principalArn: 'anonymous',
  account: 'anonymous',
  userId: 'anonymous',
  username: undefined,
  principal: {},
  tags: {},
  policies: { identity: [] },
  session: undefined,
}

/** What IAM knows of a principal of an account; null when it knows none. Nothing comes of an account that is asked for. */
export async function principalView(ctx: Ctx, account: string, query: PrincipalQuery): Promise<PrincipalView | null> {
  const caller = { accountId: account, service: 'fakecloud' }
  const asked = { place: { account }, caller, own: true, looks: true } as const
  const found = await ctx.call('iam', 'FindPrincipal', query, asked)
  return found && 'arn' in found ? found : null
}

/** Who an operation's caller is; null when no key of this namespace is the caller's. */
export async function identify(ctx: Ctx, modes: Modes): Promise<Identity | null> {
  const { accessKeyId, accountId, session } = ctx.caller
  if (session) return await ofSession(ctx, session)
  if (accessKeyId === undefined) return ANONYMOUS
  if (isRootKey(accessKeyId, modes)) return rootIdentity(accountId)
  const view = await principalView(ctx, accountId, { accessKeyId, use: use(ctx) })
  return view && view.accessKeyStatus !== 'Inactive' ? identityOf(view, accountId) : null
}

/** Notes the use with IAM, for GetAccessKeyLastUsed and a role's RoleLastUsed. */
const use = ({ service, place, http }: Ctx) => ({ service, region: http?.region ?? place.region })

export function rootIdentity(account: string): Identity {
  const arn = rootArn(account)
  const { policies, tags, username, session } = ANONYMOUS
  const principal = { aws: arn }
  return {
    kind: 'root',
    arn,
    principalArn: arn,
    account,
    userId: account,
    username,
    principal,
    tags,
    policies,
    session,
  }
}

/** A user or role by its own name. */
export function identityOf(view: PrincipalView, account: string): Identity {
  if (view.kind === 'root') return rootIdentity(account)
  return {
    kind: view.kind,
    arn: view.arn,
    principalArn: view.arn,
    account,
    userId: view.userId,
    username: view.kind === 'user' ? view.name : undefined,
    principal: { aws: view.arn },
    tags: view.tags,
    policies: { identity: view.policies.map(named), boundary: view.boundary ? named(view.boundary) : undefined },
    session: undefined,
  }
}

async function ofSession(ctx: Ctx, session: Session): Promise<Identity> {
  const { accountId, roleArn, policyArns } = session
  if (session.kind === 'root') return { ...rootIdentity(accountId), session }
  const query = { arn: roleArn, policyArns: policyArns?.length ? policyArns : undefined, use: use(ctx) }
  const view = await principalView(ctx, accountId, query)
  const behind = view ? identityOf(view, accountId) : nobody(session)
  const scoped = { ...behind, session, policies: { ...behind.policies, ...sessionPolicies(session, view) } }
  if (session.kind === 'user') return scoped
  return session.kind === 'federated' ? federated(scoped, session) : assumed(scoped, session)
}

/** A session of a role that IAM does not know: it has no policies, and so may do nothing of its own. */
function nobody({ roleArn, roleId, accountId }: Session): Identity {
  const principal = { aws: roleArn }
  return {
    ...ANONYMOUS,
    kind: 'role',
    arn: roleArn,
    principalArn: roleArn,
    account: accountId,
    userId: roleId,
    principal,
  }
}

function assumed(role: Identity, { name, accountId, roleArn, tags }: Session): Identity {
  const roleName = roleArn.slice(roleArn.lastIndexOf('/') + 1)
  const arn = `arn:aws:sts::${accountId}:assumed-role/${roleName}/${name}`
  return {
    ...role,
    kind: 'role',
    arn,
    userId: `${role.userId}:${name}`,
    principal: { aws: arn, role: role.principalArn },
    tags: { ...role.tags, ...tags },
  }
}

const ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'

/** A federated user may do what both its session's policies and the user behind it allow. */
function federated(behind: Identity, { name, accountId, tags }: Session): Identity {
  const arn = `arn:aws:sts::${accountId}:federated-user/${name}`
  const all: NamedPolicy = { name: 'root', policy: readPolicy(ALL) }
  return {
    ...behind,
    kind: 'federated',
    arn,
    principalArn: arn,
    userId: `${accountId}:${name}`,
    username: undefined,
    principal: { aws: arn },
    tags: { ...tags },
    policies: {
      ...behind.policies,
      identity: behind.kind === 'root' ? [all] : behind.policies.identity,
      session: behind.policies.session ?? [],
    },
  }
}

function sessionPolicies({ policy, policyArns }: Session, view: PrincipalView | null): { session?: NamedPolicy[] } {
  if (policy === undefined && !policyArns?.length) return {}
  const managed = (view?.sessionPolicies ?? []).map(named)
  return {
    session: policy === undefined ? managed : [{ name: 'session policy', policy: readPolicy(policy) }, ...managed],
  }
}

function named({ name, arn, owner, document }: PrincipalPolicy): NamedPolicy {
  return { name: arn ?? `${owner}/${name}`, policy: readPolicy(document) }
}
