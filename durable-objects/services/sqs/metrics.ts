import type { Metric } from '../../kernel/metrics/metrics.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import type { Queue } from './schema.ts'

/*
 * SQS → CloudWatch: what is done with a queue's messages, counted as it is done, and how many there are, when asked.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
 */

type Named = Pick<Queue, 'name'>

function note(ctx: Ctx, queue: Named, { name, value, unit }: Pick<Metric, 'name' | 'value' | 'unit'>): void {
  ctx.metric({ namespace: 'AWS/SQS', name, value, unit, dimensions: { QueueName: queue.name } })
}

/** @param size of the message with its attributes, in bytes */
export function noteSent(ctx: Ctx, queue: Named, size: number): void {
  note(ctx, queue, { name: 'NumberOfMessagesSent', value: 1, unit: 'Count' })
  note(ctx, queue, { name: 'SentMessageSize', value: size, unit: 'Bytes' })
}

/** A receive that found nothing counts as one as well. */
export function noteReceived(ctx: Ctx, queue: Named, messages: number): void {
  note(ctx, queue, { name: 'NumberOfMessagesReceived', value: messages, unit: 'Count' })
  note(ctx, queue, { name: 'NumberOfEmptyReceives', value: messages === 0 ? 1 : 0, unit: 'Count' })
}

export function noteDeleted(ctx: Ctx, queue: Named, messages: number): void {
  if (messages > 0) note(ctx, queue, { name: 'NumberOfMessagesDeleted', value: messages, unit: 'Count' })
}

type Counts = { name: string; total: number; hidden: number; late: number; oldest: number | null }

/** The oldest message is looked for among so many: those that could be received for the longest. */
const LOOKED_AT = 1000

/** The state of every queue now. What can be received is kept as a number: only what cannot is counted. */
export function gauges(ctx: Ctx): Metric[] {
  const { now } = ctx
  const rows = ctx.sql.all<Counts>(
    `SELECT q.name, COALESCE((SELECT n FROM sqs_message_counts WHERE queue = q.id), 0) AS total,
       (SELECT COUNT(*) FROM sqs_messages WHERE queue = q.id AND visibleAt > ?1 AND receiveCount > 0) AS hidden,
       (SELECT COUNT(*) FROM sqs_messages WHERE queue = q.id AND visibleAt > ?1 AND receiveCount = 0) AS late,
       (SELECT MIN(sentAt) FROM (
          SELECT sentAt FROM sqs_messages WHERE queue = q.id ORDER BY visibleAt LIMIT ${LOOKED_AT})) AS oldest
     FROM sqs_queues q`,
    now,
  )
  return rows.flatMap(({ name, total, hidden, late, oldest }) => {
    const gauge = (metric: string, value: number, unit = 'Count'): Metric => ({
      namespace: 'AWS/SQS',
      name: metric,
      value,
      unit,
      dimensions: { QueueName: name },
    })
    return [
      gauge('ApproximateNumberOfMessagesVisible', total - hidden - late),
      gauge('ApproximateNumberOfMessagesNotVisible', hidden),
      gauge('ApproximateNumberOfMessagesDelayed', late),
      gauge('ApproximateAgeOfOldestMessage', oldest === null ? 0 : Math.floor((now - oldest) / 1000), 'Seconds'),
    ]
  })
}
