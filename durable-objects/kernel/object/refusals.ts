import { AwsError } from '../../../aws/errors.ts'
import type { Place } from '../../../aws/place.ts'
import type { OperationRequest } from './operation.ts'

/** What the caller is told of whatever an operation threw. What is no refusal is our own bug: logged, and told as one. */
export function refusalOf(place: Place, request: OperationRequest, thrown: unknown): AwsError {
  if (thrown instanceof AwsError) return thrown
  // A value in a row ends at 2 MB, wherever AWS states no bound of its own.
  if (String(thrown).includes('SQLITE_TOOBIG')) return tooLarge()
  const where = `${place.namespace}/${place.account}/${place.region} ${request.service}.${request.operation}`
  console.error(`${where} ${request.requestId}`, thrown instanceof Error ? thrown.stack : thrown)
  return new AwsError('InternalFailure', 'The request processing has failed because of an unknown error.', 500)
}

const tooLarge = () =>
  new AwsError('RequestEntityTooLarge', 'A value of the request is longer than what can be kept of it.', 413)

/** What began before everything was forgotten ends so. */
export const erasedMeanwhile = () =>
  new AwsError('OperationAborted', 'What this operation was about has been erased while it was under way.', 409)

/** What has no handler is not built. @throws AwsError always */
export function notImplemented(service: string, operation: string): never {
  throw new AwsError('NotImplemented', `${service}.${operation} is not implemented`, 501)
}

/** The most that is read of a body that nobody wanted, in bytes; of a longer one the rest is left, and its connection. */
const MOST = 16 * 2 ** 20
/** And for how long: a client may send a byte now and then for ever. */
const LONGEST_MS = 5000

/**
 * Reads what is left of the body of a refused request: a client that is still sending would otherwise find its
 * connection reset, and not read why.
 */
export async function readLeftover(body: unknown): Promise<void> {
  if (!(body instanceof ReadableStream) || body.locked) return
  const reader = (body as ReadableStream<Uint8Array>).getReader()
  try {
    let left = MOST
    AbortSignal.timeout(LONGEST_MS).addEventListener('abort', () => {
      left = 0
      reader.cancel().catch(() => undefined)
    })
    for (let next = await reader.read(); !next.done && left > 0; next = await reader.read()) {
      left -= next.value.byteLength
    }
    await reader.cancel()
  } catch {
    // The client has gone, or the body is not what was signed: it was refused anyway.
  }
}
