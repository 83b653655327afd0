import type { DimensionFilter } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../../aws/pages.ts'
import { dimensionsOf } from './metrics.ts'
import { invalidValue } from '../refusals.ts'
import type { Input, MetricRow, Output } from '../schema.ts'
import { fetchMetrics } from './sources.ts'

const PAGE = 500
/** A metric is listed for two weeks after its last datapoint. */
const LISTED_MS = 14 * 86_400_000
const RECENT_MS = 3 * 3_600_000

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export async function ListMetrics(ctx: Ctx, input: Input<'ListMetrics'>): Promise<Output<'ListMetrics'>> {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive, OwningAccount, IncludeLinkedAccounts } = input
  const parameters = [Namespace, MetricName, Dimensions, RecentlyActive, OwningAccount]
  const refusal = invalidValue('The value for parameter NextToken is invalid.')
  const after = Number(pageStart(input.NextToken, parameters, refusal) ?? 0)
  await fetchMetrics(ctx)
  const since = ctx.now - (RecentlyActive === undefined ? LISTED_MS : RECENT_MS)
  const elsewhere = OwningAccount !== undefined && OwningAccount !== ctx.place.account
  const found: MetricRow[] = []
  if (!elsewhere) {
    for (const row of ctx.sql.each<MetricRow>(
      `SELECT * FROM cloudwatch_metrics WHERE id > ?1 AND (?2 IS NULL OR namespace = ?2) AND (?3 IS NULL OR name = ?3) AND lastAt >= ?4
       ORDER BY id`,
      after,
      Namespace ?? null,
      MetricName ?? null,
      since,
    )) {
      if (hasDimensions(row, Dimensions)) found.push(row)
      if (found.length > PAGE) break
    }
  }
  const { page, next } = cutPage(found, PAGE, last => pageToken(String(last.id), parameters))
  const Metrics = page.map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensionsOf(dimensions),
  }))
  return {
    Metrics,
    ...(IncludeLinkedAccounts && { OwningAccounts: page.map(() => ctx.place.account) }),
    ...(next && { NextToken: next }),
  }
}

function hasDimensions({ dimensions }: MetricRow, filters: readonly DimensionFilter[]): boolean {
  if (filters.length === 0) return true
  const own = dimensionsOf(dimensions)
  return filters.every(({ Name, Value }) =>
    own.some(dimension => dimension.Name === Name && (Value === undefined || dimension.Value === Value)),
  )
}
