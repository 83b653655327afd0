import { isAccount, parseArn, rootArn } from '../../aws/arn.ts'
import type { Policy } from './policy-document.ts'
import type { Principal, PrincipalMatch } from './policy-principals.ts'
import { applies, appliesTo, type ContextValues, type Question, questionOf } from './policy-statement.ts'

/** A policy by the name that an explanation gives it. One that cannot be read (`undefined`) allows nothing. */
export type NamedPolicy = { name: string; policy: Policy | undefined }

/** Every policy that has a say in a request. What is absent does not limit; what is empty allows nothing. */
export type PolicySet = {
  identity: readonly NamedPolicy[]
  resource?: NamedPolicy | undefined
  boundary?: NamedPolicy | undefined
  session?: readonly NamedPolicy[] | undefined
  /** Service control policies: those of the root, of each unit, of the account. Each level must allow. */
  control?: readonly (readonly NamedPolicy[])[] | undefined
}

export type AccessRequest = {
  action: string
  resource: string
  principal: Principal
  context: ContextValues
  /** The account that owns the resource, where its ARN does not say (a bucket). */
  resourceAccount?: string | undefined
  /** The resource's own policy must allow even inside its account: KMS keys, roles. */
  resourceDecides?: boolean | undefined
}

export type Layer = keyof PolicySet

/** A statement that matched; `statement` counts from 0. */
export type Match = { layer: Layer; policy: string; statement: number; sid: string | undefined }

/** The outcome, the kind of policy that brought it about (by its statement, or by having none), and the statements. */
export type Decision = {
  decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  layer: Layer
  statements: readonly Match[]
}

type Found = Match & { effect: 'Allow' | 'Deny'; principal: PrincipalMatch | undefined; level: number }

/**
 * AWS's whole evaluation: a denial anywhere wins; then control policies, the resource's policy, the identity's
 * policies, the boundary and the session's policies must allow as far as each has a say.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html
 */
export function evaluate(policies: PolicySet, request: AccessRequest): Decision {
  const found = matchesIn(policies, questionOf(request))
  const denials = found.filter(({ effect }) => effect === 'Deny')
  const [denial] = denials
  if (denial) return { decision: 'explicitDeny', layer: denial.layer, statements: denials.map(shown) }
  const layer = deniedBy(policies, request, found)
  if (layer !== undefined) return { decision: 'implicitDeny', layer, statements: [] }
  const allowing =
    found.some(match => match.layer === 'identity') || isRoot(request.principal) ? 'identity' : 'resource'
  return { decision: 'allowed', layer: allowing, statements: found.map(shown) }
}

/** The kind of policy for whose lack of an allowing statement the request is denied; undefined when it is allowed. */
function deniedBy(policies: PolicySet, request: AccessRequest, found: readonly Found[]): Layer | undefined {
  const levels = policies.control ?? []
  const allowed = (level: number) => found.some(match => match.layer === 'control' && match.level === level)
  if (levels.some((_, level) => !allowed(level))) return 'control'
  const granted = grantOf(found)
  const resourceDecides = request.resourceDecides || isForeign(request) || request.principal.aws === undefined
  if (resourceDecides && granted === undefined) return 'resource'
  if (request.principal.aws === undefined) return undefined
  const grantedHere = isForeign(request) ? undefined : granted
  if (grantedHere === 'itself') return undefined
  const has = (layer: Layer) => found.some(match => match.layer === layer)
  if (grantedHere !== 'role' && !isRoot(request.principal) && !has('identity')) return 'identity'
  if (policies.boundary && !has('boundary')) return 'boundary'
  return policies.session && !has('session') ? 'session' : undefined
}

/** The strongest way in which the resource's policy lets the principal in. */
function grantOf(found: readonly Found[]): PrincipalMatch | undefined {
  const grants = found.filter(({ layer }) => layer === 'resource').map(({ principal }) => principal)
  return (['itself', 'role', 'account'] as const).find(match => grants.includes(match))
}

/** Root may do all that its organisation and the resource do not deny. */
function isRoot({ aws }: Principal): boolean {
  return aws !== undefined && (isAccount(aws) || aws === rootArn(parseArn(aws)?.account ?? ''))
}

function isForeign({ principal, resource, resourceAccount }: AccessRequest): boolean {
  const { aws = '' } = principal
  const mine = isAccount(aws) ? aws : parseArn(aws)?.account
  const owner = resourceAccount || parseArn(resource)?.account
  return Boolean(mine && owner && mine !== owner)
}

function matchesIn(policies: PolicySet, question: Question): Found[] {
  const find = (layer: Layer, named: readonly NamedPolicy[], level = 0) =>
    named.flatMap(({ name, policy }) => matchesOf({ layer, policy: name, level }, policy, question))
  return [
    ...(policies.control ?? []).flatMap((level, at) => find('control', level, at)),
    ...find('resource', policies.resource ? [policies.resource] : []),
    ...find('identity', policies.identity),
    ...find('boundary', policies.boundary ? [policies.boundary] : []),
    ...find('session', policies.session ?? []),
  ]
}

type Origin = Pick<Found, 'layer' | 'policy' | 'level'>

function matchesOf(origin: Origin, policy: Policy | undefined, question: Question): Found[] {
  return (policy?.statements ?? []).flatMap((statement, at) => {
    const principal = origin.layer === 'resource' ? appliesTo(statement, question) : undefined
    const matching = origin.layer === 'resource' ? principal !== undefined : applies(statement, question)
    return matching ? [{ ...origin, statement: at, sid: statement.sid, effect: statement.effect, principal }] : []
  })
}

function shown({ layer, policy, statement, sid }: Found): Match {
  return { layer, policy, statement, sid }
}
