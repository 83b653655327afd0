import type {
  PrincipalPolicy,
  PrincipalQuery,
  PrincipalUse,
  PrincipalView,
} from '../../../authorization/principal-view.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { parseArn, rootArn } from '../../../../aws/arn.ts'
import { attachedArns } from '../policies/attachments.ts'
import { arnOfEntity, entityByArn, entityById, entityByName, type GranteeEntity, seconds } from './entities.ts'
import { groupsOf } from './groups.ts'
import { inlinePoliciesOf } from '../policies/inline-policies.ts'
import { documentOf, policyNameOf } from '../policies/policy-arns.ts'
import type { AccessKeyRow, Entity } from '../schema.ts'
import { tagsOf } from './tags.ts'

/** What authorization, STS and the emulator's own endpoints ask of principals. */
export type PrincipalOperations = {
  FindPrincipal: { input: PrincipalQuery; output: PrincipalView | undefined }
}

/** Who has an access key, a role's or user's ARN, a user's name; where IAM knows. */
export function FindPrincipal(ctx: Tx, query: PrincipalQuery): PrincipalView | undefined {
  const { policyArns, use } = query
  const found = 'accessKeyId' in query ? byKey(ctx, query.accessKeyId) : byName(ctx, query)
  if (!found) return undefined
  if (use) noteUse(ctx, found, use)
  const sessionPolicies = policyArns?.flatMap(arn => managed(ctx, 'session', arn))
  return { ...viewOf(ctx, found), ...(sessionPolicies && { sessionPolicies }) }
}

type Found = { entity?: Entity<'user'> | Entity<'role'> | undefined; key?: AccessKeyRow }

function byKey(ctx: Ctx, id: string): Found | undefined {
  const key = ctx.sql.first<AccessKeyRow>('SELECT * FROM iam_access_keys WHERE id = ?', id)
  const entity = key && entityById<'user'>(ctx, key.user)
  return entity && { entity, key }
}

function byName(ctx: Ctx, query: { arn: string } | { userName: string }): Found | undefined {
  if ('arn' in query) return byArn(ctx, query.arn)
  const entity = entityByName(ctx, 'user', query.userName)
  return entity && { entity }
}

/** A session's ARN has its role's name, without the path. */
function byArn(ctx: Ctx, arn: string): Found | undefined {
  const { service, account, resource = '' } = parseArn(arn) ?? {}
  if (account !== ctx.place.account) return undefined
  if (resource === 'root') return {}
  const session = service === 'sts' ? /^assumed-role\/([^/]+)/.exec(resource)?.[1] : undefined
  const entity = session
    ? entityByName(ctx, 'role', session)
    : (entityByArn(ctx, 'role', arn) ?? entityByArn(ctx, 'user', arn))
  return entity && { entity }
}

function viewOf(ctx: Ctx, { entity, key }: Found): PrincipalView {
  const none = { tags: {}, policies: [], boundary: null, groups: [] }
  const { account } = ctx.place
  if (!entity) return { arn: rootArn(account), userId: account, kind: 'root', name: 'root', path: '/', ...none }
  const groups = entity.kind === 'user' ? groupsOf(ctx, entity) : []
  const [boundary = null] = entity.boundary === null ? [] : managed(ctx, ownerOf(entity), entity.boundary)
  return {
    arn: arnOfEntity(ctx, entity),
    userId: entity.id,
    kind: entity.kind,
    name: entity.name,
    path: entity.path,
    ...(key && { accessKeyStatus: key.status, secretAccessKey: key.secret }),
    tags: Object.fromEntries(tagsOf(ctx, entity).map(({ Key, Value }) => [Key, Value])),
    policies: [entity, ...groups].flatMap(owner => policiesOf(ctx, owner)),
    boundary,
    groups: groups.map(({ name }) => name),
    ...(entity.kind === 'role' && { trust: entity.details.trust, maxSession: entity.details.maxSession }),
  }
}

const ownerOf = ({ kind, name }: GranteeEntity) => `${kind}/${name}`

/** The policies of one, inline and attached, but for its groups'. */
export function policiesOf(ctx: Ctx, entity: GranteeEntity): PrincipalPolicy[] {
  const owner = ownerOf(entity)
  const inline = inlinePoliciesOf(ctx, entity).map(policy => ({ ...policy, arn: null, owner }))
  return [...inline, ...attachedArns(ctx, entity).flatMap(arn => managed(ctx, owner, arn))]
}

function managed(ctx: Ctx, owner: string, arn: string): PrincipalPolicy[] {
  const document = documentOf(ctx, arn)
  return document === undefined ? [] : [{ name: policyNameOf(arn), arn, document, owner }]
}

const NOTED_EVERY_MS = 60_000

/** Notes when a key or role was last used, to the minute: a use is no reason to write each time. */
function noteUse(ctx: Tx, { entity, key }: Found, { service, region }: PrincipalUse): void {
  const now = seconds(ctx)
  if (key) {
    const recent = key.usedAt !== null && Math.abs(now - key.usedAt) < NOTED_EVERY_MS
    if (recent && key.usedService === service && key.usedRegion === region) return
    const query = 'UPDATE iam_access_keys SET usedAt = ?, usedService = ?, usedRegion = ? WHERE id = ?'
    ctx.sql.run(query, now, service, region, key.id)
    return
  }
  if (entity?.kind !== 'role' || Math.abs(now - (entity.details.usedAt ?? 0)) < NOTED_EVERY_MS) return
  const details = { ...entity.details, usedAt: now, usedRegion: region }
  ctx.sql.run('UPDATE iam_entities SET details = ? WHERE id = ?', JSON.stringify(details), entity.id)
}
