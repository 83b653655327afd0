import type { In, Out } from '../../../../aws/models/s3.types.ts'
import { isAccount } from '../../../../aws/arn.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { GLOBAL_REGION, UNCLAIMED } from '../../../../aws/place.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { aclOfNewBucket } from '../access/acl.ts'
import { bucketRow, findBucket, noSuchBucket } from './bucket.ts'
import { emptyBucket, holdsAnything } from './bucket-contents.ts'
import { checkNewBucketName, newBucketRegion } from './bucket-names.ts'
import type { BucketRow } from './bucket-schema.ts'
import { putConfiguration } from '../configurations/configuration.ts'
import { checkOwnership, publicAccessBlockOfNewBucket } from '../access/ownership.ts'
import { checkTags } from '../tagging/bucket-tags.ts'

/**
 * The bucket is there once the account's index knows it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
 */
export async function CreateBucket(ctx: Ctx, input: In<'CreateBucket'>): Promise<Out<'CreateBucket'>> {
  const name = input.Bucket
  checkNewBucketName(name)
  const { LocationConstraint, Location, Bucket, Tags } = input.CreateBucketConfiguration ?? {}
  if (Location || Bucket || (input.BucketNamespace ?? 'global') !== 'global') {
    throw new AwsError('NotImplemented', 'Directory buckets and account-regional names are not implemented', 501)
  }
  const region = newBucketRegion(LocationConstraint, ctx.http?.region ?? ctx.place.region)
  const ownership = checkOwnership(input.ObjectOwnership ?? 'BucketOwnerEnforced')
  const acl = aclOfNewBucket(input, { owner: ctx.caller.accountId, ownership })
  if (Tags) checkTags(Tags)
  const known = bucketRow(ctx)
  if (known?.state === 'ready') return existing(ctx, known)
  if (known && (known.state === 'deleting' || known.owner !== ctx.caller.accountId)) throw underWay(name)
  ctx.change(tx => {
    insertBucket(tx, { name, region, objectLock: input.ObjectLockEnabledForBucket === true })
    putConfiguration(tx, { kind: 'ownership' }, { Rules: [{ ObjectOwnership: ownership }] })
    putConfiguration(tx, { kind: 'acl' }, acl)
    putConfiguration(tx, { kind: 'public-access-block' }, publicAccessBlockOfNewBucket())
    if (Tags && Tags.length > 0) putConfiguration(tx, { kind: 'tagging' }, { TagSet: Tags })
  })
  await finishCreation(ctx)
  return { Location: locationOf(name, region) }
}

const locationOf = (name: string, region: string) =>
  region === 'us-east-1' ? `/${name}` : `http://${name}.s3.amazonaws.com/`

function existing(ctx: Ctx, { name, owner, region }: BucketRow): Out<'CreateBucket'> {
  const fields = { BucketName: name }
  if (owner !== ctx.caller.accountId) {
    const message =
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.'
    throw new AwsError('BucketAlreadyExists', message, 409, fields)
  }
  // Its oldest region alone takes the second creation for the first.
  const here = ctx.http?.region ?? ctx.place.region
  if (region === 'us-east-1' && here === 'us-east-1') return { Location: locationOf(name, region) }
  const message = 'Your previous request to create the named bucket succeeded and you already own it.'
  throw new AwsError('BucketAlreadyOwnedByYou', message, 409, fields)
}

function underWay(name: string): AwsError {
  const message =
    'A conflicting conditional operation is currently in progress against this resource. Please try again.'
  return new AwsError('OperationAborted', message, 409, { BucketName: name })
}

function insertBucket(ctx: Tx, bucket: { name: string; region: string; objectLock: boolean }): void {
  const { name, region, objectLock } = bucket
  replace(ctx.sql, 's3_bucket', {
    one: 1,
    name,
    owner: ctx.caller.accountId,
    region,
    created: ctx.now,
    objectLock,
    versioning: objectLock ? 'Enabled' : '',
  })
  if (objectLock) putConfiguration(ctx, { kind: 'object-lock' }, { ObjectLockEnabled: 'Enabled' })
  ctx.claim({ account: ctx.caller.accountId, region })
}

async function finishCreation(ctx: Ctx): Promise<void> {
  const row = bucketRow(ctx)
  if (row?.state !== 'creating') return
  const { name: Name, region: Region, created: Created, owner } = row
  await ctx.call('s3', 'RegisterBucket', { Name, Region, Created }, indexOf(owner))
  ctx.change(tx => tx.sql.run("UPDATE s3_bucket SET state = 'ready' WHERE state = 'creating'"))
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucket.html */
export async function DeleteBucket(ctx: Ctx, _input: In<'DeleteBucket'>): Promise<void> {
  const bucket = findBucket(ctx)
  const held = holdsAnything(ctx)
  if (held) {
    const which = bucket.versioning === '' ? '' : '. You must delete all versions in the bucket.'
    const message = `The bucket you tried to delete is not empty${which}`
    throw new AwsError('BucketNotEmpty', message, 409, { BucketName: bucket.name })
  }
  ctx.change(tx => tx.sql.run("UPDATE s3_bucket SET state = 'deleting'"))
  await finishDeletion(ctx)
}

async function finishDeletion(ctx: Ctx): Promise<void> {
  const row = bucketRow(ctx)
  if (row?.state !== 'deleting') return
  await ctx.call('s3', 'UnregisterBucket', { Name: row.name }, indexOf(row.owner))
  return ctx.change(tx => {
    if (bucketRow(tx)?.state !== 'deleting') return
    for (const table of ['bucket', 'bucket_configuration']) tx.sql.run(`DELETE FROM s3_${table}`)

    emptyBucket(tx)
    tx.claim({ account: UNCLAIMED, region: UNCLAIMED })
  })
}

const indexOf = (account: string) => ({ place: { account, region: GLOBAL_REGION }, caller: { accountId: account } })

/** Ends what the last run of this object had begun. */
export function resumeBucket(ctx: Ctx): void {
  const state = ctx.resource === undefined ? undefined : bucketRow(ctx)?.state
  if (state === 'creating') ctx.background(finishCreation(ctx))
  if (state === 'deleting') ctx.background(finishDeletion(ctx))
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadBucket.html */
export function HeadBucket(ctx: Ctx, _input: In<'HeadBucket'>): Out<'HeadBucket'> {
  return { BucketRegion: findBucket(ctx).region, AccessPointAlias: false }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLocation.html */
export function GetBucketLocation(ctx: Ctx, _input: In<'GetBucketLocation'>): Out<'GetBucketLocation'> {
  const { region } = findBucket(ctx)
  // The first region has no name here.
  return region === 'us-east-1' ? {} : { LocationConstraint: region }
}

/** @throws AwsError when the request expects another owner than the bucket's */
export function checkExpectedOwner(ctx: Ctx, expected: unknown): void {
  if (typeof expected !== 'string') return
  if (!isAccount(expected)) {
    const message = 'The value of the expected bucket owner parameter must be an AWS account ID'
    throw new AwsError('InvalidBucketOwnerAWSAccountID', message, 400, { ArgumentValue: expected })
  }
  const row = bucketRow(ctx)
  if (row?.state !== 'ready') throw noSuchBucket(ctx.resource ?? '')
  if (row.owner !== expected) throw new AwsError('AccessDenied', 'Access Denied', 403)
}
