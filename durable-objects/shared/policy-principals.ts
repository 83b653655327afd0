import { isAccount, parseArn, rootArn } from '../../aws/arn.ts'

/** Who asks. */
export type Principal = {
  /** ARN of a user, root, role session or federated user; or an account id, which stands for its root. */
  aws?: string | undefined
  /** ARN of the role behind a session, which alone has the role's path. */
  role?: string | undefined
  /** `s3.amazonaws.com` */
  service?: string | undefined
  /** An identity provider: `cognito-identity.amazonaws.com`, or a provider's ARN. */
  federated?: string | undefined
}

export type PrincipalType = 'AWS' | 'Service' | 'Federated' | 'CanonicalUser'

/** The Principal (or NotPrincipal) of a statement. */
export type Principals = { names: readonly { type: PrincipalType | '*'; name: string }[]; negated: boolean }

/**
 * How a statement means its principal: itself, the role behind its session, or its whole account, which then has to
 * let it by a policy of its own.
 */
export type PrincipalMatch = 'itself' | 'role' | 'account'

const STRENGTH: readonly PrincipalMatch[] = ['itself', 'role', 'account']

/** How a statement's principals mean the one who asks; undefined when they do not. */
export function matchPrincipal(principals: Principals, asking: Principal): PrincipalMatch | undefined {
  const found = new Set(principals.names.map(({ type, name }) => matchName(type, name, asking)))
  const strongest = STRENGTH.find(match => found.has(match))
  if (!principals.negated) return strongest
  // An account that is excepted is its root alone: its users and roles have to be named.
  return strongest === undefined || strongest === 'account' ? 'itself' : undefined
}

function matchName(type: PrincipalType | '*', name: string, asking: Principal): PrincipalMatch | undefined {
  // Anyone: AWS takes `*` for its own services too, which is how queues are opened to topics and buckets.
  if (type === '*' || (type === 'AWS' && name === '*')) return 'itself'
  if (type === 'Service') return asking.service && sameService(name, asking.service) ? 'itself' : undefined
  if (type === 'Federated') return asking.federated === name ? 'itself' : undefined
  if (type === 'AWS' && asking.aws !== undefined) return matchAws(name, asking.aws, asking.role)
  return undefined
}

function matchAws(name: string, aws: string, role: string | undefined): PrincipalMatch | undefined {
  const asking = isAccount(aws) ? rootArn(aws) : aws
  const wanted = isAccount(name) ? rootArn(name) : name
  if (wanted === asking) return 'itself'
  if (role !== undefined && wanted === role) return 'role'
  return wanted === rootArn(parseArn(asking)?.account ?? '') ? 'account' : undefined
}

/** `logs.eu-west-1.amazonaws.com` is `logs.amazonaws.com` too. */
function sameService(name: string, asking: string): boolean {
  return name === '*' || withoutRegion(name) === withoutRegion(asking)
}

function withoutRegion(service: string): string {
  return service.toLowerCase().replace(/^([a-z0-9-]+)\.[a-z]{2}(?:-[a-z]+)+-\d\.(amazonaws\.com)$/, '$1.$2')
}
