import { Readable } from 'node:stream'
import { HttpResponse } from '@smithy/core/protocols'
import type { AwsError } from '../../../aws/errors.ts'
import { type Handlers, serve, wireRequest } from './wire.ts'
import type { WireKnobs } from '../../../aws/wire/types.ts'

/** The parts of an SDK request that a handler of requests is given. */
type SdkRequest = {
  method: string
  protocol: string
  hostname: string
  port?: number
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: unknown
}

/** Configuration of an SDK client whose requests are decoded and answered in this process. */
export function clientConfig(handlers: Handlers, knobs: WireKnobs = {}) {
  return {
    endpoint: 'http://localhost:4566',
    region: 'eu-west-1',
    credentials: { accessKeyId: '111111111111', secretAccessKey: 'secret' },
    maxAttempts: 1,
    forcePathStyle: true,
    requestHandler: {
      handle: async (request: SdkRequest) => {
        const url = `${request.protocol}//${request.hostname}:${request.port}${request.path}${queryText(request.query)}`
        const { host: _, 'content-length': length, ...headers } = request.headers
        if (length !== undefined) headers['content-length'] = length
        const wire = await wireRequest(request.method, url, { headers, body: bodyOf(request.body) })
        const response = await serve(handlers, wire, knobs)
        return { response: new HttpResponse(await plain(response)) }
      },
    },
  }
}

function queryText(query: SdkRequest['query'] = {}): string {
  const pairs = Object.entries(query).flatMap(([key, value]) => [value].flat().map(each => [key, each] as const))
  const text = pairs.map(([key, value]) =>
    value === null ? encodeURIComponent(key) : `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`,
  )
  return text.length > 0 ? `?${text.join('&')}` : ''
}

function bodyOf(body: unknown): BodyInit | null {
  if (body === undefined || body === null || body === '') return null
  if (body instanceof Readable) return Readable.toWeb(body) as unknown as ReadableStream<Uint8Array>
  return body as BodyInit
}

async function plain(response: Response) {
  const body = response.body ? Readable.fromWeb(response.body as never) : Readable.from([])
  return { statusCode: response.status, headers: Object.fromEntries(response.headers), body }
}

/** Answers one operation, and keeps the input that it was given. */
export function recorder(operation: string, output: Record<string, unknown> = {}) {
  const inputs: Record<string, unknown>[] = []
  const handlers: Handlers = {
    [operation]: input => {
      inputs.push(input)
      return output
    },
  }
  return { inputs, handlers }
}

/** Refuses one operation. */
export const refusing = (operation: string, error: AwsError): Handlers => ({
  [operation]: () => {
    throw error
  },
})
