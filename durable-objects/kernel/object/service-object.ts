import { DurableObject } from 'cloudflare:workers'
import { backgroundOf, type SettleReport } from './background.ts'
import { type ClockState, clockNow, nextTimer, REAL_CLOCK, realTimeOf, timerRounds, timersOf } from '../clock/clock.ts'
import { contextOf, type ObjectFacts, ownRequest } from './context.ts'
import type { Env } from '../env.ts'
import { type DecisionQuery, type DecisionView, readDecisions } from '../../authorization/decisions.ts'
import { type Modes, modesOf } from '../../authorization/modes.ts'
import { admit } from '../../authorization/authorize.ts'
import { noteReceived, receiveAll, wasReceived } from '../outbox/inbox.ts'
import { type JournalQuery, type JournalRow, readHops, writeHop } from '../journal/journal.ts'
import { readLeftover } from './leftover.ts'
import { migrate, readMeta, writeMeta } from './meta.ts'
import { type MetricsPage, metricsPage, type MetricsQuery } from '../metrics/metrics.ts'
import { asBytes } from './large-bytes.ts'
import type { NamespaceSettings } from '../namespace/namespace-stub.ts'
import type { OperationRequest, OperationResult, ServiceDefinition, Tx } from './operation.ts'
import { type Outbox, outboxOf } from '../outbox/outbox.ts'
import { parseObjectName } from '../../../aws/place.ts'
import { registrar } from './registration.ts'
import { notImplemented, refusalOf } from './refusal.ts'
import { requestOf } from './send.ts'
import { definitionOf } from '../../services/index.ts'
import { errorData } from '../../../aws/errors.ts'
import { noteVisit } from './visits.ts'
import { type Wake, wakeOf } from './wake.ts'
import { type Sql, sqlOf } from './sql.ts'

/**
 * Holds one service's state in one place. Which service, its name says; what it does, the service's definition.
 * The kernel's parts (clock, outbox, journal) are here once for all of them.
 */
export class ServiceObject extends DurableObject<Env> {
  private readonly sql: Sql
  private readonly outbox: Outbox
  private readonly wake: Wake
  private readonly rounds: () => Promise<number>
  private facts: ObjectFacts
  private definition: ServiceDefinition
  private clock: ClockState = REAL_CLOCK
  private modes: Modes = modesOf(this.env, {})
  private readonly register = registrar(this.env, settings => {
    this.configure(settings)
    this.registered = true
  })
  private registered = false
  private activity = 0
  private readonly background = backgroundOf(() => {
    this.activity += 1
  })
  private memory = new Map<string, unknown>()

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env)
    this.sql = sqlOf(ctx.storage)
    this.wake = wakeOf(ctx.storage)
    this.outbox = outboxOf({
      sql: this.sql,
      request: (row, delivery) => requestOf(this.facts, row, delivery),
      send: (to, lists) => this.env.OBJECTS.getByName(to).receive(lists),
      ended: (row, ...end) => this.definition.ended?.(this.context(this.own(row.traceId)), ...end),
      note: (traceId, hop) => writeHop(this.sql, { traceId, now: clockNow(this.clock) }, hop),
      track: work => this.track(work),
      wakeBy: at => this.wake.by(at),
    })
    this.rounds = timerRounds(this.sql, {
      now: () => clockNow(this.clock),
      run: (name, key) => this.sql.transaction(() => this.definition.timers?.[name]?.(this.context(), key)),
    })
    const name = ctx.id.name ?? readMeta(this.sql, 'name') ?? ''
    this.facts = parseObjectName(name)
    this.definition = definitionOf(this.facts.service)
    if (name) this.open(name)
  }

  /** Brings the tables up to date and takes up what was under way when the object last slept. */
  private open(name: string): void {
    const fresh = migrate(this.sql, this.definition.migrations)
    if (fresh) writeMeta(this.sql, 'name', name)
    const stored = readMeta(this.sql, 'facts')
    if (stored) this.facts = JSON.parse(stored) as ObjectFacts // written by claim()
    const settings = readMeta(this.sql, 'settings')
    if (settings) this.applySettings(JSON.parse(settings) as NamespaceSettings) // written by configure()
    this.registered = settings !== undefined
    if (fresh) this.definition.onCreate?.(this.context())
    if (!this.registered) return
    this.outbox.kick()
    this.definition.onWake?.(this.context())
  }

  private applySettings(settings: NamespaceSettings): void {
    this.clock = settings.clock
    this.modes = modesOf(this.env, settings)
  }

  /** Runs one operation. Refusals come back as data, since classes do not survive the way. */
  async invoke(request: OperationRequest): Promise<OperationResult> {
    if (!this.registered) await this.register(request.to)
    this.activity += 1
    if (request.delivery && wasReceived(this.sql, request.delivery.id)) return { output: {} }
    const result = await this.perform(request)
    if (request.signed && request.caller.via) await noteVisit(this.context(request), request.input, result)
    const headers = request.http && this.definition.answerHeaders?.(this.context(request), request.input)
    return headers ? { ...result, headers } : result
  }

  /** Takes deliveries, several in one go. */
  receive(lists: OperationRequest[][]): Promise<OperationResult[][]> {
    return receiveAll(lists, request => this.invoke(request))
  }

  private async perform(request: OperationRequest): Promise<OperationResult> {
    const { definition, modes, facts } = this
    const member = request.http?.body ?? 'Body'
    let body = request.input[member]
    try {
      const handler = definition.operations[request.operation] ?? notImplemented(facts.service, request.operation)
      const context = (trailers?: Promise<Record<string, string>>) => this.context(request, trailers)
      const { ctx, input: admitted } = await admit(request, { definition, modes, context })
      body = admitted[member]
      const { large } = request.http ?? {}
      const input = large ? await asBytes(admitted, large) : admitted
      const answer = this.sql.transaction(() => {
        // `never`: the handler's own input type was checked against the model when the request was decoded.
        const given = handler(ctx, input as never)
        if (!(given instanceof Promise)) this.noteDone(request)
        return given
      })
      const output = await answer
      if (answer instanceof Promise) this.noteDone(request)
      return { output: (output ?? {}) as Record<string, unknown> }
    } catch (thrown) {
      await readLeftover(body)
      return { error: errorData(refusalOf(facts, request, thrown)) }
    }
  }

  /** A delivery is remembered in the change that it made, so that the two commit together. */
  private noteDone({ delivery }: OperationRequest): void {
    if (delivery) noteReceived(this.sql, delivery.id)
  }

  private context(request?: OperationRequest, trailers?: Promise<Record<string, string>>): Tx {
    return contextOf({
      env: this.env,
      facts: this.facts,
      sql: this.sql,
      request: request ?? this.own(),
      trailers,
      timers: timersOf(this.sql, () => this.arm()),
      outbox: this.outbox,
      now: () => clockNow(this.clock),
      track: work => this.track(work),
      memory: this.memory,
      claim: owner => this.claim(owner),
    })
  }

  private own(traceId?: string): OperationRequest {
    return ownRequest(this.facts, clockNow(this.clock), traceId)
  }

  private claim(owner: { account: string; region: string }): void {
    this.facts = { ...this.facts, place: { ...this.facts.place, ...owner } }
    writeMeta(this.sql, 'facts', JSON.stringify(this.facts))
  }

  private track(work: Promise<unknown>): void {
    this.ctx.waitUntil(this.background.add(work, error => console.error(`${this.facts.service}: background`, error)))
  }

  /** Waits for the deliveries and background work under way, no longer than `boundMs` of real time. */
  async settle(boundMs: number): Promise<SettleReport> {
    this.outbox.kick()
    await this.background.rest(boundMs)
    const busy = this.background.busy() || this.outbox.nextTry() !== null
    return { activity: this.activity, busy, due: nextTimer(this.sql) }
  }

  /** Takes the namespace's clock and modes; kept, so that a woken object knows them. */
  configure(settings: NamespaceSettings): void {
    this.applySettings(settings)
    writeMeta(this.sql, 'settings', JSON.stringify(settings))
    this.arm()
    this.definition.onClock?.(this.context())
  }

  /**
   * One step of an advancing clock: shows its time, in memory alone, runs what is due, and reports as a settle does.
   * @returns with how many timers ran
   */
  async step(clock: ClockState, boundMs: number): Promise<SettleReport & { ran: number }> {
    this.clock = clock
    this.definition.onClock?.(this.context())
    const ran = await this.runDue()
    return { ...(await this.settle(boundMs)), ran }
  }

  private async runDue(): Promise<number> {
    const count = await this.rounds()
    this.activity += count
    this.arm()
    return count
  }

  override async alarm(): Promise<void> {
    this.wake.rang()
    await this.runDue()
    this.outbox.kick()
    this.arm()
  }

  /** Sets the alarm for the earliest of the timers and the outbox's retries. */
  private arm(): void {
    const timer = nextTimer(this.sql)
    const due = timer === null ? null : realTimeOf(this.clock, timer)
    const retry = this.outbox.nextTry()
    const next = Math.min(due ?? Number.POSITIVE_INFINITY, retry === null ? Number.POSITIVE_INFINITY : retry + 2000)
    if (Number.isFinite(next)) this.wake.by(next)
  }

  /** The client of an operation that may still wait has gone. */
  abandon(operation: string, requestId: string): void {
    this.definition.abandoned?.[operation]?.(this.context(), requestId)
  }

  /** One of the service's views for `/_fakecloud/*`; null when it has none of that name. */
  async introspect(name: string, parameters: Record<string, string>): Promise<unknown> {
    return (await this.definition.introspections?.[name]?.(this.context(), parameters)) ?? null
  }

  /** What the object measured since CloudWatch last asked. */
  metrics(query: MetricsQuery): MetricsPage {
    return metricsPage(this.context(), this.definition, query)
  }

  /** The account that owns this object: its place's, or the one that claimed it. */
  owner(): string {
    return this.facts.place.account
  }

  hops(query: JournalQuery): JournalRow[] {
    return readHops(this.sql, query)
  }

  /** What IAM decided on this object's operations, and by which statements. */
  decisions(query: DecisionQuery): DecisionView[] {
    return readDecisions(this.sql, query)
  }

  /** Forgets everything: reset and expiry of a namespace. */
  async erase(): Promise<void> {
    const name = readMeta(this.sql, 'name') ?? ''
    await this.definition.onErase?.(this.context())
    await this.wake.never()
    await this.ctx.storage.deleteAll()
    this.applySettings({ clock: REAL_CLOCK })
    this.facts = parseObjectName(name)
    this.registered = false
    this.open(name)
    // Whoever waits looks again, and finds nothing.
    this.definition.onClock?.(this.context())
    this.memory = new Map()
  }
}
