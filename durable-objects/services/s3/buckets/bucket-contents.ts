import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { dropBlobs } from '../../../kernel/blobs/blobs.ts'

/** Whether a bucket holds any version of any object; uploads under way do not count. */
export function holdsAnything(ctx: Ctx): boolean {
  return ctx.sql.first('SELECT 1 FROM s3_objects LIMIT 1') !== undefined
}

/** Lets go of what a bucket without objects may still hold. */
export function emptyBucket(ctx: Tx): void {
  for (const { seq } of ctx.sql.all<{ seq: number }>('SELECT seq FROM s3_uploads')) dropUpload(ctx, seq)
}

/** Forgets an upload with its parts. */
export function dropUpload(ctx: Tx, upload: number): void {
  ctx.sql.run('DELETE FROM s3_uploads WHERE seq = ?', upload)
  dropParts(ctx, upload)
}

/** Lets go of an upload's parts; those that an object has taken stay its own. */
export function dropParts(ctx: Tx, upload: number): void {
  const parts = ctx.sql.all<{ blob: number }>('SELECT blob FROM s3_upload_parts WHERE upload = ?', upload)
  ctx.sql.run('DELETE FROM s3_upload_parts WHERE upload = ?', upload)
  const blobs = parts.map(({ blob }) => blob)
  dropBlobs(ctx, blobs)
}
