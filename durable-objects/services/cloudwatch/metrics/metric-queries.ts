import type { MetricDataQuery } from '../../../../aws/models/cloudwatch.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { insightsSeries, isInsightsQuery } from '../insights-query.ts'
import { evaluate, type Scope } from '../math/evaluate.ts'
import { type Node, parseMath } from '../math/parser.ts'
import { MathError } from '../math/tokens.ts'
import { ofArray, ofSeries, type Series, type Value } from '../math/values.ts'
import { validationError } from '../refusals.ts'
import type { MetricRow } from '../schema.ts'
import { readSearch } from './search-terms.ts'
import { type Measured, seriesOf, seriesOfStat } from './series.ts'
import { readStatistic, type Statistic } from './statistics.ts'

/** A query, checked and read. */
export type ReadQuery = {
  query: MetricDataQuery
  statistic?: Statistic
  /** Its expression, unless that is a Metrics Insights query. */
  node?: Node
}

const LISTED_MS = 14 * 86_400_000
const MOST_FOUND = 500

/** Times in milliseconds; `start` gives each period's first time. */
export type Window = { to: number; start(periodSeconds: number): number }

/** The values of a set of queries, each computed once, when it is asked for. */
export function queryValues(ctx: Ctx, queries: readonly ReadQuery[], window: Window): (id: string) => Value {
  const known = new Map<string, Value>()
  const open = new Set<string>()
  const byId = new Map(queries.map(each => [each.query.Id, each]))
  const valueById = (id: string): Value | undefined => {
    const ready = known.get(id)
    const read = byId.get(id)
    if (ready || !read) return ready
    if (open.has(id)) throw new MathError(`The expression refers to itself by '${id}'`)
    open.add(id)
    const value = compute(ctx, read, { queries, window, valueById })
    known.set(id, value)
    return value
  }
  return id => valueById(id) ?? ofArray([])
}

type Around = { queries: readonly ReadQuery[]; window: Window; valueById: (id: string) => Value | undefined }

function compute(ctx: Ctx, read: ReadQuery, around: Around): Value {
  const { query, node } = read
  if (query.MetricStat) return ofSeries(statSeries(ctx, read, around.window))
  const period = periodOf(read, around.queries)
  const span = { from: around.window.start(period / 1000), to: around.window.to, period }
  try {
    if (!node) return ofArray(insightsSeries(ctx, query.Expression ?? '', span))
    return evaluate(node, scopeOf(ctx, span, around))
  } catch (error) {
    if (error instanceof MathError) throw inExpression(query, error)
    throw error
  }
}

export const inExpression = ({ Id }: MetricDataQuery, { message }: MathError) =>
  validationError(`Error in expression '${Id}': ${message}`)

function statSeries(ctx: Ctx, { query: { MetricStat }, statistic }: ReadQuery, { start, to }: Window): Measured {
  if (!MetricStat || !statistic) throw new Error('a query without a metric') // checked by readQueries()
  const span = { from: start(MetricStat.Period), to, period: MetricStat.Period * 1000 }
  return seriesOfStat(ctx, MetricStat, span, statistic)
}

/** An expression's own period, or the longest of the metrics around it. */
function periodOf({ query }: ReadQuery, queries: readonly ReadQuery[]): number {
  const periods = queries.map(each => each.query.MetricStat?.Period ?? 0)
  return (query.Period ?? (Math.max(0, ...periods) || 60)) * 1000
}

function scopeOf(ctx: Ctx, span: { from: number; to: number; period: number }, around: Around): Scope {
  return {
    ...span,
    value: around.valueById,
    metrics: () =>
      around.queries.flatMap(({ query }): [string, Series][] => {
        const value = query.MetricStat && around.valueById(query.Id)
        return value?.kind === 'series' ? [[query.Id, value.series]] : []
      }),
    search: (expression, stat, seconds) => {
      const period = (seconds ?? span.period / 1000) * 1000
      return found(ctx, expression, stat, { from: around.window.start(period / 1000), to: span.to, period })
    },
  }
}

function found(
  ctx: Ctx,
  expression: string,
  stat: string,
  span: { from: number; to: number; period: number },
): Series[] {
  const statistic = readStatistic(stat)
  if (!statistic) throw new MathError(`'${stat}' is not a statistic`)
  const matches = readSearch(expression)
  const list: Series[] = []
  for (const row of ctx.sql.all<MetricRow>(
    'SELECT * FROM cloudwatch_metrics WHERE lastAt >= ? ORDER BY namespace, name, dimensions',
    ctx.now - LISTED_MS,
  )) {
    const dimensions = JSON.parse(row.dimensions) as [string, string][] // written by dimensionsText()
    if (!matches({ ...row, dimensions })) continue
    const label = [...dimensions.map(([, value]) => value), row.name].join(' ')
    list.push({ ...seriesOf(ctx, row, span, { statistic, stat }), label })
    if (list.length === MOST_FOUND) break
  }
  return list
}

const ID = /^[a-z][a-zA-Z0-9_]*$/

/** @throws ValidationError */
export function readQueries(queries: readonly MetricDataQuery[], parameter = 'MetricDataQueries'): ReadQuery[] {
  const ids = new Set(queries.map(({ Id }) => Id))
  if (ids.size < queries.length) {
    throw validationError(`The values for parameter id in parameter ${parameter} are not unique.`)
  }
  return queries.map((query, i) => readQuery(query, `${parameter}.member.${i + 1}`))
}

function readQuery(query: MetricDataQuery, path: string): ReadQuery {
  const { Id, MetricStat, Expression } = query
  if (!ID.test(Id)) {
    const pattern = '^[a-z][a-zA-Z0-9_]*$'
    throw validationError(`The value ${Id} for parameter ${path}.Id is not matching the expected pattern ${pattern}.`)
  }
  if (MetricStat && Expression !== undefined) {
    throw validationError(
      `The parameters ${path}.Expression and ${path}.MetricStat are mutually exclusive and you have specified both.`,
    )
  }
  if (MetricStat) return { query, statistic: checkedStat(MetricStat, path) }
  if (Expression === undefined) {
    throw validationError(`At least one of the parameters ${path}.Expression and ${path}.MetricStat must be specified.`)
  }
  if (isInsightsQuery(Expression)) return { query }
  try {
    return { query, node: parseMath(Expression) }
  } catch (error) {
    if (error instanceof MathError) throw inExpression(query, error)
    throw error
  }
}

function checkedStat({ Metric, Period, Stat }: NonNullable<MetricDataQuery['MetricStat']>, path: string): Statistic {
  const required = (name: string) => validationError(`The parameter ${path}.MetricStat.Metric.${name} is required.`)
  if (!Metric.Namespace) throw required('Namespace')
  if (!Metric.MetricName) throw required('MetricName')
  if (![1, 5, 10, 20, 30].includes(Period) && (Period < 60 || Period % 60 !== 0)) {
    throw validationError(
      `The value ${Period} for parameter ${path}.MetricStat.Period must be 1, 5, 10, 20, 30 or a multiple of 60.`,
    )
  }
  const statistic = readStatistic(Stat)
  if (!statistic) throw validationError(`The value ${Stat} for parameter ${path}.MetricStat.Stat is not supported.`)
  return statistic
}
