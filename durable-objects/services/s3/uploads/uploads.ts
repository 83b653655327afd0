import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { randomAlphanumeric } from '../../../../aws/ids.ts'
import { canonicalUserOf } from '../buckets/bucket-owner.ts'
import { dropUpload } from '../buckets/bucket-contents.ts'
import { abortFacts } from '../lifecycle/lifecycle.ts'
import { draftOf } from '../objects/object-drafts.ts'
import { checkKey, openBucket } from '../objects/object-rows.ts'
import type { UploadRow } from '../objects/object-schema.ts'
import { uploadChecksumOf } from './upload-checksums.ts'

const ID_LENGTH = 96

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateMultipartUpload.html */
export function CreateMultipartUpload(ctx: Tx, input: In<'CreateMultipartUpload'>): Out<'CreateMultipartUpload'> {
  const bucket = openBucket(ctx, input)
  const { Key } = input
  checkKey(Key)
  const { owner, storageClass, facts } = draftOf(ctx, bucket, input)
  const checksum = uploadChecksumOf(input)
  const UploadId = randomAlphanumeric(ID_LENGTH)
  const initiated = ctx.now
  insert(ctx.sql, 's3_uploads', {
    id: UploadId,
    key: Key,
    initiated,
    owner,
    initiator: initiatorOf(ctx),
    storageClass,
    checksumAlgorithm: checksum?.algorithm,
    checksumType: checksum?.type,
    facts: JSON.stringify(facts),
  })
  return {
    Bucket: bucket.name,
    Key,
    UploadId,
    ...facts.encryption,
    ...(checksum && { ChecksumAlgorithm: checksum.algorithm, ChecksumType: checksum.type }),
    ...abortFacts(ctx, { key: Key, initiated }),
  }
}

/** A role's session is named by its ARN, an account by its canonical id. */
function initiatorOf({ caller }: Ctx): string {
  const { session, accountId } = caller
  if (session?.kind !== undefined || !session) return canonicalUserOf(accountId)
  const role = session.roleArn.slice(session.roleArn.lastIndexOf('/') + 1)
  return `arn:aws:sts::${session.accountId}:assumed-role/${role}/${session.name}`
}

type Named = { Key: string; UploadId: string; ExpectedBucketOwner?: string | undefined }

/** An upload under way. @throws AwsError NoSuchBucket, NoSuchUpload */
export function findUpload(ctx: Ctx, input: Named): UploadRow {
  const upload = findAnyUpload(ctx, input)
  if (upload.done !== null) throw noSuchUpload(input.UploadId)
  return upload
}

/** An upload under way, or one that was completed not long ago. @throws AwsError NoSuchBucket, NoSuchUpload */
export function findAnyUpload(ctx: Ctx, input: Named): UploadRow {
  openBucket(ctx, input)
  const { Key, UploadId } = input
  const upload = ctx.sql.first<UploadRow>('SELECT * FROM s3_uploads WHERE id = ? AND key = ?', UploadId, Key)
  if (!upload) throw noSuchUpload(UploadId)
  return upload
}

export function noSuchUpload(UploadId: string): AwsError {
  const message =
    'The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.'
  return new AwsError('NoSuchUpload', message, 404, { UploadId })
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_AbortMultipartUpload.html */
export function AbortMultipartUpload(ctx: Tx, input: In<'AbortMultipartUpload'>): Out<'AbortMultipartUpload'> {
  dropUpload(ctx, findUpload(ctx, input).seq)
  return {}
}
