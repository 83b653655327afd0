import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { deleteEntity, entityByName, findRole, insertEntity, seconds } from './entities.ts'
import { managedPolicy } from '../policies/managed-policies.ts'
import { invalidInput, noSuchEntity } from '../refusals.ts'
import { shownRole } from './roles.ts'
import type { Entity } from '../schema.ts'
import { serviceRoleName, serviceRolePolicy } from './service-role-names.ts'

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html */
export function CreateServiceLinkedRole(ctx: Tx, input: In<'CreateServiceLinkedRole'>): Out<'CreateServiceLinkedRole'> {
  const { AWSServiceName: service, CustomSuffix, Description } = input
  if (!/^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.amazonaws\.com(?:\.cn)?$/.test(service)) {
    throw invalidInput(`The service name ${service} is not valid.`)
  }
  const name = serviceRoleName(service) + (CustomSuffix === undefined ? '' : `_${CustomSuffix}`)
  if (entityByName(ctx, 'role', name)) {
    const advice = 'has been taken in this account, please try a different suffix.'
    throw invalidInput(`Service role name ${name} ${advice}`)
  }
  const trust = JSON.stringify({
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: { Service: service }, Action: 'sts:AssumeRole' }],
  })
  const details = { trust, ...(Description !== undefined && { description: Description }), maxSession: 3600, service }
  const role = insertEntity(ctx, { kind: 'role', name, path: `/aws-service-role/${service}/`, details })
  attachOwnPolicy(ctx, role, service)
  return { Role: shownRole(ctx, role) }
}

/** The policy that AWS attaches for the service, where it is among those at hand. */
function attachOwnPolicy(ctx: Tx, { id }: Entity<'role'>, service: string): void {
  const policyName = serviceRolePolicy(service)
  const arn = `arn:aws:iam::aws:policy/aws-service-role/${policyName}`
  if (policyName === undefined || !managedPolicy(arn)) return
  insert(ctx.sql, 'iam_attachments', { entity: id, policyArn: arn, kind: 'role' })
}

/**
 * AWS looks for what still uses the role, and deletes it later; here it goes at once.
 * https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteServiceLinkedRole.html
 */
export function DeleteServiceLinkedRole(ctx: Tx, input: In<'DeleteServiceLinkedRole'>): Out<'DeleteServiceLinkedRole'> {
  const role = findRole(ctx, input.RoleName)
  const { service } = role.details
  if (service === undefined) throw invalidInput(`Role ${role.name} is not a service-linked role.`)
  const id = `task/aws-service-role/${service}/${role.name}/${crypto.randomUUID()}`
  ctx.sql.run('DELETE FROM iam_attachments WHERE entity = ?', role.id)
  deleteEntity(ctx, role)
  insert(ctx.sql, 'iam_jobs', { id, createdAt: seconds(ctx), details: '{}' })
  return { DeletionTaskId: id }
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetServiceLinkedRoleDeletionStatus.html */
export function GetServiceLinkedRoleDeletionStatus(
  ctx: Ctx,
  { DeletionTaskId }: In<'GetServiceLinkedRoleDeletionStatus'>,
): Out<'GetServiceLinkedRoleDeletionStatus'> {
  const known = ctx.sql.first('SELECT 1 FROM iam_jobs WHERE id = ?', DeletionTaskId)
  if (!known) throw noSuchEntity(`Deletion task ${DeletionTaskId} cannot be found.`)
  return { Status: 'SUCCEEDED' }
}
