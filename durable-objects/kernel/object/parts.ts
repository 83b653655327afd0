import { collectBlobs } from '../blobs/blobs.ts'
import { type TimerRounds, timerRounds } from '../clock/clock.ts'
import type { Env } from '../env.ts'
import { type Posts, postsOf } from '../http-out/posts.ts'
import { hopsOf, type NotedHop, tellsNothing } from '../journal/journal.ts'
import type { Activity } from '../namespace/activity.ts'
import type { Delivery, Undelivered } from '../outbox/deliver.ts'
import type { Arriving } from '../outbox/inbox.ts'
import type { Neighbourhood } from '../outbox/nearby.ts'
import { type Delivered, type Outbox, outboxOf } from '../outbox/outbox.ts'
import type { Sent } from '../outbox/requests.ts'
import type { Above, Gate } from './catalog.ts'
import { type Changes, changesOf, type Gathered } from './changes.ts'
import { keptRows } from './kept-rows.ts'
import type { OperationRequest, Tx } from './operation.ts'
import { type Sql, sqlOf } from './sql.ts'
import { type Tables, tablesOf } from './tables.ts'
import { type Wake, wakeOf } from './wake.ts'

/** The kernel's parts, once for all services of an object. */
export type Parts = {
  env: Env
  changes: Changes
  sql: Sql
  hops: Gathered<NotedHop>
  wake: Wake
  outbox: Outbox
  arriving: Arriving
  /** Takes up what the object's end left: deliveries, and blobs that nobody uses. */
  takeUp(): void
  posts: Posts
  tables: Tables
  timers: TimerRounds
  here: Neighbourhood
  /** Sets off again what waits to leave the object and may be tried now. */
  kick(): void
  /** When the next timer falls due, or the next try of a post. */
  due(): number | null
  /** Timers or posts are under way: should the object be killed, nothing else would wake it. */
  waiting(): boolean
  /** Nothing is on its way, and there is nothing to tell of what was asked here. */
  isBlank(): boolean
  /** All is gone from storage. */
  forget(): void
}

/** What the parts ask of the object that they are of. */
export type Whole = {
  readonly name: string
  readonly gate: Gate
  readonly active: Activity
  now(): number
  own(service: string, traceId?: string): Tx
  context(request: OperationRequest): Tx
  requestOf(sent: Sent, delivery: Delivery): OperationRequest
  deliver(delivery: Delivery, of: { service: string; traceId: string }): void
  ended(of: Delivered, delivery: Delivery, undelivered?: Undelivered): void
  track(what: string, work: Promise<unknown>): void
  arm(): void
}

export function partsOf(
  whole: Whole,
  storage: DurableObjectStorage,
  { env, above }: { env: Env; above: Above },
): Parts {
  const changes = changesOf(storage)
  const kept = keptRows()
  const sql = sqlOf(storage, { changes, kept, told: env.FAKECLOUD_SQL === 'log' ? logStatement : undefined })
  const hops = hopsOf(sql, changes)
  const wake = wakeOf(storage)
  const change = <T>(work: () => T) => changes.run(work)
  const now = () => whole.now()
  const request = (sent: Sent, delivery: Delivery) => whole.requestOf(sent, delivery)
  const own = (service: string, traceId?: string) => whole.own(service, traceId)
  const tables = tablesOf({ sql, changes, above, name: () => whole.name, own })
  const outbox = outboxOf({
    sql,
    gathered: write => changes.gathered(write),
    whenUndone: changes.whenUndone,
    request,
    send: async (to, lists) => {
      // Nothing is set off elsewhere before whoever waits for it can know.
      await whole.active.told()
      return await env.OBJECTS.getByName(to).receive(lists)
    },
    change,
    deliver: (delivery, of) => whole.deliver(delivery, of),
    ended: (of, ...end) => whole.ended(of, ...end),
    note: (traceId, hop, at = now()) => hops.add({ traceId, now: at, hop }),
    now,
    track: work => whole.track('outbox', work),
    wakeBy: at => changes.committed(() => wake.by(at)),
  })
  const timers = timerRounds({
    sql,
    now,
    run: ({ service, name, key }) => {
      const handlers = tables.open(service).timers
      return handlers && Object.hasOwn(handlers, name) ? handlers[name]?.(own(service), key) : undefined
    },
    change,
    ended: () => whole.arm(),
    track: work => whole.track('timers', work),
  })
  const posts = postsOf({
    sql,
    definitionOf: above.catalog.definitionOf,
    own,
    change,
    committed: work => changes.committed(work),
    now,
    track: work => whole.track('posts', work),
    told: () => whole.active.told(),
    arm: () => whole.arm(),
  })
  const here: Neighbourhood = {
    self: () => whole.name,
    catalog: above.catalog,
    gate: () => whole.gate,
    changes,
    outbox,
    request,
    open: service => void tables.open(service),
    context: asked => whole.context(asked),
  }
  const takeUp = () => {
    kick()
    collectBlobs(own('blobs'))
  }
  const kick = () => {
    outbox.kick()
    posts.kick()
  }
  const due = () => earlier(timers.next(), posts.next())
  const waiting = () => timers.waiting() || posts.waiting()
  const isBlank = () => outbox.nextTry() === null && posts.next() === null && tellsNothing(sql) && !above.tells(sql)
  const forget = () => {
    for (const part of [tables, timers, outbox, posts]) part.forget()
    kept.clear()
  }
  const arriving: Arriving = new Map()
  return {
    ...{ env, changes, sql, hops, wake, outbox, posts, arriving, tables, timers, here },
    ...{ takeUp, kick, due, waiting, isBlank, forget },
  }
}

const earlier = (a: number | null, b: number | null) => (a === null || (b !== null && b < a) ? b : a)

/** For who looks where a request's time goes. */
const logStatement = (query: string) => console.debug(`sql ${query.replace(/\s+/g, ' ')}`)
