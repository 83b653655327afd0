import type { Ctx } from '../../kernel/object/operation.ts'
import { addDistribution, type Distribution, emptyDistribution } from '../../shared/distribution.ts'
import { AGGREGATES } from './math/aggregates.ts'
import { MathError, type Token, tokensOf } from './math/tokens.ts'
import type { Series } from './math/values.ts'
import { readPeriods, type Span } from './metrics/metrics.ts'
import type { MetricRow } from './schema.ts'
import { type Statistic, statisticOf } from './metrics/statistics.ts'

/*
 * Metrics Insights: `SELECT SUM(Errors) FROM SCHEMA("AWS/Lambda", FunctionName) WHERE … GROUP BY … ORDER BY … LIMIT …`
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-metrics-insights-querylanguage.html
 */

type Condition = { dimension: string; equal: boolean; value: string }
type InsightsQuery = {
  statistic: Statistic
  metric: string
  namespace: string
  schema?: string[]
  where: Condition[]
  groupBy: string[]
  order?: { by: string; descending: boolean }
  limit: number
}

const MOST = 500
const STATISTICS: Record<string, Statistic> = {
  AVG: { kind: 'Average' },
  COUNT: { kind: 'SampleCount' },
  MAX: { kind: 'Maximum' },
  MIN: { kind: 'Minimum' },
  SUM: { kind: 'Sum' },
}

export const isInsightsQuery = (expression: string) => /^\s*SELECT\s/i.test(expression)

type State = { tokens: Token[]; at: number }
const peek = ({ tokens, at }: State): Token => tokens[at] ?? { kind: 'end', text: 'the end' }

function take(state: State): Token {
  const token = peek(state)
  state.at += 1
  return token
}

function accept(state: State, word: string): boolean {
  const token = peek(state)
  const found = token.kind !== 'text' && token.text.toUpperCase() === word
  if (found) state.at += 1
  return found
}

function expect(state: State, ...words: string[]): void {
  for (const word of words) {
    if (!accept(state, word)) throw new MathError(`Expected ${word} before '${peek(state).text}'`)
  }
}

function name(state: State): string {
  const token = take(state)
  if (token.kind === 'name' || token.kind === 'text') return token.text
  throw new MathError(`Unexpected '${token.text}'`)
}

function names(state: State, first: string[] = []): string[] {
  const list = [...first, name(state)]
  while (accept(state, ',')) list.push(name(state))
  return list
}

/** @throws MathError */
export function readInsightsQuery(text: string): InsightsQuery {
  const state: State = { tokens: tokensOf(text), at: 0 }
  expect(state, 'SELECT')
  const statistic = STATISTICS[name(state).toUpperCase()]
  if (!statistic) throw new MathError('SELECT takes one of AVG, COUNT, MAX, MIN and SUM')
  expect(state, '(')
  const metric = name(state)
  expect(state, ')', 'FROM')
  const from = fromOf(state)
  const where = accept(state, 'WHERE') ? conditions(state) : []
  const groupBy = accept(state, 'GROUP') ? groupsOf(state) : []
  const order = accept(state, 'ORDER') ? orderOf(state) : undefined
  const limit = accept(state, 'LIMIT') ? Number(take(state).text) : MOST
  if (peek(state).kind !== 'end') throw new MathError(`Unexpected '${peek(state).text}'`)
  if (!(limit >= 1 && limit <= MOST)) throw new MathError(`LIMIT is from 1 to ${MOST}`)
  return { statistic, metric, ...from, where, groupBy, ...(order && { order }), limit }
}

function groupsOf(state: State): string[] {
  expect(state, 'BY')
  return names(state)
}

function fromOf(state: State): { namespace: string; schema?: string[] } {
  if (!accept(state, 'SCHEMA')) return { namespace: name(state) }
  expect(state, '(')
  const [namespace = '', ...schema] = names(state)
  expect(state, ')')
  return { namespace, schema }
}

function conditions(state: State): Condition[] {
  const list: Condition[] = []
  do {
    const dimension = name(state)
    const equal = accept(state, '=')
    if (!equal) expect(state, '!=')
    list.push({ dimension, equal, value: name(state) })
  } while (accept(state, 'AND'))
  return list
}

function orderOf(state: State): { by: string; descending: boolean } {
  expect(state, 'BY')
  const by = name(state).toUpperCase()
  if (!AGGREGATES[by] || by === 'STDDEV') throw new MathError('ORDER BY takes one of AVG, MAX, MIN and SUM')
  expect(state, '(', ')')
  const descending = accept(state, 'DESC')
  if (!descending) accept(state, 'ASC')
  return { by, descending }
}

/** @throws MathError */
export function insightsSeries(ctx: Ctx, text: string, span: Span): Series[] {
  const query = readInsightsQuery(text)
  const groups = new Map<string, Map<number, Distribution>>()
  for (const row of ctx.sql.all<MetricRow>(
    'SELECT * FROM cloudwatch_metrics WHERE namespace = ? AND name = ?',
    query.namespace,
    query.metric,
  )) {
    const dimensions = JSON.parse(row.dimensions) as [string, string][] // written by dimensionsText()
    const group = groupOf(query, new Map(dimensions))
    if (group === undefined) continue
    const known = groups.get(group) ?? new Map<number, Distribution>()
    merge(known, readPeriods(ctx, row.id, span))
    groups.set(group, known)
  }
  const list = [...groups].map(([label, periods]) => seriesOf(query, label || query.metric, { periods, span }))
  return sorted(
    query,
    list.filter(({ points }) => points.size > 0),
  ).slice(0, query.limit)
}

/** Undefined for a metric that the query is not about. */
function groupOf({ schema, where, groupBy }: InsightsQuery, dimensions: Map<string, string>): string | undefined {
  if (schema && (schema.length !== dimensions.size || !schema.every(each => dimensions.has(each)))) return undefined
  if (!where.every(({ dimension, equal, value }) => (dimensions.get(dimension) === value) === equal)) return undefined
  if (!groupBy.every(each => dimensions.has(each))) return undefined
  return groupBy.map(each => dimensions.get(each)).join(' ')
}

function merge(into: Map<number, Distribution>, from: Map<number, Distribution>): void {
  for (const [at, known] of from) {
    const all = into.get(at) ?? emptyDistribution()
    addDistribution(all, known)
    into.set(at, all)
  }
}

type Group = { periods: Map<number, Distribution>; span: Span }

function seriesOf({ statistic }: InsightsQuery, label: string, { periods, span }: Group): Series {
  const points = [...periods]
    .sort(([a], [b]) => a - b)
    .flatMap(([at, known]): [number, number][] => {
      const value = statisticOf(statistic, known)
      return value === undefined ? [] : [[at, value]]
    })
  return { label, period: span.period, points: new Map(points) }
}

function sorted({ order }: InsightsQuery, list: Series[]): Series[] {
  if (!order) return list.sort((a, b) => (a.label < b.label ? -1 : 1))
  const worth = ({ points }: Series) => AGGREGATES[order.by]?.([...points.values()]) ?? 0
  return list.sort((a, b) => (order.descending ? worth(b) - worth(a) : worth(a) - worth(b)))
}
