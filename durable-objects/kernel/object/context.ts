import { callOperation } from './send.ts'
import type { Delivery } from '../outbox/deliver.ts'
import type { Env } from '../env.ts'
import { writeHop } from '../journal/journal.ts'
import { noteMetric } from '../metrics/metrics.ts'
import { definitionOf } from '../../services/index.ts'
import { tellCloudWatch } from '../metrics/metrics-news.ts'
import { namespaceStub } from '../namespace/namespace-stub.ts'
import type { Ctx, OperationRequest } from './operation.ts'
import type { Outbox } from '../outbox/outbox.ts'
import type { Place } from '../../../aws/place.ts'
import { newTraceId } from '../../../aws/ids.ts'
import type { Sql } from './sql.ts'
import type { Timers } from '../clock/clock.ts'

/** Which object this is. */
export type ObjectFacts = { place: Place; service: string; resource?: string | undefined }

export type ContextParts = {
  env: Env
  facts: ObjectFacts
  sql: Sql
  request: OperationRequest
  trailers: Promise<Record<string, string>> | undefined
  timers: Timers
  outbox: Outbox
  now: () => number
  track(work: Promise<unknown>): void
  memory: Map<string, unknown>
  claim(owner: { account: string; region: string }): void
}

/** What an object does of its own accord, for a timer say: no caller's request. It may belong to a chain. */
export function ownRequest(facts: ObjectFacts, now: number, traceId = newTraceId(now)): OperationRequest {
  return {
    to: '',
    operation: '',
    input: {},
    caller: { accountId: facts.place.account, service: 'fakecloud' },
    requestId: crypto.randomUUID(),
    traceId,
  }
}

/** What a handler works with, made of its object's parts and the request at hand. */
export function contextOf(parts: ContextParts): Ctx {
  const { request, sql } = parts
  const now = steady(parts.now)
  const ctx: Ctx = {
    get place() {
      return parts.facts.place
    },
    service: parts.facts.service,
    resource: parts.facts.resource,
    operation: request.operation,
    requestId: request.requestId,
    traceId: request.traceId,
    trace: request.trace,
    caller: request.caller,
    http: request.http,
    signed: request.signed,
    env: parts.env,
    definitionOf,
    get now() {
      return now()
    },
    sql,
    timers: parts.timers,
    journal: hop => writeHop(sql, { traceId: request.traceId, now: parts.now() }, hop),
    trailers: parts.trailers,
    call: (service, operation, input, to) => callOperation(parts, { service, operation, input }, to),
    deliver: delivery => parts.outbox.add(traced(delivery, request), delivery.traceId ?? request.traceId),
    neighbours: async () => (await namespaceStub(parts.env, parts.facts.place.namespace).list()).objects,
    metric: metric => noteMetric(ctx, metric, tellCloudWatch),
    background: work => parts.track(work),
    memory: <T>(key: string, initial: () => T): T => {
      if (!parts.memory.has(key)) parts.memory.set(key, initial())
      return parts.memory.get(key) as T // each key has one type, its only user's
    },
    claim: owner => parts.claim(owner),
  }
  return ctx
}

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
