import { expect, test } from 'vitest'
import type { Tx } from '../../../durable-objects/kernel/object/operation.ts'
import { PublishBatch } from '../../../durable-objects/services/sns/publish.ts'
import { migrations } from '../../../durable-objects/services/sns/schema.ts'
import { bareObject } from '../../support/object.ts'

const place = { namespace: 'n', account: '123456789012', region: 'us-east-1' }

test('a batch of which one message cannot be kept publishes none', async () => {
  const { contextOf, database, count } = bareObject()
  for (const migration of migrations) database.exec(migration)
  const arn = 'arn:aws:sns:us-east-1:123456789012:t'
  database.exec(`
    INSERT INTO sns_topics (arn, name, attributes) VALUES ('${arn}', 't', '{}');
    CREATE TRIGGER full BEFORE INSERT ON sns_published WHEN new.message = 'second' BEGIN SELECT RAISE(FAIL, 'full'); END`)
  const nothing = () => undefined
  const more = { place, now: 1000, env: {}, caller: { accountId: place.account }, journal: nothing, metric: nothing }
  const ctx = contextOf('sns', more as unknown as Partial<Tx>) // what publishing uses of it
  const publish = (...messages: string[]) =>
    PublishBatch(ctx, {
      TopicArn: arn,
      PublishBatchRequestEntries: messages.map((Message, i) => ({ Id: String(i), Message })),
    })
  await expect(publish('first', 'second', 'third')).rejects.toThrow('full')
  expect(count('sns_published')).toBe(0)
  expect((await publish('first', 'third')).Successful).toHaveLength(2)
  expect(count('sns_published')).toBe(2)
})
