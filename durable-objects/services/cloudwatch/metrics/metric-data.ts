import type { EntityMetricData, In, MetricDatum } from '../../../../aws/models/cloudwatch.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { noteData } from '../alarms/alarm-timers.ts'
import { checkDatum, checkNamespace, distributionOf } from './datum-rules.ts'
import { addDatapoint, dimensionsText, noteMetricName } from './metrics.ts'
import { invalidValue, missingParameter } from '../refusals.ts'

const MOST = 1000

type Given = { datum: MetricDatum; path: string; entity?: EntityMetricData['Entity'] }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html */
export function PutMetricData(ctx: Tx, input: In<'PutMetricData'>): void {
  checkNamespace(input.Namespace)
  const given = all(input)
  if (given.length === 0) throw missingParameter('The parameter MetricData is required.')
  if (given.length > MOST) throw invalidValue(`The collection MetricData must not have a size greater than ${MOST}.`)
  const broken = given.flatMap(({ datum, path }) => checkDatum(datum, path, ctx.now))
  const [first] = broken
  if (first)
    throw first.refusal(
      broken
        .filter(({ code }) => code === first.code)
        .map(({ message }) => message)
        .join('\n'),
    )
  for (const each of given) store(ctx, input.Namespace, each)
  noteData(ctx)
}

function all({ MetricData = [], EntityMetricData = [] }: In<'PutMetricData'>): Given[] {
  const plain = MetricData.map((datum, i) => ({ datum, path: `MetricData.member.${i + 1}` }))
  const ofEntities = EntityMetricData.flatMap(({ Entity: entity, MetricData: data = [] }, i) =>
    data.map((datum, j) => ({ datum, entity, path: `EntityMetricData.member.${i + 1}.MetricData.member.${j + 1}` })),
  )
  return [...plain, ...ofEntities]
}

function store(ctx: Tx, namespace: string, { datum, entity }: Given): void {
  const time = datum.Timestamp?.getTime() ?? ctx.now
  const step = datum.StorageResolution === 1 ? 1000 : 60_000
  const at = Math.floor(time / step) * step
  const dimensions = dimensionsText(datum.Dimensions)
  const metric = noteMetricName(ctx, { namespace, name: datum.MetricName, dimensions }, at)
  addDatapoint(ctx, { metric, at, unit: datum.Unit ?? 'None', source: '' }, distributionOf(datum))
  if (entity) ctx.sql.run('UPDATE cloudwatch_metrics SET entity = ? WHERE id = ?', JSON.stringify(entity), metric)
}
