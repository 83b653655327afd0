import { createHmac, timingSafeEqual } from 'node:crypto'
import { secretOf } from './secret.ts'

/** Of what namespace a link is: it ends with that, as sessions do. */
type Origin = { env: { FAKECLOUD_SECRET?: string }; place: { namespace: string }; namespaceId: string }

/** As long as the links that AWS gives to a function's code, in seconds of real time. */
const GOOD_FOR = 600
const EXPIRES = 'X-Fakecloud-Expires'
const SIGNATURE = 'X-Fakecloud-Signature'

/** Signs a path with its query, so that whoever was given it may fetch what it leads to: it needs no credentials. */
export function signedLink(origin: Origin, path: string): string {
  const link = `${path}${path.includes('?') ? '&' : '?'}${EXPIRES}=${Math.floor(Date.now() / 1000) + GOOD_FOR}`
  return `${link}&${SIGNATURE}=${sealOf(origin, link).toString('base64url')}`
}

/** Whether a path with its query is one that signedLink() gave out, and not too long ago. */
export function isSignedLink(origin: Origin, link: string): boolean {
  const [, signed = '', signature = ''] = new RegExp(`^(.*)&${SIGNATURE}=([\\w-]+)$`).exec(link) ?? []
  const expires = Number(new RegExp(`[?&]${EXPIRES}=(\\d+)$`).exec(signed)?.[1] ?? 0)
  const given = Buffer.from(signature, 'base64url')
  const expected = sealOf(origin, signed)
  return expires * 1000 > Date.now() && given.length === expected.length && timingSafeEqual(given, expected)
}

function sealOf({ env, place: { namespace }, namespaceId }: Origin, link: string): Buffer {
  return createHmac('sha256', secretOf(env)).update(`link/${namespace}/${namespaceId}${link}`).digest()
}
