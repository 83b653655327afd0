import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { upsert } from '../../kernel/object/rows.ts'
import { listing, type Paging } from '../../kernel/listings/listings.ts'
import { atMost, notReserved, notTwice } from '../../kernel/tags/rules.ts'
import { pairs, taggable } from '../../kernel/tags/taggable.ts'
import { invalidValue } from './refusals.ts'

const MOST_TAGS = 50

/** Tags of alarms, dashboards, streams and rules. */
export const cloudwatchTags = taggable({
  form: pairs('Key', 'Value'),
  sorted: true,
  rules: [
    notTwice(() => invalidValue('Duplicate tag keys are not allowed.')),
    atMost(MOST_TAGS, () => invalidValue(`A resource can have up to ${MOST_TAGS} tags.`)),
    notReserved(() => invalidValue('Tag keys that begin with aws: are reserved.')),
  ],
})

/** What is kept and given back: dashboards, metric streams, detectors, rules. Dates in a body are texts. */
export type Resource<Body> = { name: string; body: Body; createdAt: number; updatedAt: number }

export type Kind = 'dashboard' | 'stream' | 'detector' | 'insight-rule' | 'mute-rule'

type Row = { name: string; body: string; createdAt: number; updatedAt: number }

const read = <Body>({ body, ...rest }: Row): Resource<Body> => ({ ...rest, body: JSON.parse(body) as Body }) // written by putResource()

export function resourceOf<Body>(ctx: Ctx, kind: Kind, name: string): Resource<Body> | undefined {
  const row = ctx.sql.first<Row>('SELECT * FROM cloudwatch_resources WHERE kind = ? AND name = ?', kind, name)
  return row && read<Body>(row)
}

export function putResource(ctx: Tx, kind: Kind, { name, body }: { name: string; body: object }): void {
  upsert(ctx.sql, 'cloudwatch_resources', {
    key: { kind, name },
    once: { createdAt: ctx.now },
    set: { body: JSON.stringify(body), updatedAt: ctx.now },
  })
}

/** @returns whether it was there */
export function deleteResource(ctx: Tx, kind: Kind, name: string): boolean {
  ctx.sql.run('DELETE FROM cloudwatch_resources WHERE kind = ? AND name = ?', kind, name)
  return ctx.sql.changes() > 0
}

export function allResources<Body>(ctx: Ctx, kind: Kind): Resource<Body>[] {
  return ctx.sql
    .all<Row>('SELECT * FROM cloudwatch_resources WHERE kind = ? ORDER BY name', kind)
    .map(row => read<Body>(row))
}

type Asked<Body> = { kind: Kind; prefix?: string; pass?: (body: Body) => boolean }

/** A page of those that a filter lets through, by name. */
export function pageOf<Body>(ctx: Ctx, paging: Paging, asked: Asked<Body>) {
  const { kind, prefix, pass } = asked
  const keep = (row: Row) => !pass || pass(read<Body>(row).body)
  const query = {
    from: 'cloudwatch_resources',
    where: { 'kind = ?': kind },
    prefix: { name: prefix },
    key: 'name',
    keep,
  }
  const { rows, next } = listing<Row>(ctx, paging, query)
  return { rows: rows.map(row => read<Body>(row)), next }
}
