import type { AwsError } from '../../../aws/errors.ts'
import { pageStart, pageToken } from '../../../aws/pages.ts'
import type { Ctx } from '../object/operation.ts'
import type { SqlValue } from '../object/sql.ts'

/**
 * Listings: a page of a table's rows in the order of a key, and the token of the next.
 *
 * A service says once how its operations page:
 *
 *     export const paging = ({ NextToken: token, MaxResults: size = 100, ...of }: Paged) =>
 *       ({ token, size, of, refusal: invalidToken })
 *
 * and each of its listings is a declaration:
 *
 *     const { rows, next } = listing<TopicRow>(ctx, paging(input), { from: 'sns_topics', key: 'arn' })
 */
export type Paging = {
  /** As the page before gave it; the first page has none. */
  token: string | undefined
  /** Most rows of a page. */
  size: number
  /** The listing's other parameters: a token is good for these alone. Usually all that the input has besides. */
  of: unknown
  /** In the service's words: the token is malformed, or of another listing. */
  refusal: () => AwsError
}

type Key = string | number

export type Query<Row> = {
  /** Columns, by default all; the key's must be among them. */
  select?: string
  /** A table, or a join of some. */
  from: string
  /** Conditions and what their `?` stand for, without numbers. One that has no value (undefined) is left out. */
  where?: Readonly<Record<string, SqlValue | undefined | readonly SqlValue[]>>
  /** Columns whose texts begin so; an index on the column is used. */
  prefix?: Readonly<Record<string, string | undefined>>
  /** What rows are brought together by. */
  group?: string
  /** Columns that put the rows in an order, and tell each from all others. */
  key: string | readonly string[]
  order?: 'ASC' | 'DESC'
  /** Conditions that SQL cannot tell. */
  keep?: (row: Row) => boolean
}

export type Page<Row> = { rows: Row[]; next: string | undefined }

/** So many rows are looked at a time, where `keep` may drop any number of them. */
const LOT = 500

/**
 * A page of what a query finds.
 * @throws AwsError the paging's refusal
 */
export function listing<Row>(ctx: Ctx, paging: Paging, query: Query<Row>): Page<Row> {
  const { key, keep } = query
  const size = sizeOf(paging)
  const columns = typeof key === 'string' ? [key] : key
  // Rows are what `select` says, the key's columns among it.
  const keyOf = (row: Row) => columns.map(column => (row as Record<string, Key>)[column.replace(/^.*\./, '')] ?? '')
  const read = reader(ctx, query, columns)
  const found: Row[] = []
  const lot = keep ? Math.max(size + 1, LOT) : size + 1
  let after = startOf(ctx, paging, columns.length)
  for (;;) {
    const rows = read(after, lot)
    found.push(...(keep ? rows.filter(keep) : rows))
    const last = rows.at(-1)
    if (found.length > size || rows.length < lot || last === undefined) break
    after = keyOf(last)
  }
  return cut(ctx, paging, { found, keyOf })
}

/** Reads rows that come after a key. */
function reader<Row>(ctx: Ctx, query: Query<Row>, columns: readonly string[]) {
  const { select = '*', from, group, order = 'ASC' } = query
  const { conditions, values } = conditionsOf(query)
  const comes = `(${columns.join(', ')}) ${order === 'ASC' ? '>' : '<'} (${columns.map(() => '?').join(', ')})`
  const sorted = columns.map(column => `${column} ${order}`).join(', ')
  const grouped = group === undefined ? '' : `GROUP BY ${group}`
  return (after: readonly Key[] | undefined, limit: number): Row[] => {
    const all = after ? [...conditions, comes] : conditions
    const where = all.length > 0 ? `WHERE ${all.join(' AND ')}` : ''
    // A limit that is a literal: SQLite prepares a statement again when it is bound.
    const text = `SELECT ${select} FROM ${from} ${where} ${grouped} ORDER BY ${sorted} LIMIT ${limit}` as const
    return ctx.sql.all<Row>(text, ...values, ...(after ?? []))
  }
}

/**
 * A page of what is at hand anyway, in the order in which it is.
 * @throws AwsError the paging's refusal
 */
export function listingOf<Row>(ctx: Ctx, paging: Paging, all: { rows: readonly Row[]; key: (row: Row) => Key }) {
  const [after] = startOf(ctx, paging, 1) ?? []
  const rest = after === undefined ? all.rows : all.rows.filter(row => all.key(row) > after)
  return cut(ctx, paging, { found: rest.slice(0, sizeOf(paging) + 1), keyOf: row => [all.key(row)] })
}

const sizeOf = ({ size }: Paging) => Math.max(1, Math.trunc(size))

function conditionsOf({ where = {}, prefix = {} }: Pick<Query<never>, 'where' | 'prefix'>) {
  const conditions: string[] = []
  const values: SqlValue[] = []
  for (const [condition, value] of Object.entries(where)) {
    if (value === undefined) continue
    conditions.push(`(${condition})`)
    // A value is a list of values, or one.
    values.push(...(Array.isArray(value) ? (value as readonly SqlValue[]) : [value as SqlValue]))
  }
  for (const [column, start] of Object.entries(prefix)) {
    if (!start) continue
    conditions.push(`${column} >= ? AND ${column} < ?`)
    values.push(start, `${start}\u{10ffff}`)
  }
  return { conditions, values }
}

const boundTo = (ctx: Ctx, { of }: Paging) => [ctx.operation, of !== null && typeof of === 'object' ? sorted(of) : of]

/** A client may write its parameters in another order on the next page. */
const sorted = (of: object) => Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1))

/** The key after which a page starts. */
function startOf(ctx: Ctx, paging: Paging, columns: number): Key[] | undefined {
  const after = pageStart(paging.token, boundTo(ctx, paging), paging.refusal)
  if (after === undefined) return undefined
  const key = readKey(after)
  if (key?.length !== columns) throw paging.refusal()
  return key
}

function readKey(text: string): Key[] | undefined {
  try {
    const key: unknown = JSON.parse(text)
    return Array.isArray(key) && key.every(part => typeof part === 'string' || Number.isFinite(part)) ? key : undefined
  } catch {
    return undefined
  }
}

type Found<Row> = { found: Row[]; keyOf: (row: Row) => Key[] }

function cut<Row>(ctx: Ctx, paging: Paging, { found, keyOf }: Found<Row>): Page<Row> {
  const rows = found.slice(0, sizeOf(paging))
  const last = rows.at(-1)
  const more = found.length > rows.length && last !== undefined
  return { rows, next: more ? pageToken(JSON.stringify(keyOf(last)), boundTo(ctx, paging)) : undefined }
}
