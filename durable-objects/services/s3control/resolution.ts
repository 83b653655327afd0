import type { Ctx } from '../../kernel/object/operation.ts'
import { nameIn, objectLambdaArn } from './names.ts'
import { type AccessPointRow, configurationOf, type ObjectLambdaRow } from './schema.ts'

/** What stands behind an access point for an operation: a bucket, or the Object Lambda access point of an ARN. */
export type Resolution = { bucket: string } | { objectLambda: string }

/**
 * Where a request to an access point goes. What an Object Lambda access point does not transform goes to its supporting
 * access point's bucket.
 * @param parameters `kind`, `name` or `alias`, `operation`
 */
export function resolve(ctx: Ctx, parameters: Record<string, string>): Resolution | null {
  const { kind, name = '', alias = '', operation = '' } = parameters
  if (kind === 'access-point') return bucketOf(ctx, { name, alias })
  const row = ctx.sql.first<ObjectLambdaRow>(
    'SELECT * FROM s3control_object_lambda_points WHERE name = ? OR alias = ?',
    name,
    alias,
  )
  if (!row) return null
  const { TransformationConfigurations, SupportingAccessPoint } = configurationOf(row)
  const transformed = TransformationConfigurations.some(({ Actions }) => Actions.includes(operation))
  if (transformed) return { objectLambda: objectLambdaArn(ctx.place, row.name) }
  return bucketOf(ctx, { name: nameIn(ctx.place, SupportingAccessPoint) ?? '', alias: '' })
}

function bucketOf(ctx: Ctx, { name, alias }: { name: string; alias: string }): Resolution | null {
  const query = 'SELECT * FROM s3control_access_points WHERE name = ? OR alias = ?'
  const row = ctx.sql.first<AccessPointRow>(query, name, alias)
  return row ? { bucket: row.bucket } : null
}
