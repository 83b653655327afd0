import type {
  AnomalyDetector,
  AnomalyDetectorConfiguration,
  In,
  Out,
  SingleMetricAnomalyDetector,
} from '../../../aws/models/cloudwatch.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { randomHex } from '../../../aws/ids.ts'
import { AwsError } from '../../../aws/errors.ts'
import { dimensionsText } from './metrics/metrics.ts'
import { allResources, deleteResource, pageOf, putResource, resourceOf } from './resources.ts'
import { invalidCombination, missingParameter, paging } from './refusals.ts'

type Kept = Omit<AnomalyDetector, 'Configuration'> & { id: string; configuration: Excluding }
/** Dates as JSON keeps them. */
type Excluding = Omit<AnomalyDetectorConfiguration, 'ExcludedTimeRanges'> & { ranges: [number, number][] }

type Named = Pick<
  In<'PutAnomalyDetector'>,
  'Namespace' | 'MetricName' | 'Dimensions' | 'Stat' | 'SingleMetricAnomalyDetector' | 'MetricMathAnomalyDetector'
>

/** The metric of a detector, by either way to name it; undefined for one on metric math. */
function singleOf(input: Named): SingleMetricAnomalyDetector | undefined {
  const {
    Namespace,
    MetricName,
    Dimensions,
    Stat,
    SingleMetricAnomalyDetector: single,
    MetricMathAnomalyDetector: math,
  } = input
  const direct = Namespace !== undefined || MetricName !== undefined || Stat !== undefined
  const ways = [direct, single !== undefined, math !== undefined].filter(Boolean).length
  if (ways > 1) throw invalidCombination('Only one way to name the metrics of an anomaly detector may be used.')
  if (math) return undefined
  const named = single ?? { Namespace, MetricName, Dimensions, Stat }
  for (const name of ['Namespace', 'MetricName', 'Stat'] as const) {
    if (named[name] === undefined) throw missingParameter(`The parameter ${name} is required.`)
  }
  return named
}

function keyOf(input: Named): string {
  const single = singleOf(input)
  if (!single) return `math ${JSON.stringify(input.MetricMathAnomalyDetector)}`
  return ['metric', single.Namespace, single.MetricName, single.Stat, dimensionsText(single.Dimensions)].join(' ')
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutAnomalyDetector.html */
export function PutAnomalyDetector(ctx: Tx, input: In<'PutAnomalyDetector'>): Out<'PutAnomalyDetector'> {
  const name = keyOf(input)
  const single = singleOf(input)
  const id = resourceOf<Kept>(ctx, 'detector', name)?.body.id ?? randomHex(32)
  const { ExcludedTimeRanges = [], ...configuration } = input.Configuration ?? {}
  const kept: Kept = {
    id,
    ...(single
      ? { ...single, SingleMetricAnomalyDetector: single }
      : { MetricMathAnomalyDetector: input.MetricMathAnomalyDetector }),
    configuration: {
      ...configuration,
      ranges: ExcludedTimeRanges.map(each => [each.StartTime.getTime(), each.EndTime.getTime()]),
    },
    ...(input.MetricCharacteristics && { MetricCharacteristics: input.MetricCharacteristics }),
  }
  putResource(ctx, 'detector', { name, body: kept })
  return { AnomalyDetectorId: id }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAnomalyDetectors.html */
export function DescribeAnomalyDetectors(
  ctx: Ctx,
  input: In<'DescribeAnomalyDetectors'>,
): Out<'DescribeAnomalyDetectors'> {
  const pass = (body: Kept) => isAsked(body, input)
  const { rows, next } = pageOf<Kept>(ctx, paging(input), { kind: 'detector', pass })
  return { AnomalyDetectors: rows.map(({ body }) => shown(body)), NextToken: next }
}

function isAsked(kept: Kept, input: In<'DescribeAnomalyDetectors'>): boolean {
  const {
    Namespace,
    MetricName,
    Dimensions,
    AnomalyDetectorIds,
    AnomalyDetectorTypes: types = ['SINGLE_METRIC'],
  } = input
  if (AnomalyDetectorIds && !AnomalyDetectorIds.includes(kept.id)) return false
  if (!AnomalyDetectorIds && !types.includes(kept.MetricMathAnomalyDetector ? 'METRIC_MATH' : 'SINGLE_METRIC'))
    return false
  if (Namespace !== undefined && kept.Namespace !== Namespace) return false
  if (MetricName !== undefined && kept.MetricName !== MetricName) return false
  return Dimensions === undefined || dimensionsText(kept.Dimensions) === dimensionsText(Dimensions)
}

function shown({ id, configuration: { ranges, ...configuration }, ...kept }: Kept): AnomalyDetector {
  const ExcludedTimeRanges = ranges.map(([start, end]) => ({ StartTime: new Date(start), EndTime: new Date(end) }))
  return {
    ...kept,
    AnomalyDetectorId: id,
    Configuration: { ...configuration, ExcludedTimeRanges },
    StateValue: 'TRAINED_INSUFFICIENT_DATA',
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAnomalyDetector.html */
export function DeleteAnomalyDetector(ctx: Tx, input: In<'DeleteAnomalyDetector'>): Out<'DeleteAnomalyDetector'> {
  const { AnomalyDetectorId } = input
  const byId = allResources<Kept>(ctx, 'detector').find(({ body }) => body.id === AnomalyDetectorId)?.name
  const name = AnomalyDetectorId === undefined ? keyOf(input) : (byId ?? '')
  if (!deleteResource(ctx, 'detector', name)) {
    const fields = { ResourceType: 'AnomalyDetector', ResourceId: AnomalyDetectorId ?? name }
    throw new AwsError('ResourceNotFoundException', 'The anomaly detector does not exist', 404, fields)
  }
  return {}
}
