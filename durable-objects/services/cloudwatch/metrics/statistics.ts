import type { Distribution } from '../../../shared/distribution.ts'

/** A statistic, read: a basic one, or one of the values between two bounds. */
export type Statistic =
  | { kind: 'SampleCount' | 'Average' | 'Sum' | 'Minimum' | 'Maximum' }
  | { kind: 'percentile'; rank: number }
  | { kind: 'tm' | 'tc' | 'ts' | 'wm' | 'pr'; by: 'rank' | 'value'; low: number; high: number }

const BASIC = ['SampleCount', 'Average', 'Sum', 'Minimum', 'Maximum'] as const

/**
 * Reads a statistic; undefined for what is none.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 */
export function readStatistic(text: string): Statistic | undefined {
  const basic = BASIC.find(name => name === text)
  if (basic) return { kind: basic }
  if (text === 'IQM') return { kind: 'tm', by: 'rank', low: 25, high: 75 }
  return readShort(text) ?? readRange(text)
}

/** `p99.9`, `tm90` */
function readShort(text: string): Statistic | undefined {
  const match = /^(p|tm|tc|ts|wm)(\d{1,2}(?:\.\d{0,10})?|100)$/.exec(text)
  if (!match) return undefined
  const [, name, rank] = match
  if (name === 'p') return { kind: 'percentile', rank: Number(rank) }
  return { kind: name as 'tm' | 'tc' | 'ts' | 'wm', by: 'rank', low: 0, high: Number(rank) } // by the pattern
}

const NUMBER = String.raw`\d+(?:\.\d{0,10})?(?:[Ee][+-]?\d+)?`
const RANKS = new RegExp(`^(TM|TC|TS|WM)\\((?:(${NUMBER})%)?:(?:(${NUMBER})%)?\\)$`)
const VALUES = new RegExp(`^(TM|TC|TS|WM|PR)\\((${NUMBER})?:(${NUMBER})?\\)$`)

/** `TM(10%:90%)`, `PR(:300)` */
function readRange(text: string): Statistic | undefined {
  const ranks = RANKS.exec(text)
  const match = ranks ?? VALUES.exec(text)
  if (!match || (match[2] === undefined && match[3] === undefined)) return undefined
  const kind = (match[1] ?? '').toLowerCase() as 'tm' | 'tc' | 'ts' | 'wm' | 'pr' // by the pattern
  const low = Number(match[2] ?? (ranks ? 0 : Number.NEGATIVE_INFINITY))
  const high = Number(match[3] ?? (ranks ? 100 : Number.POSITIVE_INFINITY))
  if (ranks && (low > 100 || high > 100)) return undefined
  return low >= high ? undefined : { kind, by: ranks ? 'rank' : 'value', low, high }
}

/** Its value; undefined where the values themselves would be needed and are not known. */
export function statisticOf(statistic: Statistic, distribution: Distribution): number | undefined {
  const { count, sum, min, max } = distribution
  if (count === 0) return undefined
  switch (statistic.kind) {
    case 'SampleCount':
      return count
    case 'Sum':
      return sum
    case 'Average':
      return sum / count
    case 'Minimum':
      return min
    case 'Maximum':
      return max
    default:
      return ofValues(statistic, distribution)
  }
}

type Ranked = Exclude<Statistic, { kind: (typeof BASIC)[number] }>
type Weighted = { value: number; weight: number }

/** AWS has none of these once a value is negative, and of sets of statistics only when all their values are equal. */
function ofValues(statistic: Ranked, { count, min, max, values }: Distribution): number | undefined {
  if (min < 0) return undefined
  if (!values && min !== max) return undefined
  const given: Iterable<[number, number]> = values ?? [[min, count]]
  const sorted = [...given].map(([value, weight]) => ({ value, weight })).sort((a, b) => a.value - b.value)
  if (statistic.kind === 'percentile') return percentile(sorted, count, statistic.rank)
  const within = statistic.by === 'rank' ? byRank(sorted, count, statistic) : byValue(sorted, statistic)
  const total = within.reduce((sum, { weight }) => sum + weight, 0)
  const sum = within.reduce((all, { value, weight }) => all + value * weight, 0)
  if (statistic.kind === 'tc') return Math.round(total)
  if (statistic.kind === 'ts') return sum
  if (statistic.kind === 'pr') return (total / count) * 100
  if (statistic.kind === 'wm') return winsorized(sorted, count, within)
  return total === 0 ? undefined : sum / total
}

/** The least value that so many percent of all do not exceed. */
function percentile(sorted: readonly Weighted[], count: number, rank: number): number | undefined {
  const wanted = (rank / 100) * count - 1e-9
  let seen = 0
  for (const { value, weight } of sorted) {
    seen += weight
    if (seen >= wanted) return value
  }
  return sorted.at(-1)?.value
}

type Bounds = { low: number; high: number }

function byRank(sorted: readonly Weighted[], count: number, { low, high }: Bounds): Weighted[] {
  const from = (low / 100) * count
  const to = (high / 100) * count
  let seen = 0
  return sorted.flatMap(({ value, weight }) => {
    const start = seen
    seen += weight
    const part = Math.min(seen, to) - Math.max(start, from)
    return part > 1e-9 ? [{ value, weight: part }] : []
  })
}

const byValue = (sorted: readonly Weighted[], { low, high }: Bounds) =>
  sorted.filter(({ value }) => value > low && value <= high)

/** The mean when values outside the bounds are taken for the nearest within. */
function winsorized(sorted: readonly Weighted[], count: number, within: readonly Weighted[]): number | undefined {
  const low = within[0]?.value
  const high = within.at(-1)?.value
  if (low === undefined || high === undefined) return undefined
  return sorted.reduce((sum, { value, weight }) => sum + Math.min(high, Math.max(low, value)) * weight, 0) / count
}
