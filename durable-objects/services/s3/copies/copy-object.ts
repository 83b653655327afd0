import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Bucket } from '../buckets/bucket.ts'
import { algorithmNamed, checksumMembers } from '../objects/checksums.ts'
import { checkWrite } from '../objects/conditions.ts'
import { configurationOf } from '../configurations/configuration.ts'
import { copiedContent } from './copy-content.ts'
import type { CopySource } from './copy-source-names.ts'
import { copySourceOf } from './copy-sources.ts'
import { type Draft, draftOf } from '../objects/object-drafts.ts'
import { expirationOf } from '../objects/object-finding.ts'
import { invalidArgument, invalidRequest, MAX_UPLOAD_BYTES } from '../objects/object-refusals.ts'
import { checkKey, currentOf, openBucket, quoted, shownTime } from '../objects/object-rows.ts'
import { factsOf, type ObjectFacts, type StoredHeaders } from '../objects/object-schema.ts'
import { writeVersion } from '../objects/object-writing.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html */
export async function CopyObject(ctx: Ctx, input: In<'CopyObject'>): Promise<Out<'CopyObject'>> {
  checkKey(input.Key)
  const algorithm = input.ChecksumAlgorithm === undefined ? undefined : algorithmNamed(input.ChecksumAlgorithm)
  checkDirectives(input)
  checked(ctx, input, {})
  const source = await copySourceOf(ctx, input)
  checkSource(ctx, input, source)
  const described = await describedBy(input, source)
  const copied = await copiedContent(ctx, source, algorithm)
  try {
    const { bucket, draft } = checked(ctx, input, described)
    draft.facts.checksum = copied.checksum
    const { size } = source
    const { etag, content } = copied
    const version = { ...draft, key: input.Key, size, etag, content, parts: null }
    const written = ctx.change(tx => writeVersion(tx, bucket, { ...version, event: 's3:ObjectCreated:Copy' }))
    const ageing = { key: input.Key, size, modified: written.modified, storageClass: draft.storageClass }
    return {
      CopyObjectResult: {
        ETag: quoted(etag),
        LastModified: shownTime(written.modified),
        ...checksumMembers(copied.checksum),
      },
      CopySourceVersionId: source.versionId,
      VersionId: written.shown,
      Expiration: expirationOf(ctx, ageing, draft.facts),
      ...draft.facts.encryption,
    }
  } finally {
    copied.release()
  }
}

function checkDirectives({ MetadataDirective: metadata, TaggingDirective: tagging }: In<'CopyObject'>): void {
  const known = (directive: string | undefined) => directive === undefined || /^(?:COPY|REPLACE)$/.test(directive)
  if (!known(metadata)) throw invalidArgument('Unknown metadata directive.', 'x-amz-metadata-directive', metadata)
  if (!known(tagging)) throw invalidArgument('Unknown tagging directive.', 'x-amz-tagging-directive', tagging)
}

type Described = Pick<ObjectFacts, 'headers' | 'metadata' | 'tags'>

/** What a copy takes of its source beside the content; a page's redirect is never copied. */
async function describedBy(input: In<'CopyObject'>, source: CopySource): Promise<Partial<Described>> {
  const { WebsiteRedirectLocation: _, ...headers } = source.headers
  return {
    ...(input.MetadataDirective !== 'REPLACE' && { headers, metadata: source.metadata }),
    ...(input.TaggingDirective !== 'REPLACE' && { tags: await source.tags() }),
  }
}

/** Headers of the request count for nothing where the source's are taken. */
const NO_HEADERS: StoredHeaders = {
  CacheControl: undefined,
  ContentDisposition: undefined,
  ContentEncoding: undefined,
  ContentLanguage: undefined,
  ContentType: undefined,
  Expires: undefined,
}

function checked(ctx: Ctx, input: In<'CopyObject'>, described: Partial<Described>): { bucket: Bucket; draft: Draft } {
  const bucket = openBucket(ctx, input)
  const { headers, metadata: Metadata } = described
  const { WebsiteRedirectLocation, Tagging, ...rest } = input
  const own = headers ? { ...rest, ...NO_HEADERS, ...headers, Metadata } : rest
  const tagging = input.TaggingDirective === 'REPLACE' ? { Tagging } : {}
  const draft = draftOf(ctx, bucket, { ...own, ...tagging, WebsiteRedirectLocation })
  if (described.tags?.length) draft.facts.tags = described.tags
  checkWrite(input, input.Key, currentOf(ctx, input.Key))
  return { bucket, draft }
}

/** @throws AwsError InvalidRequest for what is too large, and for a copy onto itself that changes nothing */
function checkSource(ctx: Ctx, input: In<'CopyObject'>, source: CopySource): void {
  if (source.size > MAX_UPLOAD_BYTES) {
    throw invalidRequest(
      `The specified copy source is larger than the maximum allowable size for a copy source: ${MAX_UPLOAD_BYTES}`,
    )
  }
  const { row } = source
  if (!row?.latest || row.key !== input.Key || changesSomething(ctx, input, row)) return
  throw invalidRequest(
    "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
  )
}

function changesSomething(ctx: Ctx, input: In<'CopyObject'>, row: { facts: string }): boolean {
  const { MetadataDirective, StorageClass, WebsiteRedirectLocation, ServerSideEncryption, SSECustomerKey } = input
  if (MetadataDirective === 'REPLACE') return true
  const stated = [StorageClass, WebsiteRedirectLocation, ServerSideEncryption, SSECustomerKey, input.ChecksumAlgorithm]
  if (stated.some(each => each !== undefined)) return true
  // A default encryption that was set, or a restored copy that is to stay, counts as a change too.
  return configurationOf(ctx, 'encryption') !== undefined || factsOf(row).restore !== undefined
}
