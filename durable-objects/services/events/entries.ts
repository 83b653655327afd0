import type { PutEventsRequestEntry, PutEventsResultEntry } from '../../../aws/models/events.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { isTooDeep } from './nesting.ts'
import { eventTime } from './schedules.ts'
import type { BusEvent } from './schema.ts'

/** An entry, or what is wrong with it in AWS's words. */
export type Checked = { event: BusEvent; refusal?: undefined } | { refusal: PutEventsResultEntry; event?: undefined }

/** The most that an event may amount to: with its envelope, and written anew, it may be longer than its entry. */
const MOST_EVENT_BYTES = 524_288

const REQUIRED = ['Source', 'DetailType', 'Detail'] as const

const bytes = (text = '') => new TextEncoder().encode(text).byteLength

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html#eb-putevent-size */
export function entrySize({ Time, Source, DetailType, Detail, Resources = [] }: PutEventsRequestEntry): number {
  const texts = [Source, DetailType, Detail, ...Resources]
  return (Time === undefined ? 0 : 14) + texts.reduce((sum, text) => sum + bytes(text), 0)
}

/**
 * Makes the event of an entry.
 * @param trusted AWS's own sources are for its services
 */
export function checkEntry(
  ctx: Ctx,
  entry: PutEventsRequestEntry,
  trusted = ctx.caller.service !== undefined,
): Checked {
  const missing = REQUIRED.find(name => !entry[name])
  if (missing)
    return refused('InvalidArgument', `Parameter ${missing} is not valid. Reason: ${missing} is a required argument.`)
  const { Source = '', DetailType = '', Detail = '', Resources = [], Time } = entry
  if (Source.startsWith('aws.') && !trusted) {
    return refused('NotAuthorizedForSourceException', 'Not authorized for the source.')
  }
  const detail = parsed(Detail)
  if (!detail) return refused('MalformedDetail', 'Detail is malformed.')
  // An entry from an outbox is JSON, where a time is text.
  const time = Time === undefined ? ctx.now : new Date(Time).getTime()
  const event: BusEvent = {
    version: '0',
    id: crypto.randomUUID(),
    'detail-type': DetailType,
    source: Source,
    account: ctx.caller.accountId,
    time: eventTime(Number.isFinite(time) ? time : ctx.now),
    region: ctx.http?.region ?? ctx.place.region,
    resources: Resources,
    detail,
  }
  // Numbers may be longer in the event than they were in the entry: 1e20 becomes 100000000000000000000.
  if (bytes(JSON.stringify(event)) > MOST_EVENT_BYTES) return refused('MalformedDetail', 'Detail is malformed.')
  return { event }
}

const refused = (ErrorCode: string, ErrorMessage: string): Checked => ({ refusal: { ErrorCode, ErrorMessage } })

/** An object's JSON, or undefined. */
function parsed(text: string): Record<string, unknown> | undefined {
  if (isTooDeep(text)) return undefined
  try {
    const value: unknown = JSON.parse(text)
    const object = typeof value === 'object' && value !== null && !Array.isArray(value)
    return object ? (value as Record<string, unknown>) : undefined // just checked
  } catch {
    return undefined
  }
}

/** The X-Ray trace that an entry is part of: its own, if it says so, else its request's. */
export function traceOf(ctx: Ctx, { TraceHeader = '' }: PutEventsRequestEntry): { traceId: string; trace?: string } {
  const own = /Root=(1-[0-9a-f]{8}-[0-9a-f]{24})/.exec(TraceHeader)?.[1]
  if (own !== undefined) return { traceId: own, trace: TraceHeader }
  return { traceId: ctx.traceId, ...(ctx.trace !== undefined && { trace: ctx.trace }) }
}
