import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../../aws/pages.ts'
import { invalidToken } from '../refusals.ts'
import type { AlarmRow, Input, Output } from '../schema.ts'

type Entry = {
  alarm: string
  type: AlarmRow['type']
  item: 'ConfigurationUpdate' | 'StateUpdate' | 'Action'
  summary: string
  data: object
}

/** AWS keeps an alarm's history for 30 days, and when the alarm has gone. */
const KEPT_MS = 30 * 86_400_000

export function writeHistory(ctx: Tx, { alarm, type, item, summary, data }: Entry): void {
  ctx.sql.run('DELETE FROM cloudwatch_history WHERE alarm = ? AND at < ?', alarm, ctx.now - KEPT_MS)
  ctx.sql.run(
    'INSERT INTO cloudwatch_history (alarm, type, at, item, summary, data) VALUES (?, ?, ?, ?, ?, ?)',
    alarm,
    type,
    ctx.now,
    item,
    summary,
    JSON.stringify(data),
  )
}

type Row = { id: number; alarm: string; type: string; at: number; item: string; summary: string; data: string }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
export function DescribeAlarmHistory(ctx: Ctx, input: Input<'DescribeAlarmHistory'>): Output<'DescribeAlarmHistory'> {
  const { NextToken, MaxRecords = 100, ...parameters } = input
  const after = pageStart(NextToken, parameters, invalidToken())
  const ascending = input.ScanBy === 'TimestampAscending'
  const types =
    input.AlarmTypes ?? (input.AlarmName === undefined ? ['MetricAlarm'] : ['MetricAlarm', 'CompositeAlarm'])
  const rows = ctx.sql.all<Row>(
    `SELECT * FROM cloudwatch_history WHERE (?1 IS NULL OR alarm = ?1) AND (?2 IS NULL OR item = ?2) AND at >= ?3 AND at <= ?4
     AND (?5 IS NULL OR ${ascending ? 'id > ?5' : 'id < ?5'}) AND type IN (SELECT value FROM json_each(?6))
     ORDER BY id ${ascending ? 'ASC' : 'DESC'} LIMIT ?7`,
    input.AlarmName ?? null,
    input.HistoryItemType ?? null,
    input.StartDate?.getTime() ?? 0,
    input.EndDate?.getTime() ?? Number.MAX_SAFE_INTEGER,
    after === undefined ? null : Number(after),
    JSON.stringify(types),
    MaxRecords + 1,
  )
  const { page, next } = cutPage(rows, MaxRecords, last => pageToken(String(last.id), parameters))
  const AlarmHistoryItems = page.map(({ alarm, type, at, item, summary, data }) => ({
    AlarmName: alarm,
    AlarmType: type,
    Timestamp: new Date(at),
    HistoryItemType: item,
    HistorySummary: summary,
    HistoryData: data,
  }))
  return { AlarmHistoryItems, ...(next && { NextToken: next }) }
}
