import type { AttachedPermissionsBoundary } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { byUserName, entityByArn, type Find, findRole, type GranteeEntity } from './entities.ts'
import { managedPolicy } from '../policies/managed-policies.ts'
import { isManagedByAws } from '../policies/policy-arns.ts'
import { noSuchEntity, protectedRole, validationError } from '../refusals.ts'
import type { Entity } from '../schema.ts'

/** Refuses a boundary that is no managed policy. */
export function checkBoundary(ctx: Ctx, arn: string | undefined): void {
  if (arn === undefined) return
  if (!/^arn:aws[a-z-]*:iam::(?:aws|\d{12}):policy\/.+/.test(arn)) {
    throw validationError(`Value (${arn}) for parameter PermissionsBoundary is invalid.`)
  }
  const known = isManagedByAws(arn) ? managedPolicy(arn) : entityByArn(ctx, 'policy', arn)
  if (!known) throw noSuchEntity(`Scope ARN: ${arn} does not exist or is not attachable.`)
}

export function shownBoundary({ boundary }: Pick<Entity, 'boundary'>): {
  PermissionsBoundary?: AttachedPermissionsBoundary
} {
  if (boundary === null) return {}
  return {
    PermissionsBoundary: { PermissionsBoundaryType: 'PermissionsBoundaryPolicy', PermissionsBoundaryArn: boundary },
  }
}

function put(ctx: Tx, { id }: GranteeEntity, arn: string | null): void {
  if (arn !== null) checkBoundary(ctx, arn)
  ctx.sql.run('UPDATE iam_entities SET boundary = ? WHERE id = ?', arn, id)
}

/** A role that its account may change; a service-linked one it may not. */
export function ownRole(ctx: Ctx, name: string): Entity<'role'> {
  const role = findRole(ctx, name)
  if (role.details.service !== undefined) throw protectedRole(role.name)
  return role
}

export const byOwnRoleName = (ctx: Ctx, { RoleName }: { RoleName: string }) => ownRole(ctx, RoleName)

function boundariesOf<Named>(find: Find<Named>) {
  return {
    put: (tx: Tx, input: Named & { PermissionsBoundary: string }) =>
      put(tx, find(tx, input), input.PermissionsBoundary),
    remove: (tx: Tx, input: Named) => put(tx, find(tx, input), null),
  }
}

/**
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePermissionsBoundary.html and
 * API_DeleteRolePermissionsBoundary.html; so for users
 */
export const { put: PutRolePermissionsBoundary, remove: DeleteRolePermissionsBoundary } = boundariesOf(byOwnRoleName)
export const { put: PutUserPermissionsBoundary, remove: DeleteUserPermissionsBoundary } = boundariesOf(byUserName)
