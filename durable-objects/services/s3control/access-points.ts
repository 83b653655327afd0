import type { In, Out, PublicAccessBlockConfiguration } from '../../../aws/models/s3control.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count, insert } from '../../kernel/object/rows.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { accessPointAlias, accessPointArn } from './names.ts'
import { accessDenied, alreadyOwned, invalidRequest, paging } from './refusals.ts'
import type { AccessPointRow } from './schema.ts'
import { accessPointTags } from './tags.ts'
import { checkAccount, findAccessPoint } from './find-access-point.ts'

const MOST = 10_000

/** @throws AwsError for a name that no access point can have */
export function checkName(name: string): void {
  if (/^[a-z0-9](?:[a-z0-9-]{1,48})[a-z0-9]$/.test(name) && !/-s3alias$|--ol-s3$|^xn--/.test(name)) return
  throw invalidRequest('The specified accesspoint name is not valid')
}

const BLOCK_ALL: PublicAccessBlockConfiguration = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_CreateAccessPoint.html */
export async function CreateAccessPoint(ctx: Ctx, input: In<'CreateAccessPoint'>): Promise<Out<'CreateAccessPoint'>> {
  const { AccountId, Name, Bucket, VpcConfiguration, PublicAccessBlockConfiguration = BLOCK_ALL } = input
  checkAccount(ctx, AccountId)
  checkName(Name)
  if (input.Scope) throw invalidRequest('Scope is for access points of directory buckets')
  const arn = accessPointArn(ctx.place, Name)
  accessPointTags.check(arn, input.Tags)
  await checkBucket(ctx, input)
  if (ctx.sql.first('SELECT 1 FROM s3control_access_points WHERE name = ?', Name)) throw alreadyOwned()
  if (count(ctx.sql, 's3control_access_points') >= MOST)
    throw new AwsError('TooManyAccessPoints', 'You have attempted to create more accesspoints than allowed')
  const alias = accessPointAlias(ctx.place, Name)
  ctx.change(tx => {
    insert(tx.sql, 's3control_access_points', {
      name: Name,
      alias,
      bucket: Bucket,
      createdAt: tx.now,
      vpc: VpcConfiguration?.VpcId,
      publicAccessBlock: JSON.stringify(PublicAccessBlockConfiguration),
    })
    accessPointTags.set(tx, arn, input.Tags)
  })
  return { AccessPointArn: arn, Alias: alias }
}

/** The bucket must be there, and belong to who it is said to. */
async function checkBucket(ctx: Ctx, { Bucket, BucketAccountId }: In<'CreateAccessPoint'>): Promise<void> {
  const { account } = ctx.place
  const bucket = await ctx.call('s3', 'DescribeBucket', { Bucket }, { caller: { accountId: account } })
  if (bucket.owner !== (BucketAccountId ?? account)) throw accessDenied()
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_GetAccessPoint.html */
export function GetAccessPoint(ctx: Ctx, { AccountId, Name }: In<'GetAccessPoint'>): Out<'GetAccessPoint'> {
  checkAccount(ctx, AccountId)
  const row = findAccessPoint(ctx, Name)
  const { region } = ctx.place
  return {
    ...summaryOf(ctx, row),
    PublicAccessBlockConfiguration: JSON.parse(row.publicAccessBlock) as PublicAccessBlockConfiguration, // as created
    CreationDate: new Date(row.createdAt),
    Endpoints: {
      ipv4: `s3-accesspoint.${region}.amazonaws.com`,
      dualstack: `s3-accesspoint.dualstack.${region}.amazonaws.com`,
      fips: `s3-accesspoint-fips.${region}.amazonaws.com`,
      fips_dualstack: `s3-accesspoint-fips.dualstack.${region}.amazonaws.com`,
    },
  }
}

function summaryOf(ctx: Ctx, { name, bucket, alias, vpc }: AccessPointRow) {
  return {
    Name: name,
    Bucket: bucket,
    NetworkOrigin: vpc === null ? 'Internet' : 'VPC',
    ...(vpc !== null && { VpcConfiguration: { VpcId: vpc } }),
    Alias: alias,
    AccessPointArn: accessPointArn(ctx.place, name),
    BucketAccountId: ctx.place.account,
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_ListAccessPoints.html */
export function ListAccessPoints(ctx: Ctx, input: In<'ListAccessPoints'>): Out<'ListAccessPoints'> {
  checkAccount(ctx, input.AccountId)
  const query = { from: 's3control_access_points', where: { 'bucket = ?': input.Bucket }, key: 'name' }
  const { rows, next } = listing<AccessPointRow>(ctx, paging(input), query)
  return { AccessPointList: rows.map(row => summaryOf(ctx, row)), NextToken: next }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_DeleteAccessPoint.html */
export function DeleteAccessPoint(ctx: Tx, { AccountId, Name }: In<'DeleteAccessPoint'>): void {
  checkAccount(ctx, AccountId)
  const { name } = findAccessPoint(ctx, Name)
  ctx.sql.run('DELETE FROM s3control_access_points WHERE name = ?', name)
  accessPointTags.drop(ctx, accessPointArn(ctx.place, name))
}
