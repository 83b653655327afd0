import { beforeAll, expect, test, vi } from 'vitest'
import type { Tx } from '../../../durable-objects/kernel/object/operation.ts'
import { StartQuery } from '../../../durable-objects/services/logs/queries/queries.ts'
import { migrations } from '../../../durable-objects/services/logs/schema.ts'
import { bareObject } from '../../support/object.ts'

const place = { namespace: 'n', account: '123456789012', region: 'us-east-1' }

beforeAll(() => {
  vi.stubGlobal('scheduler', { wait: () => new Promise(resolve => setImmediate(resolve)) })
})

test('a query that fails while its results are written has none of them', async () => {
  const { contextOf, database, count, sql, rest } = bareObject()
  for (const migration of migrations) database.exec(migration)
  database.exec(`
    INSERT INTO logs_log_groups (id, name, class, protected, createdAt) VALUES (1, 'g', 'STANDARD', 0, 0);
    INSERT INTO logs_log_streams (id, logGroup, name, createdAt) VALUES (1, 1, 's', 0);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
      INSERT INTO logs_log_events (logGroup, stream, timestamp, ingestedAt, message) SELECT 1, 1, 500, 500, 'm' FROM n;
    CREATE TRIGGER full BEFORE INSERT ON logs_query_results WHEN new.place = 3 BEGIN SELECT RAISE(FAIL, 'full'); END`)
  const more = { place, now: 1000, env: {}, caller: { accountId: place.account }, timers: { set: () => undefined } }
  const ctx = contextOf('logs', more as unknown as Partial<Tx>) // what a query uses of it
  const asked = { logGroupName: 'g', startTime: 0, endTime: 1, queryString: 'fields @message', limit: 10_000 }
  ctx.change(tx => StartQuery(tx, asked))
  await expect(rest()).rejects.toThrow('full')
  expect(sql.first('SELECT status, results FROM logs_queries')).toEqual({ status: 'Failed', results: 0 })
  expect(count('logs_query_results')).toBe(0)
})
