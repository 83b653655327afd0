import { AwsError } from '../aws/errors.ts'

/**
 * The most that is ever held of a body that no operation streams. AWS's own largest such request is a function's zip
 * in base64 (70,167,211 bytes).
 */
const MOST_BUFFERED = 70_167_211

const tooLarge = () => new AwsError('RequestEntityTooLarge', 'Request Entity Too Large', 413)

/** Reads a request's whole body once; later calls get the same bytes. */
export function bodyReader(request: Request): () => Promise<Uint8Array> {
  let read: Promise<Uint8Array> | undefined
  return () => {
    read ??= readAll(request)
    return read
  }
}

async function readAll(request: Request): Promise<Uint8Array> {
  try {
    return await readWhole(request)
  } catch (error) {
    if (error instanceof AwsError) throw error
    // The client went, or broke off its own framing.
    throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly')
  }
}

async function readWhole(request: Request): Promise<Uint8Array> {
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

/** The most that is read of a body that nobody wants, in bytes, and for how long: a client may send for ever. */
const MOST_DRAINED = 16 * 2 ** 20
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
