import type { LifecycleRule } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { type Bucket, bucketRow, findBucket } from '../buckets/bucket.ts'
import { dropUpload } from '../buckets/bucket-contents.ts'
import { type Lifecycle, lifecycleOf, nextMidnight } from './lifecycle.ts'
import {
  abortOf,
  type Aging,
  enabledRules,
  expirationOf,
  markerExpires,
  noncurrentExpires,
  type Rounding,
  transitionOf,
} from './lifecycle-matching.ts'
import { notify } from '../notifications/notifications.ts'
import { removeVersion, shownVersion } from '../objects/object-rows.ts'
import { factsOf, OBJECT_COLUMNS, type ObjectRow, type UploadRow } from '../objects/object-schema.ts'
import { writeMarker } from '../objects/object-writing.ts'
import type { LifecycleTickResponse } from '../views.ts'

/** What tests ask of a bucket's lifecycle. */
export type LifecycleOperations = {
  RunLifecycle: { input: Record<string, never>; output: LifecycleTickResponse | undefined }
}

/** Versions looked at in one go. */
const PAGE = 1000

type Run = {
  bucket: Bucket
  rules: LifecycleRule[]
  minimum: string
  rounding: Rounding
  report: LifecycleTickResponse
}

/** Each midnight UTC: one page of the bucket after another, the key being the last version looked at. */
export function lifecycle(ctx: Tx, key: string): void {
  const stored = bucketRow(ctx)?.state === 'ready' ? lifecycleOf(ctx) : undefined
  if (!stored) return
  const run = runOf(ctx, stored, 'midnight')
  if (key === '') {
    abortUploads(ctx, run)
    ctx.timers.set('lifecycle', '', nextMidnight(ctx.now))
  }
  const last = runPage(ctx, run, Number(key))
  if (last !== undefined) ctx.timers.set('lifecycle', String(last), ctx.now)
}

/** Test tick: a whole run now, where there is a lifecycle. What is old enough goes at once, midnight or not. */
export function RunLifecycle(ctx: Tx): LifecycleTickResponse | undefined {
  const stored = ctx.resource !== undefined && bucketRow(ctx)?.state === 'ready' ? lifecycleOf(ctx) : undefined
  if (!stored) return undefined
  const run = runOf(ctx, stored, 'none')
  abortUploads(ctx, run)
  for (let last: number | undefined = 0; last !== undefined; ) last = runPage(ctx, run, last)
  return run.report
}

function runOf(ctx: Ctx, stored: Lifecycle, rounding: Rounding): Run {
  return {
    bucket: findBucket(ctx),
    rules: enabledRules(stored.Rules),
    minimum: stored.TransitionDefaultMinimumObjectSize,
    rounding,
    report: { processedBuckets: 1, expiredObjects: 0, transitionedObjects: 0 },
  }
}

/** @returns the last version looked at, when there may be more */
function runPage(ctx: Tx, run: Run, after: number): number | undefined {
  const rows = ctx.sql.all<ObjectRow>(
    `SELECT ${OBJECT_COLUMNS} FROM s3_objects WHERE seq > ? ORDER BY seq LIMIT ?`,
    after,
    PAGE,
  )
  for (const row of rows) {
    if (row.marker) ageMarker(ctx, run, row)
    else if (row.latest) ageCurrent(ctx, run, row)
    else ageNoncurrent(ctx, run, row)
  }
  return rows.length === PAGE ? rows.at(-1)?.seq : undefined
}

function agingOf(row: ObjectRow): Aging {
  const { key, size, modified, storageClass } = row
  return { key, size, modified, storageClass, tags: factsOf(row).tags ?? [] }
}

function ageCurrent(ctx: Tx, run: Run, row: ObjectRow): void {
  const { bucket, rules, rounding } = run
  const aging = agingOf(row)
  const expiration = expirationOf(rules, aging, rounding)
  if (!expiration || expiration.at > ctx.now) {
    transition(ctx, run, { row, to: transitionOf(rules, aging, { now: ctx.now, rounding, minimum: run.minimum }) })
    return
  }
  if (bucket.versioning === '') {
    remove(ctx, run, row)
    return
  }
  const versionId = writeMarker(ctx, bucket, row.key)
  notify(ctx, { name: 's3:LifecycleExpiration:DeleteMarkerCreated', key: row.key, versionId })
  run.report.expiredObjects += 1
}

function ageNoncurrent(ctx: Tx, run: Run, row: ObjectRow): void {
  const { rules, rounding, minimum } = run
  const aging = agingOf(row)
  const noncurrent = { since: row.noncurrentSince ?? row.modified, newer: newerNoncurrent(ctx, row) }
  const question = { now: ctx.now, rounding, minimum, noncurrent }
  if (noncurrentExpires(rules, aging, question)) remove(ctx, run, row)
  else transition(ctx, run, { row, to: transitionOf(rules, aging, question) })
}

function newerNoncurrent(ctx: Ctx, row: ObjectRow): number {
  const query =
    'SELECT COUNT(*) AS n FROM (SELECT 1 FROM s3_objects WHERE key = ? AND seq > ? AND latest = 0 LIMIT 100)'
  return ctx.sql.first<{ n: number }>(query, row.key, row.seq)?.n ?? 0
}

/** A marker goes once it hides nothing; one that is itself noncurrent goes as other noncurrent versions do. */
function ageMarker(ctx: Tx, run: Run, row: ObjectRow): void {
  if (!row.latest) {
    ageNoncurrent(ctx, run, row)
    return
  }
  const hides = ctx.sql.first('SELECT 1 FROM s3_objects WHERE key = ? AND seq < ? LIMIT 1', row.key, row.seq)
  if (!hides && markerExpires(run.rules, row, { now: ctx.now, rounding: run.rounding })) remove(ctx, run, row)
}

/** What is locked stays. */
function remove(ctx: Tx, run: Run, row: ObjectRow): void {
  const { retention, legalHold } = factsOf(row)
  if (legalHold === 'ON' || (retention && retention.until > ctx.now)) return
  removeVersion(ctx, row)
  notify(ctx, { name: 's3:LifecycleExpiration:Delete', key: row.key, versionId: shownVersion(run.bucket, row) })
  run.report.expiredObjects += 1
}

function transition(ctx: Tx, run: Run, { row, to }: { row: ObjectRow; to: string | undefined }): void {
  if (to === undefined || row.marker) return
  ctx.sql.run('UPDATE s3_objects SET storageClass = ? WHERE seq = ?', to, row.seq)
  const { key, size, etag: eTag } = row
  const versionId = shownVersion(run.bucket, row)
  notify(ctx, { name: 's3:LifecycleTransition', key, size, eTag, versionId, storageClass: to })
  run.report.transitionedObjects += 1
}

function abortUploads(ctx: Tx, { rules, rounding }: Run): void {
  if (!rules.some(({ AbortIncompleteMultipartUpload }) => AbortIncompleteMultipartUpload)) return
  const uploads = ctx.sql.all<Pick<UploadRow, 'seq' | 'key' | 'initiated'>>(
    'SELECT seq, key, initiated FROM s3_uploads WHERE done IS NULL',
  )
  for (const upload of uploads) {
    const abort = abortOf(rules, upload, rounding)
    if (abort && abort.at <= ctx.now) dropUpload(ctx, upload.seq)
  }
}
