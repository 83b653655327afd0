import type { ObjectFacts, Place } from '../../../aws/place.ts'
import { newTraceId } from '../../../aws/ids.ts'
import type { Timers } from '../clock/clock.ts'
import type { Env } from '../env.ts'
import type { Post } from '../http-out/posting.ts'
import { type Hop, type Outcome, writeHop } from '../journal/journal.ts'
import { type MetricsPage, type MetricsQuery, noteMetric } from '../metrics/metrics.ts'
import type { NamespaceSettings } from '../namespace/namespace-stub.ts'
import type { Delivery } from '../outbox/deliver.ts'
import { callOperation, type Carrier, viewOf } from './calls.ts'
import type { Changes } from './changes.ts'
import type { OperationRequest, Settled, Tx } from './operation.ts'
import { erasedMeanwhile } from './refusals.ts'
import type { Sql } from './sql.ts'

export type ContextParts = {
  env: Env
  facts: ObjectFacts
  settings: NamespaceSettings | undefined
  sql: Sql
  changes: Changes
  /** The object was not erased since. */
  alive(): boolean
  request: OperationRequest
  trailers: Promise<Record<string, string>> | undefined
  timers: Timers
  carrier: Carrier
  now: () => number
  deliver(delivery: Delivery, of: OperationRequest): void
  posts: { add(post: Post, of: OperationRequest): void }
  measured(query: MetricsQuery): MetricsPage
  /** New values were written. */
  tell(tx: Tx): void
  track(work: Promise<unknown>): void
  memory: Map<string, unknown>
  claim(owner: { account: string; region: string }): void
}

/** What a service does of its own accord, for a timer say: no caller's request. It may belong to a chain. */
export function ownRequest(place: Place, service: string, now: number, traceId = newTraceId(now)): OperationRequest {
  return {
    to: '',
    service,
    operation: '',
    input: {},
    caller: { accountId: place.account, service: 'fakecloud' },
    requestId: crypto.randomUUID(),
    traceId,
  }
}

/** What a handler works with, made of its object's parts and the request at hand. */
export function contextOf(parts: ContextParts): Tx {
  const { request, sql, changes } = parts
  const now = steady(parts.now)
  const ctx: Tx = {
    get place() {
      return parts.facts.place
    },
    namespaceId: parts.settings?.id ?? '',
    pendingMs: parts.settings?.pendingMs ?? 0,
    service: request.service,
    resource: parts.facts.resource,
    operation: request.operation,
    requestId: request.requestId,
    traceId: request.traceId,
    trace: request.trace,
    caller: request.caller,
    http: request.http,
    signed: request.signed,
    env: parts.env,
    definitionOf: parts.carrier.catalog.definitionOf,
    keys: parts.carrier.catalog.keys,
    get now() {
      return now()
    },
    sql,
    change: <T>(work: (tx: Tx) => Settled<T>) => {
      if (!parts.alive()) throw erasedMeanwhile()
      return changes.run(() => work(ctx)) as T // what is no promise is what it is
    },
    committed: work => changes.committed(work),
    undone: work => changes.undone(work),
    timers: parts.timers,
    journal: hop => noteHop(parts, hop),
    trailers: parts.trailers,
    call: (service, operation, input, to) => callOperation(parts, { service, operation, input }, to),
    view: (service, name, parameters, place) => viewOf(parts, { service, name, parameters }, place),
    deliver: delivery => parts.deliver(traced(delivery, request), request),
    post: post => parts.posts.add(post, request),
    measured: query => parts.measured(query),
    metric: metric => noteMetric(ctx, metric, parts.tell),
    background: work => parts.track(work),
    get erased() {
      return !parts.alive()
    },
    memory: <T>(key: string, initial: () => T): T => {
      // What the object notes now is none of a work's that began before it was erased.
      if (!parts.alive()) return initial()
      if (!parts.memory.has(key)) parts.memory.set(key, initial())
      return parts.memory.get(key) as T // each key has one type, its only user's
    },
    claim: owner => parts.claim(owner),
  }
  return ctx
}

/** What a hop tells of a refusal holds also if the change in which it was noted is undone by it. */
function noteHop(parts: ContextParts, hop: Hop): void {
  const { sql, changes, request } = parts
  writeHop(sql, { traceId: request.traceId, now: parts.now() }, hop)
  if (REFUSALS.has(hop.outcome)) changes.undone(() => noteHop(parts, hop))
}

const REFUSALS: ReadonlySet<Outcome> = new Set<Outcome>(['denied', 'filtered', 'refused'])

/** A delivery takes the trace header of its request along, unless it belongs to another chain. */
function traced(delivery: Delivery, { trace }: OperationRequest): Delivery {
  return trace === undefined || delivery.traceId !== undefined ? delivery : { ...delivery, trace }
}

/** A clock that stands still within one synchronous stretch, as it does on the edge: what is written is what is told. */
function steady(read: () => number): () => number {
  let stretch: number | undefined
  return () => {
    if (stretch === undefined) {
      stretch = read()
      queueMicrotask(() => {
        stretch = undefined
      })
    }
    return stretch
  }
}
