import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { accept, checkBatch, type InputEvent, sequenceToken } from './batch.ts'
import { findGroup } from '../groups/find-group.ts'
import { announce } from './arrivals.ts'
import { expectExpiry, expiryBound } from '../groups/retention.ts'
import type { StreamRow } from '../schema.ts'
import { findStream } from '../groups/streams.ts'

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html */
export function PutLogEvents(ctx: Tx, input: In<'PutLogEvents'>): Out<'PutLogEvents'> {
  const group = findGroup(ctx, input.logGroupName)
  const stream = findStream(ctx, group.id, input.logStreamName)
  const whole = checkBatch(input.logEvents)
  const { start, end, rejected } = accept(input.logEvents, ctx.now, expiryBound(ctx, group))
  const events = rejected ? input.logEvents.slice(start, end) : input.logEvents
  const [first, last] = [events[0], events.at(-1)]
  if (first && last) {
    insertEvents(ctx, stream, events)
    const bytes = rejected ? checkBatch(events) : whole
    noteBatch(ctx, stream, { bytes, lastEventAt: last.timestamp })
    expectExpiry(ctx, group, first.timestamp)
    announce(ctx, { group, logStream: stream.name, events })
  }
  return {
    nextSequenceToken: sequenceToken(stream.id, first ? ctx.now : stream.ingestedAt),
    ...(rejected ? { rejectedLogEventsInfo: rejected } : {}),
  }
}

/** Three bindings are shared by all rows, two are each row's own: 99 of the 100 that a statement may have. */
const ROWS = 48

function insertEvents(ctx: Tx, stream: StreamRow, events: readonly InputEvent[]): void {
  for (let at = 0; at < events.length; at += ROWS) {
    const rows = events.slice(at, at + ROWS)
    ctx.sql.run(
      `INSERT INTO logs_log_events (logGroup, stream, ingestedAt, timestamp, message)
       VALUES ${rows.map(() => '(?1, ?2, ?3, ?, ?)').join(', ')}`,
      stream.logGroup,
      stream.id,
      ctx.now,
      ...rows.flatMap(({ timestamp, message }) => [timestamp, message]),
    )
  }
}

function noteBatch(ctx: Tx, stream: StreamRow, batch: { bytes: number; lastEventAt: number }): void {
  ctx.sql.run(
    'UPDATE logs_log_streams SET lastEventAt = MAX(lastEventAt, ?), ingestedAt = ?, bytes = bytes + ? WHERE id = ?',
    batch.lastEventAt,
    ctx.now,
    batch.bytes,
    stream.id,
  )
  ctx.sql.run('UPDATE logs_log_groups SET bytes = bytes + ? WHERE id = ?', batch.bytes, stream.logGroup)
}
