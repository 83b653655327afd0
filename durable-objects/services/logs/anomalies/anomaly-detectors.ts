import type { AnomalyDetector, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count, insert } from '../../../kernel/object/rows.ts'
import { arnAt } from '../../../../aws/arn.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import type { AnomalyDetectorRow } from './analysis-schema.ts'
import { findGroupByIdentifier, groupArn } from '../groups/find-group.ts'
import { logsTags } from '../groups/tags.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'
import { invalidParameter, limitExceeded, notFound, paging } from '../refusals.ts'

type Settings = Omit<In<'CreateLogAnomalyDetector'>, 'tags'>

const MOST = 500
const [LEAST_DAYS, MOST_DAYS, DEFAULT_DAYS] = [7, 90, 21]
const FREQUENCIES = ['ONE_MIN', 'FIVE_MIN', 'TEN_MIN', 'FIFTEEN_MIN', 'THIRTY_MIN', 'ONE_HOUR']

export function detectorArn(ctx: Ctx, id: string): string {
  return arnAt(ctx.place, 'logs', `anomaly-detector:${id}`)
}

/** @throws AwsError ResourceNotFoundException */
export function findDetector(ctx: Ctx, arn: string): AnomalyDetectorRow {
  const id = arn.startsWith(detectorArn(ctx, '')) ? arn.slice(detectorArn(ctx, '').length) : ''
  const row = ctx.sql.first<AnomalyDetectorRow>('SELECT * FROM logs_anomaly_detectors WHERE id = ?', id)
  if (!row) throw notFound('anomaly detector')
  return row
}

function settingsOf({ settings }: AnomalyDetectorRow): Settings {
  return JSON.parse(settings) as Settings // written here
}

type Checked = Pick<Settings, 'evaluationFrequency' | 'filterPattern' | 'anomalyVisibilityTime'>

function check({ evaluationFrequency, filterPattern, anomalyVisibilityTime: days = DEFAULT_DAYS }: Checked): void {
  if (evaluationFrequency !== undefined && !FREQUENCIES.includes(evaluationFrequency)) {
    throw invalidParameter(`evaluationFrequency must be one of ${FREQUENCIES.join(', ')}.`)
  }
  if (days < LEAST_DAYS || days > MOST_DAYS) {
    throw invalidParameter(`anomalyVisibilityTime must be between ${LEAST_DAYS} and ${MOST_DAYS} days.`)
  }
  if (filterPattern) parseFilterPattern(filterPattern)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogAnomalyDetector.html */
export function CreateLogAnomalyDetector(
  ctx: Tx,
  { tags, ...settings }: In<'CreateLogAnomalyDetector'>,
): Out<'CreateLogAnomalyDetector'> {
  check(settings)
  const groups = settings.logGroupArnList.map(arn => findGroupByIdentifier(ctx, arn))
  if (count(ctx.sql, 'logs_anomaly_detectors') >= MOST) throw limitExceeded()
  const id = crypto.randomUUID()
  const kept: Settings = { ...settings, logGroupArnList: groups.map(({ name }) => groupArn(ctx, name)) }
  insert(ctx.sql, 'logs_anomaly_detectors', {
    id,
    settings: JSON.stringify(kept),
    enabled: 1,
    createdAt: ctx.now,
    updatedAt: ctx.now,
  })
  const anomalyDetectorArn = detectorArn(ctx, id)
  logsTags.set(ctx, anomalyDetectorArn, tags)
  return { anomalyDetectorArn }
}

function describe(ctx: Ctx, row: AnomalyDetectorRow): AnomalyDetector {
  const { anomalyVisibilityTime = DEFAULT_DAYS, ...settings } = settingsOf(row)
  return {
    anomalyDetectorArn: detectorArn(ctx, row.id),
    ...settings,
    anomalyVisibilityTime,
    anomalyDetectorStatus: row.enabled ? 'ANALYZING' : 'PAUSED',
    creationTimeStamp: row.createdAt,
    lastModifiedTimeStamp: row.updatedAt,
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetLogAnomalyDetector.html */
export function GetLogAnomalyDetector(
  ctx: Ctx,
  { anomalyDetectorArn }: In<'GetLogAnomalyDetector'>,
): Out<'GetLogAnomalyDetector'> {
  const { anomalyDetectorArn: _arn, ...detector } = describe(ctx, findDetector(ctx, anomalyDetectorArn))
  return detector
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateLogAnomalyDetector.html */
export function UpdateLogAnomalyDetector(
  ctx: Tx,
  { anomalyDetectorArn, enabled, ...change }: In<'UpdateLogAnomalyDetector'>,
): void {
  check(change)
  const row = findDetector(ctx, anomalyDetectorArn)
  ctx.sql.run(
    'UPDATE logs_anomaly_detectors SET settings = ?, enabled = ?, updatedAt = ? WHERE id = ?',
    JSON.stringify({ ...settingsOf(row), ...change }),
    enabled ? 1 : 0,
    ctx.now,
    row.id,
  )
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogAnomalyDetector.html */
export function DeleteLogAnomalyDetector(ctx: Tx, { anomalyDetectorArn }: In<'DeleteLogAnomalyDetector'>): void {
  const { id } = findDetector(ctx, anomalyDetectorArn)
  ctx.sql.run('DELETE FROM logs_anomaly_detectors WHERE id = ?', id)
  logsTags.drop(ctx, detectorArn(ctx, id))
  ctx.sql.run('DELETE FROM logs_anomalies WHERE detector = ?', id)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogAnomalyDetectors.html */
export function ListLogAnomalyDetectors(
  ctx: Ctx,
  input: In<'ListLogAnomalyDetectors'>,
): Out<'ListLogAnomalyDetectors'> {
  const { filterLogGroupArn } = input
  const group = filterLogGroupArn === undefined ? undefined : findGroupByIdentifier(ctx, filterLogGroupArn)
  const { rows, next } = listing<AnomalyDetectorRow>(ctx, paging(input), {
    from: 'logs_anomaly_detectors',
    where: { 'instr(settings, ?) > 0': group && JSON.stringify(groupArn(ctx, group.name)) },
    key: 'id',
  })
  return { anomalyDetectors: rows.map(row => describe(ctx, row)), nextToken: next }
}
