import { own } from '../../../../aws/own.ts'
import type { Anomaly, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import type { AnomalyRow } from './analysis-schema.ts'
import { detectorArn, findDetector } from './anomaly-detectors.ts'
import { invalidParameter, notFound, paging } from '../refusals.ts'
import type { LogsAnomalyInjectRequest, LogsAnomalyInjectResponse } from '../views.ts'

type Details = { logGroupArnList: string[]; patternString: string; priority: string }

/** A test says what a detector has found. */
export type AnomalyOperations = {
  InjectAnomaly: { input: LogsAnomalyInjectRequest; output: LogsAnomalyInjectResponse }
}

export function InjectAnomaly(ctx: Tx, input: LogsAnomalyInjectRequest): LogsAnomalyInjectResponse {
  const { anomalyDetectorArn, logGroupArns, patternString, priority = 'MEDIUM' } = input
  const detector = findDetector(ctx, anomalyDetectorArn)
  const id = crypto.randomUUID()
  const details: Details = { logGroupArnList: logGroupArns, patternString, priority }
  insert(ctx.sql, 'logs_anomalies', {
    id,
    detector: detector.id,
    pattern: crypto.randomUUID().replaceAll('-', ''),
    details: JSON.stringify(details),
    seenAt: ctx.now,
  })
  return { anomalyId: id }
}

const isSuppressed = ({ suppressed, suppressedUntil }: AnomalyRow, now: number) =>
  suppressed !== null && (suppressedUntil === null || suppressedUntil > now)

function describe(ctx: Ctx, row: AnomalyRow): Anomaly {
  const { logGroupArnList, patternString, priority } = JSON.parse(row.details) as Details // written above
  const suppressed = isSuppressed(row, ctx.now)
  return {
    anomalyId: row.id,
    patternId: row.pattern,
    anomalyDetectorArn: detectorArn(ctx, row.detector),
    patternString,
    priority,
    firstSeen: row.seenAt,
    lastSeen: row.seenAt,
    description: `A pattern was seen that is new or unusual: ${patternString}`,
    active: true,
    state: row.baseline ? 'Baseline' : suppressed ? 'Suppressed' : 'Active',
    histogram: { [String(row.seenAt)]: 1 },
    logSamples: [{ timestamp: row.seenAt, message: patternString }],
    patternTokens: [{ dynamicTokenPosition: 0, isDynamic: false, tokenString: patternString, enumerations: {} }],
    logGroupArnList,
    suppressed,
    ...(row.suppressed === null ? {} : { suppressedDate: row.suppressed }),
    ...(row.suppressedUntil === null ? {} : { suppressedUntil: row.suppressedUntil }),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListAnomalies.html */
export function ListAnomalies(ctx: Ctx, input: In<'ListAnomalies'>): Out<'ListAnomalies'> {
  const { anomalyDetectorArn, suppressionState } = input
  const detector = anomalyDetectorArn === undefined ? undefined : findDetector(ctx, anomalyDetectorArn)
  const { rows, next } = listing<AnomalyRow>(ctx, paging(input), {
    from: 'logs_anomalies',
    where: {
      'detector = ?': detector?.id,
      '(suppressed IS NOT NULL AND (suppressedUntil IS NULL OR suppressedUntil > ?)) = ?':
        suppressionState === undefined ? undefined : [ctx.now, suppressionState === 'SUPPRESSED' ? 1 : 0],
    },
    key: 'id',
  })
  return { anomalies: rows.map(row => describe(ctx, row)), nextToken: next }
}

const UNIT_MS: Readonly<Record<string, number>> = { SECONDS: 1000, MINUTES: 60_000, HOURS: 3_600_000 }

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_UpdateAnomaly.html */
export function UpdateAnomaly(ctx: Tx, input: In<'UpdateAnomaly'>): void {
  const { anomalyId, patternId, anomalyDetectorArn, suppressionType, suppressionPeriod, baseline } = input
  if ((anomalyId === undefined) === (patternId === undefined)) {
    throw invalidParameter('Exactly one of anomalyId and patternId must be specified.')
  }
  const { id: detector } = findDetector(ctx, anomalyDetectorArn)
  const which = anomalyId === undefined ? 'pattern' : 'id'
  const given = anomalyId ?? patternId ?? ''
  const found = `SELECT 1 FROM logs_anomalies WHERE detector = ? AND ${which} = ?`
  if (!ctx.sql.first(found, detector, given)) throw notFound('anomaly')
  const { value = 0, suppressionUnit = '' } = suppressionPeriod ?? {}
  const limited = suppressionType === 'LIMITED'
  if (limited && (value <= 0 || !own(UNIT_MS, suppressionUnit))) {
    throw invalidParameter('suppressionPeriod must be specified for suppressionType LIMITED.')
  }
  ctx.sql.run(
    `UPDATE logs_anomalies SET suppressed = ?, suppressedUntil = ?, baseline = ? WHERE detector = ? AND ${which} = ?`,
    suppressionType === undefined ? null : ctx.now,
    limited ? ctx.now + value * (own(UNIT_MS, suppressionUnit) ?? 0) : null,
    baseline ? 1 : 0,
    detector,
    given,
  )
}
