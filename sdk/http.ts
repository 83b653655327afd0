/** An endpoint refused or failed. `body` is its answer, unparsed; the message holds both. */
export class FakeCloudError extends Error {
  override readonly name = 'FakeCloudError'
  readonly status: number
  readonly body: string

  constructor(status: number, body: string, request = '') {
    super(`fakecloud answered ${status}${request && ` to ${request}`}: ${body}`)
    this.status = status
    this.body = body
  }
}

type Method = 'GET' | 'POST' | 'DELETE'

/** Calls one endpoint; throws FakeCloudError unless the answer is 2xx. */
async function send(url: string, method: Method, body?: unknown): Promise<Response> {
  const init = body === undefined ? { method } : { method, body: JSON.stringify(body), headers: JSON_TYPE }
  const response = await fetch(url, init)
  if (!response.ok) throw new FakeCloudError(response.status, await response.text(), `${method} ${url}`)
  return response
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Calls an endpoint and reads its JSON. `T` is the shape that the endpoint documents. */
export async function call<T>(url: string, method: Method = 'GET', body?: unknown): Promise<T> {
  const response = await send(url, method, body)
  return (await response.json()) as T
}

/** Calls an endpoint and reads its bytes. */
export async function bytes(url: string): Promise<Uint8Array> {
  const response = await send(url, 'GET')
  return new Uint8Array(await response.arrayBuffer())
}

/** Calls an endpoint and reads its text. */
export async function text(url: string): Promise<string> {
  const response = await send(url, 'GET')
  return response.text()
}

/** `?a=1&b=2` of the members that are set, or nothing. */
export function query(members: Record<string, string | number | undefined>): string {
  const set = Object.entries(members).filter((pair): pair is [string, string | number] => pair[1] !== undefined)
  const text = set.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')
  return text && `?${text}`
}
