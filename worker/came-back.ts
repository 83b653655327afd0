import type { Env } from '../durable-objects/kernel/env.ts'
import { cameOutOf, OUT_HEADER } from '../durable-objects/kernel/http-out/http-out.ts'
import { AwsError } from '../aws/errors.ts'
import { routeOf } from './route.ts'

/** Paths that are ours. Each is under a name that no bucket can have. */
export const OURS = ['/_fakecloud/*', '/_localstack/*', '/_reset']

/** Function URLs by path are the namespace's own, not ours. */
const OURS_PATH = /^\/(?:_fakecloud\/(?!lambda-url\/)|_localstack\/|_reset(?:\/|$))/

/**
 * What the emulator sent out (a post to a topic's endpoint, a call of an API destination) and what came back to it is
 * answered in the namespace that it came out of, and at none of our own endpoints: nobody steers the emulator through it.
 */
export function refuseCameBack(request: Request, env: Env): Response | undefined {
  if (!request.headers.has(OUT_HEADER)) return undefined
  const from = cameOutOf(env, request.headers)
  if (from === undefined) return undefined
  const path = new URL(request.url).pathname.replace(/^\/_ns\/[^/]+/, '')
  if (OURS_PATH.test(decoded(path))) return refusal(`What comes out of a namespace does not steer the emulator`)
  if (namespaceOf(request, env) === from) return undefined
  return refusal(`What comes out of the namespace ${from} is answered in no other`)
}

function namespaceOf(request: Request, env: Env): string | undefined {
  try {
    return routeOf(request, env).namespace
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

const refusal = (error: string) => Response.json({ error }, { status: 403 })
