import type { Metric, MetricStat } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Distribution } from '../../../shared/distribution.ts'
import type { Series } from '../math/values.ts'
import { dimensionsText, findMetric, readPeriods, type Span } from './metrics.ts'
import type { MetricRow } from '../schema.ts'
import { type Statistic, statisticOf } from './statistics.ts'

export type Asked = { statistic: Statistic; stat: string; unit?: string | undefined }

/** A metric's statistic in each period; `samples`: how many values stand behind each. */
export type Measured = Series & { samples: Map<number, number> }

export function seriesOf(ctx: Ctx, row: MetricRow, span: Span, { statistic, stat, unit }: Asked): Measured {
  const origin = { ...named(row), stat }
  return measured(readPeriods(ctx, row.id, span, unit), { statistic, label: row.name, period: span.period, origin })
}

type About = { statistic: Statistic; label: string; period: number; origin: NonNullable<Series['origin']> }

function measured(periods: ReadonlyMap<number, Distribution>, { statistic, ...about }: About): Measured {
  const points = new Map<number, number>()
  const samples = new Map<number, number>()
  for (const [at, known] of periods) {
    samples.set(at, known.count)
    const value = statisticOf(statistic, known)
    if (value !== undefined) points.set(at, value)
  }
  return { ...about, points, samples }
}

const named = ({ namespace, name, dimensions }: MetricRow) => ({
  namespace,
  name,
  dimensions: JSON.parse(dimensions) as [string, string][], // written by dimensionsText()
})

/** The series of a metric that was named; empty when there is no such metric. */
export function seriesOfStat(ctx: Ctx, { Metric, Stat, Unit }: MetricStat, span: Span, statistic: Statistic): Measured {
  const name = nameOf(Metric)
  const row = findMetric(ctx, name) ?? { ...name, id: 0, lastAt: 0 }
  return seriesOf(ctx, row, span, { statistic, stat: Stat, unit: Unit })
}

export const nameOf = ({ Namespace = '', MetricName = '', Dimensions }: Metric) => ({
  namespace: Namespace,
  name: MetricName,
  dimensions: dimensionsText(Dimensions),
})
