import type { ViewResponses } from './views.ts'

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

/** What an emulator asks for that is hosted, or whose namespace verifies signatures. */
export type Access = {
  /** The deployment's. */
  secret?: string | undefined
  /** A key of the namespace's root. */
  credentials?: { accessKeyId: string; secretAccessKey: string } | undefined
}

/** A root to call below, with the access to it as its user and password: see send(). */
export function rootOf(url: string, { secret, credentials }: Access): string {
  const root = new URL(url)
  const text = (value: string) => encodeURIComponent(value)
  const pair = credentials ? [credentials.accessKeyId, credentials.secretAccessKey] : ['', secret ?? '']
  const [user = '', password = ''] = pair.map(text)
  const access = password === '' ? '' : `${user}:${password}@`
  return `${root.protocol}//${access}${root.host}${root.pathname}`.replace(/\/+$/, '')
}

/** A URL without the user and password that it may hold, and the header that says those. */
function parted(url: string): { url: string; headers: Record<string, string> } {
  const parts = new URL(url)
  const { username, password } = parts
  parts.username = ''
  parts.password = ''
  if (password === '') return { url: parts.href, headers: {} }
  const pair = [username, password].map(decodeURIComponent)
  const value = username === '' ? `Bearer ${pair[1]}` : `Basic ${btoa(pair.join(':'))}`
  return { url: parts.href, headers: { authorization: value } }
}

/** Calls one endpoint; throws FakeCloudError unless the answer is 2xx. */
async function send(address: string, method: Method, body?: unknown): Promise<Response> {
  const { url, headers } = parted(address)
  const json = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url, { method, headers: { ...headers, ...(body !== undefined && JSON_TYPE) }, ...json })
  if (!response.ok) throw new FakeCloudError(response.status, await response.text(), `${method} ${url}`)
  return response
}

const JSON_TYPE = { 'content-type': 'application/json' }

/** Calls an endpoint and reads its JSON. `T` is the shape that the endpoint documents. */
export async function call<T>(url: string, method: Method = 'GET', body?: unknown): Promise<T> {
  const response = await send(url, method, body)
  return (await response.json()) as T
}

/** Without a limit all is told at once; with one, so many at the most, and where the `next` page begins. */
export type Page = { limit?: number; next?: string }
export type ViewPage<Path extends keyof ViewResponses> = ViewResponses[Path] & { next?: string }

/** Endpoints of one kind, below a root that may hold a secret: it is shown to nobody. */
export class Endpoints {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  protected at(path: string): string {
    return `${this.#root}/${path}`
  }

  protected view<Path extends keyof ViewResponses>(path: Path, page: Page = {}): Promise<ViewPage<Path>> {
    return call(this.at(path) + query(page))
  }
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
