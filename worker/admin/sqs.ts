import type { MessagesPage, QueueView } from '../../durable-objects/services/sqs/introspection.ts'
import type { AdminApp, AdminContext } from './admin.ts'
import { AdminError, objectsOf, viewAll, viewNow } from './admin.ts'
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
    const places = await Promise.all((await objectsOf(c, 'sqs')).map(name => queuesOf(c, name)))
    return c.json({ queues: places.flat() })
  })
  app.post('/_fakecloud/sqs/expiration-processor/tick', async c => {
    return c.json({ expiredMessages: sum(await viewNow<number>(c, 'sqs', 'expire')) })
  })
  app.post('/_fakecloud/sqs/:queue/force-dlq', async c => {
    const queueName = c.req.param('queue')
    const { accountId, region } = c.req.query()
    const parameters = { queueName, ...(accountId && { accountId }), ...(region && { region }) }
    const moved = await viewAll<number>(c, 'sqs', 'forceDeadLetters', parameters)
    if (moved.length === 0) throw new AdminError(404, `There is no queue ${queueName}`)
    return c.json({ movedMessages: sum(moved) })
  })
}

/** The queues of one object, page by page: all its messages may be more than one answer between objects carries. */
async function queuesOf(c: AdminContext, objectName: string): Promise<QueueView[]> {
  const { baseUrl } = c.var.routed
  const queues = new Map<string, QueueView>()
  for (let after: string | undefined = '0'; after !== undefined; ) {
    const view = await c.env.OBJECTS.getByName(objectName).introspect('messages', { baseUrl, after })
    const page = view as MessagesPage // the view's own shape
    for (const queue of page.queues) {
      const known = queues.get(queue.queueName)
      if (known) known.messages.push(...queue.messages)
      else queues.set(queue.queueName, queue)
    }
    after = page.next
  }
  return [...queues.values()]
}
