import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { pageStart, pageToken } from '../../../../aws/pages.ts'
import { EVENT_OVERHEAD } from './batch.ts'
import { checkReadable } from '../groups/classes.ts'
import { type Mask, maskOf, OPEN } from '../policies/data-protection.ts'
import { mergeRows, type Range, readRows } from './event-rows.ts'
import { findEither } from '../groups/find-group.ts'
import { type FilterPattern, parseFilterPattern } from '../patterns/filter-pattern.ts'
import { eventIdOf, type Position, positionOf } from './positions.ts'
import { invalidParameter, invalidToken } from '../refusals.ts'
import { expiryBound } from '../groups/retention.ts'
import type { EventRow, GroupRow } from '../schema.ts'
import { MAX_PAGE_BYTES } from './stream-reading.ts'
import { findStream } from '../groups/streams.ts'

type Found = NonNullable<Out<'FilterLogEvents'>['events']>

const MAX_EVENTS = 10_000
/** What one page looks at before it answers with a token, found or not: events, and characters of their messages. */
const MAX_SCANNED = 20_000
const MAX_SCANNED_CHARACTERS = 16_000_000
/** As many streams as are read side by side; with more of them the whole group is read. */
const MAX_MERGED = 100
/** AWS reads backwards only from here on: 1 January 2024. */
const EARLIEST_BACKWARDS = 1_704_067_200_000

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html */
export function FilterLogEvents(ctx: Ctx, input: In<'FilterLogEvents'>): Out<'FilterLogEvents'> {
  checkInput(input)
  const pattern = parseFilterPattern(input.filterPattern ?? '')
  const search = searchOf(input)
  const start = startOf(pageStart(input.nextToken, search, invalidToken()), input.startFromHead ?? true)
  const group = findEither(ctx, input)
  checkReadable(group)
  const range: Range = {
    from: Math.max(input.startTime ?? 0, expiryBound(ctx, group)),
    to: input.endTime ?? Number.MAX_SAFE_INTEGER,
    ...start,
  }
  const shown = masked(candidates(ctx, group, { ...input, range }), maskOf(ctx, group, input.unmask))
  const { events, stopped } = scan(shown, pattern, input.limit ?? MAX_EVENTS)
  const token = (at: Position) => pageToken(`${range.descending ? 'b' : 'f'}${eventIdOf(at)}`, search)
  return { events, searchedLogStreams: [], ...(stopped ? { nextToken: token(stopped) } : {}) }
}

function checkInput(input: In<'FilterLogEvents'>): void {
  const { logStreamNames, logStreamNamePrefix, startTime, endTime, startFromHead } = input
  if (logStreamNames !== undefined && logStreamNamePrefix !== undefined) {
    throw invalidParameter('logStreamNames and logStreamNamePrefix are mutually exclusive parameters.')
  }
  if (startTime !== undefined && endTime !== undefined && endTime < startTime) {
    throw invalidParameter('endTime must not be earlier than startTime.')
  }
  if (startFromHead === false && (startTime ?? 0) < EARLIEST_BACKWARDS) {
    throw invalidParameter('startFromHead can be false only with a startTime on or after Jan 1, 2024 00:00:00 UTC.')
  }
}

/** What must not change from page to page. */
function searchOf(input: In<'FilterLogEvents'>): unknown {
  const { logGroupName, logGroupIdentifier, logStreamNames, logStreamNamePrefix } = input
  const { startTime, endTime, filterPattern } = input
  return [logGroupName, logGroupIdentifier, logStreamNames, logStreamNamePrefix, startTime, endTime, filterPattern]
}

/** Where a page starts and which way it goes: a token knows both. */
function startOf(key: string | undefined, fromHead: boolean): { after?: Position; descending: boolean } {
  if (key === undefined) return { descending: !fromHead }
  const after = positionOf(key.slice(1))
  if (!after) throw invalidToken()
  return { after, descending: key.startsWith('b') }
}

type Candidate = { row: EventRow; stream: string | undefined }
type Asked = { logStreamNames?: string[] | undefined; logStreamNamePrefix?: string | undefined; range: Range }

/** The events to look at, with their streams; undefined for one that the search leaves out. */
function* candidates(ctx: Ctx, group: GroupRow, asked: Asked): Generator<Candidate, void> {
  const { logStreamNames, logStreamNamePrefix: prefix = '', range } = asked
  const few = logStreamNames
    ? [...new Set(logStreamNames)].map(name => findStream(ctx, group.id, name))
    : streamsByPrefix(ctx, group.id, prefix)
  if (few && (logStreamNames || prefix !== '')) {
    const names = new Map(few.map(({ id, name }) => [id, name]))
    const first = Math.max(2, Math.ceil(64 / few.length))
    const sources = few.map(({ id }) => readRows(ctx, { column: 'stream', id }, range, first))
    for (const row of mergeRows(sources, range.descending)) yield { row, stream: names.get(row.stream) }
    return
  }
  const names = new Map<number, string | undefined>()
  for (const row of readRows(ctx, { column: 'logGroup', id: group.id }, range, 64)) {
    if (!names.has(row.stream)) names.set(row.stream, streamName(ctx, row.stream))
    const name = names.get(row.stream)
    yield { row, stream: name?.startsWith(prefix) ? name : undefined }
  }
}

/** What the policies of the group leave to be seen: who searches for what is masked does not find it. */
function masked(rows: Iterable<Candidate>, mask: Mask): Iterable<Candidate> {
  return mask === OPEN ? rows : eachMasked(rows, mask)
}

function* eachMasked(rows: Iterable<Candidate>, mask: Mask): Generator<Candidate, void> {
  for (const { row, stream } of rows) yield { row: { ...row, message: mask(row) }, stream }
}

/** The streams whose names begin so; undefined when they are many. */
function streamsByPrefix(ctx: Ctx, group: number, prefix: string): { id: number; name: string }[] | undefined {
  if (prefix === '') return undefined
  const streams = ctx.sql.all<{ id: number; name: string }>(
    'SELECT id, name FROM logs_log_streams WHERE logGroup = ? AND name >= ? AND name < ? LIMIT ?',
    group,
    prefix,
    `${prefix}\u{10ffff}`,
    MAX_MERGED + 1,
  )
  return streams.length > MAX_MERGED ? undefined : streams
}

function streamName(ctx: Ctx, id: number): string | undefined {
  return ctx.sql.first<{ name: string }>('SELECT name FROM logs_log_streams WHERE id = ?', id)?.name
}

/** Goes through candidates until a page is full, enough was looked at, or nothing is left. */
function scan(
  rows: Iterable<Candidate>,
  { matches, weight }: FilterPattern,
  limit: number,
): { events: Found; stopped?: Position } {
  const events: Found = []
  const used = { scanned: 0, characters: 0, bytes: 0 }
  let last: Position | undefined
  for (const { row, stream } of rows) {
    const enough = used.scanned >= MAX_SCANNED || used.characters >= MAX_SCANNED_CHARACTERS
    if (last && (enough || events.length === limit)) return { events, stopped: last }
    used.scanned += 1
    used.characters += row.message.length * weight
    if (stream !== undefined && matches(row.message)) {
      used.bytes += Buffer.byteLength(row.message) + EVENT_OVERHEAD
      if (last && used.bytes > MAX_PAGE_BYTES) return { events, stopped: last }
      events.push(foundEvent(row, stream))
    }
    last = row
  }
  return { events }
}

function foundEvent(row: EventRow, logStreamName: string): Found[number] {
  const { timestamp, message, ingestedAt } = row
  return { logStreamName, timestamp, message, ingestionTime: ingestedAt, eventId: eventIdOf(row) }
}
