import type { Ctx } from '../../../kernel/object/operation.ts'
import { cutPage, pageStart, pageToken } from '../../../../aws/pages.ts'
import { entityOf } from './entities.ts'
import { validationError } from '../refusals.ts'
import type { Entity, EntityRow, Kind } from '../schema.ts'

export type Paging = { Marker?: string | undefined; MaxItems?: number | undefined }
/** What ends every listing. */
export type Paged = { IsTruncated: boolean; Marker?: string }

const DEFAULT_ITEMS = 100

type Listing<Row> = {
  /** What must be the same from page to page. */
  of: readonly unknown[]
  /** At most `limit` rows whose key comes after `after`, in the order of their keys. */
  read(after: string, limit: number): Row[]
  key(row: Row): string
}

/** One page of a listing by Marker and MaxItems. */
export function pageOf<Row>(
  { Marker, MaxItems }: Paging,
  { of, read, key }: Listing<Row>,
): { rows: Row[]; end: Paged } {
  const size = MaxItems ?? DEFAULT_ITEMS
  const after = pageStart(Marker, of, validationError('Invalid Marker.')) ?? ''
  const { page, next } = cutPage(read(after, size + 1), size, last => pageToken(key(last), of))
  return { rows: page, end: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next } }
}

/** One page of what is at hand anyway: rows in the order of their keys. */
export function pageOfAll<Row>(paging: Paging, of: readonly unknown[], all: { rows: Row[]; key(row: Row): string }) {
  const read = (after: string, limit: number) => all.rows.filter(row => all.key(row) > after).slice(0, limit)
  return pageOf(paging, { of, read, key: all.key })
}

/** Entities of a kind under a path, in the order of their names. */
export function listEntities<K extends Kind>(
  ctx: Ctx,
  kind: K,
  input: Paging & { PathPrefix?: string | undefined },
): { rows: Entity<K>[]; end: Paged } {
  const prefix = input.PathPrefix ?? '/'
  const { rows, end } = pageOf<EntityRow>(input, {
    of: [ctx.operation, prefix],
    key: row => row.name,
    read: (after, limit) =>
      ctx.sql.all<EntityRow>(
        `SELECT * FROM iam_entities WHERE kind = ? AND name > ? AND path >= ? AND path < ? ORDER BY name LIMIT ?`,
        kind,
        after,
        prefix,
        `${prefix}\u{10ffff}`,
        limit,
      ),
  })
  return { rows: rows.map(row => entityOf<K>(row)), end }
}
