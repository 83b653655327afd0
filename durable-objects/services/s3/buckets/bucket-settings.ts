import type {
  AccelerateConfiguration,
  In,
  ObjectLockConfiguration,
  Out,
  PublicAccessBlockConfiguration,
  ServerSideEncryptionConfiguration,
  Tagging,
} from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Bucket, findBucket } from './bucket.ts'
import { checkTags } from '../tagging/bucket-tags.ts'
import {
  type Checked,
  invalidArgument,
  invalidRequest,
  malformedXml,
  missingBody,
  notConfigured,
} from '../configurations/configuration-handlers.ts'
import { configurationOf, putConfiguration } from '../configurations/configuration.ts'

export function checkBucketTags({ TagSet }: Tagging): void {
  checkTags(TagSet)
}

/** What every bucket has since 2023, put or not. */
export const DEFAULT_ENCRYPTION: ServerSideEncryptionConfiguration = {
  Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }],
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketEncryption.html */
export function checkEncryption({ Rules }: ServerSideEncryptionConfiguration): ServerSideEncryptionConfiguration {
  const [rule, ...more] = Rules
  if (!rule || more.length > 0) throw malformedXml()
  const { ApplyServerSideEncryptionByDefault: byDefault, BlockedEncryptionTypes } = rule
  if (!byDefault && !BlockedEncryptionTypes) throw malformedXml()
  if (byDefault?.SSEAlgorithm === 'AES256' && byDefault.KMSMasterKeyID !== undefined) {
    throw invalidArgument(
      'a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
      'ApplyServerSideEncryptionByDefault',
    )
  }
  return {
    Rules: [
      {
        ...rule,
        ApplyServerSideEncryptionByDefault: byDefault ?? { SSEAlgorithm: 'AES256' },
        BucketKeyEnabled: rule.BucketKeyEnabled ?? false,
      },
    ],
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketVersioning.html */
export function PutBucketVersioning(ctx: Tx, input: In<'PutBucketVersioning'>): void {
  const bucket = findBucket(ctx)
  const { VersioningConfiguration: asked } = input
  if (!asked) throw missingBody()
  if (asked.Status !== 'Enabled' && asked.Status !== 'Suspended') {
    const message = 'The Versioning element must be specified'
    throw new AwsError('IllegalVersioningConfigurationException', message, 400)
  }
  if (asked.Status === 'Suspended') checkSuspension(ctx, bucket)
  const mfaDelete = asked.MFADelete === 'Enabled' || asked.MFADelete === 'Disabled' ? asked.MFADelete : bucket.mfaDelete
  ctx.sql.run('UPDATE s3_bucket SET versioning = ?, mfaDelete = ?', asked.Status, mfaDelete)
}

function checkSuspension(ctx: Ctx, bucket: Bucket): void {
  if (bucket.objectLock) {
    throw invalidState(
      'An Object Lock configuration is present on this bucket, so the versioning state cannot be changed.',
    )
  }
  if (configurationOf(ctx, 'replication') === undefined) return
  throw invalidState(
    'A replication configuration is present on this bucket, so you cannot change the versioning state. To change the versioning state, first delete the replication configuration.',
  )
}

const invalidState = (message: string) => new AwsError('InvalidBucketState', message, 409)

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketVersioning.html */
export function GetBucketVersioning(ctx: Ctx, _input: In<'GetBucketVersioning'>): Out<'GetBucketVersioning'> {
  const { versioning, mfaDelete } = findBucket(ctx)
  return { ...(versioning !== '' && { Status: versioning }), ...(mfaDelete !== '' && { MFADelete: mfaDelete }) }
}

const LONGEST_RETENTION = { Days: 36_500, Years: 100 }

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLockConfiguration.html */
export function PutObjectLockConfiguration(
  ctx: Tx,
  input: In<'PutObjectLockConfiguration'>,
): Out<'PutObjectLockConfiguration'> {
  const bucket = findBucket(ctx)
  const { ObjectLockConfiguration: asked } = input
  if (!asked) throw missingBody()
  if (asked.ObjectLockEnabled !== 'Enabled') throw malformedXml()
  checkDefaultRetention(asked)
  if (bucket.versioning !== 'Enabled') {
    throw invalidState("Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration")
  }
  ctx.sql.run('UPDATE s3_bucket SET objectLock = 1')
  putConfiguration(ctx, { kind: 'object-lock' }, asked)
  return {}
}

function checkDefaultRetention({ Rule }: ObjectLockConfiguration): void {
  if (!Rule) return
  const { Mode, Days, Years } = Rule.DefaultRetention ?? {}
  if (Mode === undefined || (Days === undefined) === (Years === undefined)) throw malformedXml()
  if ((Days ?? Years ?? 0) <= 0) throw invalidArgument('Default retention period must be a positive integer value.')
  if ((Days ?? 0) > LONGEST_RETENTION.Days || (Years ?? 0) > LONGEST_RETENTION.Years) {
    throw invalidArgument('Default retention period exceeds the maximum allowed retention period.')
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLockConfiguration.html */
export function GetObjectLockConfiguration(
  ctx: Ctx,
  _input: In<'GetObjectLockConfiguration'>,
): Out<'GetObjectLockConfiguration'> {
  const bucket = findBucket(ctx)
  const document = configurationOf<ObjectLockConfiguration>(ctx, 'object-lock')
  if (document) return { ObjectLockConfiguration: document }
  const message = 'Object Lock configuration does not exist for this bucket'
  throw notConfigured({ code: 'ObjectLockConfigurationNotFoundError', message }, bucket.name)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketAccelerateConfiguration.html */
export function checkAcceleration({ Status }: AccelerateConfiguration, { bucket }: Checked<unknown>): void {
  if (Status === undefined) throw malformedXml()
  if (bucket.name.includes('.')) {
    throw invalidRequest('S3 Transfer Acceleration is not supported for buckets with periods (.) in their names')
  }
}

/** What is not said is not blocked. */
export function wholeAccessBlock(asked: PublicAccessBlockConfiguration): PublicAccessBlockConfiguration {
  const { BlockPublicAcls, IgnorePublicAcls, BlockPublicPolicy, RestrictPublicBuckets } = asked
  return {
    BlockPublicAcls: BlockPublicAcls ?? false,
    IgnorePublicAcls: IgnorePublicAcls ?? false,
    BlockPublicPolicy: BlockPublicPolicy ?? false,
    RestrictPublicBuckets: RestrictPublicBuckets ?? false,
  }
}
