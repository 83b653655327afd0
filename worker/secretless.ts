import type { Env } from '../durable-objects/kernel/env.ts'
import { AwsError } from '../aws/errors.ts'
import type { Refusal } from './body.ts'
import { isFunctions } from './route.ts'

/** Names and addresses that lead to the machine that asks, and those that a resolver of its own makes lead there. */
const THIS_MACHINE =
  /^(?:(?:.+\.)?localhost(?:\.localstack\.cloud)?|127(?:\.\d{1,3}){3}|\[::1\]|host\.docker\.internal|(?:.+\.)?amazonaws\.com(?:\.cn)?)$/

const MESSAGE =
  'This deployment has no secret to sign sessions with, and serves nobody until it has one: wrangler secret put FAKECLOUD_SECRET'

/**
 * Why a request to a deployment without FAKECLOUD_SECRET is not served: what signs its sessions would be known to
 * everybody. `wrangler dev` needs none: nothing but the machine itself gets there.
 */
export function withoutSecret(request: Request, env: Env): Refusal | undefined {
  if (env.FAKECLOUD_SECRET || isLocal(request, env)) return undefined
  return () => new AwsError('AccessDenied', MESSAGE, 403)
}

/** Cloudflare marks whatever comes over its network, and no client can take that off. */
function isLocal({ url, headers }: Request, env: Env): boolean {
  if (headers.has('cf-ray')) return false
  return THIS_MACHINE.test(new URL(url).hostname) || isFunctions(headers, env)
}
