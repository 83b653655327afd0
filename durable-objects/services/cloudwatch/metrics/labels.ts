import type { MetricDataQuery } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Series } from '../math/values.ts'

/** What a label may name: the series, its query, and the offset in which times are shown; whether the query found it, and more. */
export type Labelled = { query: MetricDataQuery; series: Series; found: boolean; several: boolean; timezone: string }

/** A result's label: its query's with the placeholders filled in, else the metric's or the expression's name. */
export function labelOf(ctx: Ctx, { query, series, found, several, timezone }: Labelled): string {
  const given = query.Label
  if (given?.includes('${')) {
    return given.replace(
      /\$\{([^}]+)\}/g,
      (whole, name: string) => filled(ctx, name, { query, series, timezone }) ?? whole,
    )
  }
  if (given !== undefined) return several ? `${given} ${series.label}` : given
  return found || query.MetricStat ? series.label : query.Id
}

type About = Pick<Labelled, 'query' | 'series' | 'timezone'>

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/graph-dynamic-labels.html */
function filled(ctx: Ctx, name: string, about: About): string | undefined {
  const property = /^PROP\('([^']+)'\)$/.exec(name.trim())
  if (property?.[1] !== undefined) return propertyOf(ctx, property[1], about)
  if (name === 'LABEL') return about.series.label
  const time = /^(MIN|MAX|FIRST|LAST)_TIME(_RELATIVE)?$/.exec(name)
  const points = [...about.series.points]
  if (time) return timeOf(points, time[1] ?? '', about.timezone)
  const values = points.map(([, value]) => value)
  if (name === 'DATAPOINT_COUNT') return String(values.length)
  const value = worthOf(name, values)
  return value === undefined ? undefined : String(Math.round(value * 1000) / 1000)
}

function worthOf(name: string, values: readonly number[]): number | undefined {
  const sum = values.reduce((total, value) => total + value, 0)
  switch (name) {
    case 'SUM':
      return sum
    case 'AVG':
      return values.length === 0 ? undefined : sum / values.length
    case 'MIN':
      return values.reduce<number | undefined>((least, value) => Math.min(least ?? value, value), undefined)
    case 'MAX':
      return values.reduce<number | undefined>((most, value) => Math.max(most ?? value, value), undefined)
    case 'FIRST':
      return values[0]
    case 'LAST':
      return values.at(-1)
    default:
      return undefined
  }
}

function timeOf(points: [number, number][], which: string, timezone: string): string | undefined {
  const least = (a: [number, number], b: [number, number]) => (b[1] < a[1] ? b : a)
  const most = (a: [number, number], b: [number, number]) => (b[1] > a[1] ? b : a)
  const [first] = points
  if (!first) return undefined
  const point =
    which === 'FIRST' ? first : which === 'LAST' ? points.at(-1) : points.reduce(which === 'MIN' ? least : most, first)
  const offset = (Number(timezone.slice(0, 3)) * 60 + Number(`${timezone[0]}${timezone.slice(3)}`)) * 60_000
  const text = new Date((point?.[0] ?? 0) + offset).toISOString().slice(0, 19).replace('T', ' ')
  return timezone === '+0000' ? `${text} UTC` : `${text} ${timezone}`
}

function propertyOf({ place }: Ctx, name: string, { query, series }: About): string | undefined {
  const { origin } = series
  if (name.startsWith('Dim.')) return origin?.dimensions.find(([own]) => own === name.slice(4))?.[1] ?? ''
  switch (name) {
    case 'AccountId':
      return place.account
    case 'Region':
      return place.region
    case 'MetricName':
      return origin?.name ?? ''
    case 'Namespace':
      return origin?.namespace ?? ''
    case 'Period':
      return String(series.period / 1000)
    case 'Stat':
      return origin?.stat ?? query.MetricStat?.Stat ?? ''
    default:
      return undefined
  }
}
