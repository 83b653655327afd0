export type Head = { status: number; headers: [string, string][] }
export type UrlResponse = Head & { body: Uint8Array | string }

/** What AWS says for a function that failed, or answered what is no response. */
export const BAD_GATEWAY: UrlResponse = {
  status: 502,
  headers: [['content-type', 'application/json']],
  body: 'Internal Server Error',
}

/**
 * A function's answer as an HTTP response: payload format 2.0, or any JSON, which is the body then.
 * https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-response-payload
 */
export function responseOf(payload: string): UrlResponse {
  const answer = parsed(payload)
  if (typeof answer === 'string') return plain(answer)
  if (!isObject(answer) || answer.statusCode === undefined) return plain(JSON.stringify(answer))
  const head = headOf(answer)
  return head ? { ...head, body: bodyOf(answer) } : BAD_GATEWAY
}

/** What a buffered invocation of a streaming handler wrote may be no JSON. */
function parsed(payload: string): unknown {
  try {
    return JSON.parse(payload) as unknown
  } catch {
    return payload
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const plain = (body: string): UrlResponse => ({ status: 200, headers: [['content-type', 'application/json']], body })

/** Status, headers and cookies of a response or of a stream's prelude; undefined when they cannot be sent. */
export function headOf(answer: unknown, contentType = 'application/json'): Head | undefined {
  if (!isObject(answer)) return undefined
  const status = Number(answer.statusCode ?? 200)
  if (!Number.isInteger(status) || status < 200 || status > 599) return undefined
  const headers = new Map<string, string>()
  for (const [name, value] of Object.entries(isObject(answer.headers) ? answer.headers : {})) {
    if (value !== null && value !== undefined) headers.set(name.toLowerCase(), String(value))
  }
  if (!headers.has('content-type')) headers.set('content-type', contentType)
  const cookies = Array.isArray(answer.cookies) ? answer.cookies.map(cookie => ['set-cookie', String(cookie)]) : []
  const all = [...headers, ...cookies] as [string, string][] // pairs, all of them
  return all.every(isSendable) ? { status, headers: all } : undefined
}

function isSendable([name, value]: [string, string]): boolean {
  return /^[!#$%&'*+.^`|~\w-]+$/.test(name) && [...value].every(isSendableCharacter)
}

/** HTTP's headers are Latin-1, in one line. */
const isSendableCharacter = (character: string) => !'\r\n\0'.includes(character) && character.charCodeAt(0) < 256

function bodyOf({ body, isBase64Encoded }: Record<string, unknown>): Uint8Array | string {
  if (body === undefined || body === null) return ''
  if (typeof body !== 'string') return JSON.stringify(body)
  return isBase64Encoded === true ? Buffer.from(body, 'base64') : body
}
