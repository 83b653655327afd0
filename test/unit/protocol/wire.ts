import { encodeError } from '../../../aws/wire/encode-error.ts'
import { decode } from '../../../aws/wire/decode.ts'
import { detectService, detectWireForm, parseQuery, splitUrl } from '../../../aws/wire/detect.ts'
import { encode } from '../../../aws/wire/encode.ts'
import { loadModel, type ServiceModel } from '../../../aws/wire/model.ts'
import type { Decoded, WireForm, WireKnobs, WireRequest } from '../../../aws/wire/types.ts'
import { validate } from '../../../aws/wire/validate.ts'
import { AwsError, errorData } from '../../../aws/errors.ts'

/** A service's model. @throws Error when there is none */
export function modelNamed(service: string): ServiceModel {
  const model = loadModel(service)
  if (!model) throw new Error(`no model of ${service}`)
  return model
}

type RequestParts = { headers?: Record<string, string>; body?: BodyInit | null }

/** A request as the Worker hands it to the codecs. */
export async function wireRequest(method: string, url: string, parts: RequestParts = {}): Promise<WireRequest> {
  const init: RequestInit & { duplex?: 'half' } = { method, headers: parts.headers ?? {}, duplex: 'half' }
  if (parts.body !== undefined) init.body = parts.body
  const { host, path, query } = splitUrl(url)
  const request = new Request(url, init)
  let read: Promise<Uint8Array> | undefined
  const body = () => {
    read ??= request.arrayBuffer().then(buffer => new Uint8Array(buffer))
    return read
  }
  const wire: WireRequest = { method, path, query, headers: request.headers, host, body, stream: request.body }
  const form = method === 'POST' && request.headers.get('content-type')?.startsWith('application/x-www-form-urlencoded')
  return form ? { ...wire, form: parseQuery(new TextDecoder().decode(await body())) } : wire
}

/** What an operation does with its input, by `service.Operation`. */
export type Handlers = Record<
  string,
  (input: Record<string, unknown>, decoded: Decoded) => Promise<Record<string, unknown>> | Record<string, unknown>
>

/** Answers a request as the Worker does, with handlers in place of objects. */
export async function serve(handlers: Handlers, request: WireRequest, knobs: WireKnobs = {}): Promise<Response> {
  const service = detectService(request) ?? ''
  const model = loadModel(service)
  const form: WireForm = model ? detectWireForm(model, request) : 'rest-xml'
  const requestId = 'REQUEST-ID'
  try {
    if (!model) throw new AwsError('UnknownService', service, 403)
    const decoded = await decode(model, form, request)
    validate(model, decoded.operation, decoded.input, knobs)
    const handler = handlers[`${service}.${decoded.operation}`]
    if (!handler) throw new AwsError('NotImplemented', `${service}.${decoded.operation} is not implemented`, 501)
    const output = await handler(decoded.input, decoded)
    return encode(model, form, { operation: decoded.operation, output, requestId })
  } catch (error) {
    if (!(error instanceof AwsError)) throw error
    return encodeError(model, form, { error: errorData(error), requestId, method: request.method, knobs })
  }
}
