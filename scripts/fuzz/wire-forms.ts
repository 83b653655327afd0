import { cbor } from '@smithy/core/cbor'
import type { OperationModel, ServiceModel } from '../../aws/wire/model.ts'
import type { WireForm } from '../../aws/wire/types.ts'
import { isPlain, literalOf } from './faults.ts'
import { headerText, type Message } from './messages.ts'
import { queryForm } from './query-form.ts'
import { restMessage } from './rest-forms.ts'

/** An operation as it is asked for in one of its service's forms. */
export type Asked = { model: ServiceModel; operation: OperationModel; form: WireForm }

const DATE = '20260101T000000Z'

/** Headers that each request of a service has. Signatures are not verified unless that is asked for. */
export function commonHeaders(model: ServiceModel, accessKeyId = 'test'): Message['headers'] {
  const scope = `${accessKeyId}/${DATE.slice(0, 8)}/us-east-1/${model.signingName}/aws4_request`
  const signature = '0'.repeat(64)
  return [
    ['host', '127.0.0.1'],
    ['x-amz-date', DATE],
    ['authorization', `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature}`],
  ]
}

/** The request for an operation with an input, which may be anything. */
export function messageFor(asked: Asked, input: unknown): Message {
  const { model, operation, form } = asked
  const headers = commonHeaders(model)
  const post = { method: 'POST', path: '/', query: '' }
  switch (form) {
    case 'json':
      headers.push(['x-amz-target', `${model.targetPrefix}.${operation.name}`])
      headers.push(['content-type', `application/x-amz-json-${model.jsonVersion}`])
      return { ...post, headers, body: Buffer.from(jsonText(input)) }
    case 'query':
    case 'ec2': {
      headers.push(['content-type', 'application/x-www-form-urlencoded; charset=utf-8'])
      const pairs = [['Action', operation.name], ['Version', model.version], ...queryForm(operation.input, input, form)]
      const text = pairs.map(([key = '', value = '']) => `${escaped(key)}=${escaped(value)}`).join('&')
      return { ...post, headers, body: Buffer.from(text) }
    }
    case 'rpc-v2-cbor':
      headers.push(['smithy-protocol', 'rpc-v2-cbor'], ['content-type', 'application/cbor'])
      return {
        ...post,
        path: `/service/${model.targetPrefix}/operation/${operation.name}`,
        headers,
        body: cborBytes(input),
      }
    default:
      return restMessage(asked, isPlain(input) ? input : {}, headers)
  }
}

export const escaped = (text: string) => encodeURIComponent(text.toWellFormed())

/** JSON of values that JSON.stringify would not write so: literals, dates in seconds, bytes in base64. */
export function jsonText(value: unknown): string {
  const literal = literalOf(value)
  if (literal !== undefined) return literal
  if (value instanceof Date) return String(value.getTime() / 1000)
  if (value instanceof Uint8Array) return JSON.stringify(Buffer.from(value).toString('base64'))
  if (Array.isArray(value)) return `[${value.map(each => jsonText(each ?? null)).join(',')}]`
  if (!isPlain(value)) return JSON.stringify(value ?? null)
  const pairs = Object.entries(value).filter(([, each]) => each !== undefined)
  return `{${pairs.map(([key, each]) => `${JSON.stringify(key)}:${jsonText(each)}`).join(',')}}`
}

function cborBytes(input: unknown): Uint8Array {
  try {
    return cbor.serialize(forCbor(input))
  } catch {
    // What the encoder does not know becomes what no decoder knows.
    return Buffer.from(`\x9f${jsonText(input)}`, 'latin1')
  }
}

function forCbor(value: unknown): unknown {
  const literal = literalOf(value)
  if (literal !== undefined) return Number(literal)
  if (Array.isArray(value)) return value.map(forCbor)
  if (!isPlain(value)) return value instanceof Date ? { tag: 1, value: value.getTime() / 1000 } : value
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, forCbor(each)]))
}

/** A value where only text can stand: in labels, parameters, headers, forms and XML. */
export function plainText(value: unknown): string {
  const literal = literalOf(value)
  if (literal !== undefined) return literal
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'NaN' : value.toISOString()
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64')
  if (typeof value === 'object' && value !== null) return jsonText(value)
  return value === undefined ? '' : String(value)
}

export const asHeader = (value: unknown) => headerText(plainText(value))
