import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { notify } from '../notifications/notifications.ts'
import { findObject, type Found } from '../objects/object-finding.ts'
import { malformedXml } from '../objects/object-refusals.ts'
import { shownVersion } from '../objects/object-rows.ts'
import { tagsOfDocument } from './object-tags.ts'
import { updateFacts } from '../objects/object-writing.ts'

/** Operations that S3 does not let depend on the tags of an object that is there. */
const WITHOUT_TAGS = /^(?:PutObject|DeleteObject|CopyObject)$|Upload|Part/

/** The tags of the object that an operation is about, for conditions on them. */
export function objectTags(
  ctx: Ctx,
  operation: string,
  input: Record<string, unknown>,
): Record<string, string> | undefined {
  const { Key, VersionId } = input
  if (typeof Key !== 'string' || WITHOUT_TAGS.test(operation)) return undefined
  const versionId = typeof VersionId === 'string' ? VersionId : undefined
  try {
    const { facts } = findObject(ctx, { Key, VersionId: versionId }, 'GET')
    return Object.fromEntries((facts.tags ?? []).map(tag => [tag.Key, tag.Value]))
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectTagging.html */
export function PutObjectTagging(ctx: Tx, input: In<'PutObjectTagging'>): Out<'PutObjectTagging'> {
  const found = findObject(ctx, input, 'PUT')
  if (!input.Tagging) throw malformedXml()
  const tags = tagsOfDocument(input.Tagging.TagSet)
  updateFacts(ctx, found.row, { ...found.facts, tags: tags.length > 0 ? tags : undefined })
  return told(ctx, found, 's3:ObjectTagging:Put')
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectTagging.html */
export function GetObjectTagging(ctx: Ctx, input: In<'GetObjectTagging'>): Out<'GetObjectTagging'> {
  const { bucket, row, facts } = findObject(ctx, input, 'GET')
  return { VersionId: shownVersion(bucket, row), TagSet: facts.tags ?? [] }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjectTagging.html */
export function DeleteObjectTagging(ctx: Tx, input: In<'DeleteObjectTagging'>): Out<'DeleteObjectTagging'> {
  const found = findObject(ctx, input, 'DELETE')
  updateFacts(ctx, found.row, { ...found.facts, tags: undefined })
  return told(ctx, found, 's3:ObjectTagging:Delete')
}

function told(ctx: Tx, { bucket, row }: Found, name: string): { VersionId: string | undefined } {
  const VersionId = shownVersion(bucket, row)
  notify(ctx, { name, key: row.key, size: row.size, eTag: row.etag, versionId: VersionId })
  return { VersionId }
}
