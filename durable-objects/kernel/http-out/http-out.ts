/** HTTP that leaves the emulator: marked with its namespace, bounded in time and size, and following no redirect. */
import { createHmac, timingSafeEqual } from 'node:crypto'
import { AwsError } from '../../../aws/errors.ts'
import type { Env } from '../env.ts'
import { isLocal, secretOf } from '../namespace/secret.ts'
import type { Ctx } from '../object/operation.ts'
import { isPrivateHost } from '../../shared/private-hosts.ts'

/**
 * Tells our own Worker which namespace a request came out of, by whatever name it comes back in: it is let in nowhere
 * else, and never at the admin endpoints. Signed, so that no one else can make a request look so.
 */
export const OUT_HEADER = 'x-fakecloud-out'

/** Of an answer no more is read. */
const MOST_BYTES = 1024 ** 2

export type HttpOut = {
  method: string
  headers: Record<string, string>
  body?: string | undefined
  timeoutMs: number
  /** Reads the answer's body as text; otherwise nobody wants it. */
  read?: true
}

export type HttpAnswer = { status: number; headers: Headers; text: string }

type Secret = { FAKECLOUD_SECRET?: string }

function sealOf(env: Secret, namespace: string): Buffer {
  return createHmac('sha256', secretOf(env)).update(`out/${namespace}`).digest()
}

export const outMark = (env: Secret, namespace: string) =>
  `${namespace}.${sealOf(env, namespace).toString('base64url')}`

/** The namespace that a request came out of; undefined for all that is not from here. */
export function cameOutOf(env: Secret, headers: Headers): string | undefined {
  const [namespace = '', seal = ''] = headers.get(OUT_HEADER)?.split('.') ?? []
  if (seal === '') return undefined
  const given = Buffer.from(seal, 'base64url')
  const expected = sealOf(env, namespace)
  return given.length === expected.length && timingSafeEqual(given, expected) ? namespace : undefined
}

/**
 * Sends one request out and answers what came back, whatever its status.
 * @throws AwsError for an address that a hosted emulator does not call, Error when there is no answer in time
 */
export async function httpOut(
  ctx: { env: Env; place: Pick<Ctx['place'], 'namespace'> },
  url: string | URL,
  out: HttpOut,
): Promise<HttpAnswer> {
  const { hostname } = new URL(url)
  if (!isLocal(ctx.env) && isPrivateHost(hostname)) {
    throw new AwsError('AccessDenied', `${hostname} is a private address, which a hosted emulator does not call`, 403)
  }
  const headers = new Headers(out.headers)
  headers.set(OUT_HEADER, outMark(ctx.env, ctx.place.namespace))
  const { INTERNET: outside = globalThis } = ctx.env
  const response = await outside.fetch(url, {
    method: out.method,
    headers,
    ...(out.body !== undefined && { body: out.body }),
    redirect: 'manual',
    signal: AbortSignal.timeout(out.timeoutMs),
  })
  const text = out.read ? await readText(response) : ''
  if (!out.read) await response.body?.cancel()
  return { status: response.status, headers: response.headers, text }
}

async function readText({ body }: Response): Promise<string> {
  if (!body) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as ReadableStream<Uint8Array>) {
    size += chunk.byteLength
    if (size > MOST_BYTES) throw new Error(`the answer is longer than ${MOST_BYTES} bytes`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
