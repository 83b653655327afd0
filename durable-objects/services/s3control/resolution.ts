import type { Ctx } from '../../kernel/object/operation.ts'
import type { NamedPoint } from '../../shared/access-point-names.ts'
import { nameIn, objectLambdaArn } from './names.ts'
import { type AccessPointRow, configurationOf, type ObjectLambdaRow } from './schema.ts'

/** What stands behind an access point for an operation: a bucket, or the Object Lambda access point of an ARN. */
export type Resolution = { bucket: string } | { objectLambda: string }

/** What the edge asks of a request that names an access point, by its name or its alias. */
export type ResolutionOperations = {
  ResolveAccessPoint: {
    input: { kind: NamedPoint['kind']; name?: string | undefined; alias?: string | undefined; operation: string }
    output: Resolution | undefined
  }
}

/**
 * Where a request to an access point goes. What an Object Lambda access point does not transform goes to its supporting
 * access point's bucket.
 */
export function ResolveAccessPoint(
  ctx: Ctx,
  { kind, name = '', alias = '', operation }: ResolutionOperations['ResolveAccessPoint']['input'],
): Resolution | undefined {
  if (kind === 'access-point') return bucketOf(ctx, { name, alias })
  const row = ctx.sql.first<ObjectLambdaRow>(
    'SELECT * FROM s3control_object_lambda_points WHERE name = ? OR alias = ?',
    name,
    alias,
  )
  if (!row) return undefined
  const { TransformationConfigurations, SupportingAccessPoint } = configurationOf(row)
  const transformed = TransformationConfigurations.some(({ Actions }) => Actions.includes(operation))
  if (transformed) return { objectLambda: objectLambdaArn(ctx.place, row.name) }
  return bucketOf(ctx, { name: nameIn(ctx.place, SupportingAccessPoint) ?? '', alias: '' })
}

function bucketOf(ctx: Ctx, { name, alias }: { name: string; alias: string }): Resolution | undefined {
  const query = 'SELECT * FROM s3control_access_points WHERE name = ? OR alias = ?'
  const row = ctx.sql.first<AccessPointRow>(query, name, alias)
  return row && { bucket: row.bucket }
}
