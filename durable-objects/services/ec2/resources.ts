import { randomHex } from '../../../aws/ids.ts'
import type { Tag, TagSpecification } from '../../../aws/models/ec2.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { upsert } from '../../kernel/object/rows.ts'
import { limited, malformed, notFound } from './refusals.ts'
import { KINDS, type Kind, type Kinds } from './schema.ts'
import { dropTags, tagNew } from './tags.ts'

/** Resources of a kind in an account and region; rules of security groups, which are many, and addresses. */
const MOST: Partial<Record<Kind, number>> = { 'security-group-rule': 50_000, 'elastic-ip': 400 }
const MOST_OF_A_KIND = 5000

export type Tagged = { Tags: Tag[]; TagSet: Tag[] }

export const newId = (prefix: string) => `${prefix}-0${randomHex(16)}`

const TIMES = new Set(['CreateTime', 'DeleteTime', 'CreationTimestamp', 'ExpirationTime'])

/** Reads times as such. */
export const revive = (key: string, value: unknown) => (TIMES.has(key) ? new Date(String(value)) : value)

/** A resource as put() wrote it. */
export const read = <K extends Kind>(attributes: string) => JSON.parse(attributes, revive) as Kinds[K]

export const idOf = (kind: Kind, resource: object): string => String(Reflect.get(resource, KINDS[kind].id))

export function peek<K extends Kind>(ctx: Ctx, kind: K, id: string): Kinds[K] | undefined {
  const sql = 'SELECT attributes FROM ec2_resources WHERE id = ? AND kind = ?'
  const row = ctx.sql.first<{ attributes: string }>(sql, id, kind)
  return row && read<K>(row.attributes)
}

/** @throws AwsError Invalid….NotFound */
export function find<K extends Kind>(ctx: Ctx, kind: K, id: string): Kinds[K] {
  if (!id.startsWith(`${KINDS[kind].prefix}-`)) throw malformed(kind, id)
  const resource = peek(ctx, kind, id)
  if (!resource) throw notFound(kind, id)
  return resource
}

/** All of a kind, or those in one VPC, and rules in one group. */
export function all<K extends Kind>(ctx: Ctx, kind: K, parent?: string): Kinds[K][] {
  const rows =
    parent === undefined
      ? ctx.sql.all<{ attributes: string }>('SELECT attributes FROM ec2_resources WHERE kind = ? ORDER BY seq', kind)
      : ctx.sql.all<{ attributes: string }>(
          'SELECT attributes FROM ec2_resources WHERE parent = ? AND kind = ? ORDER BY seq',
          parent,
          kind,
        )
  return rows.map(({ attributes }) => read<K>(attributes))
}

type Placed = { VpcId?: string; GroupId?: string; Attachments?: { VpcId?: string }[] }

export function put<K extends Kind>(tx: Tx, kind: K, resource: Kinds[K]): Kinds[K] {
  const { VpcId, GroupId, Attachments } = resource as Placed // as kinds that have a parent have it
  upsert(tx.sql, 'ec2_resources', {
    key: { id: idOf(kind, resource) },
    once: { kind },
    set: { parent: VpcId ?? GroupId ?? Attachments?.[0]?.VpcId ?? null, attributes: JSON.stringify(resource) },
  })
  return resource
}

/** Makes a resource with the tags that its request has for it. */
export function create<K extends Kind>(
  tx: Tx,
  kind: K,
  given: { resource: Kinds[K]; specifications?: TagSpecification[] | undefined },
): Kinds[K] & Tagged {
  const { resource, specifications } = given
  const counted = tx.sql.first<{ n: number }>('SELECT count(*) AS n FROM ec2_resources WHERE kind = ?', kind)
  if ((counted?.n ?? 0) >= (MOST[kind] ?? MOST_OF_A_KIND)) throw limited(KINDS[kind].limit, `${KINDS[kind].noun}s`)
  put(tx, kind, resource)
  const tags = tagNew(tx, idOf(kind, resource), specifications)
  return { ...resource, Tags: tags, TagSet: tags }
}

export function remove(tx: Tx, id: string): void {
  tx.sql.run('DELETE FROM ec2_resources WHERE id = ?', id)
  dropTags(tx, id)
}

/** What has ended is still described for so long, in milliseconds. */
const SHOWN_MS = 3_600_000

export const forgetLater = (tx: Tx, id: string) => tx.timers.set('forget', id, tx.now + SHOWN_MS)
