import type { In, Out, Replay, ReplayDestination } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count, insert } from '../../kernel/object/rows.ts'
import { parseArn } from '../../../aws/arn.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { archiveArn, lookUpArchive } from './archives.ts'
import { findBus, lookUpBus } from './find-bus.ts'
import { eventsArn } from './names.ts'
import { publish } from './publish.ts'
import { alreadyExists, illegalStatus, invalid, limitExceeded, notFound, paging } from './refusals.ts'
import type { BusEvent, ReplayRow } from './schema.ts'

const MOST_ACTIVE = 10
const ACTIVE = "state IN ('STARTING', 'RUNNING', 'CANCELLING')"

const replayArn = (ctx: Ctx, name: string) => eventsArn(ctx.place, `replay/${name}`)
const archiveName = (arn: string | undefined) => parseArn(arn ?? '')?.resource.replace(/^archive\//, '') ?? arn ?? ''

function lookUpReplay(ctx: Ctx, name: string): ReplayRow | undefined {
  return ctx.sql.first<ReplayRow>('SELECT * FROM events_replays WHERE name = ?', name)
}

function findReplay(ctx: Ctx, name: string): ReplayRow {
  const replay = lookUpReplay(ctx, name)
  if (!replay) throw notFound(`Replay ${name} does not exist.`)
  return replay
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html */
export function StartReplay(ctx: Tx, input: In<'StartReplay'>): Out<'StartReplay'> {
  const { ReplayName: name, Description, Destination, EventStartTime, EventEndTime } = input
  if (lookUpReplay(ctx, name)) throw alreadyExists(`Replay ${name} already exists.`)
  const archive = checkReplay(ctx, input)
  if (count(ctx.sql, `events_replays WHERE ${ACTIVE}`) >= MOST_ACTIVE) throw limitExceeded()
  insert(ctx.sql, 'events_replays', {
    name,
    archive,
    description: Description,
    destination: JSON.stringify(Destination),
    startTime: EventStartTime.getTime(),
    endTime: EventEndTime.getTime(),
    state: 'STARTING',
    startedAt: ctx.now,
  })
  ctx.timers.set('replay', name, ctx.now)
  return { ReplayArn: replayArn(ctx, name), State: 'STARTING', ReplayStartTime: new Date(ctx.now) }
}

/** Answers the archive's name. */
function checkReplay(ctx: Ctx, input: In<'StartReplay'>): string {
  const { EventSourceArn, Destination, EventStartTime, EventEndTime } = input
  if (!parseArn(Destination.Arn)?.resource.startsWith('event-bus/')) {
    throw invalid('Parameter Destination.Arn is not valid. Reason: Must contain an event bus ARN.')
  }
  const bus = findBus(ctx, Destination.Arn).name
  const archive = lookUpArchive(ctx, archiveName(EventSourceArn))
  if (!archive) {
    const name = archiveName(EventSourceArn)
    throw invalid(`Parameter EventSourceArn is not valid. Reason: Archive ${name} does not exist.`)
  }
  if (archive.bus !== bus) {
    throw invalid('Parameter Destination.Arn is not valid. Reason: Cross event bus replay is not permitted.')
  }
  if (EventStartTime.getTime() >= EventEndTime.getTime()) {
    throw invalid('Parameter EventEndTime is not valid. Reason: EventStartTime must be before EventEndTime.')
  }
  return archive.name
}

/** Events that a replay takes from its archive at once. */
const AT_ONCE = 200

type Archived = { seq: number; time: number; event: string }

/** The timer of a replay: a page of its archive goes to the bus, and it comes again until none is left. */
export function onReplay(ctx: Tx, name: string): void {
  const replay = lookUpReplay(ctx, name)
  if (!replay) return
  if (replay.state === 'CANCELLING') {
    end(ctx, name, 'CANCELLED')
    return
  }
  const events = nextEvents(ctx, replay)
  const last = events.at(-1)
  for (const { event } of events) replayEvent(ctx, replay, JSON.parse(event) as BusEvent) // written by archiveEvent()
  if (last) {
    const query = "UPDATE events_replays SET state = 'RUNNING', lastTime = ?, lastSeq = ? WHERE name = ?"
    ctx.sql.run(query, last.time, last.seq, name)
  }
  if (events.length < AT_ONCE) end(ctx, name, 'COMPLETED')
  else ctx.timers.set('replay', name, ctx.now + 1)
}

function nextEvents(ctx: Ctx, { archive, startTime, endTime, lastTime, lastSeq }: ReplayRow): Archived[] {
  return ctx.sql.all<Archived>(
    `SELECT seq, time, event FROM events_archived_events WHERE archive = ? AND time >= ? AND time < ? AND (time, seq) > (?, ?)
     ORDER BY time, seq LIMIT ?`,
    archive,
    startTime,
    endTime,
    lastTime ?? -1,
    lastSeq,
    AT_ONCE,
  )
}

function replayEvent(ctx: Tx, { name, destination }: ReplayRow, event: BusEvent): void {
  const { Arn, FilterArns = [] } = JSON.parse(destination) as ReplayDestination // as it was checked
  const bus = lookUpBus(ctx, Arn)
  if (!bus) return
  const { resources, detail, ...rest } = event
  const replayed = { ...rest, 'replay-name': name, resources, detail }
  publish(ctx, {
    bus: bus.name,
    event: replayed,
    traceId: ctx.traceId,
    ...(FilterArns.length > 0 && { only: FilterArns }),
  })
}

function end(ctx: Tx, name: string, state: ReplayRow['state']): void {
  ctx.sql.run('UPDATE events_replays SET state = ?, endedAt = ? WHERE name = ?', state, ctx.now, name)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CancelReplay.html */
export function CancelReplay(ctx: Tx, input: In<'CancelReplay'>): Out<'CancelReplay'> {
  const { name, state } = findReplay(ctx, input.ReplayName)
  if (state !== 'STARTING' && state !== 'RUNNING') {
    throw illegalStatus(`Replay ${name} is not in a valid state for this operation.`)
  }
  ctx.sql.run("UPDATE events_replays SET state = 'CANCELLING' WHERE name = ?", name)
  ctx.timers.set('replay', name, ctx.now)
  return { ReplayArn: replayArn(ctx, name), State: 'CANCELLING' }
}

function shown(ctx: Ctx, replay: ReplayRow): Replay {
  return {
    ReplayName: replay.name,
    EventSourceArn: archiveArn(ctx, replay.archive),
    State: replay.state,
    EventStartTime: new Date(replay.startTime),
    EventEndTime: new Date(replay.endTime),
    ...(replay.lastTime !== null && { EventLastReplayedTime: new Date(replay.lastTime) }),
    ReplayStartTime: new Date(replay.startedAt),
    ...(replay.endedAt !== null && { ReplayEndTime: new Date(replay.endedAt) }),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeReplay.html */
export function DescribeReplay(ctx: Ctx, input: In<'DescribeReplay'>): Out<'DescribeReplay'> {
  const replay = findReplay(ctx, input.ReplayName)
  return {
    ReplayArn: replayArn(ctx, replay.name),
    ...shown(ctx, replay),
    ...(replay.description !== null && { Description: replay.description }),
    Destination: JSON.parse(replay.destination) as ReplayDestination, // as it was checked
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListReplays.html */
export function ListReplays(ctx: Ctx, input: In<'ListReplays'>): Out<'ListReplays'> {
  const { EventSourceArn, State } = input
  const { rows, next } = listing<ReplayRow>(ctx, paging(input), {
    from: 'events_replays',
    where: { 'archive = ?': EventSourceArn && archiveName(EventSourceArn), 'state = ?': State },
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { Replays: rows.map(row => shown(ctx, row)), NextToken: next }
}
