import type { Ctx } from '../../kernel/object/operation.ts'
import { localQueueName, parseQueueUrl } from './addresses.ts'
import { numberAttribute } from './attribute-rules.ts'
import { queueDoesNotExist, requireParameters } from './refusals.ts'
import type { Attributes, Queue, QueueRow } from './schema.ts'

export function queueOf(row: QueueRow): Queue {
  return { ...row, attributes: JSON.parse(row.attributes) as Attributes } // written by CreateQueue and SetQueueAttributes
}

export function queueByName(ctx: Ctx, name: string): Queue | undefined {
  return ctx.sql.kept('sqs_queues', name, () => {
    const row = ctx.sql.first<QueueRow>('SELECT * FROM sqs_queues WHERE name = ?', name)
    return row && queueOf(row)
  })
}

export function queueById(ctx: Ctx, id: number): Queue | undefined {
  return ctx.sql.kept('sqs_queues', id, () => {
    const row = ctx.sql.first<QueueRow>('SELECT * FROM sqs_queues WHERE id = ?', id)
    return row && queueOf(row)
  })
}

/** The queue of an ARN; undefined when it does not exist here. */
export function queueByArn(ctx: Ctx, arn: string): Queue | undefined {
  const name = localQueueName(ctx.place, arn)
  return name === undefined ? undefined : queueByName(ctx, name)
}

/** The queue of a QueueUrl. @throws AwsError QueueDoesNotExist */
export function findQueue(ctx: Ctx, url: string): Queue {
  requireParameters({ QueueUrl: url }, ['QueueUrl'])
  const queue = queueByName(ctx, parseQueueUrl(url).name)
  if (!queue) throw queueDoesNotExist()
  return queue
}

/** How long a queue keeps a message, in milliseconds. */
export function retentionMs(queue: Queue): number {
  return numberAttribute(queue.attributes, 'MessageRetentionPeriod') * 1000
}
