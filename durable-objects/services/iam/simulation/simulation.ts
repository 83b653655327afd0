import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import type { ContextValues } from '../../../shared/policy-statement.ts'
import { readAll } from './context-keys.ts'
import { arnOfEntity, type GranteeEntity } from '../entities/entities.ts'
import { pageOfAll } from '../entities/listings.ts'
import { invalidInput } from '../refusals.ts'
import { givenPolicies, isNamed, type SimulatedPolicy, sourcePolicies } from './simulated-policies.ts'
import { simulate, type Simulation } from './simulation-results.ts'

type Asked = In<'SimulateCustomPolicy'> | In<'SimulatePrincipalPolicy'>

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulateCustomPolicy.html */
export function SimulateCustomPolicy(ctx: Ctx, input: In<'SimulateCustomPolicy'>): Out<'SimulateCustomPolicy'> {
  checkGiven(input)
  const levels = (input.OrderedOrganizationPolicyInputList ?? []).map(
    level => level.ServiceControlPolicyInputList ?? [],
  )
  for (const level of levels) readAll(level)
  if (input.ResourcePolicy !== undefined && input.CallerArn === undefined) {
    throw invalidInput('CallerArn is required when a ResourcePolicy is given.')
  }
  return answer(ctx, input, {
    ...common(ctx, input),
    caller: input.CallerArn ?? `arn:aws:iam::${ctx.place.account}:user/simulated`,
    identity: givenPolicies('PolicyInputList', input.PolicyInputList),
    boundary: givenPolicies('PermissionsBoundaryPolicyInputList', input.PermissionsBoundaryPolicyInputList)[0],
    control: levels.map(level => givenPolicies('OrderedOrganizationPolicyInputList', level)),
    context: contextOf(input),
  })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html */
export function SimulatePrincipalPolicy(ctx: Ctx, input: In<'SimulatePrincipalPolicy'>): Out<'SimulateCustomPolicy'> {
  checkGiven(input)
  const { entity, policies, boundary } = sourcePolicies(ctx, input.PolicySourceArn)
  if (input.ResourcePolicy !== undefined && entity.kind !== 'user' && input.CallerArn === undefined) {
    throw invalidInput('CallerArn is required when a ResourcePolicy is given and the source is not a user.')
  }
  const excluded = (policy: SimulatedPolicy) => input.PolicyExclusionList?.some(named => isNamed(policy, named))
  const own = policies.filter(policy => !excluded(policy))
  const bounded = boundary && !excluded(boundary) ? boundary : undefined
  const [replaced] = givenPolicies('PermissionsBoundaryPolicyInputList', input.PermissionsBoundaryPolicyInputList)
  return answer(ctx, input, {
    ...common(ctx, input),
    caller: input.CallerArn ?? arnOfEntity(ctx, entity),
    identity: [...own, ...givenPolicies('PolicyInputList', input.PolicyInputList)],
    boundary: replaced ?? bounded,
    control: [],
    context: { ...principalContext(ctx, entity), ...contextOf(input) },
  })
}

/** Refuses policies that cannot be read. */
function checkGiven(input: Asked): void {
  readAll(input.PolicyInputList)
  readAll(input.PermissionsBoundaryPolicyInputList)
  if (input.ResourcePolicy !== undefined) readAll([input.ResourcePolicy])
  if ((input.PermissionsBoundaryPolicyInputList?.length ?? 0) > 1) {
    throw invalidInput('Only one permissions boundary policy can be given.')
  }
  const bad = input.ActionNames.find(action => !/^[\w-]+:[\w*?-]+$/.test(action))
  if (bad !== undefined) throw invalidInput(`Invalid Action: ${bad}`)
}

function common({ place }: Ctx, input: Asked): Pick<Simulation, 'resource' | 'resourceAccount'> {
  const [resource] =
    input.ResourcePolicy === undefined ? [] : givenPolicies('ResourcePolicy', [input.ResourcePolicy], 'Resource Policy')
  const owner = input.ResourceOwner === undefined ? undefined : parseArn(input.ResourceOwner)?.account
  return { resource: resource && { ...resource, sourceId: 'ResourcePolicy' }, resourceAccount: owner ?? place.account }
}

function contextOf({ ContextEntries = [] }: Asked): ContextValues {
  return Object.fromEntries(
    ContextEntries.map(({ ContextKeyName = '', ContextKeyValues = [] }) => [ContextKeyName, ContextKeyValues]),
  )
}

/** What is known of the principal itself. */
function principalContext(ctx: Ctx, entity: GranteeEntity): ContextValues {
  if (entity.kind === 'group') return {}
  return {
    'aws:PrincipalArn': arnOfEntity(ctx, entity),
    'aws:PrincipalAccount': ctx.place.account,
    'aws:userid': entity.id,
    ...(entity.kind === 'user' && { 'aws:username': entity.name }),
  }
}

/** One result an action, page by page. */
function answer(ctx: Ctx, input: Asked, simulation: Simulation): Out<'SimulateCustomPolicy'> {
  const resources = input.ResourceArns?.length ? input.ResourceArns : ['*']
  const { rows, end } = pageOfAll(ctx, input, { rows: input.ActionNames })
  return { EvaluationResults: rows.map(action => simulate(simulation, action, resources)), ...end }
}
