import type { Ctx } from '../../kernel/object/operation.ts'
import type { AccessPointRow } from './schema.ts'

/** An access point as `/_fakecloud/s3/access-points` shows it. */
export type AccessPointView = {
  name: string
  alias: string
  bucket: string
  accountId: string
  networkOrigin: string
  vpcConfiguration?: string
  publicAccessBlock?: string
  createdAt: string
}

export function accessPoints(ctx: Ctx): AccessPointView[] {
  return ctx.sql.all<AccessPointRow>('SELECT * FROM s3control_access_points ORDER BY name').map(row => ({
    name: row.name,
    alias: row.alias,
    bucket: row.bucket,
    accountId: ctx.place.account,
    networkOrigin: row.vpc === null ? 'Internet' : 'VPC',
    ...(row.vpc !== null && { vpcConfiguration: row.vpc }),
    publicAccessBlock: row.publicAccessBlock,
    createdAt: new Date(row.createdAt).toISOString(),
  }))
}
