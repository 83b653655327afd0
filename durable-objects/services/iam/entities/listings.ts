import type { Ctx } from '../../../kernel/object/operation.ts'
import { listing, listingOf, type Page, type Query } from '../../../kernel/listings/listings.ts'
import { entityOf } from './entities.ts'
import { validationError } from '../refusals.ts'
import type { Entity, EntityRow, Kind } from '../schema.ts'

export type Paging = { Marker?: string | undefined; MaxItems?: number | undefined }
/** What ends every listing. */
export type Paged = { IsTruncated: boolean; Marker?: string }

const pagingOf = ({ Marker: token, MaxItems: size = 100, ...of }: Paging) => ({
  token,
  size,
  of,
  refusal: () => validationError('Invalid Marker.'),
})

const ended = <Row>({ rows, next }: Page<Row>): { rows: Row[]; end: Paged } => ({
  rows,
  end: next === undefined ? { IsTruncated: false } : { IsTruncated: true, Marker: next },
})

/** One page of a listing by Marker and MaxItems. */
export const pageOf = <Row>(ctx: Ctx, input: Paging, query: Query<Row>) => ended(listing(ctx, pagingOf(input), query))

/** One page of what is at hand anyway: rows in the order of their keys. */
export const pageOfAll = <Row>(ctx: Ctx, input: Paging, all: Rows<Row>) => ended(listingOf(ctx, pagingOf(input), all))

type Rows<Row> = Parameters<typeof listingOf<Row>>[2]

/** Entities of a kind under a path, in the order of their names. */
export function listEntities<K extends Kind>(
  ctx: Ctx,
  kind: K,
  input: Paging & { PathPrefix?: string | undefined },
): { rows: Entity<K>[]; end: Paged } {
  const { rows, end } = pageOf<EntityRow>(ctx, input, {
    from: 'iam_entities',
    where: { 'kind = ?': kind },
    prefix: { path: input.PathPrefix },
    key: 'name',
  })
  return { rows: rows.map(row => entityOf<K>(row)), end }
}
