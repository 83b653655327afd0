import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { sequenceToken } from '../events/batch.ts'
import { findEither, findGroup, groupArn } from './find-group.ts'
import { checkUnprotected } from './groups.ts'
import { alreadyExists, invalidParameter, notFound, paging } from '../refusals.ts'
import { expiryBound } from './retention.ts'
import type { GroupRow, StreamRow } from '../schema.ts'
import { sweep } from './sweep.ts'

export function streamByName(ctx: Ctx, group: number, name: string): StreamRow | undefined {
  return ctx.sql.first<StreamRow>('SELECT * FROM logs_log_streams WHERE logGroup = ? AND name = ?', group, name)
}

/** A group's stream of that name. @throws AwsError ResourceNotFoundException */
export function findStream(ctx: Ctx, group: number, name: string): StreamRow {
  const stream = streamByName(ctx, group, name)
  if (!stream) throw notFound('log stream')
  return stream
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogStream.html */
export function CreateLogStream(ctx: Tx, { logGroupName, logStreamName }: In<'CreateLogStream'>): void {
  const { id } = findGroup(ctx, logGroupName)
  if (streamByName(ctx, id, logStreamName)) throw alreadyExists('The specified log stream already exists')
  insert(ctx.sql, 'logs_log_streams', { logGroup: id, name: logStreamName, createdAt: ctx.now })
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogStream.html */
export function DeleteLogStream(ctx: Tx, { logGroupName, logStreamName }: In<'DeleteLogStream'>): void {
  const group = findGroup(ctx, logGroupName)
  const stream = findStream(ctx, group.id, logStreamName)
  checkUnprotected(group)
  ctx.sql.run('DELETE FROM logs_log_streams WHERE id = ?', stream.id)
  ctx.sql.run('UPDATE logs_log_groups SET bytes = bytes - ? WHERE id = ?', stream.bytes, group.id)
  // What is left for the sweep must not be found by reading the group.
  sweep(ctx, { column: 'stream', id: stream.id })
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogStreams.html */
export function DescribeLogStreams(ctx: Ctx, input: In<'DescribeLogStreams'>): Out<'DescribeLogStreams'> {
  const { orderBy = 'LogStreamName', descending, logStreamNamePrefix: prefix } = input
  if (orderBy === 'LastEventTime' && prefix !== undefined) {
    throw invalidParameter('Cannot order by LastEventTime with a logStreamNamePrefix.')
  }
  const group = findEither(ctx, input)
  const { rows, next } = listing<StreamRow>(ctx, paging(input), {
    from: 'logs_log_streams',
    where: { 'logGroup = ?': group.id },
    prefix: { name: prefix },
    key: orderBy === 'LastEventTime' ? ['lastEventAt', 'name'] : 'name',
    order: descending ? 'DESC' : 'ASC',
  })
  return { logStreams: rows.map(stream => describe(ctx, group, stream)), nextToken: next }
}

function describe(ctx: Ctx, group: GroupRow, stream: StreamRow) {
  return {
    logStreamName: stream.name,
    creationTime: stream.createdAt,
    ...(stream.ingestedAt === 0 ? {} : describeEvents(ctx, group, stream)),
    arn: `${groupArn(ctx, group.name)}:log-stream:${stream.name}`,
    // Since June 2019 AWS counts no bytes of streams.
    storedBytes: 0,
  }
}

function describeEvents(ctx: Ctx, group: GroupRow, stream: StreamRow) {
  const first = ctx.sql.first<{ at: number | null }>(
    'SELECT MIN(timestamp) AS at FROM logs_log_events WHERE stream = ? AND timestamp >= ?',
    stream.id,
    expiryBound(ctx, group),
  )?.at
  return {
    ...(first === null || first === undefined ? {} : { firstEventTimestamp: first }),
    lastEventTimestamp: stream.lastEventAt,
    lastIngestionTime: stream.ingestedAt,
    uploadSequenceToken: sequenceToken(stream.id, stream.ingestedAt),
  }
}
