import type { Ctx } from '../../../kernel/object/operation.ts'
import { count } from '../../../kernel/object/rows.ts'
import { invalidParameter, limitExceeded } from '../refusals.ts'

type Table = 'metric_filters' | 'subscription_filters'

/** How many filters a log group may have, and how many patterns with regular expressions in all of them. */
const MAX_FILTERS: Readonly<Record<Table, number>> = { metric_filters: 100, subscription_filters: 2 }
const MAX_REGEX_PATTERNS = 5

/** Refuses a filter that would be one too many for its group; one of the same name is replaced. */
export function checkFilterLimits(
  ctx: Ctx,
  table: Table,
  filter: { group: number; name: string; regexes: number },
): void {
  const { group, name, regexes } = filter
  if (count(ctx.sql, `logs_${table} WHERE logGroup = ? AND name <> ?`, group, name) >= MAX_FILTERS[table])
    throw limitExceeded()
  if (regexes === 0) return
  const withRegex = (of: Table) => {
    const others = `logs_${of} WHERE logGroup = ? AND regexes > 0 AND (name <> ? OR ? <> '${table}')`
    return count(ctx.sql, others, group, name, of)
  }
  if (withRegex('metric_filters') + withRegex('subscription_filters') >= MAX_REGEX_PATTERNS) throw limitExceeded()
}

/** AWS knows these fields of the system, and no others, to be sent with what a filter finds. */
export function checkSystemFields(fields: readonly string[] | undefined, allowed: readonly string[]): void {
  const unknown = fields?.find(field => !allowed.includes(field))
  if (unknown !== undefined) throw invalidParameter(`Invalid system field: ${unknown}`)
}
