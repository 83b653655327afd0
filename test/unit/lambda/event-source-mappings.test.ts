import { expect, test } from 'vitest'
import type { Tx } from '../../../durable-objects/kernel/object/operation.ts'
import { CreateEventSourceMapping } from '../../../durable-objects/services/lambda/mappings/event-source-mappings.ts'
import { migrations } from '../../../durable-objects/services/lambda/schema.ts'
import { bareObject } from '../../support/object.ts'

const place = { namespace: 'n', account: '123456789012', region: 'us-east-1' }
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:q'

test('of two mappings of one queue and function made at once, the one that is refused watches the queue no more', async () => {
  const { contextOf, database, sql, count } = bareObject()
  for (const migration of migrations) database.exec(migration)
  database.exec("INSERT INTO lambda_functions (name) VALUES ('work')")
  const configuration = JSON.stringify({ Role: 'arn:aws:iam::123456789012:role/r', Timeout: 3 })
  sql.run(
    "INSERT INTO lambda_versions (name, number, build, revisionId, configuration) VALUES ('work', 0, 'b', 'r', ?)",
    configuration,
  )
  const watching = new Set<string>()
  const call = async (_service: string, operation: string, { Mapping }: { Mapping: string }) => {
    if (operation === 'UnwatchQueue') watching.delete(Mapping)
    if (operation !== 'WatchQueue') return { Attributes: { VisibilityTimeout: '30' } }
    watching.add(Mapping)
    // The other one is there first.
    sql.run("INSERT OR REPLACE INTO lambda_mappings VALUES ('other', 'work', NULL, ?, 1, '{}', 0)", QUEUE)
    return {}
  }
  const more = { place, now: 1000, env: {}, caller: { accountId: place.account }, call } as unknown as Partial<Tx>
  const made = CreateEventSourceMapping(contextOf('lambda', more), { EventSourceArn: QUEUE, FunctionName: 'work' })
  await expect(made).rejects.toThrow('already exists')
  expect([count('lambda_mappings'), watching.size]).toEqual([1, 0])
})
