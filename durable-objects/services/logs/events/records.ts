import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { maskOf } from '../policies/data-protection.ts'
import { parseEvent } from '../patterns/json-pattern.ts'
import { positionOf } from './positions.ts'
import { invalidParameter, notFound } from '../refusals.ts'
import { expiryBound } from '../groups/retention.ts'
import type { EventRow } from '../schema.ts'

type Row = EventRow & { streamName: string; groupName: string; retentionInDays: number | null }

/**
 * A pointer to an event is its id, the one that FilterLogEvents gives.
 * https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogRecord.html
 */
export function GetLogRecord(ctx: Ctx, { logRecordPointer, unmask }: In<'GetLogRecord'>): Out<'GetLogRecord'> {
  const position = positionOf(logRecordPointer)
  if (!position) throw invalidParameter('The specified logRecordPointer is invalid.')
  const row = ctx.sql.first<Row>(
    `SELECT e.*, s.name AS streamName, g.name AS groupName, g.retentionInDays FROM logs_log_events e
     JOIN logs_log_streams s ON s.id = e.stream JOIN logs_log_groups g ON g.id = e.logGroup WHERE e.seq = ? AND e.timestamp = ?`,
    position.seq,
    position.timestamp,
  )
  if (!row || row.timestamp < expiryBound(ctx, row)) throw notFound('log record')
  const message = maskOf(ctx, { id: row.logGroup }, unmask)(row)
  const logRecord = {
    ...flatFields(parseEvent(message)),
    '@ptr': logRecordPointer,
    '@timestamp': String(row.timestamp),
    '@ingestionTime': String(row.ingestedAt),
    '@log': `${ctx.place.account}:${row.groupName}`,
    '@logStream': row.streamName,
    '@message': message,
  }
  return { logRecord }
}

/** AWS finds that many fields in a JSON event. */
const MAX_FIELDS = 200

/** The fields of a JSON event by their paths: `user.id`, `tags.0`. */
export function flatFields(event: unknown): Record<string, string> {
  const fields: Record<string, string> = {}
  const open: [string, unknown][] = [['', event]]
  let count = 0
  for (let next = open.pop(); next !== undefined && count < MAX_FIELDS; next = open.pop()) {
    const [path, value] = next
    if (typeof value === 'object' && value !== null) {
      const inner = Object.entries(value).map(([key, of]): [string, unknown] => [
        path === '' ? key : `${path}.${key}`,
        of,
      ])
      open.push(...inner.reverse())
    } else if (path !== '') {
      fields[path] = String(value)
      count += 1
    }
  }
  return fields
}
