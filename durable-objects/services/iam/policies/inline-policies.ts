import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { ownRole } from '../entities/boundaries.ts'
import { encoded, sizeOf } from './documents.ts'
import { findGroup, findRole, findUser, type GranteeEntity } from '../entities/entities.ts'
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

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html */
export function PutRolePolicy(ctx: Tx, input: In<'PutRolePolicy'>): void {
  put(ctx, ownRole(ctx, input.RoleName), { name: input.PolicyName, document: input.PolicyDocument })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutUserPolicy.html */
export function PutUserPolicy(ctx: Tx, input: In<'PutUserPolicy'>): void {
  put(ctx, findUser(ctx, input.UserName), { name: input.PolicyName, document: input.PolicyDocument })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutGroupPolicy.html */
export function PutGroupPolicy(ctx: Tx, input: In<'PutGroupPolicy'>): void {
  put(ctx, findGroup(ctx, input.GroupName), { name: input.PolicyName, document: input.PolicyDocument })
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetRolePolicy.html */
export function GetRolePolicy(ctx: Ctx, input: In<'GetRolePolicy'>): Out<'GetRolePolicy'> {
  const role = findRole(ctx, input.RoleName)
  const PolicyDocument = get(ctx, role, input.PolicyName)
  return { RoleName: role.name, PolicyName: input.PolicyName, PolicyDocument }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUserPolicy.html */
export function GetUserPolicy(ctx: Ctx, input: In<'GetUserPolicy'>): Out<'GetUserPolicy'> {
  const user = findUser(ctx, input.UserName)
  const PolicyDocument = get(ctx, user, input.PolicyName)
  return { UserName: user.name, PolicyName: input.PolicyName, PolicyDocument }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetGroupPolicy.html */
export function GetGroupPolicy(ctx: Ctx, input: In<'GetGroupPolicy'>): Out<'GetGroupPolicy'> {
  const group = findGroup(ctx, input.GroupName)
  const PolicyDocument = get(ctx, group, input.PolicyName)
  return { GroupName: group.name, PolicyName: input.PolicyName, PolicyDocument }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRolePolicy.html */
export function DeleteRolePolicy(ctx: Tx, input: In<'DeleteRolePolicy'>): void {
  remove(ctx, ownRole(ctx, input.RoleName), input.PolicyName)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUserPolicy.html */
export function DeleteUserPolicy(ctx: Tx, input: In<'DeleteUserPolicy'>): void {
  remove(ctx, findUser(ctx, input.UserName), input.PolicyName)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroupPolicy.html */
export function DeleteGroupPolicy(ctx: Tx, input: In<'DeleteGroupPolicy'>): void {
  remove(ctx, findGroup(ctx, input.GroupName), input.PolicyName)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListRolePolicies.html */
export function ListRolePolicies(ctx: Ctx, input: In<'ListRolePolicies'>): Out<'ListRolePolicies'> {
  return list(ctx, findRole(ctx, input.RoleName), input)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListUserPolicies.html */
export function ListUserPolicies(ctx: Ctx, input: In<'ListUserPolicies'>): Out<'ListUserPolicies'> {
  return list(ctx, findUser(ctx, input.UserName), input)
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListGroupPolicies.html */
export function ListGroupPolicies(ctx: Ctx, input: In<'ListGroupPolicies'>): Out<'ListGroupPolicies'> {
  return list(ctx, findGroup(ctx, input.GroupName), input)
}
