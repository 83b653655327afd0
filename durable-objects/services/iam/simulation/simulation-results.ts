import type { EvaluationResult, ResourceSpecificResult, Statement } from '../../../../aws/models/iam.types.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { readPolicy } from '../../../shared/policy-document.ts'
import { type Decision, evaluate, type Layer, type NamedPolicy } from '../../../shared/policy-evaluate.ts'
import { missingKeys } from '../../../shared/policy-keys.ts'
import { statementSpans } from '../../../shared/policy-positions.ts'
import { type ContextValues, questionOf } from '../../../shared/policy-statement.ts'
import type { SimulatedPolicy } from './simulated-policies.ts'

/** What is asked for, but for the action and the resources. */
export type Simulation = {
  caller: string
  identity: SimulatedPolicy[]
  resource: SimulatedPolicy | undefined
  boundary: SimulatedPolicy | undefined
  /** Service control policies by level. */
  control: SimulatedPolicy[][]
  /** The account that owns resources whose ARNs do not say. */
  resourceAccount: string
  context: ContextValues
}

type Simulated = ResourceSpecificResult & { byOrganizations: boolean | undefined }

/** The result of one action on all resources asked for. */
export function simulate(simulation: Simulation, action: string, resources: readonly string[]): EvaluationResult {
  const results = resources.map(resource => simulateOne(simulation, action, resource))
  const [first] = results
  const anyResource = resources.length === 1 && resources[0] === '*'
  const allowed =
    simulation.boundary &&
    results.every(result => result.PermissionsBoundaryDecisionDetail?.AllowedByPermissionsBoundary)
  return {
    EvalActionName: action,
    EvalResourceName: resources.length === 1 ? (resources[0] ?? '*') : '*',
    EvalDecision: combined(results.map(({ EvalResourceDecision }) => EvalResourceDecision)),
    MatchedStatements: distinct(results.flatMap(({ MatchedStatements = [] }) => MatchedStatements)),
    MissingContextValues: anyResource ? (first?.MissingContextValues ?? []) : [],
    ...(simulation.control.length > 0 && {
      OrganizationsDecisionDetail: { AllowedByOrganizations: results.every(result => result.byOrganizations) },
    }),
    ...(simulation.boundary && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: Boolean(allowed) },
    }),
    ...(!anyResource && { ResourceSpecificResults: results.map(({ byOrganizations: _by, ...result }) => result) }),
  }
}

/** Allowed on all, or denied as strongly as on any. */
function combined(decisions: readonly string[]): string {
  if (decisions.includes('explicitDeny')) return 'explicitDeny'
  return decisions.includes('implicitDeny') ? 'implicitDeny' : 'allowed'
}

function distinct(statements: readonly Statement[]): Statement[] {
  return [...new Map(statements.map(statement => [JSON.stringify(statement), statement])).values()]
}

/** Whose a resource is matters only where its own policy is asked. */
function requestFor({ caller, context, resource, resourceAccount }: Simulation, action: string, arn: string) {
  const own = parseArn(caller)?.account
  const owner = resource ? parseArn(arn)?.account || resourceAccount : own
  return { action, resource: arn, principal: { aws: caller }, context, resourceAccount: owner }
}

type Request = ReturnType<typeof requestFor>

function simulateOne(simulation: Simulation, action: string, arn: string): Simulated {
  const { identity, boundary, control, resource } = simulation
  const request = requestFor(simulation, action, arn)
  const decision = evaluate(
    {
      identity: named(identity),
      ...(resource && { resource: readable(resource, 0) }),
      ...(boundary && { boundary: readable(boundary, 0) }),
      ...(control.length > 0 && { control: control.map(named) }),
    },
    request,
  )
  const policies = [...identity, resource, boundary].map(policy => policy && readPolicy(policy.document))
  const crossAccount = resource && request.resourceAccount !== parseArn(simulation.caller)?.account
  return {
    EvalResourceName: arn,
    EvalResourceDecision: decision.decision,
    MatchedStatements: matched(simulation, decision),
    MissingContextValues: missingKeys(policies, questionOf(request)),
    ...(crossAccount && { EvalDecisionDetails: detailsOf(simulation, request) }),
    ...(boundary && {
      PermissionsBoundaryDecisionDetail: { AllowedByPermissionsBoundary: alone([boundary], request) === 'allowed' },
    }),
    byOrganizations: control.length === 0 ? undefined : decision.layer !== 'control',
  }
}

/** What policies of a principal would say were there no others. */
function alone(policies: readonly SimulatedPolicy[], request: Request): string {
  const resourceAccount = parseArn(request.principal.aws)?.account
  return evaluate({ identity: named(policies) }, { ...request, resourceAccount }).decision
}

/** What each kind of policy says to a request across accounts. */
function detailsOf({ identity, resource, boundary }: Simulation, request: Request): Record<string, string> {
  const own = resource && { resource: readable(resource, 0) }
  // With an identity that allows everything, what is left is the resource's word.
  const free = { identity: [{ name: 'all', policy: readPolicy(ALL) }], ...own }
  return {
    'IAM Policy': alone(identity, request),
    'Resource Policy': evaluate(free, { ...request, resourceDecides: true }).decision,
    ...(boundary && { 'Permissions Boundary Policy': alone([boundary], request) }),
  }
}

const ALL = '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'

/** Names of policies are their places in their lists: two policies may have one name. */
const readable = ({ document }: SimulatedPolicy, at: number): NamedPolicy => ({
  name: String(at),
  policy: readPolicy(document),
})
const named = (policies: readonly SimulatedPolicy[]) => policies.map(readable)

/** The deciding statements of identity and resource policies; of an explicit denial, the denying ones alone. */
function matched(simulation: Simulation, { statements }: Decision): Statement[] {
  const lists: Partial<Record<Layer, readonly SimulatedPolicy[]>> = {
    identity: simulation.identity,
    resource: simulation.resource ? [simulation.resource] : [],
  }
  return statements.flatMap(({ layer, policy, statement }) => {
    const source = lists[layer]?.[Number(policy)]
    const span = source && statementSpans(source.document)[statement]
    if (!source || !span) return []
    const { sourceId, sourceType } = source
    return [
      { SourcePolicyId: sourceId, SourcePolicyType: sourceType, StartPosition: span.start, EndPosition: span.end },
    ]
  })
}
