import type { Ctx } from '../operation.ts'

/*
 * SNS → CloudWatch: what is published to a topic, and what becomes of its notifications.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html
 */

type Value = { name: string; value: number; unit: 'Count' | 'Bytes' }

function note(ctx: Ctx, topic: string, { name, value, unit }: Value): void {
  const TopicName = topic.split(':').at(-1) ?? ''
  ctx.metric({ namespace: 'AWS/SNS', name, value, unit, dimensions: { TopicName } })
}

/** @param size of the message, in bytes */
export function noteMessage(ctx: Ctx, topic: string, size: number): void {
  note(ctx, topic, { name: 'NumberOfMessagesPublished', value: 1, unit: 'Count' })
  note(ctx, topic, { name: 'PublishSize', value: size, unit: 'Bytes' })
}

const one = (name: string): Value => ({ name, value: 1, unit: 'Count' })

export const noteDelivered = (ctx: Ctx, topic: string) => note(ctx, topic, one('NumberOfNotificationsDelivered'))
export const noteFailed = (ctx: Ctx, topic: string) => note(ctx, topic, one('NumberOfNotificationsFailed'))
export const noteFiltered = (ctx: Ctx, topic: string) => note(ctx, topic, one('NumberOfNotificationsFilteredOut'))
