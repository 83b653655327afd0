import type { In, Out, PartialFailure } from '../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { arnAt } from '../../../aws/arn.ts'
import { cloudwatchTags, deleteResource, pageOf, putResource, resourceOf } from './resources.ts'
import { invalidValue, paging } from './refusals.ts'

type Body = { definition: string; enabled: boolean; schema: string; transformed?: boolean | undefined }

export const insightRuleArn = ({ place }: Ctx, name: string) => arnAt(place, 'cloudwatch', `insight-rule/${name}`)

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutInsightRule.html */
export function PutInsightRule(ctx: Tx, input: In<'PutInsightRule'>): Out<'PutInsightRule'> {
  const { RuleName, RuleState = 'ENABLED', RuleDefinition, Tags, ApplyOnTransformedLogs } = input
  if (RuleState !== 'ENABLED' && RuleState !== 'DISABLED') throw invalidValue('RuleState must be ENABLED or DISABLED.')
  const schema = schemaOf(RuleDefinition)
  const arn = insightRuleArn(ctx, RuleName)
  cloudwatchTags.check(arn, Tags)
  const fresh = !resourceOf(ctx, 'insight-rule', RuleName)
  const body: Body = {
    definition: RuleDefinition,
    enabled: RuleState === 'ENABLED',
    schema,
    transformed: ApplyOnTransformedLogs,
  }
  putResource(ctx, 'insight-rule', { name: RuleName, body })
  if (fresh) cloudwatchTags.set(ctx, arn, Tags)
  return {}
}

/** A rule's definition is a document that names its own form. */
function schemaOf(definition: string): string {
  try {
    const document: unknown = JSON.parse(definition)
    const { Schema } = Object(document) as { Schema?: unknown } // any JSON
    const { Name, Version } = Object(Schema) as { Name?: unknown; Version?: unknown } // likewise
    if (typeof Name === 'string') return JSON.stringify({ Name, Version: Number(Version ?? 1) })
  } catch {
    throw invalidValue('RuleDefinition must be valid JSON.')
  }
  throw invalidValue('RuleDefinition must have a Schema with a Name.')
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeInsightRules.html */
export function DescribeInsightRules(ctx: Ctx, input: In<'DescribeInsightRules'>): Out<'DescribeInsightRules'> {
  const pages = { ...paging(input), size: input.MaxResults ?? 500 }
  const { rows, next } = pageOf<Body>(ctx, pages, { kind: 'insight-rule' })
  const InsightRules = rows.map(({ name, body }) => ({
    Name: name,
    State: body.enabled ? 'ENABLED' : 'DISABLED',
    Schema: body.schema,
    Definition: body.definition,
    ManagedRule: false,
    ...(body.transformed !== undefined && { ApplyOnTransformedLogs: body.transformed }),
  }))
  return { InsightRules, NextToken: next }
}

/** Does something with each rule that is there, and says which are not. */
function each(
  ctx: Ctx,
  names: readonly string[],
  act: (name: string, body: Body) => void,
): { Failures: PartialFailure[] } {
  const Failures = names.flatMap(name => {
    const rule = resourceOf<Body>(ctx, 'insight-rule', name)
    if (rule) act(name, rule.body)
    const failure = {
      FailureResource: name,
      ExceptionType: 'ResourceNotFoundException',
      FailureCode: '404',
      FailureDescription: `Rule ${name} does not exist`,
    }
    return rule ? [] : [failure]
  })
  return { Failures }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteInsightRules.html */
export function DeleteInsightRules(ctx: Tx, { RuleNames }: In<'DeleteInsightRules'>): Out<'DeleteInsightRules'> {
  return each(ctx, RuleNames, name => {
    deleteResource(ctx, 'insight-rule', name)
    cloudwatchTags.drop(ctx, insightRuleArn(ctx, name))
  })
}

const switched = (ctx: Tx, names: readonly string[], enabled: boolean) =>
  each(ctx, names, (name, body) => putResource(ctx, 'insight-rule', { name, body: { ...body, enabled } }))

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_EnableInsightRules.html */
export function EnableInsightRules(ctx: Tx, { RuleNames }: In<'EnableInsightRules'>): Out<'EnableInsightRules'> {
  return switched(ctx, RuleNames, true)
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DisableInsightRules.html */
export function DisableInsightRules(ctx: Tx, { RuleNames }: In<'DisableInsightRules'>): Out<'DisableInsightRules'> {
  return switched(ctx, RuleNames, false)
}
