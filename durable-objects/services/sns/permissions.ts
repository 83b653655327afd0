import type { In } from '../../../aws/models/sns.types.ts'
import { isAccount, rootArn } from '../../../aws/arn.ts'
import type { Ctx, ResourcePolicy, Tx } from '../../kernel/object/operation.ts'
import { invalidParameter } from './refusals.ts'
import { findTopic, lookUpTopic, writeTopic } from './find-topic.ts'

type Statement = Record<string, unknown>
type Policy = { Version: string; Id?: string; Statement: Statement[] }

const OWNERS_ACTIONS = [
  'SNS:GetTopicAttributes',
  'SNS:SetTopicAttributes',
  'SNS:AddPermission',
  'SNS:RemovePermission',
  'SNS:DeleteTopic',
  'SNS:Subscribe',
  'SNS:ListSubscriptionsByTopic',
  'SNS:Publish',
]

/** The policy that a topic has until it is given another: its owner may do everything. */
export function defaultPolicy(topicArn: string, account: string): string {
  const statement = {
    Sid: '__default_statement_ID',
    Effect: 'Allow',
    Principal: { AWS: '*' },
    Action: OWNERS_ACTIONS,
    Resource: topicArn,
    Condition: { StringEquals: { 'AWS:SourceOwner': account } },
  }
  return JSON.stringify({ Version: '2008-10-17', Id: '__default_policy_ID', Statement: [statement] })
}

function policyOf(text: string): Policy {
  const policy = JSON.parse(text) as Policy // an object, as was checked when it was put
  const { Statement: statements = [] } = policy
  return { ...policy, Statement: Array.isArray(statements) ? statements : [statements] }
}

const GRANTABLE = new Set(OWNERS_ACTIONS.map(action => action.slice('SNS:'.length)))

/** https://docs.aws.amazon.com/sns/latest/api/API_AddPermission.html */
export function AddPermission(ctx: Tx, input: In<'AddPermission'>): void {
  const { TopicArn, Label, AWSAccountId: accounts, ActionName: actions } = input
  const topic = findTopic(ctx, TopicArn)
  if (actions.some(action => !GRANTABLE.has(action)))
    throw invalidParameter('Policy statement action out of service scope!')
  if (accounts.some(account => !isAccount(account))) throw invalidParameter('AWSAccountId')
  const policy = policyOf(topic.attributes.Policy ?? defaultPolicy(topic.arn, ctx.place.account))
  if (policy.Statement.some(({ Sid }) => Sid === Label)) throw invalidParameter('Statement already exists')
  const principals = accounts.map(rootArn)
  const statement = {
    Sid: Label,
    Effect: 'Allow',
    Principal: { AWS: principals.length === 1 ? principals[0] : principals },
    Action: actions.length === 1 ? `SNS:${actions[0]}` : actions.map(action => `SNS:${action}`),
    Resource: topic.arn,
  }
  const Policy = JSON.stringify({ ...policy, Statement: [...policy.Statement, statement] })
  writeTopic(ctx, { ...topic, attributes: { ...topic.attributes, Policy } })
}

/** https://docs.aws.amazon.com/sns/latest/api/API_RemovePermission.html */
export function RemovePermission(ctx: Tx, { TopicArn, Label }: In<'RemovePermission'>): void {
  const topic = findTopic(ctx, TopicArn)
  if (topic.attributes.Policy === undefined) return
  const policy = policyOf(topic.attributes.Policy)
  const Policy = JSON.stringify({ ...policy, Statement: policy.Statement.filter(({ Sid }) => Sid !== Label) })
  writeTopic(ctx, { ...topic, attributes: { ...topic.attributes, Policy } })
}

/** The policy that another service's call on a topic must satisfy. */
export function resourcePolicy(
  ctx: Ctx,
  operation: string,
  input: Record<string, unknown>,
): ResourcePolicy | undefined {
  const arn = input.TopicArn ?? input.TargetArn ?? input.ResourceArn
  const topic = typeof arn === 'string' ? lookUpTopic(ctx, arn) : undefined
  if (!topic) return undefined
  const action = `SNS:${operation === 'PublishBatch' ? 'Publish' : operation}`
  const document = topic.attributes.Policy ?? defaultPolicy(topic.arn, ctx.place.account)
  const { service, accountId } = ctx.caller
  // Alarms may publish to their own account's topics without further leave: the default policy asks for their owner.
  const context = service === 'cloudwatch.amazonaws.com' ? { 'aws:SourceOwner': accountId } : undefined
  return { document, resource: topic.arn, action, context }
}
