import {
  EventBridgeClient,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type TestClients, testClients } from './clients.ts'
import { makeQueue, type TestQueue } from './sqs.ts'

export const ACCOUNT = '123456789012'
export const PATTERN = JSON.stringify({ source: ['shop'] })
export const ruleArn = (name: string) => `arn:aws:events:us-east-1:${ACCOUNT}:rule/${name}`
export const busArn = (name: string) => `arn:aws:events:us-east-1:${ACCOUNT}:event-bus/${name}`

export type Hop = {
  traceId: string
  from: string
  to: string
  outcome: string
  event: string | null
  reason: string | null
}

export function setUpEvents(aws = testClients()) {
  const events = aws.client(EventBridgeClient)
  /** Puts one event of `shop`; answers its id. */
  const put = async (detail: unknown = {}, more: Partial<PutEventsRequestEntry> = {}) => {
    const entry = { Source: 'shop', DetailType: 'Order Placed', Detail: JSON.stringify(detail), ...more }
    const { Entries = [] } = await events.send(new PutEventsCommand({ Entries: [entry] }))
    return Entries[0]?.EventId
  }
  /** A rule for all that comes from `shop`, with its targets. */
  const rule = async (Name: string, Targets: Target[], more: Partial<PutRuleCommandInput> = {}) => {
    const { RuleArn = '' } = await events.send(new PutRuleCommand({ Name, EventPattern: PATTERN, ...more }))
    const { EventBusName } = more
    await events.send(new PutTargetsCommand({ Rule: Name, Targets, ...(EventBusName && { EventBusName }) }))
    return RuleArn
  }
  const hops = async (query: string) => {
    await aws.admin('POST', '/_fakecloud/settle')
    return (await aws.admin<{ hops: Hop[] }>('GET', `/_fakecloud/journal?${query}`)).hops
  }
  /** What happened to an event, oldest first: `from → to: outcome`. */
  const chain = async (id: string | undefined) =>
    (await hops(`event=${id}`)).map(({ from, to, outcome }) => `${from} → ${to}: ${outcome}`)
  return { aws, events, put, rule, hops, chain }
}

/** A queue's policy that lets EventBridge send to it, for one rule if it is named. */
export const openTo = (arn: string, rule = 'arn:aws:events:*:*:rule/*') =>
  JSON.stringify({
    Version: '2012-10-17',
    Statement: {
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: arn,
      Condition: { ArnLike: { 'aws:SourceArn': rule } },
    },
  })

/** A queue that EventBridge may send to; `received` waits for all that was accepted. */
export async function openQueue(aws: TestClients, name: string, attributes: Record<string, string> = {}) {
  const queue = await makeQueue(aws, name, attributes)
  const Policy = openTo(queue.arn)
  await aws.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }))
  return { ...queue, received: () => receivedFrom(aws, queue) }
}

async function receivedFrom(aws: TestClients, queue: TestQueue) {
  await aws.admin('POST', '/_fakecloud/settle')
  const found: string[] = []
  for (let batch = await queue.bodies(); batch.length > 0; batch = await queue.bodies()) {
    found.push(...batch.map(body => body ?? ''))
  }
  return found
}
