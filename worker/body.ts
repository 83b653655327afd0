import type { Env } from '../durable-objects/kernel/env.ts'
import { TOO_LARGE_HEADER } from '../durable-objects/shared/functions/contract.ts'
import { definitionOf } from '../durable-objects/services/index.ts'
import { AwsError } from '../aws/errors.ts'

/**
 * The most that is ever held of a body that no operation streams. AWS's own largest such request is a function's zip
 * in base64 (70,167,211 bytes).
 */
export const MOST_BUFFERED = 70_167_211

export const TOO_LARGE = 'RequestEntityTooLarge'

const tooLarge = () => new AwsError(TOO_LARGE, 'Request Entity Too Large', 413)

/** A refusal in the words of the service that was asked. */
export type Refusal = (service: string) => AwsError

/** What a deployment takes of a body at most, if it says so. */
export function mostBytes({ FAKECLOUD_MAX_REQUEST_BODY_BYTES: most }: Env): number | undefined {
  return most !== undefined && /^\d{1,15}$/.test(most) ? Number(most) : undefined
}

/** Why a body is not taken, where its length is known: by its header, or because the front has counted it. */
export function overLimit({ headers }: Request, env: Env): Refusal | undefined {
  const most = mostBytes(env)
  if (most === undefined) return undefined
  const declared = Number(headers.get('content-length') ?? 0)
  if (declared > most) return beyond(most, declared)
  return env.FAKECLOUD_FRONT && headers.has(TOO_LARGE_HEADER) ? beyond(most) : undefined
}

function beyond(most: number, ProposedSize?: number): Refusal {
  const fields = { ...(ProposedSize !== undefined && { ProposedSize }), MaxSizeAllowed: most }
  return service => {
    const { overLimit: own } = definitionOf(service).wire ?? {}
    return own ? new AwsError(own.code, own.message, 400, fields) : tooLarge()
  }
}

/**
 * A body whose length nobody has declared, and no front counts, counted as it is read.
 * @param onBeyond told at the first byte too many, before the stream fails
 */
export function limited(request: Request, env: Env, onBeyond: (refusal: Refusal) => void): Request['body'] {
  const most = mostBytes(env)
  const counts = most !== undefined && !env.FAKECLOUD_FRONT && !request.headers.has('content-length')
  if (!request.body || !counts) return request.body
  let length = 0
  const count = new TransformStream<Uint8Array, Uint8Array>({
    transform(bytes, controller) {
      length += bytes.byteLength
      if (length > most) {
        onBeyond(beyond(most))
        throw tooLarge()
      }
      controller.enqueue(bytes)
    },
  })
  return request.body.pipeThrough(count)
}

type Source = Pick<Request, 'headers' | 'body' | 'arrayBuffer'>

/** Reads a request's whole body once; later calls get the same bytes. */
export function bodyReader(request: Source): () => Promise<Uint8Array> {
  let read: Promise<Uint8Array> | undefined
  return () => {
    read ??= readAll(request)
    return read
  }
}

async function readAll(request: Source): Promise<Uint8Array> {
  try {
    return await readWhole(request)
  } catch (error) {
    if (error instanceof AwsError) throw error
    // The client went, or broke off its own framing.
    throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly')
  }
}

async function readWhole(request: Source): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array(0)
  const declared = request.headers.get('content-length')
  if (declared !== null) {
    if (Number(declared) > MOST_BUFFERED) throw tooLarge()
    return new Uint8Array(await request.arrayBuffer())
  }
  return await collect(request.body, MOST_BUFFERED)
}

/** Gathers a stream, refusing to hold more than `most` bytes. */
export async function collect(stream: ReadableStream<Uint8Array>, most: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of stream) {
    length += chunk.byteLength
    if (length > most) throw tooLarge()
    chunks.push(chunk)
  }
  const whole = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.byteLength
  }
  return whole
}

/**
 * The most that is read of a body that nobody wants, in bytes, and for how long: a client may send for ever. Whoever sends
 * a little more than may be gets to read why: what lies unread as a connection ends takes the answer along.
 */
const MOST_DRAINED = 96 * 2 ** 20
const DRAINED_FOR_MS = 5000

/**
 * Reads what is left of a body that nobody read: workerd drops a kept-alive connection otherwise, and the client's
 * next request fails. Bodies too long to be worth it are left, and their connection with them.
 */
export async function drain(request: Request): Promise<void> {
  if (!request.body || request.bodyUsed) return
  let left = MOST_DRAINED
  const nowhere = new WritableStream<Uint8Array>({
    write(chunk) {
      left -= chunk.byteLength
      if (left < 0) throw new RangeError('not worth reading any further')
    },
  })
  await request.body.pipeTo(nowhere, { signal: AbortSignal.timeout(DRAINED_FOR_MS) }).catch(() => undefined)
}
