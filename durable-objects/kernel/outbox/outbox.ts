import type { Delivery, Undelivered } from './deliver.ts'
import type { Hop } from '../journal/journal.ts'
import type { OperationRequest, OperationResult } from '../object/operation.ts'
import { heldRows, type OutboxRow } from './outbox-rows.ts'
import type { Sent } from './requests.ts'
import { AwsError, type ErrorData, errorData, reasonOf } from '../../../aws/errors.ts'
import { jsonWithBytes, parseWithBytes } from '../../../aws/json-bytes.ts'
import type { Gathered } from '../object/changes.ts'
import type { Sql } from '../object/sql.ts'

/** What the outbox needs of its object. */
export type OutboxHost = {
  sql: Sql
  /** The operation that a delivery becomes. @throws AwsError when nothing can take it */
  request(sent: Sent, delivery: Delivery): OperationRequest
  /**
   * Carries operations to one object, in one go: lists beside each other, each in its order and no further than its
   * first refusal.
   */
  send(to: string, lists: OperationRequest[][]): Promise<OperationResult[][]>
  /** Rows that are gathered within a change and written at its end. */
  gathered<Row>(write: (rows: readonly Row[]) => void): Gathered<Row>
  /** Something is done whenever a change is undone. */
  whenUndone(work: () => void): void
  /** One change: what ends a delivery commits as a whole. */
  change<T>(work: () => T): T
  /** @param at on the namespace's clock; now, unless it says so */
  note(traceId: string, hop: Hop, at?: number): void
  /** The namespace's clock. */
  now(): number
  /** A delivery has arrived, or was given up. */
  ended(of: Delivered, delivery: Delivery, undelivered?: Undelivered): void
  /** Sends something on: a dead letter. */
  deliver(delivery: Delivery, of: { service: string; traceId: string }): void
  /** Counts work under way, so that readers can wait for it. */
  track(work: Promise<unknown>): void
  /** Makes sure that the alarm rings by then (real epoch milliseconds). */
  wakeBy(at: number): void
}

/** A delivery of a service's, by its id and chain. */
export type Delivered = Sent & { service: string }
type Tried = Delivered & { attempts: number }

export type Outbox = {
  add(delivery: Delivery, of: { service: string; traceId: string }): void
  /** Whether something for that target is on its way: what comes after must not overtake it. */
  waits(target: string): boolean
  /** The end of a delivery that never lay here is told as any other's: that it arrives, that it did, that it was refused. */
  arrives(of: Delivered, delivery: Delivery): void
  arrived(of: Delivered, delivery: Delivery): void
  refused(of: Delivered, delivery: Delivery, error: ErrorData): void
  /** The first try of a delivery was made already, and failed for now: the rest are made from here. */
  retry(of: Delivered, delivery: Delivery, error: ErrorData): void
  /** Starts (again) whatever waits and may be tried now. */
  kick(): void
  nextTry(): number | null
  /** Rows were erased, a service's. */
  reread(): void
  /** All was erased: what is under way holds up nothing that is delivered from now on. */
  forget(): void
}

const THROTTLES = new Set([
  'TooManyRequestsException',
  'ThrottlingException',
  'Throttling',
  'SlowDown',
  'ServiceUnavailable',
])
const MAX_ATTEMPTS = 30

export function failureOf(thrown: unknown): ErrorData {
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
    if (parcels.length === 0) continue
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
  let running = new Set<string>()
  let starting: string[] = []
  const held = heldRows(sql)
  host.whenUndone(held.forget)
  const written = host.gathered<OutboxRow>(rows => held.write(rows))

  function start(target: string): void {
    if (running.has(target)) return
    running.add(target)
    if (starting.push(target) > 1) return
    // The first await lets the writer finish its synchronous work; what leaves the object waits for its commit.
    host.track(Promise.resolve().then(sendStarted))
  }

  async function sendStarted(): Promise<void> {
    const loads = loadsOf(starting.splice(0).map(startedParcels))
    await Promise.all(loads.map(carry))
  }

  function startedParcels(target: string): Parcel[] {
    let parcels: Parcel[] = []
    try {
      parcels = parcelsOf(target)
    } catch (thrown) {
      console.error('deliveries', thrown)
    }
    if (parcels.length === 0) running.delete(target)
    return parcels
  }

  /** The next rows of a target, for the same object all of them. */
  function parcelsOf(target: string): Parcel[] {
    const rows = held.of(target, MOST_TOGETHER)
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
    const startedAt = host.now()
    const life = running
    const answers = await answersOf(to, lists)
    if (life !== running) return
    for (const [i, parcels] of lists.entries()) conclude(parcels, answers[i] ?? [], startedAt)
    for (const [first] of lists) if (first) start(first.row.target)
  }

  /** One list's end; another's is told whatever becomes of it. */
  function conclude(parcels: Parcel[], list: OperationResult[], startedAt: number): void {
    try {
      // Those after a refusal were not tried.
      for (const [i, parcel] of parcels.slice(0, list.length).entries()) {
        concludeRow({ ...parcel, startedAt }, list[i]?.error)
      }
    } catch (thrown) {
      console.error('the end of deliveries', thrown)
      held.forget()
    } finally {
      running.delete(parcels[0]?.row.target ?? '')
    }
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

  /** The end of a try is one change. Should ending it fail, the row stays, and the delivery is known at its target. */
  function concludeRow(
    { row, delivery, startedAt }: Parcel & { startedAt: number },
    error: ErrorData | undefined,
  ): void {
    try {
      host.change(() => {
        if (error && isTransient(error) && row.attempts + 1 < mostTries(delivery)) {
          putOff(row, delivery, error)
          return
        }
        // By its id: after a reset another row may have its number.
        if (!held.remove(row)) return
        if (error && !delivery.tolerate?.includes(error.code)) refused(row, delivery, error)
        else {
          arrives(row, delivery, startedAt)
          arrived(row, delivery)
        }
      })
    } catch (thrown) {
      console.error('the end of a delivery', thrown)
      if (row.attempts >= MAX_ATTEMPTS) held.remove(row)
      else held.putOff(row, retryAt(row))
    }
  }

  const mostTries = ({ retries = MAX_ATTEMPTS }: Delivery) => Math.min(MAX_ATTEMPTS, retries + 1)

  const retryAt = ({ attempts }: Tried) => Date.now() + backoff(attempts + 1)

  function putOff(row: OutboxRow, delivery: Delivery, error: ErrorData): void {
    const nextTry = retryAt(row)
    if (held.putOff(row, nextTry)) noteRetry(row, { delivery, error, nextTry })
  }

  type Retry = { delivery: Delivery; error: ErrorData; nextTry: number }

  function noteRetry(row: Tried, { delivery, error, nextTry }: Retry): void {
    host.note(row.traceId, { ...hopOf(row, delivery), outcome: 'retried', reason: reasonOf(error) })
    host.wakeBy(nextTry)
  }

  const hopOf = ({ id, attempts = 0 }: Sent & { attempts?: number }, delivery: Delivery) => ({
    from: delivery.from,
    to: delivery.to,
    event: delivery.event,
    deliveryId: id,
    attempt: attempts + 1,
  })

  /** Told as of when it was sent: what it set off comes after it. */
  function arrives(of: Delivered & { attempts?: number }, delivery: Delivery, at?: number): void {
    host.note(of.traceId, { ...hopOf(of, delivery), outcome: 'delivered' }, at)
  }

  const arrived = (of: Delivered, delivery: Delivery) => host.ended(of, delivery)

  function refused(of: Delivered & { attempts?: number }, delivery: Delivery, error: ErrorData): void {
    const hop = hopOf(of, delivery)
    const reason = reasonOf(error)
    if (!delivery.deadLetter) {
      host.note(of.traceId, { ...hop, outcome: 'refused', reason })
      host.ended(of, delivery, { error, attempts: hop.attempt })
      return
    }
    const { deadLetter, operation: _operation, ...rest } = delivery
    host.note(of.traceId, { ...hop, outcome: 'dead-lettered', reason: `${reason}; sent on to ${deadLetter}` })
    host.deliver({ ...rest, to: deadLetter }, of)
  }

  function add(delivery: Delivery, of: { service: string; traceId: string }): void {
    const now = Date.now()
    write({ id: crypto.randomUUID(), attempts: 0, ...of }, delivery, now)
    host.wakeBy(now + 2000)
    start(delivery.to)
  }

  function retry(of: Delivered, delivery: Delivery, error: ErrorData): void {
    if (mostTries(delivery) <= 1) {
      refused(of, delivery, error)
      return
    }
    const first = { ...of, attempts: 0 }
    const nextTry = retryAt(first)
    write({ ...of, attempts: 1 }, delivery, nextTry)
    noteRetry(first, { delivery, error, nextTry })
    // Until the row is written, with the change, this holds up what comes to the same target.
    start(delivery.to)
  }

  function write({ id, service, traceId, attempts }: Tried, delivery: Delivery, nextTry: number): void {
    written.add({ id, service, target: delivery.to, delivery: jsonWithBytes(delivery), traceId, attempts, nextTry })
  }

  const waits = (target: string) => running.has(target) || held.of(target, 1).length > 0

  function kick(): void {
    for (const target of held.due(Date.now())) start(target)
  }

  const forget = () => {
    running = new Set()
    starting = []
    held.forget()
  }
  return {
    add,
    waits,
    arrives,
    arrived,
    refused,
    retry,
    kick,
    nextTry: held.nextTry,
    reread: held.forget,
    forget,
  }
}
