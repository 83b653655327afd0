import type { Out } from '../../../../aws/models/s3.types.ts'
import type { StreamingBody } from '../../../../aws/wire/types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { CHECKSUMS } from '../objects/checksums.ts'
import {
  archivedSource,
  type CopyInput,
  type CopySource,
  markerAsSource,
  type SourceBody,
  sourceKeyOf,
  type SourceName,
} from './copy-source-names.ts'
import type { StoredChecksum, StoredHeaders } from '../objects/object-schema.ts'
import type { Span } from '../reading/ranges.ts'
import { headersOf } from '../objects/object-metadata.ts'
import { isArchived } from '../objects/storage-classes.ts'

type Head = Out<'HeadObject'>

/** An object of another bucket, which is asked by ordinary operations, as the copy's own caller. @throws AwsError */
export async function foreignSource(ctx: Ctx, name: SourceName, input: CopyInput): Promise<CopySource> {
  const asked = { ...name, ...sourceKeyOf(input), ExpectedBucketOwner: input.ExpectedSourceBucketOwner }
  const head = await ctx.call('s3', 'HeadObject', { ...asked, ChecksumMode: 'ENABLED' }).catch(refusal)
  const { StorageClass = 'STANDARD', Restore, ETag = '', VersionId } = head
  if (isArchived(StorageClass) && !Restore?.startsWith('ongoing-request="false"')) throw archivedSource(StorageClass)
  const version = { ...asked, VersionId: VersionId ?? name.VersionId }
  return {
    etag: ETag.replaceAll('"', ''),
    modified: head.LastModified?.getTime() ?? 0,
    size: head.ContentLength ?? 0,
    versionId: VersionId,
    headers: headersIn(head),
    metadata: head.Metadata,
    checksum: checksumIn(head),
    tags: async () => (head.TagCount ? (await ctx.call('s3', 'GetObjectTagging', version)).TagSet : undefined),
    body: async span => {
      const answer = await ctx.call('s3', 'GetObject', { ...version, IfMatch: ETag, ...rangeOf(span, head) })
      return bodyIn(answer.Body)
    },
    row: undefined,
  }
}

function refusal(error: unknown): never {
  if (error instanceof AwsError && error.code === 'MethodNotAllowed') throw markerAsSource()
  throw error
}

function rangeOf({ from, to }: Span, { ContentLength }: Head): { Range?: string } {
  return from === 0 && to === ContentLength ? {} : { Range: `bytes=${from}-${to - 1}` }
}

function bodyIn(body: StreamingBody | undefined): SourceBody {
  if (body === undefined) return new Uint8Array(0)
  return typeof body === 'string' ? new TextEncoder().encode(body) : body
}

function headersIn(head: Head): StoredHeaders {
  return headersOf({ ...head, Expires: head.Expires })
}

function checksumIn(head: Head): StoredChecksum | undefined {
  const algorithm = CHECKSUMS.find(each => head[`Checksum${each}`] !== undefined)
  const value = algorithm && head[`Checksum${algorithm}`]
  if (!algorithm || value === undefined) return undefined
  return { algorithm, value, type: head.ChecksumType === 'COMPOSITE' ? 'COMPOSITE' : 'FULL_OBJECT' }
}
