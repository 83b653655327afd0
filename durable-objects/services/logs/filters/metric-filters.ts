import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { checkFilterable } from '../groups/classes.ts'
import { readCriteria } from './field-criteria.ts'
import { checkFilterLimits, checkSystemFields } from './filter-limits.ts'
import { findGroup } from '../groups/find-group.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'
import { invalidParameter, notFound, paging } from '../refusals.ts'
import type { MetricFilterRow } from '../schema.ts'
import { forgetListeners } from '../subscriptions/subscribers.ts'

type Transformation = In<'PutMetricFilter'>['metricTransformations'][number]
/** What of a filter is kept as it was put. */
export type MetricSettings = Pick<
  In<'PutMetricFilter'>,
  'metricTransformations' | 'fieldSelectionCriteria' | 'emitSystemFieldDimensions'
> & { applyOnTransformedLogs: boolean }

const MAX_DIMENSIONS = 3

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
export function PutMetricFilter(ctx: Tx, input: In<'PutMetricFilter'>): void {
  const { filterName: name, filterPattern, metricTransformations } = input
  const { regexes } = parseFilterPattern(filterPattern)
  for (const transformation of metricTransformations) checkTransformation(transformation)
  readCriteria(input.fieldSelectionCriteria)
  checkSystemFields(input.emitSystemFieldDimensions, ['@aws.account', '@aws.region'])
  const group = findGroup(ctx, input.logGroupName)
  checkFilterable(group)
  checkFilterLimits(ctx, 'metric_filters', { group: group.id, name, regexes })
  const settings: MetricSettings = {
    metricTransformations,
    applyOnTransformedLogs: input.applyOnTransformedLogs ?? false,
    ...(input.fieldSelectionCriteria === undefined ? {} : { fieldSelectionCriteria: input.fieldSelectionCriteria }),
    ...(input.emitSystemFieldDimensions ? { emitSystemFieldDimensions: input.emitSystemFieldDimensions } : {}),
  }
  upsert(ctx.sql, 'logs_metric_filters', {
    key: { logGroup: group.id, name },
    once: { createdAt: ctx.now },
    set: {
      pattern: filterPattern,
      regexes,
      metricName: metricTransformations[0]?.metricName ?? '',
      metricNamespace: metricTransformations[0]?.metricNamespace ?? '',
      settings: JSON.stringify(settings),
    },
  })
  forgetListeners(ctx)
}

function checkTransformation({ metricValue, dimensions, defaultValue }: Transformation): void {
  const count = Object.keys(dimensions ?? {}).length
  if (count > 0 && defaultValue !== undefined) {
    const reason = 'dimensions and default value are mutually exclusive properties.'
    throw invalidParameter(`Invalid metric transformation: ${reason}`)
  }
  if (count > MAX_DIMENSIONS) {
    throw invalidParameter(`Invalid metric transformation: at most ${MAX_DIMENSIONS} dimensions are allowed.`)
  }
  const isValue = metricValue.startsWith('$') || (metricValue.trim() !== '' && Number.isFinite(Number(metricValue)))
  if (!isValue) throw invalidParameter('Invalid metric transformation: metricValue must be a number or a field.')
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html */
export function DescribeMetricFilters(ctx: Ctx, input: In<'DescribeMetricFilters'>): Out<'DescribeMetricFilters'> {
  const { logGroupName, filterNamePrefix, metricName, metricNamespace } = input
  if ((metricName === undefined) !== (metricNamespace === undefined)) {
    throw invalidParameter('metricName and metricNamespace must be specified together.')
  }
  const group = logGroupName === undefined ? undefined : findGroup(ctx, logGroupName).id
  const { rows, next } = listing<MetricFilterRow & { groupName: string }>(ctx, paging(input), {
    select: 'f.*, g.name AS groupName',
    from: 'logs_metric_filters f JOIN logs_log_groups g ON g.id = f.logGroup',
    where: { 'f.logGroup = ?': group, 'f.metricName = ?': metricName, 'f.metricNamespace = ?': metricNamespace },
    // AWS looks at the prefix only beside a log group.
    prefix: { 'f.name': group === undefined ? undefined : filterNamePrefix },
    key: ['f.name', 'f.logGroup'],
  })
  return { metricFilters: rows.map(describe), nextToken: next }
}

function describe(row: MetricFilterRow & { groupName: string }) {
  const settings = JSON.parse(row.settings) as MetricSettings // written by PutMetricFilter
  const { name, pattern, createdAt, groupName } = row
  return { filterName: name, filterPattern: pattern, creationTime: createdAt, logGroupName: groupName, ...settings }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteMetricFilter.html */
export function DeleteMetricFilter(ctx: Tx, { logGroupName, filterName }: In<'DeleteMetricFilter'>): void {
  const { id } = findGroup(ctx, logGroupName)
  ctx.sql.run('DELETE FROM logs_metric_filters WHERE logGroup = ? AND name = ?', id, filterName)
  if (ctx.sql.changes() === 0) throw notFound('metric filter')
  forgetListeners(ctx)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html */
export function TestMetricFilter(_ctx: Ctx, input: In<'TestMetricFilter'>): Out<'TestMetricFilter'> {
  const { extract } = parseFilterPattern(input.filterPattern)
  const matches = input.logEventMessages.flatMap((eventMessage, eventNumber) => {
    const extractedValues = extract(eventMessage)
    return extractedValues ? [{ eventNumber, eventMessage, extractedValues }] : []
  })
  return { matches }
}
