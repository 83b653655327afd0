import { AwsError } from '../../../../aws/errors.ts'
import { refusal } from '../errors.ts'

const MAX_SYNC_BYTES = 6 * 1024 * 1024
const MAX_EVENT_BYTES = 1024 * 1024

export type InvocationType = 'RequestResponse' | 'Event' | 'DryRun'

/** The payload as text; none is an empty object, as AWS's runtimes see it. */
export function payloadText(payload: Uint8Array | string | undefined, type: InvocationType): string {
  if (payload === undefined || payload.length === 0) return '{}'
  const size = typeof payload === 'string' ? byteLength(payload) : payload.byteLength
  const most = type === 'Event' ? MAX_EVENT_BYTES : MAX_SYNC_BYTES
  if (size > most) {
    const message = `${size} byte payload is too large for the ${type} invocation type (limit ${most} bytes)`
    throw new AwsError('RequestEntityTooLargeException', message, 413, { Type: 'User' })
  }
  return typeof payload === 'string' ? payload : new TextDecoder().decode(payload)
}

/** An event that comes as a stream. No more is read of it than tells that it is too long. */
export async function readPayload(body: ReadableStream<Uint8Array> | Uint8Array): Promise<Uint8Array> {
  if (body instanceof Uint8Array) return body
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for await (const chunk of body) {
      chunks.push(chunk)
      length += chunk.byteLength
      if (length > MAX_EVENT_BYTES) break
    }
  } catch (error) {
    if (error instanceof AwsError) throw error
    throw refusal('InvalidRequestContentException', 'The request body terminated unexpectedly')
  }
  return Buffer.concat(chunks)
}

/** UTF-8 has at most three bytes a unit of text, so that a short one needs no counting. */
function byteLength(text: string): number {
  return text.length * 3 <= MAX_EVENT_BYTES ? text.length : new TextEncoder().encode(text).byteLength
}

/** @throws InvalidRequestContentException, in the words of AWS's parser */
export function checkJson(payload: string): void {
  try {
    JSON.parse(payload)
  } catch {
    const message = `Could not parse request body into json: Could not parse payload into json: ${problemOf(payload)}`
    throw refusal('InvalidRequestContentException', message)
  }
}

function problemOf(payload: string): string {
  const text = payload.trimStart()
  const token = /^[A-Za-z_][\w.$-]*/.exec(text)?.[0]
  if (token !== undefined) {
    return `Unrecognized token '${token}': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')`
  }
  const first = text[0]
  if (first === undefined) return 'No content to map due to end-of-input'
  if (!/[{["\d-]/.test(first)) return `Unexpected character ('${first}' (code ${first.charCodeAt(0)}))`
  return 'Unexpected end-of-input or character within the value'
}

/** X-Amz-Client-Context: base64 of a JSON object of at most 3,583 bytes. @throws InvalidRequestContentException */
export function parseClientContext(header: string | undefined): unknown {
  if (header === undefined) return undefined
  try {
    const parsed: unknown = JSON.parse(Buffer.from(header, 'base64').toString())
    if (typeof parsed === 'object' && parsed !== null) return parsed
  } catch {
    // Told below, as for JSON that is no object.
  }
  throw refusal('InvalidRequestContentException', 'Client context must be a valid Base64-encoded JSON object.')
}
