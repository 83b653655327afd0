import type { OperationRequest, OperationResult } from '../object/operation.ts'
import type { Sql } from '../object/sql.ts'

export const INBOX_SCHEMA = `
CREATE TABLE _inbox (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX _inbox_at ON _inbox (at);`

/** Ids are kept this long (real time): longer than any outbox retries. */
const KEPT_MS = 3_600_000

/** Most that are forgotten at once, by about every sixteenth delivery: none pays for many, and most for none. */
const FORGOTTEN_AT_ONCE = 64

/** Whether a delivery was taken before: its sender did not hear the answer, and sends it again. */
export function wasReceived(sql: Sql, id: string): boolean {
  return sql.first('SELECT 1 FROM _inbox WHERE id = ?', id) !== undefined
}

/** Notes a delivery, in the transaction of what it did. */
export function noteReceived(sql: Sql, id: string): void {
  const now = Date.now()
  sql.run('INSERT OR REPLACE INTO _inbox (id, at) VALUES (?, ?)', id, now)
  // Ids are random.
  if (!id.startsWith('0')) return
  sql.run(
    'DELETE FROM _inbox WHERE id IN (SELECT id FROM _inbox WHERE at < ? LIMIT ?)',
    now - KEPT_MS,
    FORGOTTEN_AT_ONCE,
  )
}

/** Deliveries that are being done, by their ids. */
export type Arriving = Map<string, Promise<unknown>>

/** A copy that arrives while the first is being done waits for its end: it is done itself only if that failed. */
async function oneAtATime<T>(arriving: Arriving, id: string, work: () => Promise<T>): Promise<T> {
  for (let first = arriving.get(id); first; first = arriving.get(id)) await first.catch(() => undefined)
  const done = work()
  arriving.set(id, done)
  try {
    return await done
  } finally {
    arriving.delete(id)
  }
}

/** Runs deliveries: lists beside each other, each in its order and no further than its first refusal. */
export function receiveAll(
  lists: OperationRequest[][],
  arriving: Arriving,
  invoke: (request: OperationRequest) => Promise<OperationResult>,
): Promise<OperationResult[][]> {
  const inOrder = async (requests: OperationRequest[]) => {
    const results: OperationResult[] = []
    for (const request of requests) {
      const id = request.delivery?.id ?? ''
      const result = await oneAtATime(arriving, id, () => invoke(request))
      results.push(result)
      if (result.error) break
    }
    return results
  }
  return Promise.all(lists.map(inOrder))
}
