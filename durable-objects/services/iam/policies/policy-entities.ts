import type { In, Out } from '../../../../aws/models/iam.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { arnOfEntity, entityByArn } from '../entities/entities.ts'
import { pageOfAll } from '../entities/listings.ts'
import { managedPolicy } from './managed-policies.ts'
import { isManagedByAws } from './policy-arns.ts'
import { missing } from '../refusals.ts'

type Row = { id: string; kind: string; name: string; path: string }

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListEntitiesForPolicy.html */
export function ListEntitiesForPolicy(ctx: Ctx, input: In<'ListEntitiesForPolicy'>): Out<'ListEntitiesForPolicy'> {
  const { EntityFilter, PathPrefix = '/', PolicyUsageFilter } = input
  const arn = arnOfPolicy(ctx, input.PolicyArn)
  const wanted = (row: Row) =>
    row.path.startsWith(PathPrefix) && (EntityFilter === undefined || EntityFilter.toLowerCase() === row.kind)
  const rows = [
    ...(PolicyUsageFilter === 'PermissionsBoundary' ? [] : attachedTo(ctx, arn)),
    ...(PolicyUsageFilter === 'PermissionsPolicy' ? [] : boundedBy(ctx, arn)),
  ].filter(wanted)
  const distinct = [...new Map(rows.map(row => [row.id, row])).values()].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const page = pageOfAll(ctx, input, { rows: distinct, key: keyOf })
  const kind = (name: string) => page.rows.filter(row => row.kind === name)
  return {
    PolicyGroups: kind('group').map(({ name, id }) => ({ GroupName: name, GroupId: id })),
    PolicyUsers: kind('user').map(({ name, id }) => ({ UserName: name, UserId: id })),
    PolicyRoles: kind('role').map(({ name, id }) => ({ RoleName: name, RoleId: id })),
    ...page.end,
  }
}

const keyOf = ({ kind, name }: Row) => `${kind}/${name}`

/** The policy's ARN as it is attached; refused where there is none. */
function arnOfPolicy(ctx: Ctx, arn: string): string {
  if (isManagedByAws(arn)) {
    if (managedPolicy(arn)) return arn
    throw missing('policy', arn)
  }
  const policy = entityByArn(ctx, 'policy', arn)
  if (!policy) throw missing('policy', arn)
  return arnOfEntity(ctx, policy)
}

function attachedTo(ctx: Ctx, arn: string): Row[] {
  return ctx.sql.all<Row>(
    'SELECT e.id, e.kind, e.name, e.path FROM iam_attachments a JOIN iam_entities e ON e.id = a.entity WHERE a.policyArn = ?',
    arn,
  )
}

function boundedBy(ctx: Ctx, arn: string): Row[] {
  return ctx.sql.all<Row>('SELECT id, kind, name, path FROM iam_entities WHERE boundary = ?', arn)
}
