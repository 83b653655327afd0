import type { ObjectLockConfiguration } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import type { Bucket } from '../buckets/bucket.ts'
import { configurationOf } from '../configurations/configuration.ts'
import { accessDenied, invalidArgument, invalidRequest } from '../objects/object-refusals.ts'
import type { ObjectFacts, ObjectRow, StoredRetention } from '../objects/object-schema.ts'
import { factsOf } from '../objects/object-schema.ts'

const DAY_MS = 86_400_000

export type LockInput = {
  ObjectLockMode?: string | undefined
  ObjectLockRetainUntilDate?: Date | undefined
  ObjectLockLegalHoldStatus?: string | undefined
}

export type Lock = Pick<ObjectFacts, 'retention' | 'legalHold'>

export const NO_LOCK = 'Bucket is missing Object Lock Configuration'

/**
 * The retention and hold that a new version gets: its request's, else the bucket's default.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
 * @throws AwsError InvalidRequest, InvalidArgument
 */
export function lockOf(ctx: Ctx, bucket: Bucket, input: LockInput): Lock {
  const { ObjectLockMode: mode, ObjectLockRetainUntilDate: until, ObjectLockLegalHoldStatus: hold } = input
  const asked = mode !== undefined || until !== undefined || hold !== undefined
  if (asked && !bucket.objectLock) throw invalidRequest(NO_LOCK)
  if (!bucket.objectLock) return {}
  if ((mode === undefined) !== (until === undefined)) {
    const message = 'x-amz-object-lock-retain-until-date and x-amz-object-lock-mode must both be supplied'
    throw invalidArgument(
      message,
      mode === undefined ? 'x-amz-object-lock-mode' : 'x-amz-object-lock-retain-until-date',
    )
  }
  if (hold !== undefined && hold !== 'ON' && hold !== 'OFF') {
    throw invalidArgument("Legal Hold must be either of 'ON' or 'OFF'", 'x-amz-object-lock-legal-hold', hold)
  }
  const retention = mode !== undefined && until ? retentionOf(ctx, mode, until) : defaultRetention(ctx)
  return { ...(retention && { retention }), ...(hold && { legalHold: hold }) }
}

function retentionOf(ctx: Ctx, mode: string, until: Date): StoredRetention {
  const known = modeNamed(mode)
  if (!known) throw invalidArgument('Unknown wormMode directive.', 'x-amz-object-lock-mode', mode)
  if (until.getTime() <= ctx.now) {
    const message = 'The retain until date must be in the future!'
    throw invalidArgument(message, 'x-amz-object-lock-retain-until-date', until.toISOString())
  }
  return { mode: known, until: until.getTime() }
}

export function modeNamed(name: string | undefined): StoredRetention['mode'] | undefined {
  return name === 'GOVERNANCE' || name === 'COMPLIANCE' ? name : undefined
}

function defaultRetention(ctx: Ctx): StoredRetention | undefined {
  const rule = configurationOf<ObjectLockConfiguration>(ctx, 'object-lock')?.Rule?.DefaultRetention
  const mode = modeNamed(rule?.Mode)
  if (!rule || !mode) return undefined
  if (rule.Days !== undefined) return { mode, until: ctx.now + rule.Days * DAY_MS }
  const until = new Date(ctx.now)
  until.setUTCFullYear(until.getUTCFullYear() + (rule.Years ?? 0))
  return { mode, until: until.getTime() }
}

/** Whether a version may be deleted for good. @throws AwsError AccessDenied */
export function checkUnlocked(ctx: Ctx, row: ObjectRow, bypass: boolean): void {
  const { retention, legalHold } = factsOf(row)
  const locked = 'Access Denied because object protected by object lock.'
  if (legalHold === 'ON') throw accessDenied(locked)
  if (!retention || retention.until <= ctx.now) return
  if (retention.mode === 'COMPLIANCE' || !bypass) throw accessDenied(locked)
}

/** Lock headers of a version that is read. */
export function lockMembers({ retention, legalHold }: ObjectFacts) {
  return {
    ...(retention && { ObjectLockMode: retention.mode, ObjectLockRetainUntilDate: new Date(retention.until) }),
    ...(legalHold && { ObjectLockLegalHoldStatus: legalHold }),
  }
}
