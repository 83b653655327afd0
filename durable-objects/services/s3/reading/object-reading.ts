import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { checksumMembers } from '../objects/checksums.ts'
import { notModified, type ReadConditions, verdictOf } from '../objects/conditions.ts'
import { bodyOf } from './object-bodies.ts'
import { expirationOf, findReadable, type Found } from '../objects/object-finding.ts'
import { lockMembers } from '../locks/object-lock-rules.ts'
import { invalidRequest, preconditionFailed } from '../objects/object-refusals.ts'
import { quoted, shownTime, shownVersion } from '../objects/object-rows.ts'
import { checkReadable, restoreHeader } from '../lifecycle/object-restore.ts'
import { type Selection, selectionOf } from './object-selection.ts'
import { shownClass } from '../objects/storage-classes.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html */
export function GetObject(ctx: Ctx, input: In<'GetObject'>): Out<'GetObject'> {
  const readable = findReadable(ctx, input, 'GET')
  checkReadable(ctx, readable)
  checkConditions(readable, input)
  const selection = selectionOf(ctx, readable.row, input)
  return { ...describe(ctx, readable, { input, selection }), Body: bodyOf(ctx, readable.row, selection.span) }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html */
export function HeadObject(ctx: Ctx, input: In<'HeadObject'>): Out<'HeadObject'> {
  const readable = findReadable(ctx, input, 'HEAD')
  checkConditions(readable, input)
  return describe(ctx, readable, { input, selection: selectionOf(ctx, readable.row, input) })
}

function checkConditions({ bucket, row }: Found, conditions: ReadConditions): void {
  const verdict = verdictOf(conditions, row)
  if (verdict === 'proceed') return
  if (verdict !== 'not-modified') throw preconditionFailed(verdict.failed)
  const version = shownVersion(bucket, row)
  throw notModified({
    etag: quoted(row.etag),
    'last-modified': shownTime(row.modified).toUTCString(),
    ...(version && { 'x-amz-version-id': version }),
  })
}

type Asked = { input: In<'GetObject'> | In<'HeadObject'>; selection: Selection }

function describe(ctx: Ctx, { bucket, row, facts }: Found, { input, selection }: Asked): Out<'HeadObject'> {
  const { span, contentRange, partsCount, checksum } = selection
  return {
    AcceptRanges: 'bytes',
    LastModified: shownTime(row.modified),
    ContentLength: span.to - span.from,
    ETag: quoted(row.etag),
    VersionId: shownVersion(bucket, row),
    ...(contentRange !== undefined && { ContentRange: contentRange }),
    ...(partsCount !== undefined && { PartsCount: partsCount }),
    ...(input.ChecksumMode === 'ENABLED' && checksumMembers(checksum)),
    ...facts.headers,
    ...overrides(ctx, input),
    ...facts.encryption,
    ...(facts.metadata && { Metadata: facts.metadata }),
    ...(facts.tags?.length && { TagCount: facts.tags.length }),
    ...lockMembers(facts),
    ...restoreHeader(ctx, facts),
    Expiration: row.latest ? expirationOf(ctx, row, facts) : undefined,
    StorageClass: shownClass(row.storageClass),
  }
}

/** Headers that the request wants in the answer, whatever the object has. */
function overrides(ctx: Ctx, input: Asked['input']) {
  const asked = {
    ...(input.ResponseCacheControl !== undefined && { CacheControl: input.ResponseCacheControl }),
    ...(input.ResponseContentDisposition !== undefined && { ContentDisposition: input.ResponseContentDisposition }),
    ...(input.ResponseContentEncoding !== undefined && { ContentEncoding: input.ResponseContentEncoding }),
    ...(input.ResponseContentLanguage !== undefined && { ContentLanguage: input.ResponseContentLanguage }),
    ...(input.ResponseContentType !== undefined && { ContentType: input.ResponseContentType }),
    ...(input.ResponseExpires !== undefined && { Expires: input.ResponseExpires.toUTCString() }),
  }
  const anonymous = ctx.caller.accessKeyId === undefined && ctx.caller.service === undefined
  if (anonymous && Object.keys(asked).length > 0) {
    throw invalidRequest('Request specific response headers cannot be used for anonymous GET requests.')
  }
  return asked
}
