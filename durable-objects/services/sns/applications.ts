import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { arnAt } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { invalidParameter, paging } from './refusals.ts'
import type { Attributes } from './schema.ts'

type ApplicationRow = { arn: string; attributes: string }

const PLATFORMS = [
  'ADM',
  'APNS',
  'APNS_SANDBOX',
  'APNS_VOIP',
  'APNS_VOIP_SANDBOX',
  'MACOS',
  'MACOS_SANDBOX',
  'MPNS',
  'WNS',
  'GCM',
  'FCM',
  'BAIDU',
]
/** Never shown again. */
const SECRETS = ['PlatformCredential', 'PlatformPrincipal']

export function findApplication(ctx: Ctx, arn: string): ApplicationRow {
  const row = ctx.sql.first<ApplicationRow>('SELECT * FROM sns_applications WHERE arn = ?', arn)
  if (!row) throw new AwsError('NotFoundException', 'PlatformApplication does not exist')
  return row
}

/** https://docs.aws.amazon.com/sns/latest/api/API_CreatePlatformApplication.html */
export function CreatePlatformApplication(
  ctx: Tx,
  { Name, Platform, Attributes: attributes }: In<'CreatePlatformApplication'>,
): Out<'CreatePlatformApplication'> {
  if (!/^[A-Za-z0-9._-]{1,256}$/.test(Name)) throw invalidParameter(`Name Reason: ${Name} is not a valid name`)
  if (!PLATFORMS.includes(Platform)) throw invalidParameter(`Platform Reason: ${Platform} is not supported`)
  if (!attributes.PlatformCredential) throw invalidParameter('Attributes Reason: PlatformCredential: must not be empty')
  const arn = arnAt(ctx.place, 'sns', `app/${Platform}/${Name}`)
  replace(ctx.sql, 'sns_applications', { arn, attributes: JSON.stringify(attributes) })
  return { PlatformApplicationArn: arn }
}

function shown({ attributes }: ApplicationRow): Attributes {
  const all = JSON.parse(attributes) as Attributes // written above
  return { Enabled: 'true', ...Object.fromEntries(Object.entries(all).filter(([name]) => !SECRETS.includes(name))) }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_GetPlatformApplicationAttributes.html */
export function GetPlatformApplicationAttributes(
  ctx: Ctx,
  { PlatformApplicationArn }: In<'GetPlatformApplicationAttributes'>,
): Out<'GetPlatformApplicationAttributes'> {
  return { Attributes: shown(findApplication(ctx, PlatformApplicationArn)) }
}

/** https://docs.aws.amazon.com/sns/latest/api/API_SetPlatformApplicationAttributes.html */
export function SetPlatformApplicationAttributes(ctx: Tx, input: In<'SetPlatformApplicationAttributes'>): void {
  const { arn, attributes } = findApplication(ctx, input.PlatformApplicationArn)
  const all = { ...(JSON.parse(attributes) as Attributes), ...input.Attributes } // likewise
  ctx.sql.run('UPDATE sns_applications SET attributes = ? WHERE arn = ?', JSON.stringify(all), arn)
}

/** Its endpoints stay. https://docs.aws.amazon.com/sns/latest/api/API_DeletePlatformApplication.html */
export function DeletePlatformApplication(ctx: Tx, input: In<'DeletePlatformApplication'>): void {
  ctx.sql.run('DELETE FROM sns_applications WHERE arn = ?', input.PlatformApplicationArn)
}

/** https://docs.aws.amazon.com/sns/latest/api/API_ListPlatformApplications.html */
export function ListPlatformApplications(
  ctx: Ctx,
  input: In<'ListPlatformApplications'>,
): Out<'ListPlatformApplications'> {
  const { rows, next } = listing<ApplicationRow>(ctx, paging(input), { from: 'sns_applications', key: 'arn' })
  const PlatformApplications = rows.map(row => ({ PlatformApplicationArn: row.arn, Attributes: shown(row) }))
  return { PlatformApplications, NextToken: next }
}
