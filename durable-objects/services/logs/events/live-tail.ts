import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { checkReadable } from '../groups/classes.ts'
import { findGroup, groupArn, nameOfArn } from '../groups/find-group.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'
import { invalidParameter, limitExceeded, notFound } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'
import { type EventQueue, eventQueue } from './tail-queue.ts'

/** A Live Tail session: which events it wants, and the way to its client. It is memory, as its connection is. */
type Session = {
  groups: ReadonlySet<number>
  wantsStream: (name: string) => boolean
  matches: (message: string) => boolean
  queue: EventQueue
}

const MAX_SESSIONS = 15
const MAX_SESSION_MS = 3 * 3_600_000

/** Sessions by the ids of their requests. */
const sessionsOf = (ctx: Ctx) => ctx.memory('logs.tails', () => new Map<string, Session>())

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartLiveTail.html */
export function StartLiveTail(ctx: Tx, input: In<'StartLiveTail'>): Out<'StartLiveTail'> {
  const { logGroupIdentifiers, logStreamNames, logStreamNamePrefixes, logEventFilterPattern = '' } = input
  if (logStreamNames && logStreamNamePrefixes) {
    throw invalidParameter('logStreamNames and logStreamNamePrefixes are mutually exclusive parameters.')
  }
  if ((logStreamNames || logStreamNamePrefixes) && logGroupIdentifiers.length > 1) {
    throw invalidParameter('Log streams can be specified only with a single log group.')
  }
  const { matches } = parseFilterPattern(logEventFilterPattern)
  const groups = logGroupIdentifiers.map(identifier => findByArn(ctx, identifier))
  const sessions = sessionsOf(ctx)
  if (sessions.size >= MAX_SESSIONS) throw limitExceeded()
  const id = ctx.requestId
  const queue = eventQueue(() => endSession(ctx, id))
  const wantsStream = streamTest(logStreamNames, logStreamNamePrefixes)
  sessions.set(id, { groups: new Set(groups.map(group => group.id)), wantsStream, matches, queue })
  ctx.timers.set('liveTail', id, ctx.now + MAX_SESSION_MS)
  queue.send({
    sessionStart: {
      requestId: id,
      sessionId: crypto.randomUUID(),
      logGroupIdentifiers: groups.map(group => groupArn(ctx, group.name)),
      logStreamNames: logStreamNames ?? [],
      logStreamNamePrefixes: logStreamNamePrefixes ?? [],
      logEventFilterPattern,
    },
  })
  return { responseStream: queue.stream }
}

function findByArn(ctx: Ctx, identifier: string): GroupRow {
  if (!identifier.startsWith('arn:')) throw invalidParameter(`The specified log group ARN is invalid: ${identifier}`)
  const name = nameOfArn(ctx, identifier)
  if (name === undefined) throw notFound('log group')
  const group = findGroup(ctx, name)
  checkReadable(group)
  return group
}

function streamTest(names: string[] | undefined, prefixes: string[] | undefined): (name: string) => boolean {
  if (names) return name => names.includes(name)
  return prefixes ? name => prefixes.some(prefix => name.startsWith(prefix)) : () => true
}

type Batch = {
  group: GroupRow
  logStreamName: string
  events: readonly { timestamp: number; message: string }[]
}

/** Shows new events to the sessions that watch their group. */
export function showInTails(ctx: Ctx, { group, logStreamName, events }: Batch): void {
  for (const { groups, wantsStream, matches, queue } of sessionsOf(ctx).values()) {
    if (!groups.has(group.id) || !wantsStream(logStreamName)) continue
    const found = events.filter(({ message }) => matches(message))
    if (found.length === 0) continue
    const logGroupIdentifier = `${ctx.place.account}:${group.name}`
    const ingestionTime = ctx.now
    queue.sendResults(
      found.map(({ timestamp, message }) => ({ logStreamName, logGroupIdentifier, message, timestamp, ingestionTime })),
    )
  }
}

/** The session's client has gone. */
export function endSession(ctx: Tx, id: string): void {
  const sessions = sessionsOf(ctx)
  const session = sessions.get(id)
  if (!session) return
  sessions.delete(id)
  session.queue.close()
  ctx.timers.clear('liveTail', id)
}

/** The timer: the session has lasted as long as one may. */
export function onTailTimeout(ctx: Tx, id: string): void {
  sessionsOf(ctx)
    .get(id)
    ?.queue.send({ SessionTimeoutException: { message: 'The session has timed out.' } })
  endSession(ctx, id)
}
