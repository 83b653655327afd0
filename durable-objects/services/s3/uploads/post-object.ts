import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { type DraftInput, draftOf } from '../objects/object-drafts.ts'
import { entityTooSmall, MAX_UPLOAD_BYTES } from '../objects/object-refusals.ts'
import { checkKey, openBucket, quoted } from '../objects/object-rows.ts'
import { objectUrl } from '../reading/object-urls.ts'
import { writeVersion } from '../objects/object-writing.ts'
import { checkPosted, readPostPolicy } from './post-policy.ts'
import { contentOf } from '../objects/put-object.ts'
import { receiveUpload, releaseUpload, type UploadInput } from './upload-bodies.ts'

/** A browser's form as the Worker has read it: `Fields` are those before the file, as they were sent. */
export type PostedObject = DraftInput &
  UploadInput & {
    Bucket: string
    Key: string
    Fields: [string, string][]
    ExpectedBucketOwner?: undefined
  }

/**
 * A browser's form uploads a file, as far as the policy that goes with it lets it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/RESTObjectPOST.html
 */
export async function PostObject(ctx: Ctx, posted: In<'PostObject'>): Promise<Out<'PostObject'>> {
  const input = posted as unknown as PostedObject // what the Worker has made of the form
  checkKey(input.Key)
  const { least, most } = allowedSizes(ctx, input)
  draftOf(ctx, openBucket(ctx, input), input)
  const received = await receiveUpload(ctx, input, { most: Math.min(most, MAX_UPLOAD_BYTES) })
  try {
    if (received.size < least) throw entityTooSmall(received.size, least)
    const bucket = openBucket(ctx, input)
    const draft = draftOf(ctx, bucket, input)
    draft.facts.checksum = received.checksum
    const { size, etag } = received
    const version = { ...draft, key: input.Key, size, etag, content: contentOf(received), parts: null }
    const written = ctx.change(tx => writeVersion(tx, bucket, { ...version, event: 's3:ObjectCreated:Post' }))
    return {
      ...answerOf(ctx, input, quoted(etag)),
      ETagHeader: quoted(etag),
      VersionId: written.shown,
      ...draft.facts.encryption,
    }
  } finally {
    releaseUpload(ctx, received)
  }
}

/** What the policy, if any, says of the form. @throws AwsError */
function allowedSizes(ctx: Ctx, { Bucket, Key, Fields }: PostedObject): { least: number; most: number } {
  const policy = fieldIn(Fields, 'policy')
  if (policy === undefined) return { least: 0, most: MAX_UPLOAD_BYTES }
  const values = new Map(Fields.map(([name, value]) => [name.toLowerCase(), value]))
  values.set('bucket', Bucket)
  // Variables are filled in before conditions are looked at.
  values.set('key', Key)
  return checkPosted(readPostPolicy(policy), { values, names: Fields.map(([name]) => name), now: ctx.now })
}

function fieldIn(fields: readonly [string, string][], name: string): string | undefined {
  return fields.find(([each]) => each.toLowerCase() === name)?.[1]
}

/** Where the browser is sent then, or what it is told. */
function answerOf(ctx: Ctx, { Bucket, Key, Fields }: PostedObject, ETag: string): Out<'PostObject'> {
  const target = redirection(fieldIn(Fields, 'success_action_redirect') ?? fieldIn(Fields, 'redirect'))
  if (target !== undefined) {
    const query = new URLSearchParams({ bucket: Bucket, key: Key, etag: ETag })
    return { StatusCode: 303, Redirect: `${target}${target.includes('?') ? '&' : '?'}${query}` }
  }
  const Location = objectUrl(ctx, Bucket, Key)
  const status = fieldIn(Fields, 'success_action_status')
  if (status === '201') return { StatusCode: 201, Redirect: Location, Location, Bucket, Key, ETag }
  return { StatusCode: status === '200' ? 200 : 204, Redirect: Location }
}

function redirection(target: string | undefined): string | undefined {
  return target !== undefined && /^https?:\/\/[^/]/i.test(target) && URL.canParse(target) ? target : undefined
}
