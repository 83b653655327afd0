import { DurableObject } from 'cloudflare:workers'
import { type ObjectFacts, parseObjectName } from '../../../aws/place.ts'
import { AwsError, errorData } from '../../../aws/errors.ts'
import { type ClockState, clockNow, REAL_CLOCK, realTimeOf, steadyClock } from '../clock/clock.ts'
import type { Env } from '../env.ts'
import { type JournalQuery, type JournalRow, readHops } from '../journal/journal.ts'
import type { Listeners } from '../metrics/metrics.ts'
import type { NamespaceSettings } from '../namespace/namespace-stub.ts'
import { cameToNothing, membershipOf } from '../namespace/membership.ts'
import { later } from '../namespace/namespace-rows.ts'
import type { Delivery, Undelivered } from '../outbox/deliver.ts'
import { noteReceived, receiveAll, wasReceived } from '../outbox/inbox.ts'
import { deliverNearby } from '../outbox/nearby.ts'
import type { Delivered } from '../outbox/outbox.ts'
import { requestOf, type Sent } from '../outbox/requests.ts'
import { backgroundOf, type SettleReport } from './background.ts'
import type { Above, Gate } from './catalog.ts'
import { type Parts, partsOf } from './parts.ts'
import { handlerOf, ownRequest } from './calls.ts'
import { type Host, OperationContext } from './context.ts'
import { asBytes } from './large-bytes.ts'
import { livesOf } from './lives.ts'
import { readMeta, writeMeta } from './meta.ts'
import type { OperationRequest, OperationResult, ServiceDefinition, Tx } from './operation.ts'
import { erasedMeanwhile, notImplemented, readLeftover, refusalOf } from './refusals.ts'
import { type Asked, readView, type Seen } from '../views/view.ts'
import { wakeTime } from './wake.ts'

/**
 * The one class of objects: holds what all services have in one account and region, or one resource that has an object of
 * its own, which its name says. The kernel's parts (clock, outbox, journal, metrics) are here once for all of them.
 * @param above the services and who checks their callers, handed in
 */
export function placeObject(above: Above) {
  const { catalog } = above

  return class PlaceObject extends DurableObject<Env> implements Host {
    readonly catalog = catalog
    readonly parts: Parts
    facts: ObjectFacts
    name: string
    clock: ClockState = REAL_CLOCK
    readonly steady = steadyClock(() => clockNow(this.clock))
    gate: Gate = above.gate(this.env, {})
    memory = new Map<string, unknown>()
    readonly lives = livesOf()
    readonly background = backgroundOf()
    /** Services of this object that wait for measurements hear of them. */
    readonly listeners: Listeners = {
      any: () => this.parts.tables.opened().some(service => catalog.definitionOf(service).onMetrics),
      tell: tx => {
        for (const service of this.parts.tables.opened()) {
          if (service !== tx.service) catalog.definitionOf(service).onMetrics?.(this.own(service))
        }
      },
    }
    readonly membership = membershipOf(this.env, this)
    readonly active = this.membership.active

    constructor(ctx: DurableObjectState, env: Env) {
      super(ctx, env)
      this.parts = partsOf(this, ctx.storage, { env, above })
      // An object that holds nothing is not made by being looked at.
      const used = this.parts.sql.first("SELECT 1 FROM sqlite_master WHERE name = '_meta'") !== undefined
      this.name = ctx.id.name ?? (used ? readMeta(this.parts.sql, 'name') : undefined) ?? ''
      this.facts = parseObjectName(this.name)
      if (used) this.wakeUp()
    }

    /** Takes up what was under way when the object last slept. */
    wakeUp(): void {
      this.parts.tables.wake()
      const stored = readMeta(this.parts.sql, 'facts')
      if (stored) this.facts = JSON.parse(stored) as ObjectFacts // written by claim()
      const settings = readMeta(this.parts.sql, 'settings')
      if (settings === undefined) return
      this.applySettings(JSON.parse(settings) as NamespaceSettings) // written by configure()
      this.membership.woke()
      this.parts.takeUp()
      this.each((definition, service) => definition.onWake?.(this.own(service)))
    }

    /** Each service that has something here, in a change of its own. */
    each(work: (definition: ServiceDefinition, service: string) => void): void {
      for (const service of this.parts.tables.opened()) {
        this.parts.changes.run(() => work(catalog.definitionOf(service), service))
      }
    }

    now(): number {
      return this.steady.now()
    }

    applySettings(settings: NamespaceSettings): void {
      this.membership.settings = settings
      this.clock = settings.clock
      this.steady.reset()
      this.gate = above.gate(this.env, settings)
    }

    /** Runs one operation. Refusals come back as data, since classes do not survive the way. */
    async invoke(request: OperationRequest, looks = false): Promise<OperationResult> {
      try {
        await this.membership.admit(request)
      } catch (thrown) {
        return { error: errorData(refusalOf(this.facts.place, request, thrown)) }
      }
      const result = await this.serve(request)
      await this.active.told()
      if (this.membership.settled) return result
      await this.membership.ended(request, cameToNothing(result, looks))
      return result
    }

    async serve(request: OperationRequest): Promise<OperationResult> {
      const life = this.lives.of(request.service)
      this.parts.tables.prepare()
      if (request.delivery && wasReceived(this.parts.sql, request.delivery.id)) return { output: {} }
      const visits = request.signed !== undefined && request.caller.via !== undefined
      if (visits) this.parts.tables.open(request.service)
      const visited = visits ? await above.noteVisit(this.context(request), request.input) : undefined
      const result = await this.perform(request)
      if (life !== this.lives.of(request.service)) return result // what is told beside it was erased
      visited?.(result)
      const { answerHeaders } = catalog.definitionOf(request.service)
      const headers = request.http && answerHeaders?.(this.context(request), request.input)
      return headers ? { ...result, headers } : result
    }

    /** Takes deliveries, several in one go. */
    receive(lists: OperationRequest[][]): Promise<OperationResult[][]> {
      return receiveAll(lists, this.parts.arriving, request => this.invoke(request))
    }

    async perform(request: OperationRequest): Promise<OperationResult> {
      const { service, operation } = request
      const life = this.lives.of(service)
      const member = request.http?.body ?? 'Body'
      let body = request.input[member]
      try {
        const definition = this.parts.tables.open(service)
        const handler = handlerOf(definition, request) ?? notImplemented(service, operation)
        const context = (trailers?: Promise<Record<string, string>>) => this.context(request, trailers)
        const { ctx, input: admitted } = await this.gate.admit(request, { definition, context })
        body = admitted[member]
        const { large } = request.http ?? {}
        const input = large ? await asBytes(admitted, large) : admitted
        // Whoever waited at the door may find another life behind it.
        if (life !== this.lives.of(service)) throw erasedMeanwhile()
        const answer = this.parts.changes.run(() => {
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
        const gone = life !== this.lives.of(service) && !(thrown instanceof AwsError)
        return { error: errorData(gone ? erasedMeanwhile() : refusalOf(this.facts.place, request, thrown)) }
      }
    }

    /** A delivery is remembered in the change that it made, so that the two commit together. */
    noteDone({ delivery }: OperationRequest): void {
      if (delivery) noteReceived(this.parts.sql, delivery.id)
    }

    context(request: OperationRequest, trailers?: Promise<Record<string, string>>): Tx {
      return new OperationContext(this, request, trailers)
    }

    get settings() {
      return this.membership.settings
    }

    /** The context of what a service does of its own accord. */
    own(service: string, traceId?: string): Tx {
      return this.context(ownRequest(this.facts.place, service, this.now(), traceId))
    }

    requestOf(sent: Sent, delivery: Delivery): OperationRequest {
      return requestOf(catalog, this.facts.place, sent, delivery)
    }

    /** Nearby at once, as a part of the change under way; else by the outbox. */
    deliver(delivery: Delivery, of: { service: string; traceId: string }): void {
      if (this.env.FAKECLOUD_NEARBY !== 'off' && deliverNearby(this.parts.here, delivery, of)) return
      this.parts.outbox.add(delivery, of)
    }

    ended(of: Delivered, delivery: Delivery, undelivered?: Undelivered): void {
      catalog.definitionOf(of.service).ended?.(this.own(of.service, of.traceId), delivery, undelivered)
    }

    gauges() {
      const { tables } = this.parts
      return tables.opened().flatMap(service => catalog.definitionOf(service).gauges?.(this.own(service)) ?? [])
    }

    claim(owner: { account: string; region: string }): void {
      const before = this.facts
      this.facts = { ...before, place: { ...before.place, ...owner } }
      writeMeta(this.parts.sql, 'facts', JSON.stringify(this.facts))
      this.parts.changes.undone(() => {
        this.facts = before
      })
    }

    track(what: string, work: Promise<unknown>): void {
      this.active.began()
      const life = this.lives.of(what)
      const failed = (error: unknown) => {
        if (life === this.lives.of(what)) console.error(`${what}: background`, error)
      }
      this.ctx.waitUntil(this.background.add(work, failed))
    }

    /** Waits for the deliveries and background work under way, no longer than `boundMs` of real time. */
    async settle(boundMs: number): Promise<SettleReport> {
      if (this.parts.tables.ready()) this.parts.kick()
      await this.background.rest(boundMs)
      // It may have been erased meanwhile.
      const ready = this.parts.tables.ready()
      const due = ready ? this.parts.due() : null
      const busy = this.background.busy() || (ready && this.parts.outbox.nextTry() !== null) || this.isDue(due)
      if (!busy) this.active.rested()
      return { busy, due }
    }

    isDue = (timer: number | null) => timer !== null && timer <= this.now()

    /** Takes the namespace's clock and modes; kept, so that a woken object knows them. */
    async configure(told: NamespaceSettings): Promise<void> {
      const settings = later(this.membership.settings, told)
      this.applySettings(settings)
      // Until it is registered it is nobody's, and keeps nothing.
      if (!this.membership.registered) return
      this.parts.tables.prepare()
      writeMeta(this.parts.sql, 'settings', JSON.stringify(settings))
      this.arm()
      this.each((definition, service) => definition.onClock?.(this.own(service)))
      await this.active.told()
    }

    /** One step of an advancing clock: takes its time, runs what is due, and reports as a settle does; `ran`: how many. */
    async step(settings: NamespaceSettings, boundMs: number): Promise<SettleReport & { ran: number }> {
      await this.configure(settings)
      if (!this.membership.registered) return { ...(await this.settle(boundMs)), ran: 0 }
      const ran = this.parts.posts.kick() + (await this.parts.timers.finish())
      this.arm()
      await this.active.told()
      return { ...(await this.settle(boundMs)), ran }
    }

    override async alarm(): Promise<void> {
      if (!this.parts.tables.ready()) return
      this.parts.wake.rang()
      this.parts.timers.start()
      this.parts.kick()
      this.arm()
    }

    /** Sets the alarm for the earliest of the timers and the outbox's retries. */
    arm(): void {
      const { tables, outbox } = this.parts
      if (!tables.ready()) return
      const timer = this.parts.due()
      const due = timer === null ? null : realTimeOf(this.clock, timer)
      if (this.isDue(timer)) this.active.began()
      const next = wakeTime({ due, retry: outbox.nextTry(), waiting: this.parts.waiting() }, Date.now())
      if (next !== null) this.parts.wake.by(next)
    }

    /** The client of an operation that may still wait has gone. */
    abandon(service: string, operation: string, requestId: string): void {
      this.parts.changes.run(() => catalog.definitionOf(service).abandoned?.[operation]?.(this.own(service), requestId))
    }

    /** A page of one of a service's views; nothing is made of a service that has nothing here. */
    async look(service: string, name: string, asked: Asked): Promise<Seen> {
      const { tables } = this.parts
      if (!tables.has(service)) return { part: null }
      return await this.membership.looked(async () => {
        if (!tables.has(service)) return { part: null }
        const seen = await readView(catalog.definitionOf(service), name, { tx: this.own(service), asked })
        await this.active.told()
        return seen
      })
    }

    /** An operation for who only asks: null where its service has nothing here, of which nothing is made. */
    async ask(request: OperationRequest): Promise<OperationResult | null> {
      return this.parts.tables.has(request.service) ? await this.invoke(request, true) : null
    }

    /** The account that owns this object: its place's, or the one that claimed it. */
    owner(): string {
      return this.facts.place.account
    }

    hops(query: JournalQuery): JournalRow[] {
      return this.parts.tables.ready() ? readHops(this.parts.sql, query) : []
    }

    /** What was decided on this object's operations, and by which statements. */
    decisions(query: Record<string, string | number>): unknown[] {
      return this.parts.tables.ready() ? above.decisions(this.parts.sql, query) : []
    }

    /** Forgets everything, or all that one service has here: reset and expiry of a namespace. */
    async erase(service?: string): Promise<void> {
      const { tables } = this.parts
      const whole = service === undefined || this.facts.service !== undefined
      const going = tables.opened().filter(each => whole || each === service)
      this.lives.end(whole ? undefined : service)
      for (const each of going) await catalog.definitionOf(each).onErase?.(this.own(each))
      if (whole) await this.eraseAll()
      else for (const each of going) tables.drop(each)
      this.parts.outbox.reread()
      if (!whole) this.lives.end(service) // nor does what came meanwhile
      for (const key of this.memory.keys()) {
        if (whole || key.startsWith(`${service}.`)) this.memory.delete(key)
      }
    }

    async eraseAll(): Promise<void> {
      await this.parts.wake.never()
      await this.ctx.storage.deleteAll()
      this.parts.forget()
      this.lives.end() // nor does what came meanwhile
      this.membership.leave()
      this.facts = parseObjectName(this.name)
      this.clock = REAL_CLOCK
      this.steady.reset()
      this.gate = above.gate(this.env, {})
    }
  }
}
