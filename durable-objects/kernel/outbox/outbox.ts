import type { Delivery, Undelivered } from './deliver.ts'
import type { Hop } from '../journal/journal.ts'
import type { OperationRequest, OperationResult } from '../object/operation.ts'
import { AwsError, type ErrorData, errorData, reasonOf } from '../../../aws/errors.ts'
import { jsonWithBytes, parseWithBytes } from '../../../aws/json-bytes.ts'
import type { Sql } from '../object/sql.ts'

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
  /** The operation that a delivery becomes. @throws AwsError when nothing can take it */
  request(row: OutboxRow, delivery: Delivery): OperationRequest
  /**
   * Carries operations to one object, in one go: lists beside each other, each in its order and no further than its
   * first refusal.
   */
  send(to: string, lists: OperationRequest[][]): Promise<OperationResult[][]>
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

function failureOf(thrown: unknown): ErrorData {
  if (thrown instanceof AwsError) return errorData(thrown)
  return { code: 'InternalFailure', message: String(thrown), status: 500, fields: {} }
}

/** 0.2 s, 0.4 s … one minute. */
const backoff = (attempts: number) => Math.min(60_000, 100 * 2 ** attempts)

export const isTransient = (error: ErrorData) =>
  (error.status >= 500 && error.status !== 501) || THROTTLES.has(error.code)

/** A row, read; `request` is missing where nothing can take it, which `error` says. */
type Parcel = { row: OutboxRow; delivery: Delivery; request?: OperationRequest; error?: ErrorData }

/** What goes to one object in one go: a list for each target. `size` is about the characters of it. */
type Load = { to: string; lists: Parcel[][]; size: number }

/** Deliveries to one target that go together, and what they may amount to; one alone may be longer. */
const MOST_TOGETHER = 10
const LONGEST_LIST = 500_000
const LARGEST_LOAD = 8_000_000

const sizeOf = (parcels: readonly Parcel[]) => parcels.reduce((sum, { row }) => sum + row.delivery.length, 0)

/** Lists that go to the same object, together as far as they are not too large for one call. */
function loadsOf(lists: readonly Parcel[][]): Load[] {
  const loads: Load[] = []
  for (const parcels of lists) {
    const to = parcels[0]?.request?.to ?? ''
    const size = sizeOf(parcels)
    const load = loads.find(each => each.to === to && each.size + size <= LARGEST_LOAD)
    if (load) {
      load.lists.push(parcels)
      load.size += size
    } else loads.push({ to, lists: [parcels], size })
  }
  return loads
}

/**
 * The outbox of one object: rows written with the change that caused them, tried at once, each target in order,
 * retried with backoff until the target answers or refuses. What is written together goes together to each object that
 * has targets of it; a target that is not done holds up none that comes later.
 */
export function outboxOf(host: OutboxHost): Outbox {
  const { sql } = host
  const running = new Set<string>()
  const starting: string[] = []

  function start(target: string): void {
    if (running.has(target)) return
    running.add(target)
    if (starting.push(target) > 1) return
    // The first await lets the writer finish its synchronous work; what leaves the object waits for its commit.
    host.track(Promise.resolve().then(sendStarted))
  }

  async function sendStarted(): Promise<void> {
    const targets = starting.splice(0)
    const lists = targets.map(target => {
      const parcels = parcelsOf(target)
      if (parcels.length === 0) running.delete(target)
      return parcels
    })
    const loads = loadsOf(lists.filter(parcels => parcels.length > 0))
    await Promise.all(loads.map(carry))
  }

  /** The next rows of a target, for the same object all of them. */
  function parcelsOf(target: string): Parcel[] {
    const rows = sql.all<OutboxRow>(
      'SELECT * FROM _outbox WHERE target = ? ORDER BY seq LIMIT ?',
      target,
      MOST_TOGETHER,
    )
    const now = Date.now()
    const parcels: Parcel[] = []
    for (const row of rows) {
      if (row.nextTry > now) break
      const parcel = parcelOf(row)
      const first = parcels[0]
      if (first && (parcel.request?.to !== first.request?.to || sizeOf([...parcels, parcel]) > LONGEST_LIST)) break
      parcels.push(parcel)
      if (!parcel.request) break
    }
    return parcels
  }

  function parcelOf(row: OutboxRow): Parcel {
    const delivery = parseWithBytes(row.delivery) as Delivery // written by add()
    try {
      return { row, delivery, request: host.request(row, delivery) }
    } catch (thrown) {
      return { row, delivery, error: failureOf(thrown) }
    }
  }

  async function carry({ to, lists }: Load): Promise<void> {
    const answers = await answersOf(to, lists)
    lists.forEach((parcels, i) => {
      const list = answers[i] ?? []
      // Those after a refusal were not tried.
      parcels.slice(0, list.length).forEach((parcel, j) => {
        conclude(parcel, list[j]?.error)
      })
      const target = parcels[0]?.row.target ?? ''
      running.delete(target)
      start(target)
    })
  }

  async function answersOf(to: string, lists: Parcel[][]): Promise<OperationResult[][]> {
    if (to === '') return lists.map(([first]) => (first?.error ? [{ error: first.error }] : []))
    const requests = lists.map(parcels => parcels.flatMap(({ request }) => (request ? [request] : [])))
    try {
      return await host.send(to, requests)
    } catch (thrown) {
      return lists.map(() => [{ error: failureOf(thrown) }])
    }
  }

  function conclude({ row, delivery }: Parcel, error: ErrorData | undefined): void {
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
