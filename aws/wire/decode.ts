import { AwsError } from '../errors.ts'
import { plainBody, streamedBody } from './body-in.ts'
import { readCbor } from './cbor.ts'
import { isChunked } from './chunked.ts'
import { parseJson, parseObject, readJson, readMembers } from './json-in.ts'
import type { OperationModel, ServiceModel } from './model.ts'
import { readQuery } from './query-in.ts'
import { refusalOf } from './refusals.ts'
import { readBindings } from './rest-in.ts'
import { matchRoute } from './routes.ts'
import type { Member, Structure } from './shapes.ts'
import { MEMBER } from './table.ts'
import type { Decoded, WireForm, WireRequest } from './types.ts'
import { readXml, readXmlMembers, type XmlStyle } from './xml-in.ts'
import { type Element, parseXml } from './xml-tree.ts'

const decoder = new TextDecoder()

/**
 * The operation that a request names, and its input, typed by the model.
 * @throws AwsError in AWS's words: an unknown operation, a body that cannot be read, a value of the wrong type
 */
export async function decode(model: ServiceModel, form: WireForm, request: WireRequest): Promise<Decoded> {
  switch (form) {
    case 'json':
      return decodeJson(model, request)
    case 'query':
    case 'ec2':
      return decodeQuery(model, form, request)
    case 'rpc-v2-cbor':
      return decodeCbor(model, request)
    default:
      return decodeRest(model, form, request)
  }
}

async function decodeJson(model: ServiceModel, request: WireRequest): Promise<Decoded> {
  const target = request.headers.get('x-amz-target') ?? ''
  const operation = model.operation(target.slice(target.lastIndexOf('.') + 1))
  if (!operation) throw new AwsError('UnknownOperationException', '', 400)
  const body = operation.input ? await plainBody(request) : new Uint8Array(0)
  const input = operation.input && body.length > 0 ? readMembers(operation.input.members, parseObject(body)) : {}
  return { operation: operation.name, input }
}

async function decodeCbor(model: ServiceModel, request: WireRequest): Promise<Decoded> {
  const operation = model.operation(request.path.slice(request.path.lastIndexOf('/') + 1))
  if (!operation) throw new AwsError('UnknownOperationException', '', 404)
  const input = operation.input ? readCbor(operation.input.members, await plainBody(request)) : {}
  return { operation: operation.name, input }
}

function decodeQuery(model: ServiceModel, form: 'query' | 'ec2', request: WireRequest): Decoded {
  const pairs = request.form ?? request.query
  const named = (name: string) => pairs.find(([key]) => key === name)?.[1]
  const action = named('Action')
  if (!action) throw new AwsError('MissingAction', 'The request must contain the parameter Action', 400)
  const operation = model.operation(action)
  if (!operation) throw new AwsError('InvalidAction', invalidAction(action, form, named('Version')), 400)
  const style = { ec2: form === 'ec2', refuse: refusalOf(model, form) }
  return { operation: operation.name, input: operation.input ? readQuery(operation.input, pairs, style) : {} }
}

function invalidAction(action: string, form: 'query' | 'ec2', version: string | undefined): string {
  if (form === 'ec2') return `The action ${action} is not valid for this web service.`
  return `Could not find operation ${action} for version ${version ?? 'NO_VERSION_SPECIFIED'}`
}

async function decodeRest(model: ServiceModel, form: 'rest-json' | 'rest-xml', request: WireRequest): Promise<Decoded> {
  const found = matchRoute(model, request)
  if (!found) throw unknownRoute(model)
  const { operation, labels, stated } = found
  const { input: shape } = operation
  if (!shape) return { operation: operation.name, input: {} }
  const bound = readBindings(shape, { model, request, labels, stated })
  const { payload } = shape
  if (payload && payload.flags & MEMBER.streaming) return streamed(operation, { bound, payload, shape, request })
  const body = await readBody(shape, { model, form, request })
  return { operation: operation.name, input: { ...bound, ...body } }
}

function unknownRoute(model: ServiceModel): AwsError {
  if (model.name !== 's3') return new AwsError('UnknownOperationException', '', 404)
  return new AwsError('MethodNotAllowed', 'The specified method is not allowed against this resource.', 405)
}

type StreamedParts = { bound: Record<string, unknown>; payload: Member; shape: Structure; request: WireRequest }

function streamed(operation: OperationModel, { bound, payload, shape, request }: StreamedParts): Decoded {
  const { body, ...facts } = streamedBody(request)
  const input = { ...bound, [payload.name]: body }
  return {
    operation: operation.name,
    input: isChunked(request.headers) ? withoutFraming(input, shape) : input,
    ...facts,
  }
}

/** `aws-chunked` tells how a body travels, and is no part of what is stored. */
function withoutFraming(input: Record<string, unknown>, shape: Structure): Record<string, unknown> {
  const member = shape.bound.find(each => each.wire.toLowerCase() === 'content-encoding')
  const encoding = member && input[member.name]
  if (!member || typeof encoding !== 'string') return input
  const { [member.name]: _, ...rest } = input
  const kept = encoding
    .split(',')
    .map(each => each.trim())
    .filter(each => each !== 'aws-chunked' && each !== '')
  return kept.length > 0 ? { ...rest, [member.name]: kept.join(',') } : rest
}

type BodySource = { model: ServiceModel; form: 'rest-json' | 'rest-xml'; request: WireRequest }

async function readBody(shape: Structure, source: BodySource): Promise<Record<string, unknown>> {
  const { payload } = shape
  if (!payload && shape.body.length === 0) return {}
  const body = await plainBody(source.request)
  if (!payload) return body.length > 0 ? readDocument(shape, body, source) : {}
  const { kind } = payload.shape
  if (kind === 'blob') return { [payload.name]: body }
  if (body.length === 0) return {}
  if (kind === 'string') return { [payload.name]: decoder.decode(body) }
  if (source.form === 'rest-json') return { [payload.name]: readJson(payload.shape, parseJson(body)) }
  return { [payload.name]: readXml(payload.shape, rootOf(body, payload.xml, source), xmlStyle(source)) }
}

function readDocument(shape: Structure, body: Uint8Array, source: BodySource): Record<string, unknown> {
  if (source.form === 'rest-json') return readMembers(shape.body, parseObject(body))
  return readXmlMembers(shape.body, rootOf(body, undefined, source), xmlStyle(source))
}

/** The document's root; S3 wants it by its name. */
function rootOf(body: Uint8Array, name: string | undefined, source: BodySource): Element {
  const root = parseXml(decoder.decode(body))
  const { refuse, strict } = xmlStyle(source)
  if (!root || (strict && name !== undefined && root.name !== name)) throw refuse('The document is malformed')
  return root
}

function xmlStyle({ model, form }: BodySource): XmlStyle {
  return { refuse: refusalOf(model, form), strict: model.name === 's3' }
}
