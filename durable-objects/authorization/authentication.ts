import { signingNames } from '../../aws/models/index.ts'
import type { Key, Verifier } from '../../aws/sigv4/keys.ts'
import { verifierOf } from '../../aws/sigv4/keys.ts'
import { type Dialect, type Lifetime, type Proof, PROOF_WANTED, type Signed } from '../../aws/sigv4/proof.ts'
import {
  expiredToken,
  invalidSignature,
  invalidToken,
  malformedHeader,
  malformedUrl,
  missingToken,
  payloadMismatch,
  signatureMismatch,
  unknownKey,
} from '../../aws/sigv4/refusals.ts'
import { basicTime, isoSeconds, parseTime } from '../../aws/sigv4/times.ts'
import type { Ctx } from '../kernel/object/operation.ts'
import { sessionSecret } from '../kernel/namespace/credentials.ts'
import { AwsError } from '../../aws/errors.ts'
import { principalView } from './identity.ts'
import { isRootKey, type Modes } from './modes.ts'

/** A request whose signature holds, and what verifies the chunks of its body. */
export type Verified = { proof: Proof; accessKeyId: string; verify: Verifier }

/** What holds whether or not signatures are verified: presigned URLs and sessions end, on the namespace's clock. */
export function checkLifetimes({ caller, now, namespaceId }: Ctx, { dialect, lifetime }: Signed): void {
  if (caller.session && caller.session.namespaceId !== namespaceId) throw invalidToken(dialect)
  if (lifetime && now > lifetime.from + lifetime.seconds * 1000) throw expired(dialect, lifetime, now)
  if (caller.session && caller.session.expires <= now) throw expiredToken(dialect)
}

function expired(dialect: Dialect, { from, seconds, stated, legacy }: Lifetime, now: number): AwsError {
  if (dialect !== 's3') return signatureExpired(dialect, basicTime(from), { now, seconds })
  return new AwsError('AccessDenied', 'Request has expired', 403, {
    ...(legacy ? {} : { 'X-Amz-Expires': stated }),
    Expires: isoSeconds(from + seconds * 1000),
    ServerTime: isoSeconds(now),
  })
}

function signatureExpired(
  dialect: Dialect,
  time: string,
  { now, seconds }: { now: number; seconds: number },
): AwsError {
  const server = basicTime(now)
  const earliest = basicTime(now - seconds * 1000)
  const minutes = Math.floor(seconds / 60)
  return invalidSignature(
    dialect,
    `Signature expired: ${time} is now earlier than ${earliest} (${server} - ${minutes} min.)`,
  )
}

/**
 * Verifies a request's signature; undefined when it is not signed, which only operations open to all and S3's public
 * resources may be. A key or token that is named without proof is a refusal, never a caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export async function authenticate(ctx: Ctx, signed: Signed, modes: Modes): Promise<Verified | undefined> {
  const { dialect, proof, strangeToken } = signed
  if (proof === undefined) throw new AwsError(PROOF_WANTED)
  if (proof === null) {
    if (ctx.caller.accessKeyId !== undefined) throw missingToken(dialect)
    if (strangeToken && dialect === 's3') throw invalidToken(dialect)
    if (signed.open || dialect === 's3') return undefined
    throw missingToken(dialect)
  }
  const { accessKeyId = '' } = ctx.caller
  if (strangeToken) throw invalidToken(dialect)
  const secret = await secretOf(ctx, accessKeyId, modes)
  if (secret === undefined) throw unknownKey(dialect, accessKeyId)
  checkScope(ctx, dialect, proof)
  checkTime(ctx, signed, proof)
  const key: Key = { accessKeyId, secret }
  const verify = verifierOf(proof.algorithm, key, proof.scope)
  if (!verify(proof.stringToSign, proof.signature)) throw signatureMismatch(dialect, accessKeyId, proof)
  const { stated, computed } = proof.payload
  if (computed !== undefined && stated.toLowerCase() !== computed) throw payloadMismatch(stated, computed)
  return { proof, accessKeyId, verify }
}

/** The secret that goes with a key in this namespace; undefined for a key that is not of it, or not active. */
async function secretOf(ctx: Ctx, accessKeyId: string, modes: Modes): Promise<string | undefined> {
  const { session, accountId } = ctx.caller
  // The token was sealed for this namespace and key, or there would be no session.
  if (session) return sessionSecret(ctx.env, accessKeyId)
  if (isRootKey(accessKeyId, modes)) return modes.rootSecret
  if (!accessKeyId.startsWith('AKIA')) return undefined
  const view = await principalView(ctx, accountId, { accessKeyId })
  return view?.accessKeyStatus === 'Active' ? view.secretAccessKey : undefined
}

/** A signature holds for one region and service: the bucket's, the host's, or the one that global services sign for. */
function checkScope(ctx: Ctx, dialect: Dialect, proof: Proof): void {
  const { region, service } = proof.scope
  const name = otherName(ctx.service, service)
  if (name !== undefined) throw invalidSignature(dialect, `Credential should be scoped to correct service: '${name}'. `)
  const expected = expectedRegion(ctx)
  if (expected === undefined || covers(proof, expected)) return
  if (dialect !== 's3')
    throw invalidSignature(dialect, `Credential should be scoped to a valid region, not '${region}'. `)
  const reason = `the region '${region}' is wrong; expecting '${expected}'`
  if (!proof.presigned) throw malformedHeader(reason, { Region: expected })
  throw malformedUrl(`Error parsing the X-Amz-Credential parameter; ${reason}`, { Region: expected })
}

/** The name for which a service's requests are signed, when it is not this one. S3 and SES have several. */
function otherName(service: string, signed: string): string | undefined {
  const services = Object.hasOwn(signingNames, signed) ? signingNames[signed] : undefined
  if (/^(?:s3|ses)/.test(service) || services?.includes(service)) return undefined
  return Object.keys(signingNames).find(name => signingNames[name]?.includes(service))
}

function covers({ scope, algorithm, regionSet = '' }: Proof, expected: string): boolean {
  if (algorithm === 'AWS4-HMAC-SHA256') return scope.region === expected
  return regionSet.split(',').some(name => {
    const pattern = name.trim()
    return pattern === expected || (pattern.endsWith('*') && expected.startsWith(pattern.slice(0, -1)))
  })
}

const HOST_REGION = /(?:^|[.-])([a-z]{2}(?:-[a-z]+)+-\d)\.amazonaws\.com(?:\.cn)?(?::\d+)?$/

function expectedRegion(ctx: Ctx): string | undefined {
  const { signedRegion } = ctx.definitionOf(ctx.service)
  return signedRegion ? signedRegion(ctx) : HOST_REGION.exec(ctx.http?.host ?? '')?.[1]
}

const MAX_SKEW_MS = 900_000

/**
 * A signature holds for a quarter of an hour, on the real clock or the namespace's: clients sign by either. A presigned
 * URL holds as long as it says, from then on.
 */
function checkTime({ now }: Ctx, { dialect, lifetime }: Signed, { time, presigned }: Proof): void {
  const at = parseTime(time) ?? 0
  const clocks = [now, Date.now()]
  if (clocks.some(clock => at <= clock + MAX_SKEW_MS && (lifetime || at >= clock - MAX_SKEW_MS))) return
  if (dialect === 's3') throw presigned ? notYetValid() : tooSkewed(time, now)
  if (at < now) throw signatureExpired(dialect, time, { now, seconds: MAX_SKEW_MS / 1000 })
  const server = basicTime(now)
  const latest = basicTime(now + MAX_SKEW_MS)
  throw invalidSignature(
    dialect,
    `Signature not yet current: ${time} is still later than ${latest} (${server} + 15 min.)`,
  )
}

const notYetValid = () => new AwsError('AccessDenied', 'Request is not valid yet', 403)

function tooSkewed(time: string, now: number): AwsError {
  const message = 'The difference between the request time and the current time is too large.'
  return new AwsError('RequestTimeTooSkewed', message, 403, {
    RequestTime: time,
    ServerTime: isoSeconds(now),
    MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
  })
}
