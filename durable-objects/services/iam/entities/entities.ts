import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count, insert } from '../../../kernel/object/rows.ts'
import { arnOf, parseArn } from '../../../../aws/arn.ts'
import { dropTags, moveTags } from '../../../kernel/tags/tags.ts'
import { invalidInput, missing, nameTaken, quotaExceeded } from '../refusals.ts'
import type { Details, Entity, EntityRow, Grantee, Kind } from '../schema.ts'

/** How the unique id of each kind begins. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
const PREFIXES: Record<Kind, string> = {
  user: 'AIDA',
  group: 'AGPA',
  role: 'AROA',
  policy: 'ANPA',
  'instance-profile': 'AIPA',
  'server-certificate': 'ASCA',
  'saml-provider': 'ASPA',
  'oidc-provider': 'AOPA',
  mfa: 'AMFA',
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** A unique id of 21 characters: `AROA…`. */
export function newId(prefix: string): string {
  const random = crypto.getRandomValues(new Uint8Array(17))
  return prefix + Array.from(random, byte => BASE32[byte & 31]).join('')
}

/** IAM's times have no milliseconds. */
export function seconds(ctx: Ctx): number {
  return Math.floor(ctx.now / 1000) * 1000
}

export function arnOfEntity(ctx: Ctx, { kind, path, name }: Pick<Entity, 'kind' | 'path' | 'name'>): string {
  return arnOf({ service: 'iam', account: ctx.place.account, resource: `${kind}${path}${name}` })
}

/** The kind's name tells the type of the details. */
export function entityOf<K extends Kind>(row: EntityRow): Entity<K> {
  return { ...row, kind: row.kind as K, details: JSON.parse(row.details) as Details[K] }
}

/** By name, which has no case. */
export function entityByName<K extends Kind>(ctx: Ctx, kind: K, name: string): Entity<K> | undefined {
  const row = ctx.sql.first<EntityRow>('SELECT * FROM iam_entities WHERE kind = ? AND name = ?', kind, name)
  return row && entityOf<K>(row)
}

export function entityById<K extends Kind>(ctx: Ctx, id: string): Entity<K> | undefined {
  const row = ctx.sql.first<EntityRow>('SELECT * FROM iam_entities WHERE id = ?', id)
  return row && entityOf<K>(row)
}

/** @throws NoSuchEntity */
export function findEntity<K extends Kind>(ctx: Ctx, kind: K, name: string): Entity<K> {
  const entity = entityByName(ctx, kind, name)
  if (!entity) throw missing(kind, name)
  return entity
}

export const findUser = (ctx: Ctx, name: string) => findEntity(ctx, 'user', name)
export const findGroup = (ctx: Ctx, name: string) => findEntity(ctx, 'group', name)
export const findRole = (ctx: Ctx, name: string) => findEntity(ctx, 'role', name)

/** What an input names. */
export type Find<Named> = (ctx: Ctx, input: Named) => GranteeEntity
export const byUserName = (ctx: Ctx, { UserName }: { UserName: string }) => findUser(ctx, UserName)
export const byGroupName = (ctx: Ctx, { GroupName }: { GroupName: string }) => findGroup(ctx, GroupName)
export const byRoleName = (ctx: Ctx, { RoleName }: { RoleName: string }) => findRole(ctx, RoleName)

/** By an ARN of this account; undefined when nothing of that kind has it. */
export function entityByArn<K extends Kind>(ctx: Ctx, kind: K, arn: string): Entity<K> | undefined {
  const parts = parseArn(arn)
  if (parts?.service !== 'iam' || parts.account !== ctx.place.account) return undefined
  if (!parts.resource.startsWith(`${kind}/`)) return undefined
  const rest = parts.resource.slice(kind.length + 1)
  // A provider's name is a URL, slashes and all.
  const name = kind === 'oidc-provider' ? rest : (rest.split('/').at(-1) ?? '')
  const entity = entityByName(ctx, kind, name)
  return entity && arnOfEntity(ctx, entity).toLowerCase() === arn.toLowerCase() ? entity : undefined
}

/** @throws InvalidInput when the text is no ARN, NoSuchEntity when it is of nothing here */
export function findByArn<K extends Kind>(ctx: Ctx, kind: K, arn: string): Entity<K> {
  if (!parseArn(arn)) throw invalidInput(`ARN ${arn} is not valid.`)
  const entity = entityByArn(ctx, kind, arn)
  if (!entity) throw missing(kind, arn)
  return entity
}

/** How many of each kind an account may have. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html */
export const QUOTAS: Partial<Record<Kind, { name: string; limit: number }>> = {
  user: { name: 'UsersPerAccount', limit: 5000 },
  group: { name: 'GroupsPerAccount', limit: 300 },
  role: { name: 'RolesPerAccount', limit: 1000 },
  policy: { name: 'PoliciesPerAccount', limit: 1500 },
  'instance-profile': { name: 'InstanceProfilesPerAccount', limit: 1000 },
  'server-certificate': { name: 'ServerCertificatesPerAccount', limit: 20 },
  'saml-provider': { name: 'SAMLProvidersPerAccount', limit: 100 },
  'oidc-provider': { name: 'OpenIdConnectProvidersPerAccount', limit: 100 },
}

export type NewEntity<K extends Kind> = {
  kind: K
  name: string
  path?: string | undefined
  boundary?: string | undefined
  details: Details[K]
}

/** Refuses a name that is taken, and one entity too many. */
export function checkNew(ctx: Ctx, kind: Kind, name: string): void {
  if (entityByName(ctx, kind, name)) throw nameTaken(kind, name)
  const quota = QUOTAS[kind]
  if (quota && countOf(ctx, kind) >= quota.limit) throw quotaExceeded(quota.name, quota.limit)
}

export function countOf(ctx: Ctx, kind: Kind): number {
  return count(ctx.sql, 'iam_entities WHERE kind = ?', kind)
}

/** Writes a new entity, which `checkNew` has passed. */
export function insertEntity<K extends Kind>(
  ctx: Tx,
  { kind, name, path, boundary, details }: NewEntity<K>,
): Entity<K> {
  const entity: Entity<K> = {
    id: newId(PREFIXES[kind]),
    kind,
    name,
    path: path ?? '/',
    createdAt: seconds(ctx),
    boundary: boundary ?? null,
    details,
  }
  insert(ctx.sql, 'iam_entities', {
    id: entity.id,
    kind,
    name,
    path: entity.path,
    createdAt: entity.createdAt,
    boundary: entity.boundary,
    details: JSON.stringify(details),
  })
  return entity
}

export function saveDetails<K extends Kind>(ctx: Tx, { id }: Entity<K>, details: Details[K]): void {
  ctx.sql.run('UPDATE iam_entities SET details = ? WHERE id = ?', JSON.stringify(details), id)
}

/** Gives an entity another name and path; AWS moves nothing else. */
export function renameEntity(
  ctx: Tx,
  entity: Entity<Kind>,
  to: { name?: string | undefined; path?: string | undefined },
): void {
  const { name = entity.name, path = entity.path } = to
  const other = entityByName(ctx, entity.kind, name)
  if (other && other.id !== entity.id) throw nameTaken(entity.kind, name)
  ctx.sql.run('UPDATE iam_entities SET name = ?, path = ? WHERE id = ?', name, path, entity.id)
  moveTags(ctx, arnOfEntity(ctx, entity), arnOfEntity(ctx, { ...entity, name, path }))
}

export function deleteEntity(ctx: Tx, entity: Entity<Kind>): void {
  ctx.sql.run('DELETE FROM iam_entities WHERE id = ?', entity.id)
  dropTags(ctx, arnOfEntity(ctx, entity))
}

export type GranteeEntity = Entity<Grantee>
