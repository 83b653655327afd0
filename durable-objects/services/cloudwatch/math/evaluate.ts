import { AGGREGATES, aggregate } from './aggregates.ts'
import { band } from './band.ts'
import { MathError } from './tokens.ts'
import type { Node } from './parser.ts'
import {
  choose,
  datePart,
  diff,
  diffTime,
  fill,
  type Range,
  rate,
  runningSum,
  slice,
  sort,
  timesOf,
} from './series-functions.ts'
import { combine, listOf, mapValue, numberOf, ofArray, ofSeries, scalar, type Series, type Value } from './values.ts'

/** What an expression may refer to. */
export type Scope = Range & {
  /** Milliseconds. */
  period: number
  /** The query of that id; undefined when there is none. */
  value(id: string): Value | undefined
  /** The metrics of the request, by id. */
  metrics(): [string, Series][]
  search(expression: string, stat: string, period: number | undefined): Series[]
}

const OPERATORS: Record<string, (a: number, b: number) => number> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '^': (a, b) => a ** b,
  '==': (a, b) => Number(a === b),
  '!=': (a, b) => Number(a !== b),
  '<': (a, b) => Number(a < b),
  '<=': (a, b) => Number(a <= b),
  '>': (a, b) => Number(a > b),
  '>=': (a, b) => Number(a >= b),
  '&&': (a, b) => Number(a !== 0 && b !== 0),
  '||': (a, b) => Number(a !== 0 || b !== 0),
}

/** Words that are no ids. */
const WORDS = new Set(['REPEAT', 'LINEAR', 'ASC', 'DESC', 'LAST', ...Object.keys(AGGREGATES)])

/** @throws MathError */
export function evaluate(node: Node, scope: Scope): Value {
  switch (node.kind) {
    case 'number':
      return scalar(node.value)
    case 'text':
      return { kind: 'text', value: node.value }
    case 'name':
      return named(node.name, scope)
    case 'list':
      return ofArray(node.items.flatMap(item => listOf(evaluate(item, scope), 'A list')))
    case 'negative':
      return mapValue(evaluate(node.of, scope), value => -value)
    case 'operation':
      return combine(
        evaluate(node.left, scope),
        evaluate(node.right, scope),
        OPERATORS[node.sign] ?? (() => Number.NaN),
      )
    default:
      return call(node.name, node.args, scope)
  }
}

function named(name: string, scope: Scope): Value {
  const value = scope.value(name)
  if (value) return value
  if (WORDS.has(name)) return { kind: 'text', value: name }
  throw new MathError(`Unknown identifier '${name}'`)
}

const ELEMENTWISE: Record<string, (value: number) => number> = {
  ABS: Math.abs,
  CEIL: Math.ceil,
  FLOOR: Math.floor,
  LOG: Math.log,
  LOG10: Math.log10,
}

type Call = (args: Value[], scope: Scope) => Value

const first = (args: Value[], name: string): Value => {
  const [value] = args
  if (!value) throw new MathError(`${name} takes time series`)
  return value
}

const FUNCTIONS: Record<string, Call> = {
  ANOMALY_DETECTION_BAND: (args, scope) => band(first(args, 'ANOMALY_DETECTION_BAND'), args[1], scope),
  DATAPOINT_COUNT: args =>
    scalar(listOf(first(args, 'DATAPOINT_COUNT'), 'DATAPOINT_COUNT').reduce((sum, { points }) => sum + points.size, 0)),
  DIFF: args => diff(first(args, 'DIFF')),
  DIFF_TIME: args => diffTime(first(args, 'DIFF_TIME')),
  FILL: (args, scope) => fill(first(args, 'FILL'), args[1] ?? { kind: 'text', value: 'REPEAT' }, scope),
  FIRST: args => endOf(listOf(first(args, 'FIRST'), 'FIRST')[0]),
  LAST: args => endOf(listOf(first(args, 'LAST'), 'LAST').at(-1)),
  IF: args => choose(args),
  METRICS: (args, scope) => {
    const [part] = args
    const text = part?.kind === 'text' ? part.value : ''
    return ofArray(scope.metrics().flatMap(([id, series]) => (id.includes(text) ? [series] : [])))
  },
  METRIC_COUNT: args => scalar(listOf(first(args, 'METRIC_COUNT'), 'METRIC_COUNT').length),
  PERIOD: args => scalar((listOf(first(args, 'PERIOD'), 'PERIOD')[0]?.period ?? 60_000) / 1000),
  RATE: args => rate(first(args, 'RATE')),
  REMOVE_EMPTY: args =>
    ofArray(listOf(first(args, 'REMOVE_EMPTY'), 'REMOVE_EMPTY').filter(({ points }) => points.size > 0)),
  RUNNING_SUM: args => runningSum(first(args, 'RUNNING_SUM')),
  SEARCH: ([expression, stat, period], scope) => {
    if (expression?.kind !== 'text' || stat?.kind !== 'text') throw new MathError('SEARCH takes two strings')
    const seconds = period === undefined ? undefined : numberOf(period, 'SEARCH')
    return ofArray(scope.search(expression.value, stat.value, seconds))
  },
  SLICE: args =>
    slice(
      first(args, 'SLICE'),
      numberOf(args[1], 'SLICE'),
      args[2] === undefined ? undefined : numberOf(args[2], 'SLICE'),
    ),
  SORT: args => sort(first(args, 'SORT'), args.slice(1)),
  TIME_SERIES: (args, scope) => constant(numberOf(args[0], 'TIME_SERIES'), scope),
}

const endOf = (series: Series | undefined): Value => (series ? ofSeries(series) : ofArray([]))

export function constant(value: number, scope: Pick<Scope, 'from' | 'to' | 'period'>): Value {
  const points = new Map(timesOf(scope.period, scope).map(at => [at, value] as const))
  return ofSeries({ label: 'TIME_SERIES', period: scope.period, points })
}

function call(name: string, nodes: Node[], scope: Scope): Value {
  const args = nodes.map(node => evaluate(node, scope))
  if (Object.hasOwn(AGGREGATES, name)) return aggregate(name, args)
  const each = Object.hasOwn(ELEMENTWISE, name) ? ELEMENTWISE[name] : undefined
  if (each) return mapValue(first(args, name), each)
  const own = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined
  if (own) return own(args, scope)
  const part = args[0] && datePart(name, args[0])
  if (part) return part
  throw new MathError(`Unknown or unsupported function '${name}'`)
}

/** Functions whose value changes with time alone. */
export const CLOCKED = new Set(['MINUTE', 'HOUR', 'DAY', 'DATE', 'MONTH', 'YEAR', 'EPOCH'])
