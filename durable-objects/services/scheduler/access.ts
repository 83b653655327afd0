import type { Ctx } from '../../kernel/object/operation.ts'
import { arnAt } from '../../../aws/arn.ts'
import { type Access, type Input, textOf } from '../../shared/policy-access.ts'

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoneventbridgescheduler.html */
export function schedulerAccess(ctx: Ctx, input: Input): Access[] {
  const resource = resourceOf(ctx, input)
  return [{ action: `scheduler:${ctx.operation}`, resource }, ...passedRole(input, resource)]
}

/** Whoever gives a schedule a role must be allowed to pass it. */
function passedRole({ Target }: Input, scheduleArn: string): Access[] {
  const role = typeof Target === 'object' && Target !== null ? Reflect.get(Target, 'RoleArn') : undefined
  if (typeof role !== 'string') return []
  const context = { 'iam:PassedToService': 'scheduler.amazonaws.com', 'iam:AssociatedResourceArn': scheduleArn }
  return [{ action: 'iam:PassRole', resource: role, context, elsewhere: true }]
}

function resourceOf(ctx: Ctx, { Name, GroupName, ResourceArn }: Input): string {
  const { operation, place } = ctx
  if (typeof ResourceArn === 'string') return ResourceArn
  if (typeof Name !== 'string') return '*'
  const named = operation.endsWith('Group')
    ? `schedule-group/${Name}`
    : `schedule/${textOf(GroupName) || 'default'}/${Name}`
  return arnAt(place, 'scheduler', named)
}
