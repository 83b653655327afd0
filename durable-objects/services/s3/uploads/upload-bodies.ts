import type { StreamingBody } from '../../../../aws/wire/types.ts'
import { encodeBase64 } from '../../../../aws/wire/base64.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { writeBlob } from '../../../kernel/blobs/blob-streams.ts'
import { newBlob, unpinBlob, writeChunk } from '../../../kernel/blobs/blobs.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Hash, type HashAlgorithm, newHash } from '../../../shared/hash.ts'
import {
  type ChecksumInput,
  type ChecksumPlan,
  compareChecksum,
  isDigest,
  planChecksum,
  trailingChecksum,
} from '../objects/checksums.ts'
import { entityTooLarge, MAX_UPLOAD_BYTES } from '../objects/object-refusals.ts'
import type { StoredChecksum } from '../objects/object-schema.ts'

/** A body up to this size lies in its object's row. */
export const INLINE_BYTES = 65_536

export type UploadInput = ChecksumInput & {
  Body?: StreamingBody | undefined
  ContentLength?: number | undefined
  ContentMD5?: string | undefined
}

/** An upload's content, verified: bytes, or a blob that is pinned until `releaseUpload` and nobody's until it is kept. */
export type Received = {
  size: number
  /** MD5 in hexadecimal. */
  etag: string
  /** What the request states, or what is made of its own accord. */
  checksum: StoredChecksum
  /** By the algorithm that was asked for. */
  kept: StoredChecksum
  body?: Uint8Array | undefined
  blob?: number | undefined
}

export type Taking = {
  /** The checksum to make when the upload states none. */
  fallback?: HashAlgorithm | undefined
  /** One to make whatever it states. */
  kept?: HashAlgorithm | undefined
  /** Whether even a small body becomes a blob. */
  blob?: boolean
  /** Bytes at most, of a body whose length nobody told. */
  most?: number | undefined
}

/**
 * Reads an upload's body and holds it against every digest that the request states. Bytes are taken in at once, so that
 * a small upload is one synchronous stretch.
 * @throws AwsError BadDigest, InvalidDigest, IncompleteBody, EntityTooLarge, XAmzContentSHA256Mismatch…
 */
export async function receiveUpload(ctx: Ctx, input: UploadInput, taking: Taking = {}): Promise<Received> {
  const checks = checksOf(ctx, input, taking)
  const { Body: body } = input
  if (body instanceof ReadableStream) return receiveStream(ctx, body, checks)
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : (body ?? new Uint8Array(0))
  see(checks, bytes)
  const { plan } = checks
  const trailing = plan.trailer ? await trailingChecksum(ctx, plan.algorithm) : undefined
  return ctx.change(tx => {
    const verified = verify(checks, trailing)
    if (bytes.length <= INLINE_BYTES && !taking.blob) return { ...verified, body: bytes }
    const blob = newBlob(tx)
    if (bytes.length > 0) writeChunk(tx, { blob, index: 0 }, bytes)
    return { ...verified, blob }
  })
}

/** Ends an upload's hold on its blob; one that was not kept is deleted. */
export function releaseUpload(ctx: Ctx, { blob }: Received): void {
  if (blob !== undefined) unpinBlob(ctx, blob)
}

async function receiveStream(ctx: Ctx, stream: ReadableStream<Uint8Array>, checks: Checks): Promise<Received> {
  const { blob } = await writeBlob(ctx, stream, chunk => see(checks, chunk)).catch(error => {
    throw error instanceof AwsError ? error : incomplete()
  })
  try {
    if (checks.declared !== undefined && checks.size !== checks.declared) throw incomplete()
    const { plan } = checks
    return { ...verify(checks, plan.trailer ? await trailingChecksum(ctx, plan.algorithm) : undefined), blob }
  } catch (error) {
    unpinBlob(ctx, blob)
    throw error
  }
}

const incomplete = () =>
  new AwsError(
    'IncompleteBody',
    'You did not provide the number of bytes specified by the Content-Length HTTP header',
    400,
  )

/** What an upload must agree with, and its digests so far. */
type Checks = {
  plan: ChecksumPlan
  contentMd5: string | undefined
  contentSha256: string | undefined
  declared: number | undefined
  most: number
  size: number
  md5: Hash
  checksum: Hash
  kept: { algorithm: HashAlgorithm; hash: Hash } | undefined
  sha256: Hash | undefined
}

function checksOf(ctx: Ctx, input: UploadInput, { fallback, kept, most }: Taking): Checks {
  const { ContentMD5: contentMd5, Body } = input
  if (contentMd5 !== undefined && !isDigest(contentMd5, 16)) {
    throw new AwsError('InvalidDigest', 'The Content-MD5 you specified was invalid.', 400, {
      'Content-MD5': contentMd5,
    })
  }
  const plan = planChecksum(ctx, input, fallback)
  const declared = ctx.http?.contentLength ?? input.ContentLength
  if (Body instanceof ReadableStream && declared === undefined && most === undefined) {
    throw new AwsError('MissingContentLength', 'You must provide the Content-Length HTTP header.', 411)
  }
  if (declared !== undefined && declared > MAX_UPLOAD_BYTES) throw entityTooLarge(declared)
  const contentSha256 = ctx.http?.headers?.['x-amz-content-sha256']
  const hashed = contentSha256 !== undefined && /^[0-9a-f]{64}$/.test(contentSha256)
  return {
    plan,
    contentMd5,
    contentSha256: hashed ? contentSha256 : undefined,
    declared,
    most: most ?? MAX_UPLOAD_BYTES,
    size: 0,
    md5: newHash('MD5'),
    checksum: newHash(plan.algorithm),
    kept: kept === undefined || kept === plan.algorithm ? undefined : { algorithm: kept, hash: newHash(kept) },
    sha256: hashed ? newHash('SHA256') : undefined,
  }
}

function see(checks: Checks, chunk: Uint8Array): void {
  checks.size += chunk.length
  if (checks.size > checks.most) throw entityTooLarge(checks.size, checks.most)
  checks.md5.update(chunk)
  checks.checksum.update(chunk)
  checks.kept?.hash.update(chunk)
  checks.sha256?.update(chunk)
}

/** @param trailing the checksum that came after the body */
function verify(checks: Checks, trailing: string | undefined): Received {
  const { plan, contentMd5, contentSha256, size } = checks
  const computed = checks.sha256 && hexOf(checks.sha256.digest())
  if (computed !== contentSha256) {
    const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    const fields = { ClientComputedContentSHA256: contentSha256, S3ComputedContentSHA256: computed }
    throw new AwsError('XAmzContentSHA256Mismatch', message, 400, fields)
  }
  const md5 = checks.md5.digest()
  if (contentMd5 !== undefined && encodeBase64(md5) !== contentMd5) {
    const fields = { ExpectedDigest: contentMd5, CalculatedDigest: encodeBase64(md5) }
    throw new AwsError('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400, fields)
  }
  const digest = checks.checksum.digest()
  const expected = plan.expected ?? trailing
  if (expected !== undefined) compareChecksum(plan.algorithm, expected, digest)
  const checksum = storedChecksum(plan.algorithm, digest)
  const { kept } = checks
  return {
    size,
    etag: hexOf(md5),
    checksum,
    kept: kept ? storedChecksum(kept.algorithm, kept.hash.digest()) : checksum,
  }
}

const storedChecksum = (algorithm: HashAlgorithm, digest: Uint8Array): StoredChecksum => ({
  algorithm,
  value: encodeBase64(digest),
  type: 'FULL_OBJECT',
})

const BYTES = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function hexOf(bytes: Uint8Array): string {
  let hex = ''
  for (const byte of bytes) hex += BYTES[byte]
  return hex
}
