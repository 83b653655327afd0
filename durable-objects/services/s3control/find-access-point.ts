import type { Ctx } from '../../kernel/object/operation.ts'
import { nameIn } from './names.ts'
import { accessDenied, noSuchAccessPoint } from './refusals.ts'
import type { AccessPointRow } from './schema.ts'

/** Requests name the account that they are for, which must be the caller's. */
export function checkAccount(ctx: Ctx, accountId: string): void {
  if (accountId !== ctx.place.account) throw accessDenied()
}

/** By its name, or its ARN. */
export function findAccessPoint(ctx: Ctx, name: string): AccessPointRow {
  const own = nameIn(ctx.place, name)
  const row = own && ctx.sql.first<AccessPointRow>('SELECT * FROM s3control_access_points WHERE name = ?', own)
  if (!row) throw noSuchAccessPoint()
  return row
}
