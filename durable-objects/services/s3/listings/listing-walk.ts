import type { SqlValue } from '../../../kernel/object/sql.ts'

/** Where a walk goes on: at a key or behind it; among a key's versions, behind that one. */
export type Position = { key: string; inclusive: boolean; seq?: number | undefined }

/** What a listing shows, in order: a row, or the prefix that a group of keys shares. */
export type Entry<Row> = { row: Row; prefix?: undefined } | { prefix: string; row?: undefined }

export type Walk = { prefix: string; delimiter: string; limit: number; start: Position }

/** Fetches rows in order from a position, those below `end` (which is greater than every key when it is bytes). */
export type Fetch<Row> = (from: Position, end: SqlValue, limit: number) => Row[]

/** Sorts after every text. */
const AFTER_ALL = new Uint8Array([0])

const LAST_CODE_POINT = 0x10ffff

/** The least text greater than all that begin with `prefix`, in the order of UTF-8. */
export function successor(prefix: string): string | undefined {
  const points = Array.from(prefix)
  while (points.length > 0) {
    const point = points.pop()?.codePointAt(0) ?? 0
    if (point >= LAST_CODE_POINT) continue
    // No text holds the code points of surrogates.
    return points.join('') + String.fromCodePoint(point === 0xd7ff ? 0xe000 : point + 1)
  }
  return undefined
}

type Page<Row> = { entries: Entry<Row>[]; truncated: boolean }

/**
 * A page of a listing. Keys that share a prefix up to the delimiter count as one and are passed over by seeking behind
 * them, so that a page costs the same however many they are.
 */
export function walk<Row extends { key: string; seq: number }>(spec: Walk, fetch: Fetch<Row>): Page<Row> {
  const { delimiter, limit } = spec
  if (limit === 0) return { entries: [], truncated: false }
  const entries: Entry<Row>[] = []
  const end = successor(spec.prefix) ?? AFTER_ALL
  let batch = delimiter === '' ? limit + 1 : Math.min(limit + 1, 32)
  let position: Position | undefined = spec.start
  while (position && entries.length <= limit) {
    const rows: Row[] = fetch(position, end, batch)
    const group = takeRows(rows, spec, entries)
    const last = rows.at(-1)
    if (!last || rows.length < batch) break
    position = group === '' ? { key: last.key, inclusive: false, seq: last.seq } : behind(group)
    batch = group === '' ? Math.min(batch * 2, limit + 1) : Math.max(2, Math.floor(batch / 2))
  }
  return { entries: entries.slice(0, limit), truncated: entries.length > limit }
}

function behind(group: string): Position | undefined {
  const key = successor(group)
  return key === undefined ? undefined : { key, inclusive: true }
}

/** @returns the group that the last row belongs to, or nothing */
function takeRows<Row extends { key: string }>(rows: Row[], spec: Walk, into: Entry<Row>[]): string {
  const { prefix, delimiter, limit } = spec
  let group = ''
  for (const row of rows) {
    if (group !== '' && row.key.startsWith(group)) continue
    const at = delimiter === '' ? -1 : row.key.indexOf(delimiter, prefix.length)
    group = at < 0 ? '' : row.key.slice(0, at + delimiter.length)
    into.push(group === '' ? { row } : { prefix: group })
    if (into.length > limit) break
  }
  return group
}

/** Where a listing starts that goes on after a marker: a prefix that was shown stands for all keys under it. */
export function startAfter(marker: string, { prefix, delimiter }: Pick<Walk, 'prefix' | 'delimiter'>): Position {
  if (delimiter !== '' && marker.startsWith(prefix)) {
    const at = marker.indexOf(delimiter, prefix.length)
    const whole = at >= 0 && at + delimiter.length === marker.length
    const next = whole ? successor(marker) : undefined
    if (next !== undefined) return { key: next, inclusive: true }
  }
  return { key: marker, inclusive: false }
}
