/** A point in time, which is shown as text but compared and calculated as epoch milliseconds. */
export type Time = { ms: number }
export type Value = string | number | Time | undefined

const NUMBER = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/

/** A value as a number; undefined when it is none. */
export function numberOf(value: Value): number | undefined {
  if (typeof value === 'number') return value
  if (typeof value === 'object') return value.ms
  return value !== undefined && value.length < 400 && NUMBER.test(value) ? Number(value) : undefined
}

/** A value as results show it: times as `2024-01-31 23:59:59.000`. */
export function textOf(value: Value): string {
  if (value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  const date = new Date(value.ms)
  return Number.isNaN(date.getTime()) ? '' : date.toISOString().replace('T', ' ').slice(0, -1)
}

export const truth = (value: Value) => value !== undefined && value !== 0 && value !== '' && value !== 'false'
export const flag = (is: boolean) => (is ? 1 : 0)

/** Order of two values: numbers as numbers and before all text, what is missing first of all. */
export function compare(left: Value, right: Value): number {
  const [a, b] = [numberOf(left), numberOf(right)]
  if (a !== undefined && b !== undefined) return a - b
  if (a !== undefined || b !== undefined) {
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1
    return a !== undefined ? -1 : 1
  }
  const [x, y] = [textOf(left), textOf(right)]
  return x < y ? -1 : x > y ? 1 : 0
}
