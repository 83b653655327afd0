import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { findBucket } from '../buckets/bucket.ts'
import { notify } from '../notifications/notifications.ts'
import { findObject, type Found } from '../objects/object-finding.ts'
import { invalidArgument, malformedXml } from '../objects/object-refusals.ts'
import { isRestored } from './object-restore.ts'
import { shownVersion } from '../objects/object-rows.ts'
import { factsOf, OBJECT_COLUMNS, type ObjectRow, type StoredRestore } from '../objects/object-schema.ts'
import { updateFacts } from '../objects/object-writing.ts'
import { isArchived } from '../objects/storage-classes.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** How long a restoration takes, at the longest that AWS states for each tier. */
const DURATIONS: Record<string, Record<string, number>> = {
  GLACIER: { Expedited: 5 * MINUTE_MS, Standard: 5 * HOUR_MS, Bulk: 12 * HOUR_MS },
  DEEP_ARCHIVE: { Standard: 12 * HOUR_MS, Bulk: 48 * HOUR_MS },
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_RestoreObject.html */
export function RestoreObject(ctx: Tx, input: In<'RestoreObject'>): Out<'RestoreObject'> {
  const found = findObject(ctx, input, 'POST')
  const { row, facts } = found
  const { Days, Type, Tier, GlacierJobParameters, SelectParameters } = input.RestoreRequest ?? {}
  if (Type !== undefined || SelectParameters)
    throw new AwsError('NotImplemented', 'SELECT restores are not implemented', 501)
  if (!isArchived(row.storageClass)) {
    throw new AwsError('InvalidObjectState', "Restore is not allowed for the object's current storage class", 403, {
      StorageClass: row.storageClass,
    })
  }
  if (Days === undefined) throw malformedXml()
  if (Days < 1) throw invalidArgument('Argument Days must be a positive integer', 'Days', String(Days))
  const duration = durationOf(row.storageClass, GlacierJobParameters?.Tier ?? Tier ?? 'Standard')
  if (facts.restore && facts.restore.from > ctx.now) {
    throw new AwsError('RestoreAlreadyInProgress', 'Object restore is already in progress', 409)
  }
  if (isRestored(ctx, facts)) {
    // A copy that is there is only kept for longer.
    setRestore(ctx, found, { from: facts.restore?.from ?? ctx.now, until: expiry(ctx.now, Days) })
    return { StatusCode: 200 }
  }
  const from = ctx.now + duration
  setRestore(ctx, found, { from, until: expiry(from, Days) })
  ctx.timers.set('restored', String(row.seq), from)
  tell(ctx, found, 's3:ObjectRestore:Post')
  return { StatusCode: 202 }
}

function durationOf(storageClass: string, tier: string): number {
  const duration = DURATIONS[storageClass]?.[tier]
  if (duration !== undefined) return duration
  if (tier === 'Expedited')
    throw invalidArgument(`${tier} retrievals are not supported for ${storageClass}`, 'Tier', tier)
  throw malformedXml()
}

/** A copy stays until the midnight UTC after its days are over. */
function expiry(from: number, days: number): number {
  return Math.ceil((from + days * DAY_MS) / DAY_MS) * DAY_MS
}

function setRestore(ctx: Tx, { row, facts }: Found, restore: StoredRestore): void {
  updateFacts(ctx, row, { ...facts, restore })
  ctx.timers.set('unrestored', String(row.seq), restore.until)
}

function tell(ctx: Tx, { bucket, row, facts }: Found, name: string): void {
  notify(ctx, {
    name,
    key: row.key,
    size: row.size,
    eTag: row.etag,
    versionId: shownVersion(bucket, row),
    ...(name !== 's3:ObjectRestore:Delete' && { sourceClass: row.storageClass }),
    ...(facts.restore && { restore: { expiry: facts.restore.until, storageClass: row.storageClass } }),
  })
}

/** A restoration is done. */
export function restored(ctx: Tx, seq: string): void {
  const found = foundBySeq(ctx, seq)
  if (found && isRestored(ctx, found.facts)) tell(ctx, found, 's3:ObjectRestore:Completed')
}

/** A restored copy has had its time. */
export function unrestored(ctx: Tx, seq: string): void {
  const found = foundBySeq(ctx, seq)
  if (!found?.facts.restore || found.facts.restore.until > ctx.now) return
  updateFacts(ctx, found.row, { ...found.facts, restore: undefined })
  tell(ctx, { ...found, facts: { ...found.facts, restore: undefined } }, 's3:ObjectRestore:Delete')
}

function foundBySeq(ctx: Ctx, seq: string): Found | undefined {
  const row = ctx.sql.first<ObjectRow>(`SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE seq = ?`, Number(seq))
  // A bucket that holds something is there.
  return row && { bucket: findBucket(ctx), row, facts: factsOf(row) }
}
