import type { Delivery, Undelivered } from './deliver.ts'
import type { Hop } from './journal.ts'
import type { OperationResult } from './operation.ts'
import { AwsError, type ErrorData, errorData, reasonOf } from './shared/errors.ts'
import { jsonWithBytes, parseWithBytes } from './shared/json-bytes.ts'
import type { Sql } from './sql.ts'

/** A delivery on its way. `nextTry` is in real epoch milliseconds: transport does not wait for a frozen clock. */
export type OutboxRow = {
  seq: number
  id: string
  target: string
  delivery: string
  traceId: string
  attempts: number
  nextTry: number
}

export const OUTBOX_SCHEMA = `
CREATE TABLE _outbox (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, target TEXT NOT NULL, delivery TEXT NOT NULL, traceId TEXT NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, nextTry INTEGER NOT NULL
);
CREATE INDEX _outbox_target ON _outbox (target, seq);
CREATE INDEX _outbox_next ON _outbox (nextTry);`

/** What the outbox needs of its object. */
export type OutboxHost = {
  sql: Sql
  /** Carries the delivery to its target as an operation, once. */
  send(row: OutboxRow, delivery: Delivery): Promise<OperationResult>
  note(traceId: string, hop: Hop): void
  /** A delivery has arrived, or was given up. */
  ended(row: OutboxRow, delivery: Delivery, undelivered?: Undelivered): void
  /** Counts work under way, so that readers can wait for it. */
  track(work: Promise<unknown>): void
  /** Makes sure that the alarm rings by then (real epoch milliseconds). */
  wakeBy(at: number): void
}

export type Outbox = {
  add(delivery: Delivery, traceId: string): void
  /** Starts (again) whatever waits and may be tried now. */
  kick(): void
  nextTry(): number | null
}

const THROTTLES = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'SlowDown',
  'ServiceUnavailable',
])
const MAX_ATTEMPTS = 30

/** 0.2 s, 0.4 s … one minute. */
const backoff = (attempts: number) => Math.min(60_000, 100 * 2 ** attempts)

export const isTransient = (error: ErrorData) =>
  (error.status >= 500 && error.status !== 501) || THROTTLES.has(error.code)

/**
 * The outbox of one object: rows written with the change that caused them, tried at once, each target in order and no
 * target waiting for another, retried with backoff until the target answers or refuses.
 */
export function outboxOf(host: OutboxHost): Outbox {
  const { sql } = host
  const running = new Set<string>()

  function start(target: string): void {
    if (running.has(target)) return
    running.add(target)
    // The first await lets the writer finish its synchronous work; what leaves the object waits for its commit.
    host.track(
      Promise.resolve()
        .then(() => drain(target))
        .finally(() => running.delete(target)),
    )
  }

  async function drain(target: string): Promise<void> {
    for (;;) {
      const row = sql.first<OutboxRow>('SELECT * FROM _outbox WHERE target = ? ORDER BY seq LIMIT 1', target)
      if (!row || row.nextTry > Date.now()) return
      await attempt(row)
    }
  }

  async function attempt(row: OutboxRow): Promise<void> {
    const delivery = parseWithBytes(row.delivery) as Delivery // written by add()
    const error = await outcomeOf(row, delivery)
    const hop = {
      from: delivery.from,
      to: row.target,
      event: delivery.event,
      deliveryId: row.id,
      attempt: row.attempts + 1,
    }
    const most = Math.min(MAX_ATTEMPTS, (delivery.retries ?? MAX_ATTEMPTS) + 1)
    if (error && isTransient(error) && row.attempts + 1 < most) {
      const nextTry = Date.now() + backoff(row.attempts + 1)
      sql.run('UPDATE _outbox SET attempts = attempts + 1, nextTry = ? WHERE seq = ?', nextTry, row.seq)
      host.note(row.traceId, { ...hop, outcome: 'retried', reason: reasonOf(error) })
      host.wakeBy(nextTry)
      return
    }
    sql.run('DELETE FROM _outbox WHERE seq = ?', row.seq)
    if (!error || delivery.tolerate?.includes(error.code)) {
      host.note(row.traceId, { ...hop, outcome: 'delivered' })
      host.ended(row, delivery)
    } else {
      refuse(row, delivery, error)
    }
  }

  async function outcomeOf(row: OutboxRow, delivery: Delivery): Promise<ErrorData | undefined> {
    try {
      return (await host.send(row, delivery)).error
    } catch (thrown) {
      if (thrown instanceof AwsError) return errorData(thrown)
      return { code: 'InternalFailure', message: String(thrown), status: 500, fields: {} }
    }
  }

  function refuse(row: OutboxRow, delivery: Delivery, error: ErrorData): void {
    const reason = reasonOf(error)
    const hop = {
      from: delivery.from,
      to: row.target,
      event: delivery.event,
      deliveryId: row.id,
      attempt: row.attempts + 1,
    }
    if (!delivery.deadLetter) {
      host.note(row.traceId, { ...hop, outcome: 'refused', reason })
      host.ended(row, delivery, { error, attempts: row.attempts + 1 })
      return
    }
    const { deadLetter, operation: _operation, ...rest } = delivery
    host.note(row.traceId, { ...hop, outcome: 'dead-lettered', reason: `${reason}; sent on to ${deadLetter}` })
    add({ ...rest, to: deadLetter }, row.traceId)
  }

  function add(delivery: Delivery, traceId: string): void {
    const now = Date.now()
    sql.run(
      'INSERT INTO _outbox (id, target, delivery, traceId, nextTry) VALUES (?, ?, ?, ?, ?)',
      crypto.randomUUID(),
      delivery.to,
      jsonWithBytes(delivery),
      traceId,
      now,
    )
    host.wakeBy(now + 2000)
    start(delivery.to)
  }

  function kick(): void {
    const due = sql.all<{ target: string }>('SELECT DISTINCT target FROM _outbox WHERE nextTry <= ?', Date.now())
    for (const { target } of due) start(target)
  }

  const nextTry = () => sql.first<{ at: number | null }>('SELECT MIN(nextTry) AS at FROM _outbox')?.at ?? null
  return { add, kick, nextTry }
}
