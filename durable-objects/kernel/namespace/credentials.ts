import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Env } from '../env.ts'
import type { Session } from '../object/operation.ts'
import { BASE32, base32, randomAlphanumeric } from '../../../aws/ids.ts'
import { secretOf } from './secret.ts'

/** Temporary credentials, as STS and the credential endpoints give them. */
export type Credentials = { AccessKeyId: string; SecretAccessKey: string; SessionToken: string; Expiration: Date }

const TOKEN_PREFIX = 'IQoJb3JpZ2luX2Vj'

/** Where a session is made. */
type Minting = { env: Env; place: { namespace: string }; namespaceId: string }

/** Signs what we hand out. */
function hmac(env: Env, text: string): Buffer {
  return createHmac('sha256', secretOf(env)).update(text).digest()
}

/** Three letters that a key of our own making ends in, so that an account is read from no other key. */
function seal(head: string): string {
  const digest = createHmac('sha256', 'fakecloud-access-key').update(head).digest()
  return [0, 1, 2].map(i => BASE32[(digest[i] ?? 0) & 31]).join('')
}

/**
 * A new access key id that carries its account, as AWS's do: no look-up is needed to place a request.
 * @param prefix `AKIA` for a user's key, `ASIA` for a session's
 * @param account 12 digits
 */
export function newAccessKeyId(prefix: 'AKIA' | 'ASIA', account: string): string {
  const random = crypto.getRandomValues(new Uint8Array(5))
  const head = prefix + base32(BigInt(account), 8) + Array.from(random, byte => BASE32[byte & 31]).join('')
  return head + seal(head)
}

/** The account of a key that newAccessKeyId made; undefined for any other key. */
export function accountOfAccessKey(accessKeyId: string): string | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)) return undefined
  if (seal(accessKeyId.slice(0, 17)) !== accessKeyId.slice(17)) return undefined
  let account = 0n
  for (const letter of accessKeyId.slice(4, 12)) account = (account << 5n) | BigInt(BASE32.indexOf(letter))
  const digits = account.toString().padStart(12, '0')
  return digits.length === 12 ? digits : undefined
}

/** A secret access key: 40 letters and digits. */
export function newSecretAccessKey(): string {
  return randomAlphanumeric(40)
}

/** The secret of a session's key, derived so that verifying a signature needs no storage. */
export function sessionSecret(env: Env, accessKeyId: string): string {
  return hmac(env, `secret/${accessKeyId}`).toString('base64').slice(0, 40)
}

/**
 * Credentials of a role session. The token says who it is and is signed for its namespace and key: it needs no
 * storage, and is worth nothing in another namespace, or in one of the same name that is made after this one's end.
 */
export function mintSession(
  { env, place: { namespace }, namespaceId }: Minting,
  made: Omit<Session, 'namespaceId'>,
): Credentials {
  const session: Session = { ...made, namespaceId }
  const AccessKeyId = newAccessKeyId('ASIA', session.accountId)
  const body = Buffer.from(JSON.stringify(session)).toString('base64url')
  const signature = hmac(env, `token/${namespace}/${AccessKeyId}/${body}`).toString('base64url')
  return {
    AccessKeyId,
    SecretAccessKey: sessionSecret(env, AccessKeyId),
    SessionToken: `${TOKEN_PREFIX}${body}.${signature}`,
    Expiration: new Date(session.expires),
  }
}

/** What a session token says; undefined unless we minted it for this namespace and key. Expiry is the caller's to check. */
export function openSession(
  env: Env,
  namespace: string,
  credentials: { accessKeyId: string; sessionToken: string },
): Session | undefined {
  const { accessKeyId, sessionToken } = credentials
  if (!sessionToken.startsWith(TOKEN_PREFIX)) return undefined
  const [body = '', signature = ''] = sessionToken.slice(TOKEN_PREFIX.length).split('.')
  const given = Buffer.from(signature, 'base64url')
  const expected = hmac(env, `token/${namespace}/${accessKeyId}/${body}`)
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return undefined
  return JSON.parse(Buffer.from(body, 'base64url').toString()) as Session // signed by mintSession
}

/** A key of the account root, good in its namespace alone. */
export const newRootKey = (account: string) => ({
  accessKeyId: newAccessKeyId('AKIA', account),
  secretAccessKey: newSecretAccessKey(),
})
