import { createHash } from 'node:crypto'
import { dropBlob, putBlob } from '../../../kernel/blobs/blobs.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidParameter } from '../errors.ts'
import { inspectZip } from './zip.ts'

/** A zip that was checked and may be stored: its SHA-256, and its sizes in bytes. */
export type Archive = { sha: string; bytes: Uint8Array; size: number; unzippedSize: number }

/** The same of a stored one. */
export type ArchiveRow = { sha: string; size: number; unzippedSize: number; blob: number }

/** Where a zip comes from, as requests say it. */
export type ArchiveSource = {
  ZipFile?: Uint8Array | undefined
  S3Bucket?: string | undefined
  S3Key?: string | undefined
  S3ObjectVersion?: string | undefined
}

const MAX_ZIPPED = 52_428_800
export const MAX_UNZIPPED = 262_144_000
/** Unreferenced zips stay this long: a sandbox of the version that used one may just be starting. */
const KEPT_MS = 15 * 60_000

/** Fetches and checks a zip. No row is written. */
export async function readArchive(ctx: Ctx, source: ArchiveSource): Promise<Archive> {
  const bytes = source.ZipFile ?? (await readFromS3(ctx, source))
  if (source.ZipFile && bytes.byteLength >= MAX_ZIPPED) {
    const message = `Zipped size must be smaller than ${MAX_ZIPPED} bytes`
    throw new AwsError('RequestEntityTooLargeException', message, 413, { Type: 'User' })
  }
  const facts = inspectZip(bytes)
  if (!facts) throw invalidParameter('Could not unzip uploaded file. Please check your file, then try to upload again.')
  if (facts.files === 0) throw invalidParameter('Uploaded file must be a non-empty zip')
  if (facts.unzippedSize >= MAX_UNZIPPED) throw tooLarge()
  const sha = createHash('sha256').update(bytes).digest('hex')
  return { sha, bytes, size: bytes.byteLength, unzippedSize: facts.unzippedSize }
}

const tooLarge = () => invalidParameter(`Unzipped size must be smaller than ${MAX_UNZIPPED} bytes`)

async function readFromS3(ctx: Ctx, source: ArchiveSource): Promise<Uint8Array> {
  const { S3Bucket, S3Key, S3ObjectVersion } = source
  if (!S3Bucket || !S3Key) throw invalidParameter('Please provide a source for function code.')
  try {
    const object = await ctx.call('s3', 'GetObject', {
      Bucket: S3Bucket,
      Key: S3Key,
      ...(S3ObjectVersion === undefined ? {} : { VersionId: S3ObjectVersion }),
    })
    if ((object.ContentLength ?? 0) >= MAX_UNZIPPED) {
      if (object.Body instanceof ReadableStream) await object.Body.cancel()
      throw tooLarge()
    }
    return new Uint8Array(await new Response(object.Body ?? null).arrayBuffer())
  } catch (error) {
    if (!(error instanceof AwsError) || error.code === 'InvalidParameterValueException') throw error
    throw invalidParameter(
      `Error occurred while GetObject. S3 Error Code: ${error.code}. S3 Error Message: ${error.message}`,
    )
  }
}

/** Writes a zip, once whoever uses it. */
export function storeArchive(ctx: Tx, { sha, bytes, size, unzippedSize }: Archive): void {
  if (findArchive(ctx, sha)) return
  ctx.sql.run(
    'INSERT INTO lambda_archives (sha, size, unzippedSize, blob) VALUES (?, ?, ?, ?)',
    sha,
    size,
    unzippedSize,
    putBlob(ctx, bytes),
  )
}

export function findArchive(ctx: Ctx, sha: string): ArchiveRow | undefined {
  return ctx.sql.first<ArchiveRow>('SELECT * FROM lambda_archives WHERE sha = ?', sha)
}

/** Forgets zips after a while, unless something uses them then. */
export function releaseArchives(ctx: Tx, shas: Iterable<string>): void {
  for (const sha of new Set(shas)) ctx.timers.set('archive', sha, ctx.now + KEPT_MS)
}

/** Timer: a zip whose last user may have gone. */
export function dropArchive(ctx: Tx, sha: string): void {
  const { sql } = ctx
  const used = sql.first(
    `SELECT 1 WHERE EXISTS (SELECT 1 FROM lambda_versions WHERE code = ?1) OR EXISTS (SELECT 1 FROM lambda_version_layers WHERE code = ?1)
     OR EXISTS (SELECT 1 FROM lambda_layer_versions WHERE code = ?1)`,
    sha,
  )
  if (used) return
  const gone = sql.first<ArchiveRow>('DELETE FROM lambda_archives WHERE sha = ? RETURNING *', sha)
  if (gone) dropBlob(ctx, gone.blob)
}

/** A SHA-256 in hexadecimal as Lambda shows it, in base64. */
export function codeSha256(sha: string): string {
  return Buffer.from(sha, 'hex').toString('base64')
}
