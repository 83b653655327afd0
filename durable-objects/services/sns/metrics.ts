import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'

/** What SNS publishes of itself. https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
function note(ctx: Ctx, topicArn: string, name: string, bytes?: number): void {
  const dimensions = { TopicName: parseArn(topicArn)?.resource ?? '' }
  const counted = bytes === undefined ? { value: 1, unit: 'Count' } : { value: bytes, unit: 'Bytes' }
  ctx.metric({ namespace: 'AWS/SNS', name, ...counted, dimensions })
}

export function noteMessage(ctx: Ctx, topic: string, bytes: number): void {
  note(ctx, topic, 'NumberOfMessagesPublished')
  note(ctx, topic, 'PublishSize', bytes)
}

export const noteDelivered = (ctx: Ctx, topic: string) => note(ctx, topic, 'NumberOfNotificationsDelivered')
export const noteFailed = (ctx: Ctx, topic: string) => note(ctx, topic, 'NumberOfNotificationsFailed')
export const noteRedriven = (ctx: Ctx, topic: string) => note(ctx, topic, 'NumberOfNotificationsRedrivenToDlq')

/** @param scope where the filter policy looked */
export function noteFiltered(ctx: Ctx, topic: string, scope: string): void {
  note(ctx, topic, 'NumberOfNotificationsFilteredOut')
  note(ctx, topic, `NumberOfNotificationsFilteredOut-${scope}`)
}
