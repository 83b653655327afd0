import type { In, Out, PutEventsRequestEntry, PutEventsResultEntry } from '../../../aws/models/events.types.ts'
import { type Ctx, FAR, type Tx } from '../../kernel/object/operation.ts'
import type { Place } from '../../../aws/place.ts'
import { AwsError } from '../../../aws/errors.ts'
import { checkEntry, entrySize, traceOf } from './entries.ts'
import { checkForeigner, lookUpBus } from './find-bus.ts'
import { busArn, busName, ownerOfBus } from './names.ts'
import { accountsOf } from './partner-event-sources.ts'
import { publish } from './publish.ts'
import { invalid, notFound } from './refusals.ts'
import type { BusEvent } from './schema.ts'
import { eventLabel } from './target-deliveries.ts'

const MOST_BYTES = 262_144

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export async function PutEvents(ctx: Ctx, input: In<'PutEvents'>): Promise<Out<'PutEvents'>> {
  const entries = input.Entries ?? []
  checkSize(entries)
  for (const entry of entries) checkBus(ctx, entry)
  // Other places are asked first: once this one writes, it must not wait any more.
  const elsewhere = await Promise.all(entries.map(entry => forwardEntry(ctx, entry)))
  return answerOf(ctx.change(tx => entries.map((entry, at) => elsewhere[at] ?? putEntry(tx, entry))))
}

/** What a neighbour puts on buses of this place waits for nobody. */
export function putEventsNearby(ctx: Tx, input: In<'PutEvents'>): Out<'PutEvents'> | typeof FAR {
  const entries = input.Entries ?? []
  if (!entries.every(entry => isHere(ctx, entry.EventBusName))) return FAR
  checkSize(entries)
  for (const entry of entries) checkBus(ctx, entry)
  return answerOf(entries.map(entry => putEntry(ctx, entry)))
}

const answerOf = (Entries: PutEventsResultEntry[]) => ({
  FailedEntryCount: Entries.filter(({ ErrorCode }) => ErrorCode !== undefined).length,
  Entries,
})

function checkSize(entries: readonly PutEventsRequestEntry[]): void {
  if (entries.reduce((sum, entry) => sum + entrySize(entry), 0) > MOST_BYTES) {
    throw invalid('Total size of the entries in the request is over the limit.')
  }
}

/** Who may not put on a bus of this account is refused as a whole. */
function checkBus(ctx: Ctx, { EventBusName }: PutEventsRequestEntry): void {
  const bus = isHere(ctx, EventBusName) ? lookUpBus(ctx, EventBusName) : undefined
  if (bus) checkForeigner(ctx, bus)
}

/** Where an entry's bus is: a mere name is one of the caller's own, wherever the request's first entry led. */
function placeOf(
  { place, caller, signed, http }: Ctx,
  nameOrArn: string | undefined,
): Pick<Place, 'account' | 'region'> {
  return ownerOfBus(nameOrArn) ?? (signed ? { account: caller.accountId, region: http?.region ?? place.region } : place)
}

function isHere(ctx: Ctx, nameOrArn: string | undefined): boolean {
  const { account, region } = placeOf(ctx, nameOrArn)
  return account === ctx.place.account && region === ctx.place.region
}

/** An entry for a bus of another place goes there; undefined when it is for one of this. */
async function forwardEntry(ctx: Ctx, entry: PutEventsRequestEntry): Promise<PutEventsResultEntry | undefined> {
  if (isHere(ctx, entry.EventBusName)) return undefined
  const { account, region } = placeOf(ctx, entry.EventBusName)
  const { Entries } = await ctx.call('events', 'PutEvents', { Entries: [entry] }, { place: { account, region } })
  return Entries?.[0] ?? {}
}

function putEntry(ctx: Tx, entry: PutEventsRequestEntry): PutEventsResultEntry {
  const { event, refusal } = checkEntry(ctx, entry)
  if (refusal) return refusal
  const bus = busName(entry.EventBusName)
  const { traceId, trace } = traceOf(ctx, entry)
  // AWS takes an event for a bus that is not there, and drops it.
  if (lookUpBus(ctx, bus)) publish(ctx, { bus, event, traceId, trace })
  else noteLost(ctx, { bus, event, traceId })
  return { EventId: event.id }
}

function noteLost(ctx: Ctx, { bus, event, traceId }: { bus: string; event: BusEvent; traceId: string }): void {
  const to = busArn(ctx.place, bus)
  const reason = `Event bus ${bus} does not exist.`
  ctx.journal({ from: event.source, to, outcome: 'refused', reason, event: eventLabel(event), traceId })
}

/** What a bus, or a partner, sends to a bus of any account: no model has it, so no request can ask. */
export type Forwarded = { EventBusName: string; Event: BusEvent }

/** EventBridge → another bus: the event as it was, its account and region those it came from. */
export function ForwardEvent(ctx: Tx, { EventBusName, Event }: Forwarded): undefined {
  const bus = lookUpBus(ctx, EventBusName)
  if (!bus) throw notFound(`Event bus ${busName(EventBusName)} does not exist.`)
  checkForeigner(ctx, bus, 'PutEvents')
  publish(ctx, { bus: bus.name, event: Event, traceId: ctx.traceId, trace: ctx.trace, forwarded: true })
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutPartnerEvents.html */
export async function PutPartnerEvents(
  ctx: Ctx,
  { Entries: entries }: In<'PutPartnerEvents'>,
): Promise<Out<'PutPartnerEvents'>> {
  checkSize(entries)
  const results = await Promise.all(entries.map(entry => putPartnerEntry(ctx, entry)))
  return { FailedEntryCount: results.filter(({ ErrorCode }) => ErrorCode !== undefined).length, Entries: results }
}

async function putPartnerEntry(ctx: Ctx, entry: PutEventsRequestEntry): Promise<PutEventsResultEntry> {
  const { event, refusal } = checkEntry(ctx, entry, true)
  if (refusal) return refusal
  const customers = accountsOf(ctx, event.source)
  if (customers.length === 0) {
    return { ErrorCode: 'ResourceNotFoundException', ErrorMessage: `Event source ${event.source} does not exist.` }
  }
  await Promise.all(customers.map(({ account }) => putForCustomer(ctx, account, { ...event, account })))
  return { EventId: event.id }
}

/** A customer that has no bus for the source misses the event. */
async function putForCustomer(ctx: Ctx, account: string, event: BusEvent): Promise<void> {
  const to = { place: { account }, caller: { accountId: account } }
  try {
    await ctx.call('events', 'ForwardEvent', { EventBusName: event.source, Event: event }, to)
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    const hop = { from: event.source, to: account, outcome: 'refused', reason: error.message } as const
    ctx.journal({ ...hop, event: eventLabel(event) })
  }
}
