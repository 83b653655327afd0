import type { MessagesPage, QueueView } from '../../durable-objects/services/sqs/introspection.ts'
import type { AdminApp } from './admin.ts'
import { AdminError, placed, queryOf } from './admin.ts'
import { pagesOf, viewAll, viewNow } from './views.ts'
import { settleAsked } from './settle.ts'

const sum = (counts: number[]) => counts.reduce((total, count) => total + count, 0)

/**
 * `GET /_fakecloud/sqs/messages` → `{ queues }`, every queue with its messages;
 * `POST /_fakecloud/sqs/expiration-processor/tick` → `{ expiredMessages }`;
 * `POST /_fakecloud/sqs/{queue}/force-dlq[?accountId=&region=]` → `{ movedMessages }`.
 */
export function sqsAdmin(app: AdminApp): void {
  app.get('/_fakecloud/sqs/messages', async c => {
    await settleAsked(c)
    const { baseUrl } = c.var.routed
    const places = await pagesOf<MessagesPage>(c, 'sqs', 'messages', { baseUrl })
    return c.json({ queues: places.flatMap(queuesOf) })
  })
  app.post('/_fakecloud/sqs/expiration-processor/tick', async c => {
    return c.json({ expiredMessages: sum(await viewNow<number>(c, 'sqs', 'expire')) })
  })
  app.post('/_fakecloud/sqs/:queue/force-dlq', async c => {
    const queueName = c.req.param('queue')
    const { accountId, region } = queryOf(c, placed)
    const parameters = { queueName, ...(accountId && { accountId }), ...(region && { region }) }
    const moved = await viewAll<number>(c, 'sqs', 'forceDeadLetters', parameters)
    if (moved.length === 0) throw new AdminError(404, `There is no queue ${queueName}`)
    return c.json({ movedMessages: sum(moved) })
  })
}

/** Queues of one object, whose messages may be on several pages. */
function queuesOf(pages: MessagesPage[]): QueueView[] {
  const queues = new Map<string, QueueView>()
  for (const queue of pages.flatMap(page => page.queues)) {
    const known = queues.get(queue.queueName)
    if (known) known.messages.push(...queue.messages)
    else queues.set(queue.queueName, queue)
  }
  return [...queues.values()]
}
