import type { Evaluate } from './expressions.ts'
import { fieldOf, type Row } from './rows.ts'
import { compare, numberOf, textOf, type Value } from './values.ts'

/** An aggregation under way: it is shown rows, and says what comes of them. */
export type Aggregate = { add(row: Row): void; value(): Value }
export type AggregateFactory = () => Aggregate

/** Values kept for percentiles and distinct counts: beyond, they would not be exact, and are not taken. */
const MAX_KEPT = 1_000_000

/** An aggregation of what an expression gives, one value after the other. */
function over(value: Evaluate, make: () => { add(value: Value, row: Row): void; value(): Value }): AggregateFactory {
  return () => {
    const inner = make()
    return {
      add(row) {
        const given = value(row)
        if (given !== undefined) inner.add(given, row)
      },
      value: () => inner.value(),
    }
  }
}

/** The same of the numbers among the values. */
function overNumbers(value: Evaluate, make: () => { add(number: number): void; value(): Value }): AggregateFactory {
  return over(value, () => {
    const inner = make()
    return {
      add(given) {
        const number = numberOf(given)
        if (number !== undefined) inner.add(number)
      },
      value: () => inner.value(),
    }
  })
}

function counting(): { add(): void; value(): Value } {
  let count = 0
  return {
    add() {
      count += 1
    },
    value: () => count,
  }
}

function distinct(): { add(value: Value): void; value(): Value } {
  const seen = new Set<string>()
  return { add: value => void (seen.size < MAX_KEPT && seen.add(textOf(value))), value: () => seen.size }
}

/** The value for which nothing better came by the order given. */
function best(key: (value: Value, row: Row) => Value, better: (order: number) => boolean) {
  return () => {
    let kept: { key: Value; value: Value } | undefined
    return {
      add(value: Value, row: Row) {
        const here = key(value, row)
        if (!kept || better(compare(here, kept.key))) kept = { key: here, value }
      },
      value: () => (typeof kept?.value === 'object' ? kept.value.ms : kept?.value),
    }
  }
}

const ownValue = (value: Value) => value
const ownTime = (_value: Value, row: Row) => fieldOf(row, '@timestamp')

function statistics(result: (sum: number, squares: number, count: number) => number) {
  return () => {
    let [sum, squares, count] = [0, 0, 0]
    return {
      add(number: number) {
        sum += number
        squares += number * number
        count += 1
      },
      value: () => (count === 0 ? undefined : result(sum, squares, count)),
    }
  }
}

function percentile(share: number) {
  return () => {
    const numbers: number[] = []
    return {
      add: (number: number) => void (numbers.length < MAX_KEPT && numbers.push(number)),
      value() {
        const sorted = Float64Array.from(numbers).sort()
        return sorted[Math.max(0, Math.ceil((share / 100) * sorted.length) - 1)]
      },
    }
  }
}

const LEAST = best(ownValue, order => order < 0)
const MOST = best(ownValue, order => order > 0)
const EARLIEST = best(ownTime, order => order < 0)
const LATEST = best(ownTime, order => order > 0)
const SUM = statistics(sum => sum)
const MEAN = statistics((sum, _squares, count) => sum / count)
const DEVIATION = statistics((sum, squares, count) => Math.sqrt(Math.max(0, squares / count - (sum / count) ** 2)))

/** Functions of one value. */
const SINGLE: Readonly<Record<string, (value: Evaluate) => AggregateFactory>> = {
  count: value => over(value, counting),
  count_distinct: value => over(value, distinct),
  sum: value => overNumbers(value, SUM),
  avg: value => overNumbers(value, MEAN),
  stddev: value => overNumbers(value, DEVIATION),
  median: value => overNumbers(value, percentile(50)),
  min: value => over(value, LEAST),
  max: value => over(value, MOST),
  sortsfirst: value => over(value, LEAST),
  sortslast: value => over(value, MOST),
  earliest: value => over(value, EARLIEST),
  latest: value => over(value, LATEST),
}

/** An aggregation by its name and what it is of; undefined when there is none such. */
export function aggregateOf(name: string, parameters: Evaluate[], all: boolean): AggregateFactory | undefined {
  const [value, share] = parameters
  if (name === 'count' && (all || value === undefined)) return counting
  if (all || value === undefined) return undefined
  if (name === 'pct' && share && parameters.length === 2) {
    const percent = numberOf(share({ values: new Map() }))
    return percent === undefined || percent < 0 || percent > 100 ? undefined : overNumbers(value, percentile(percent))
  }
  const make = Object.hasOwn(SINGLE, name) && parameters.length === 1 ? SINGLE[name] : undefined
  return make?.(value)
}
