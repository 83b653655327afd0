import type { ErrorData } from '../errors.ts'
import { cborBytes, writeMembers as writeCborMembers } from './cbor.ts'
import { hostId, idHeaders, XML_DECLARATION, xmlStyleOf } from './encode.ts'
import type { AnswerHeaders } from './headers.ts'
import { setHeader, writeHeaders } from './headers-out.ts'
import { writeMembers } from './json-out.ts'
import type { ServiceModel } from './model.ts'
import type { Structure } from './shapes.ts'
import type { WireForm, WireKnobs } from './types.ts'
import { escapeText, writeXmlMembers } from './xml-out.ts'

export type Failure = { error: ErrorData; requestId: string; method: string; knobs?: WireKnobs }

/** A failure on its way to the wire. */
type Writing = Failure & { model: ServiceModel | undefined; shape: Structure | undefined; status: number }

/** A refusal in the form that its client speaks. */
export function encodeError(model: ServiceModel | undefined, form: WireForm, failure: Failure): Response {
  const shape = model?.error(failure.error.code)
  const status = failure.error.status || shape?.extra.s || 400
  const writing: Writing = { ...failure, model, shape, status }
  switch (form) {
    case 'json':
      return encodeJson(writing)
    case 'rpc-v2-cbor':
      return encodeCbor(writing)
    case 'rest-json':
      return encodeRestJson(writing)
    case 'ec2':
      return encodeEc2(writing)
    default:
      return form === 'rest-xml' && (model === undefined || model.name === 's3')
        ? encodeS3(writing)
        : encodeXml(writing)
  }
}

/** Namespaces of what refuses before the service itself does, in services that state namespaces. */
const CORAL: Readonly<Record<string, string>> = {
  SerializationException: 'com.amazon.coral.service',
  UnknownOperationException: 'com.amazon.coral.service',
}

/** `__type`: the shape's name after its namespace. */
function typeOf({ error, shape, knobs }: Writing): string {
  const code = shape?.name ?? error.code
  const namespaces = knobs?.errorNamespaces ?? {}
  const own = Object.hasOwn(namespaces, code) ? namespaces[code] : undefined
  const namespace = own ?? (knobs?.errorNamespace && (CORAL[code] ?? knobs.errorNamespace))
  return namespace ? `${namespace}#${code}` : code
}

/** The member that carries the message: models write it `message` or `Message`. */
function messageMember({ error, shape }: Writing): string {
  const member = shape?.members.find(each => each.name.toLowerCase() === 'message')
  return member?.wire ?? (error.code === 'SerializationException' ? 'Message' : 'message')
}

const messageOf = (writing: Writing): Record<string, string> =>
  writing.error.message === '' ? {} : { [messageMember(writing)]: writing.error.message }

function jsonHeaders(writing: Writing): AnswerHeaders {
  const { model, shape, requestId, status } = writing
  const headers = idHeaders(model, requestId)
  if (!model?.queryCompatible) return headers
  const code = shape?.extra.qc ?? shape?.extra.c ?? unmodelledCode(writing)
  headers.set('x-amzn-query-error', `${code};${faultOf(status)}`)
  return headers
}

/** The Query protocol's code for an error that no model has. */
function unmodelledCode({ error: { code }, knobs }: Writing): string {
  const codes = knobs?.queryCodes
  return (codes && Object.hasOwn(codes, code) && codes[code]) || code
}

const faultOf = (status: number) => (status < 500 ? 'Sender' : 'Receiver')

function encodeJson(writing: Writing): Response {
  const { model, error, shape, status } = writing
  const members = shape ? writeMembers(shape.members, error.fields) : {}
  const body = { __type: typeOf(writing), ...members, ...messageOf(writing) }
  const headers = jsonHeaders(writing)
  headers.set('content-type', `application/x-amz-json-${model?.jsonVersion ?? '1.0'}`)
  return new Response(JSON.stringify(body), { status, headers: Object.fromEntries(headers) })
}

function encodeCbor(writing: Writing): Response {
  const { error, shape, status } = writing
  const members = shape ? writeCborMembers(shape.members, error.fields) : {}
  const headers = jsonHeaders(writing)
  headers.set('content-type', 'application/cbor')
  headers.set('smithy-protocol', 'rpc-v2-cbor')
  const body = cborBytes({ __type: typeOf(writing), ...members, ...messageOf(writing) })
  return new Response(body, { status, headers: Object.fromEntries(headers) })
}

function encodeRestJson(writing: Writing): Response {
  const { model, error, shape, requestId, status } = writing
  const fields = { ...faultMember(writing), ...error.fields }
  const headers = idHeaders(model, requestId)
  if (shape) writeHeaders(headers, shape.bound, fields)
  headers.set('x-amzn-errortype', shape?.name ?? error.code)
  headers.set('content-type', 'application/json')
  const body = { ...(shape && writeMembers(shape.body, fields)), [messageMember(writing)]: error.message }
  return new Response(withoutBody(writing) ? null : JSON.stringify(body), {
    status,
    headers: Object.fromEntries(headers),
  })
}

/** Lambda's errors say whose fault they are. */
function faultMember({ shape, status }: Writing): Record<string, string> {
  return shape?.members.some(member => member.name === 'Type') ? { Type: status < 500 ? 'User' : 'Service' } : {}
}

const withoutBody = ({ method, status }: Writing) => method === 'HEAD' || status === 204 || status === 304

/** The code in XML: an old name where the model keeps one. */
const codeOf = (writing: Writing) => {
  const { model, shape } = writing
  return (model?.queryCompatible && shape?.extra.qc) || shape?.extra.c || shape?.name || unmodelledCode(writing)
}

/**
 * S3's errors stand alone, and carry what they are about as further elements. A field in lower case, as
 * `x-amz-delete-marker` or `etag`, is a header.
 */
function encodeS3(writing: Writing): Response {
  const { model, error, requestId, status } = writing
  const headers = idHeaders(model, requestId)
  if (model === undefined) headers.set('x-amz-request-id', requestId)
  const fields = Object.entries(error.fields).filter(([, value]) => value !== undefined && value !== null)
  for (const [name, value] of fields) if (HEADER.test(name)) setHeader(headers, name, String(value))
  if (withoutBody(writing)) return new Response(null, { status, headers: Object.fromEntries(headers) })
  headers.set('content-type', 'application/xml')
  const element = (name: string, value: unknown) => `<${name}>${legible(String(value))}</${name}>`
  const extra = fields.map(([name, value]) => (ELEMENT.test(name) ? element(name, value) : '')).join('')
  const ids = element('RequestId', requestId) + element('HostId', hostId(requestId))
  const body = `<Error>${element('Code', codeOf(writing))}${element('Message', error.message)}${extra}${ids}</Error>`
  return new Response(XML_DECLARATION + body, { status, headers: Object.fromEntries(headers) })
}

/** Text of a refusal in XML, which must parse: what XML has no way to say, of a value that is quoted, becomes a question mark. */
const legible = (text: string) => escapeText(text.replace(UNSPEAKABLE, '?'))

/** Further members of an error may tell what the caller sent, as its message does. */
function legibleFields(fields: Record<string, unknown>): Record<string, unknown> {
  const entries = Object.entries(fields)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === 'string' ? value.replace(UNSPEAKABLE, '?') : value]),
  )
}

/** https://www.w3.org/TR/xml/#charsets */
const UNSPEAKABLE = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu

const ELEMENT = /^[A-Z][\w.-]*$/
const HEADER = /^[a-z][a-z0-9-]*$/

function encodeEc2(writing: Writing): Response {
  const { error, requestId, status } = writing
  const inner = `<Code>${legible(codeOf(writing))}</Code><Message>${legible(error.message)}</Message>`
  const body = `<Response><Errors><Error>${inner}</Error></Errors><RequestID>${requestId}</RequestID></Response>`
  return new Response(XML_DECLARATION + body, { status, headers: { 'content-type': 'text/xml;charset=UTF-8' } })
}

/** Query's errors, and those of REST XML but for S3. */
function encodeXml(writing: Writing): Response {
  const { model, error, shape, requestId } = writing
  const status = (model?.queryCompatible && !error.status && shape?.extra.qs) || writing.status
  const members = (shape?.members ?? []).filter(member => member.name.toLowerCase() !== 'message')
  const fields = writeXmlMembers(members, legibleFields(error.fields), xmlStyleOf(model))
  const inner = [
    `<Type>${faultOf(status)}</Type>`,
    `<Code>${legible(codeOf(writing))}</Code>`,
    `<Message>${legible(error.message)}</Message>`,
    fields,
    model?.name === 'sqs' ? '<Detail/>' : '',
  ].join('')
  const namespace = model?.xmlNamespace ?? 'http://webservices.amazon.com/AWSFault/2005-15-09'
  const body = `<ErrorResponse xmlns="${namespace}"><Error>${inner}</Error><RequestId>${requestId}</RequestId></ErrorResponse>`
  const headers = idHeaders(model, requestId)
  headers.set('content-type', 'text/xml')
  return new Response(withoutBody(writing) ? null : XML_DECLARATION + body, {
    status,
    headers: Object.fromEntries(headers),
  })
}
