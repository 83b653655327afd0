import type { DimensionFilter, In, Out } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { dimensionsOf } from './metrics.ts'
import { invalidValue, paging } from '../refusals.ts'
import type { MetricRow } from '../schema.ts'
import { fetchMetrics } from './sources.ts'

const PAGE = 500
/** A metric is listed for two weeks after its last datapoint. */
const LISTED_MS = 14 * 86_400_000
const RECENT_MS = 3 * 3_600_000

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListMetrics.html */
export async function ListMetrics(ctx: Ctx, input: In<'ListMetrics'>): Promise<Out<'ListMetrics'>> {
  const { Namespace, MetricName, Dimensions = [], RecentlyActive, OwningAccount, IncludeLinkedAccounts } = input
  await fetchMetrics(ctx)
  const refusal = () => invalidValue('The value for parameter NextToken is invalid.')
  const { rows, next } = listing<MetricRow>(
    ctx,
    { ...paging(input), size: PAGE, refusal },
    {
      from: 'cloudwatch_metrics',
      where: {
        'namespace = ?': Namespace,
        'name = ?': MetricName,
        'lastAt >= ?': ctx.now - (RecentlyActive === undefined ? LISTED_MS : RECENT_MS),
      },
      key: 'id',
      keep: row => hasDimensions(row, Dimensions) && (OwningAccount ?? ctx.place.account) === ctx.place.account,
    },
  )
  const Metrics = rows.map(({ namespace, name, dimensions }) => ({
    Namespace: namespace,
    MetricName: name,
    Dimensions: dimensionsOf(dimensions),
  }))
  return {
    Metrics,
    ...(IncludeLinkedAccounts && { OwningAccounts: rows.map(() => ctx.place.account) }),
    NextToken: next,
  }
}

function hasDimensions({ dimensions }: MetricRow, filters: readonly DimensionFilter[]): boolean {
  if (filters.length === 0) return true
  const own = dimensionsOf(dimensions)
  return filters.every(({ Name, Value }) =>
    own.some(dimension => dimension.Name === Name && (Value === undefined || dimension.Value === Value)),
  )
}
