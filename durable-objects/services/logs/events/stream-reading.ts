import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { checkReadable } from '../groups/classes.ts'
import { maskOf } from '../policies/data-protection.ts'
import { type Range, readRows } from './event-rows.ts'
import { findEither } from '../groups/find-group.ts'
import { EVENT_OVERHEAD } from './batch.ts'
import { parseStreamToken, streamToken } from './positions.ts'
import { invalidToken } from '../refusals.ts'
import { expiryBound } from '../groups/retention.ts'
import type { EventRow } from '../schema.ts'
import { findStream } from '../groups/streams.ts'

const MAX_EVENTS = 10_000
/** Of a page, its messages counted as PutLogEvents counts them. */
export const MAX_PAGE_BYTES = 1_048_576

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogEvents.html */
export function GetLogEvents(ctx: Ctx, input: In<'GetLogEvents'>): Out<'GetLogEvents'> {
  const { startTime = 0, endTime = Number.MAX_SAFE_INTEGER, limit = MAX_EVENTS, nextToken } = input
  const token = nextToken === undefined ? undefined : parseStreamToken(nextToken)
  if (nextToken !== undefined && !token) throw invalidToken()
  const group = findEither(ctx, input)
  checkReadable(group)
  const stream = findStream(ctx, group.id, input.logStreamName)
  const range: Range = {
    from: Math.max(startTime, expiryBound(ctx, group)),
    to: endTime - 1,
    after: token?.position,
    // The direction is the token's; the first page's is the caller's.
    descending: token ? token.direction === 'b' : !input.startFromHead,
  }
  const mask = maskOf(ctx, group, input.unmask)
  const events = readPage(ctx, { id: stream.id, range, limit })
  // With nothing read, the page's own token comes again, so that what comes later is found from here; the other one
  // turns round, and finds the event beside which this page began.
  const { timestamp, seq } = token?.position ?? { timestamp: range.from, seq: 0 }
  const forward = { timestamp, seq: token?.direction === 'b' ? Math.max(0, seq - 1) : seq }
  const backward = { timestamp, seq: token?.direction === 'f' ? seq + 1 : seq }
  return {
    events: events.map(row => ({ timestamp: row.timestamp, message: mask(row), ingestionTime: row.ingestedAt })),
    nextForwardToken: streamToken('f', events.at(-1) ?? forward),
    nextBackwardToken: streamToken('b', events[0] ?? backward),
  }
}

/** Events of one page, oldest first, whichever end the page was read from. */
function readPage(ctx: Ctx, { id, range, limit }: { id: number; range: Range; limit: number }): EventRow[] {
  const events: EventRow[] = []
  let bytes = 0
  for (const row of readRows(ctx, { column: 'stream', id }, range, Math.min(limit, 64))) {
    bytes += Buffer.byteLength(row.message) + EVENT_OVERHEAD
    if (events.length > 0 && bytes > MAX_PAGE_BYTES) break
    events.push(row)
    if (events.length === limit) break
  }
  return range.descending ? events.reverse() : events
}
