import { writeCbor } from './cbor.ts'
import { eventStreamBody } from './event-stream.ts'
import type { AnswerHeaders } from './headers.ts'
import { writeHeaders } from './headers-out.ts'
import { writeJson, writeMembers } from './json-out.ts'
import type { OperationModel, ServiceModel } from './model.ts'
import type { Member, Structure } from './shapes.ts'
import { MEMBER } from './table.ts'
import type { TextStyle } from './text-values.ts'
import type { StreamingBody, WireForm } from './types.ts'
import { escapeText, writeXml, writeXmlMembers } from './xml-out.ts'

export type Answer = { operation: string; output: Record<string, unknown>; requestId: string }

/** An answer on its way to the wire. */
type Writing = { model: ServiceModel; operation: OperationModel; output: Record<string, unknown>; requestId: string }

export const XML_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'

/** Statuses that allow no body. */
const BODILESS = [204, 205, 304]

/** Services whose timestamps in XML leave out milliseconds that are zero. */
const WHOLE_SECONDS = ['cloudwatch', 'iam', 'route53', 'sts']

/** An operation's output in the form that its client speaks. */
export function encode(model: ServiceModel, form: WireForm, answer: Answer): Response {
  const operation = model.operation(answer.operation)
  if (!operation) throw new Error(`${model.name} has no operation ${answer.operation}`)
  const writing: Writing = { model, operation, output: answer.output ?? {}, requestId: answer.requestId }
  switch (form) {
    case 'json':
      return encodeJson(writing)
    case 'rpc-v2-cbor':
      return encodeCbor(writing)
    case 'query':
      return encodeQuery(writing)
    case 'ec2':
      return encodeEc2(writing)
    default:
      return encodeRest(writing, form)
  }
}

/** Headers that tell the request's id, as the service names them. */
export function idHeaders(model: ServiceModel | undefined, requestId: string): AnswerHeaders {
  if (model?.name !== 's3') return new Map([['x-amzn-requestid', requestId]])
  return new Map([
    ['x-amz-request-id', requestId],
    ['x-amz-id-2', hostId(requestId)],
    ['server', 'AmazonS3'],
  ])
}

/** S3's second id, as opaque as AWS's own. */
export function hostId(requestId: string): string {
  return btoa(`${requestId}${requestId}`)
}

export function xmlStyleOf(model: ServiceModel | undefined): TextStyle {
  return { format: 'iso8601', wholeSeconds: model !== undefined && WHOLE_SECONDS.includes(model.name) }
}

function respond(body: BodyInit | null, status: number, headers: AnswerHeaders): Response {
  if (BODILESS.includes(status)) return new Response(null, { status, headers: Object.fromEntries(headers) })
  // A stored Content-Encoding says how the body is already, not how workerd is to compress it.
  const encodeBody = headers.has('content-encoding') ? 'manual' : 'automatic'
  return new Response(body, { status, headers: Object.fromEntries(headers), encodeBody })
}

function encodeJson({ model, operation, output, requestId }: Writing): Response {
  const headers = idHeaders(model, requestId)
  headers.set('content-type', `application/x-amz-json-${model.jsonVersion}`)
  const events = eventsOf(operation.output)
  if (events) return respondEvents(events, { model, operation, output, requestId })
  const empty = model.jsonVersion === '1.0' ? '{}' : ''
  return respond(
    operation.output ? JSON.stringify(writeMembers(operation.output.members, output)) : empty,
    200,
    headers,
  )
}

function encodeCbor({ model, operation, output, requestId }: Writing): Response {
  const headers = idHeaders(model, requestId)
  headers.set('content-type', 'application/cbor')
  headers.set('smithy-protocol', 'rpc-v2-cbor')
  return respond(writeCbor(operation.output?.members ?? [], output), 200, headers)
}

function encodeQuery({ model, operation, output, requestId }: Writing): Response {
  const { name } = operation
  const members = operation.output && writeXmlMembers(operation.output.members, output, xmlStyleOf(model))
  const result = members === undefined ? '' : `<${name}Result>${members}</${name}Result>`
  const metadata = `<ResponseMetadata><RequestId>${requestId}</RequestId></ResponseMetadata>`
  const body = `<${name}Response xmlns="${model.xmlNamespace}">${result}${metadata}</${name}Response>`
  const headers = idHeaders(model, requestId)
  headers.set('content-type', 'text/xml')
  return respond(XML_DECLARATION + body, 200, headers)
}

function encodeEc2({ model, operation, output, requestId }: Writing): Response {
  const { name } = operation
  const members = writeXmlMembers(operation.output?.members ?? [], output, xmlStyleOf(model))
  const id = `<requestId>${requestId}</requestId>`
  const headers = idHeaders(model, requestId)
  headers.set('content-type', 'text/xml;charset=UTF-8')
  const body = `<${name}Response xmlns="${model.xmlNamespace}">${id}${members}</${name}Response>`
  return respond(XML_DECLARATION + body, 200, headers)
}

function encodeRest(writing: Writing, form: 'rest-json' | 'rest-xml'): Response {
  const { model, operation, output, requestId } = writing
  const headers = idHeaders(model, requestId)
  const { output: shape } = operation
  if (!shape) return respond(null, operation.status, headers)
  const events = eventsOf(shape)
  if (events) return respondEvents(events, writing)
  const { payload } = shape
  const body = payload ? payloadBody(payload, writing, form) : documentBody(shape, writing, form)
  if (body.type && body.content !== null) headers.set('content-type', body.type)
  // After the type above: a member bound to Content-Type knows better.
  writeHeaders(headers, shape.bound, output)
  return respond(body.content, statusOf(operation, shape, output), headers)
}

function statusOf(operation: OperationModel, shape: Structure, output: Record<string, unknown>): number {
  const member = shape.bound.find(each => each.flags & MEMBER.statusCode)
  // What stands for an object's answer may have a status that the model has no member for.
  const stated = member ? output[member.name] : output.$status
  if (typeof stated === 'number' && stated >= 200 && stated <= 599) return stated
  // The model does not say so: a part of an object answers 206.
  return shape.bound.some(each => each.wire === 'Content-Range' && output[each.name] != null) ? 206 : operation.status
}

type Body = { content: BodyInit | null; type: string | undefined }

function payloadBody(payload: Member, { model, output }: Writing, form: 'rest-json' | 'rest-xml'): Body {
  const value = output[payload.name]
  const { shape } = payload
  if (shape.kind === 'blob' || shape.kind === 'string') {
    const type = shape.kind === 'string' || form === 'rest-json' ? 'application/json' : 'application/octet-stream'
    // A blob or string in an operation's output is as its generated type says.
    return { content: bytesOf(value as StreamingBody | undefined | null), type }
  }
  if (value === undefined || value === null) return { content: null, type: undefined }
  if (form === 'rest-json') return { content: JSON.stringify(writeJson(shape, value)), type: 'application/json' }
  const name = (shape.kind === 'structure' && shape.extra.x) || payload.xml
  const xml = writeXml(name, value, { shape, style: xmlStyleOf(model) })
  return { content: XML_DECLARATION + withNamespace(xml, name, model), type: 'application/xml' }
}

function documentBody(shape: Structure, { model, operation, output }: Writing, form: 'rest-json' | 'rest-xml'): Body {
  if (form === 'rest-json') {
    return { content: JSON.stringify(writeMembers(shape.body, output)), type: 'application/json' }
  }
  if (shape.body.length === 0 || isSilent(model, operation, output)) return { content: null, type: undefined }
  const name = shape.extra.x ?? operation.extra.ox ?? shape.name
  const inner = isUnwrapped(model, operation)
    ? escapeText(String(output.LocationConstraint ?? ''))
    : writeXmlMembers(shape.body, output, xmlStyleOf(model))
  const root = isUnwrapped(model, operation) ? 'LocationConstraint' : name
  const content = `${XML_DECLARATION}<${root} xmlns="${model.xmlNamespace}">${inner}</${root}>`
  return { content, type: 'application/xml' }
}

/** The one answer whose only member is its root. */
const isUnwrapped = (model: ServiceModel, operation: OperationModel) =>
  model.name === 's3' && operation.name === 'GetBucketLocation'

/** A form's upload is told of in the body only when it asked for that. */
const isSilent = (model: ServiceModel, operation: OperationModel, output: Record<string, unknown>) =>
  model.name === 's3' && operation.name === 'PostObject' && output.Key === undefined

/** Puts the namespace on a root that was written without. */
function withNamespace(xml: string, name: string, model: ServiceModel): string {
  return model.xmlNamespace ? `<${name} xmlns="${model.xmlNamespace}"${xml.slice(name.length + 1)}` : xml
}

const encoder = new TextEncoder()

/** Text as bytes, so that the runtime names no content type of its own. */
function bytesOf(body: StreamingBody | undefined | null): BodyInit | null {
  if (body === undefined || body === null) return null
  return typeof body === 'string' ? encoder.encode(body) : body
}

function eventsOf(output: Structure | undefined): Member | undefined {
  return output?.members.find(member => member.shape.kind === 'structure' && member.shape.eventStream)
}

function respondEvents(events: Member, { model, operation, output, requestId }: Writing): Response {
  const headers = idHeaders(model, requestId)
  const { output: shape } = operation
  if (shape) writeHeaders(headers, shape.bound, output)
  const status = shape ? statusOf(operation, shape, output) : operation.status
  const value = output[events.name]
  // An operation that was only tried has no events to tell.
  if (value === undefined || status === 204) return respond(null, status, headers)
  headers.set('content-type', 'application/vnd.amazon.eventstream')
  return new Response(eventStreamBody(model, events.shape, value), { status, headers: Object.fromEntries(headers) })
}
