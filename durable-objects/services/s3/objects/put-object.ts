import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { checksumMembers } from './checksums.ts'
import { checkWrite } from './conditions.ts'
import { draftOf } from './object-drafts.ts'
import { expirationOf } from './object-finding.ts'
import { checkKey, currentOf, openBucket, quoted } from './object-rows.ts'
import { type Content, writeVersion } from './object-writing.ts'
import { type Received, receiveUpload, releaseUpload } from '../uploads/upload-bodies.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html */
export async function PutObject(ctx: Ctx, input: In<'PutObject'>): Promise<Out<'PutObject'>> {
  checkKey(input.Key)
  // Once before the body, which may be long, and once more when it is there.
  checked(ctx, input)
  const received = await receiveUpload(ctx, input)
  try {
    const { bucket, draft } = checked(ctx, input)
    draft.facts.checksum = received.checksum
    const written = ctx.change(tx =>
      writeVersion(tx, bucket, {
        ...draft,
        key: input.Key,
        size: received.size,
        etag: received.etag,
        content: contentOf(received),
        parts: null,
        event: 's3:ObjectCreated:Put',
      }),
    )
    return {
      Expiration: expirationOf(
        ctx,
        { key: input.Key, size: received.size, modified: written.modified, storageClass: draft.storageClass },
        draft.facts,
      ),
      ETag: quoted(received.etag),
      VersionId: written.shown,
      ...checksumMembers(received.checksum),
      ...draft.facts.encryption,
    }
  } finally {
    releaseUpload(ctx, received)
  }
}

function checked(ctx: Ctx, input: In<'PutObject'>) {
  const bucket = openBucket(ctx, input)
  const draft = draftOf(ctx, bucket, input)
  const conditional = input.IfMatch !== undefined || input.IfNoneMatch !== undefined
  if (conditional) checkWrite(input, input.Key, currentOf(ctx, input.Key))
  return { bucket, draft }
}

export function contentOf({ body, blob }: Received): Content {
  return blob === undefined ? { body: body ?? new Uint8Array(0) } : { blob }
}
