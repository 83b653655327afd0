import type { In, Out } from '../../../../aws/models/cloudwatch.types.ts'
import { append, type RingLog } from '../../../kernel/ring-logs/ring-logs.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { paging } from '../refusals.ts'
import type { AlarmRow } from '../schema.ts'

type Entry = {
  alarm: string
  type: AlarmRow['type']
  item: 'ConfigurationUpdate' | 'StateUpdate' | 'Action'
  summary: string
  data: object
}

/** AWS keeps an alarm's history for 30 days, and when the alarm has gone. */
const KEPT_MS = 30 * 86_400_000

const HISTORY: RingLog = { table: 'cloudwatch_history', key: 'id', keptRows: 50_000 }

export function writeHistory(ctx: Tx, { data, ...entry }: Entry): void {
  ctx.sql.run('DELETE FROM cloudwatch_history WHERE alarm = ? AND at < ?', entry.alarm, ctx.now - KEPT_MS)
  append(ctx.sql, HISTORY, { ...entry, at: ctx.now, data: JSON.stringify(data) })
}

type Row = { id: number; alarm: string; type: string; at: number; item: string; summary: string; data: string }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
export function DescribeAlarmHistory(ctx: Ctx, input: In<'DescribeAlarmHistory'>): Out<'DescribeAlarmHistory'> {
  const { AlarmName, AlarmTypes, HistoryItemType, StartDate, EndDate, ScanBy } = input
  const types = AlarmTypes ?? (AlarmName === undefined ? ['MetricAlarm'] : ['MetricAlarm', 'CompositeAlarm'])
  const { rows, next } = listing<Row>(ctx, paging(input), {
    from: 'cloudwatch_history',
    where: {
      'alarm = ?': AlarmName,
      'item = ?': HistoryItemType,
      'at >= ?': StartDate?.getTime(),
      'at <= ?': EndDate?.getTime(),
      'type IN (SELECT value FROM json_each(?))': JSON.stringify(types),
    },
    key: 'id',
    order: ScanBy === 'TimestampAscending' ? 'ASC' : 'DESC',
  })
  const AlarmHistoryItems = rows.map(({ alarm, type, at, item, summary, data }) => ({
    AlarmName: alarm,
    AlarmType: type,
    Timestamp: new Date(at),
    HistoryItemType: item,
    HistorySummary: summary,
    HistoryData: data,
  }))
  return { AlarmHistoryItems, NextToken: next }
}
