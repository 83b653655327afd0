/** What is known of the values of a metric within a time: their statistics, and the values themselves where they were given. */
export type Distribution = {
  count: number
  sum: number
  min: number
  max: number
  /** How often each value occurred; null when only statistics were given for some of them. */
  values: Map<number, number> | null
}

/** The same as JSON keeps it; `v` holds values and how often, in turn. */
export type StoredDistribution = { n: number; s: number; l: number; h: number; v?: number[] }

/** Values kept as they are; further ones are rounded to two digits, so that percentiles stay good and rows small. */
const MOST_VALUES = 1000

export const emptyDistribution = (): Distribution => ({
  count: 0,
  sum: 0,
  min: Number.POSITIVE_INFINITY,
  max: Number.NEGATIVE_INFINITY,
  values: new Map(),
})

/** @param most values that are kept as they are */
export function addValue(to: Distribution, value: number, times = 1, most = MOST_VALUES): void {
  to.count += times
  to.sum += value * times
  to.min = Math.min(to.min, value)
  to.max = Math.max(to.max, value)
  if (to.values) countValue(to.values, [value, times], most)
}

function countValue(values: Map<number, number>, [value, times]: [number, number], most: number): void {
  const key = values.size < most || values.has(value) ? value : Number(value.toPrecision(2))
  values.set(key, (values.get(key) ?? 0) + times)
}

/** Adds what is known of other values. */
export function addDistribution(to: Distribution, other: Distribution): void {
  to.count += other.count
  to.sum += other.sum
  to.min = Math.min(to.min, other.min)
  to.max = Math.max(to.max, other.max)
  if (!other.values) to.values = null
  else if (to.values) for (const counted of other.values) countValue(to.values, counted, MOST_VALUES)
}

export function storedDistribution({ count: n, sum: s, min: l, max: h, values }: Distribution): StoredDistribution {
  if (!values) return { n, s, l, h }
  const v: number[] = []
  for (const [value, times] of values) v.push(value, times)
  return { n, s, l, h, v }
}

export function readDistribution({ n, s, l, h, v }: StoredDistribution): Distribution {
  const values = v && new Map<number, number>()
  for (let i = 0; values && v && i < v.length; i += 2) values.set(v[i] ?? 0, v[i + 1] ?? 0)
  return { count: n, sum: s, min: l, max: h, values: values ?? null }
}
