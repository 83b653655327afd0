import { Readable } from 'node:stream'
import { buildQueryString, HttpResponse } from '@smithy/core/protocols'
import { streamCollector as collectStream } from '@smithy/core/serde'

/**
 * What the SDK's clients get for `@smithy/node-http-handler` in an isolate: the same names over `fetch`, which is several
 * times faster here than node:http. Bodies are Node streams in both directions, as a function expects.
 */

type SdkRequest = ConstructorParameters<typeof import('@smithy/core/protocols').HttpRequest>[0] & {
  headers: Record<string, string>
  body?: unknown
  username?: string
  password?: string
}
type Options = { requestTimeout?: number; [name: string]: unknown }
type HandlerOptions = { abortSignal?: AbortSignal; requestTimeout?: number }

export const DEFAULT_REQUEST_TIMEOUT = 0

export class NodeHttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' }
  private options: Options | undefined
  private provider: Promise<Options>

  static create(instanceOrOptions?: unknown): unknown {
    const given = instanceOrOptions as { handle?: unknown } | undefined
    return typeof given?.handle === 'function' ? given : new NodeHttpHandler(instanceOrOptions as Options)
  }

  constructor(options?: Options | (() => Promise<Options | undefined>)) {
    this.provider = Promise.resolve(typeof options === 'function' ? options() : options).then(found => found ?? {})
  }

  async handle(
    request: SdkRequest,
    { abortSignal, requestTimeout }: HandlerOptions = {},
  ): Promise<{ response: HttpResponse }> {
    this.options ??= await this.provider
    const timeoutMs = requestTimeout ?? this.options.requestTimeout ?? DEFAULT_REQUEST_TIMEOUT
    const signals = [...(abortSignal ? [abortSignal] : []), ...(timeoutMs > 0 ? [AbortSignal.timeout(timeoutMs)] : [])]
    try {
      const response = await fetch(urlOf(request), {
        method: request.method ?? 'GET',
        headers: request.headers,
        redirect: 'manual',
        ...bodyOf(request),
        ...(signals.length > 0 ? { signal: AbortSignal.any(signals) } : {}),
      })
      return { response: toSdk(response) }
    } catch (error) {
      throw abortSignal?.aborted
        ? Object.assign(new Error('Request aborted'), { name: 'AbortError' })
        : asTimeout(error, timeoutMs)
    }
  }

  updateHttpClientConfig(key: string, value: unknown): void {
    this.provider = this.provider.then(options => ({ ...options, [key]: value }))
    this.options = undefined
  }

  httpHandlerConfigs(): Options {
    return this.options ?? {}
  }

  destroy(): void {}
}

export class NodeHttp2Handler extends NodeHttpHandler {}

function urlOf(request: SdkRequest): string {
  const query = buildQueryString(request.query ?? {})
  const auth = request.username === undefined ? '' : `${request.username}:${request.password ?? ''}@`
  const port = request.port ? `:${request.port}` : ''
  return `${request.protocol}//${auth}${request.hostname}${port}${request.path}${query === '' ? '' : `?${query}`}`
}

/** A stream of known length is sent with it, which S3 asks for; others go in chunks. */
function bodyOf({ method, headers, body }: SdkRequest): RequestInit {
  if (body === undefined || body === null || method === 'GET' || method === 'HEAD') return {}
  if (!(body instanceof Readable)) return { body: body as BodyInit }
  const length = Number(Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-length')?.[1])
  // Node's and workerd's stream types differ in name only.
  const stream = Readable.toWeb(body) as unknown as ReadableStream<Uint8Array>
  if (!Number.isFinite(length)) return { body: stream }
  const { readable, writable } = new FixedLengthStream(length)
  stream.pipeTo(writable).catch(() => {})
  return { body: readable }
}

function toSdk(response: Response): HttpResponse {
  const headers = Object.fromEntries(response.headers)
  const body = new WebBody(response.body)
  return new HttpResponse({ statusCode: response.status, reason: response.statusText, headers, body })
}

/** A response's body as the Node stream that functions know; whoever wants all of it at once need not go through one. */
class WebBody extends Readable {
  private web: ReadableStream<Uint8Array> | null
  private reader: ReadableStreamDefaultReader<Uint8Array> | undefined

  constructor(web: ReadableStream<Uint8Array> | null) {
    super()
    this.web = web
  }

  override _read(): void {
    if (this.web === null) {
      this.push(null)
      return
    }
    this.reader ??= this.web.getReader()
    this.reader.read().then(
      ({ done, value }) => this.push(done ? null : Buffer.from(value)),
      error => this.destroy(error),
    )
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    const cancelled = this.reader?.cancel() ?? this.web?.cancel()
    Promise.resolve(cancelled).catch(() => {})
    callback(error)
  }

  /** All bytes, when nobody has begun to read. */
  async collect(): Promise<Uint8Array | undefined> {
    const { web } = this
    if (this.reader !== undefined || this.readableFlowing !== null) return undefined
    this.web = null
    return web === null ? new Uint8Array() : new Uint8Array(await new Response(web).arrayBuffer())
  }
}

export async function streamCollector(stream: unknown): Promise<Uint8Array> {
  const collected = stream instanceof WebBody ? await stream.collect() : undefined
  return collected ?? (await collectStream(stream as never))
}

function asTimeout(error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof Error)) return error
  if (error.name === 'TimeoutError') {
    return Object.assign(new Error(`Request did not complete within requestTimeout ${timeoutMs} ms`), {
      name: 'TimeoutError',
    })
  }
  // The SDK retries by the code that Node's network errors have.
  const cause: unknown = Reflect.get(error, 'cause')
  const code: unknown = typeof cause === 'object' && cause !== null ? Reflect.get(cause, 'code') : undefined
  return code === undefined ? error : Object.assign(error, { code })
}
