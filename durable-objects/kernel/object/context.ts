import type { ObjectFacts, Place } from '../../../aws/place.ts'
import { type Timers, timersOf } from '../clock/clock.ts'
import type { Env } from '../env.ts'
import type { Post } from '../http-out/posting.ts'
import type { Hop } from '../journal/journal.ts'
import { type Listeners, type Metric, metricsPage, type MetricsQuery, noteMetric } from '../metrics/metrics.ts'
import type { NamespaceSettings } from '../namespace/namespace-stub.ts'
import type { Delivery } from '../outbox/deliver.ts'
import { callOperation } from './calls.ts'
import type { Catalog } from './catalog.ts'
import type { Lives } from './lives.ts'
import type { CallOptions, OperationRequest, OperationResult, Settled, Tx } from './operation.ts'
import type { Parts } from './parts.ts'
import { erasedMeanwhile } from './refusals.ts'

/** The object, as its contexts use it. */
export type Host = {
  readonly name: string
  readonly facts: ObjectFacts
  readonly settings: NamespaceSettings | undefined
  readonly catalog: Catalog
  readonly parts: Pick<Parts, 'env' | 'sql' | 'changes' | 'hops' | 'posts'>
  readonly memory: Map<string, unknown>
  readonly listeners: Listeners
  readonly lives: Lives
  now(): number
  arm(): void
  own(service: string): Tx
  gauges(): Metric[]
  serve(request: OperationRequest): Promise<OperationResult>
  deliver(delivery: Delivery, of: { service: string; traceId: string }): void
  track(what: string, work: Promise<unknown>): void
  claim(owner: { account: string; region: string }): void
}

/**
 * What a handler works with: its object and the request at hand. One is made for each request and each delivery, so it is
 * one class, whose methods are made once.
 */
export class OperationContext implements Tx {
  readonly place: Place
  readonly namespaceId: string
  readonly pendingMs: number
  readonly service: string
  readonly resource: string | undefined
  readonly operation: string
  readonly requestId: string
  readonly traceId: string
  readonly trace: string | undefined
  readonly caller: Tx['caller']
  readonly http: Tx['http']
  readonly signed: Tx['signed']
  readonly trailers: Tx['trailers']
  readonly env: Env
  readonly sql: Tx['sql']
  readonly definitionOf: Tx['definitionOf']
  readonly keys: Tx['keys']
  private readonly host: Host
  private readonly life: number

  constructor(host: Host, request: OperationRequest, trailers?: Promise<Record<string, string>>) {
    this.host = host
    this.life = host.lives.of(request.service)
    this.place = host.facts.place
    this.namespaceId = host.settings?.id ?? ''
    this.pendingMs = host.settings?.pendingMs ?? 0
    this.service = request.service
    this.resource = host.facts.resource
    this.operation = request.operation
    this.requestId = request.requestId
    this.traceId = request.traceId
    this.trace = request.trace
    this.caller = request.caller
    this.http = request.http
    this.signed = request.signed
    this.trailers = trailers
    this.env = host.parts.env
    this.sql = host.parts.sql
    this.definitionOf = host.catalog.definitionOf
    this.keys = host.catalog.keys
  }

  get now(): number {
    return this.host.now()
  }

  get erased(): boolean {
    return this.life !== this.host.lives.of(this.service)
  }

  get timers(): Timers {
    const { host, service } = this
    return timersOf(this.sql, service, () => host.parts.changes.committed(() => host.arm()))
  }

  change<T>(work: (tx: Tx) => Settled<T>): T {
    if (this.erased) throw erasedMeanwhile()
    return this.host.parts.changes.run(() => work(this)) as T // what is no promise is what it is
  }

  committed(work: () => void): void {
    this.host.parts.changes.committed(work)
  }

  undone(work: () => void): void {
    this.host.parts.changes.undone(work)
  }

  journal(hop: Hop): void {
    this.host.parts.hops.add({ traceId: this.traceId, now: this.host.now(), hop })
  }

  call(service: string, operation: string, input: unknown, to?: CallOptions): Promise<never> {
    return callOperation(this.host, this, { service, operation, input }, to)
  }

  /** It takes the trace header of its request along, unless it belongs to another chain. */
  deliver(delivery: Delivery): void {
    const { trace, service } = this
    const traced = trace === undefined || delivery.traceId !== undefined ? delivery : { ...delivery, trace }
    this.host.deliver(traced, { service, traceId: delivery.traceId ?? this.traceId })
  }

  post(post: Post): void {
    this.host.parts.posts.add(post, this)
  }

  measured(query: MetricsQuery) {
    return metricsPage(this.host.own(this.service), () => this.host.gauges(), query)
  }

  metric(metric: Metric): void {
    noteMetric(this, metric, this.host.listeners)
  }

  background(work: Promise<unknown>): void {
    this.host.track(this.service, work)
  }

  memory<T>(key: string, initial: () => T): T {
    // What the object notes now is none of a work's that began before it was erased.
    if (this.erased) return initial()
    const { memory } = this.host
    if (!memory.has(key)) memory.set(key, initial())
    return memory.get(key) as T // each key has one type, its only user's
  }

  claim(owner: { account: string; region: string }): void {
    this.host.claim(owner)
  }
}
