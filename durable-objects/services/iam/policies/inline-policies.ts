import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { byOwnRoleName } from '../entities/boundaries.ts'
import { encoded, sizeOf } from './documents.ts'
import { byGroupName, byRoleName, byUserName, type Find, type GranteeEntity } from '../entities/entities.ts'
import { type Paged, type Paging, pageOf } from '../entities/listings.ts'
import { checkIdentityPolicy } from '../../../shared/policy-grammar.ts'
import { limitExceeded, noSuchEntity } from '../refusals.ts'
import type { Grantee } from '../schema.ts'

type InlinePolicy = { name: string; document: string }

/** How long all inline policies of one may be together, white space aside. */
const MAX_SIZE: Record<Grantee, number> = { user: 2048, group: 5120, role: 10_240 }

export function inlinePoliciesOf(ctx: Ctx, { id }: Pick<GranteeEntity, 'id'>): InlinePolicy[] {
  return ctx.sql.all<InlinePolicy>('SELECT name, document FROM iam_inline_policies WHERE entity = ? ORDER BY name', id)
}

function put(ctx: Tx, owner: GranteeEntity, { name, document }: InlinePolicy): void {
  checkIdentityPolicy(document, { managed: false })
  const others = inlinePoliciesOf(ctx, owner).filter(policy => policy.name !== name)
  const size = others.reduce((sum, policy) => sum + sizeOf(policy.document), sizeOf(document))
  const limit = MAX_SIZE[owner.kind]
  if (size > limit) {
    throw limitExceeded(`Maximum policy size of ${limit} bytes exceeded for ${owner.kind} ${owner.name}`)
  }
  replace(ctx.sql, 'iam_inline_policies', { entity: owner.id, name, document })
}

const missingPolicy = (kind: Grantee, name: string) =>
  noSuchEntity(`The ${kind} policy with name ${name} cannot be found.`)

function get(ctx: Ctx, { id, kind }: GranteeEntity, name: string): string {
  const row = ctx.sql.first<InlinePolicy>(
    'SELECT name, document FROM iam_inline_policies WHERE entity = ? AND name = ?',
    id,
    name,
  )
  if (!row) throw missingPolicy(kind, name)
  return encoded(row.document)
}

function remove(ctx: Tx, { id, kind }: GranteeEntity, name: string): void {
  ctx.sql.run('DELETE FROM iam_inline_policies WHERE entity = ? AND name = ?', id, name)
  if (ctx.sql.changes() === 0) throw missingPolicy(kind, name)
}

function list(ctx: Ctx, { id }: GranteeEntity, paging: Paging): { PolicyNames: string[] } & Paged {
  const query = { select: 'name', from: 'iam_inline_policies', where: { 'entity = ?': id }, key: 'name' }
  const { rows, end } = pageOf<{ name: string }>(ctx, paging, query)
  return { PolicyNames: rows.map(({ name }) => name), ...end }
}

/** @param own who may be changed, where not all that can be found may */
function inlineOf<Named, Shown>({ find, own = find, show }: Owners<Named, Shown>) {
  return {
    put: (tx: Tx, input: Named & { PolicyName: string; PolicyDocument: string }) =>
      put(tx, own(tx, input), { name: input.PolicyName, document: input.PolicyDocument }),
    get: (ctx: Ctx, input: Named & { PolicyName: string }) => {
      const owner = find(ctx, input)
      return { ...show(owner), PolicyName: input.PolicyName, PolicyDocument: get(ctx, owner, input.PolicyName) }
    },
    remove: (tx: Tx, input: Named & { PolicyName: string }) => remove(tx, own(tx, input), input.PolicyName),
    list: (ctx: Ctx, input: Named & Paging) => list(ctx, find(ctx, input), input),
  }
}
type Owners<Named, Shown> = { find: Find<Named>; own?: Find<Named>; show: (owner: GranteeEntity) => Shown }

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html, API_GetRolePolicy.html,
 * API_DeleteRolePolicy.html and API_ListRolePolicies.html; so for users and groups
 */
export const {
  put: PutRolePolicy,
  get: GetRolePolicy,
  remove: DeleteRolePolicy,
  list: ListRolePolicies,
} = inlineOf({ find: byRoleName, own: byOwnRoleName, show: ({ name }) => ({ RoleName: name }) })
export const {
  put: PutUserPolicy,
  get: GetUserPolicy,
  remove: DeleteUserPolicy,
  list: ListUserPolicies,
} = inlineOf({ find: byUserName, show: ({ name }) => ({ UserName: name }) })
export const {
  put: PutGroupPolicy,
  get: GetGroupPolicy,
  remove: DeleteGroupPolicy,
  list: ListGroupPolicies,
} = inlineOf({ find: byGroupName, show: ({ name }) => ({ GroupName: name }) })
