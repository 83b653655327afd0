import { type AdminApp, AdminError, placed, queryOf } from './admin.ts'
import { askAll } from './ask.ts'
import { settleAsked } from './settle.ts'

/**
 * `POST /_fakecloud/sqs/expiration-processor/tick` → `{ expiredMessages }`;
 * `POST /_fakecloud/sqs/{queue}/force-dlq[?accountId=&region=]` → `{ movedMessages }`.
 */
export function sqsAdmin(app: AdminApp): void {
  app.post('/_fakecloud/sqs/expiration-processor/tick', async c => {
    const ended = await askAll(c, { service: 'sqs', operation: 'ExpireMessages', input: {} })
    return c.json({ expiredMessages: ended.reduce((sum, { expiredMessages }) => sum + expiredMessages, 0) })
  })
  app.post('/_fakecloud/sqs/:queue/force-dlq', async c => {
    const queueName = c.req.param('queue')
    const where = queryOf(c, placed)
    await settleAsked(c)
    const moved = await askAll(c, { service: 'sqs', operation: 'ForceDeadLetters', input: { queueName } }, where)
    if (moved.length === 0) throw new AdminError(404, `There is no queue ${queueName}`)
    return c.json({ movedMessages: moved.reduce((sum, { movedMessages }) => sum + movedMessages, 0) })
  })
}
