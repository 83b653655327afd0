import type { In, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { findObject, type Found } from '../objects/object-finding.ts'
import { modeNamed, NO_LOCK } from './object-lock-rules.ts'
import { accessDenied, invalidArgument, invalidRequest, malformedXml } from '../objects/object-refusals.ts'
import type { StoredRetention } from '../objects/object-schema.ts'
import { updateFacts } from '../objects/object-writing.ts'

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectLegalHold.html */
export function PutObjectLegalHold(ctx: Tx, input: In<'PutObjectLegalHold'>): Out<'PutObjectLegalHold'> {
  const { row, facts } = findLockable(ctx, input, 'PUT')
  const legalHold: string | undefined = input.LegalHold?.Status
  if (legalHold !== 'ON' && legalHold !== 'OFF') throw malformedXml()
  updateFacts(ctx, row, { ...facts, legalHold })
  return {}
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectLegalHold.html */
export function GetObjectLegalHold(ctx: Ctx, input: In<'GetObjectLegalHold'>): Out<'GetObjectLegalHold'> {
  const { facts } = findLockable(ctx, input, 'GET')
  if (!facts.legalHold) throw noneYet()
  return { LegalHold: { Status: facts.legalHold } }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObjectRetention.html */
export function PutObjectRetention(ctx: Tx, input: In<'PutObjectRetention'>): Out<'PutObjectRetention'> {
  const { row, facts } = findLockable(ctx, input, 'PUT')
  const retention = requestedRetention(ctx, input)
  if (weakens(ctx, facts.retention, retention)) {
    const governed = facts.retention?.mode === 'GOVERNANCE'
    if (!governed || !input.BypassGovernanceRetention) {
      throw accessDenied('Access Denied because object protected by object lock.')
    }
  }
  updateFacts(ctx, row, { ...facts, retention })
  return {}
}

/** Undefined takes the retention away. */
function requestedRetention(ctx: Ctx, { Retention }: In<'PutObjectRetention'>): StoredRetention | undefined {
  const { Mode, RetainUntilDate } = Retention ?? {}
  if (Mode === undefined && RetainUntilDate === undefined) {
    if (Retention === undefined) throw malformedXml()
    return undefined
  }
  const mode = modeNamed(Mode)
  if (!mode || RetainUntilDate === undefined) throw malformedXml()
  const until = RetainUntilDate.getTime()
  if (until <= ctx.now) throw invalidArgument('The retain until date must be in the future!')
  return { mode, until }
}

/** Whether a change lets go of what is still retained: an earlier end, or from compliance to governance. */
function weakens(ctx: Ctx, before: StoredRetention | undefined, after: StoredRetention | undefined): boolean {
  if (!before || before.until <= ctx.now) return false
  if (!after || after.until < before.until) return true
  return before.mode === 'COMPLIANCE' && after.mode !== 'COMPLIANCE'
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObjectRetention.html */
export function GetObjectRetention(ctx: Ctx, input: In<'GetObjectRetention'>): Out<'GetObjectRetention'> {
  const { facts } = findLockable(ctx, input, 'GET')
  if (!facts.retention) throw noneYet()
  return { Retention: { Mode: facts.retention.mode, RetainUntilDate: new Date(facts.retention.until) } }
}

function findLockable(ctx: Ctx, input: Parameters<typeof findObject>[1], method: string): Found {
  const found = findObject(ctx, input, method)
  if (!found.bucket.objectLock) throw invalidRequest(NO_LOCK)
  return found
}

function noneYet(): AwsError {
  const message = 'The specified object does not have a ObjectLock configuration'
  return new AwsError('NoSuchObjectLockConfiguration', message, 404)
}
