import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import type { ObjectFacts, ObjectRow } from '../objects/object-schema.ts'
import { isArchived } from '../objects/storage-classes.ts'

/** Whether a version's content is at hand: an archived one's only while a restored copy is. @throws AwsError */
export function checkReadable(ctx: Ctx, { row, facts }: { row: ObjectRow; facts: ObjectFacts }): void {
  if (!isArchived(row.storageClass) || isRestored(ctx, facts)) return
  const message = "The operation is not valid for the object's storage class"
  throw new AwsError('InvalidObjectState', message, 403, { StorageClass: row.storageClass })
}

export function isRestored(ctx: Ctx, { restore }: ObjectFacts): boolean {
  return restore !== undefined && restore.from <= ctx.now && ctx.now < restore.until
}

/** `x-amz-restore` of a version that is being restored, or was. */
export function restoreHeader(ctx: Ctx, { restore }: ObjectFacts): { Restore?: string } {
  if (!restore || restore.until <= ctx.now) return {}
  if (restore.from > ctx.now) return { Restore: 'ongoing-request="true"' }
  return { Restore: `ongoing-request="false", expiry-date="${new Date(restore.until).toUTCString()}"` }
}
