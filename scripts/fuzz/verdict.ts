import { cbor } from '@smithy/core/cbor'
import { XMLValidator } from 'fast-xml-parser'
import type { WireForm } from '../../aws/wire/types.ts'
import type { RawResponse } from '../processes/raw-http.ts'

/** What is known of the request that was answered. */
export type Situation = {
  /** The form in which a refusal must come; undefined when the damage may have changed whom it was for. */
  form: WireForm | undefined
  /** The request was damaged below HTTP's own rules, so that the front may refuse it in plain text. */
  raw: boolean
  /** It is no API's: pages, certificates and functions' own answers have no form. */
  door: boolean
}

/** What is wrong with an answer, or undefined. */
export function breachOf({ status, headers, body }: RawResponse, situation: Situation): string | undefined {
  if (status >= 500 && !isNotImplemented(status, body) && !isFunctions(body)) return `answered ${status}`
  if (status < 200 || status > 599) return `answered ${status}`
  const type = headers.get('content-type') ?? ''
  if (body.length === 0 || situation.door) return undefined
  if (status < 400) return isAdmin(type) ? jsonBreach(body) : undefined
  if (isBelowAws(status, type)) return situation.raw || status === 431 ? undefined : 'refused in plain text'
  const { form } = situation
  if (form && !TYPES[form].test(type)) return `refused a ${form} request as ${type}`
  return refusalBreach(type, body, headers)
}

/** Its own words for what is not built, in any form; the front's for what it does not do in HTTP. */
function isNotImplemented(status: number, body: Buffer): boolean {
  return (
    status === 501 &&
    (body.length === 0 ||
      /is not implemented|NotImplemented|^Not Implemented: |^ERROR: Unrecognized request method/.test(
        body.toString('latin1'),
      ))
  )
}

/** AWS's own words for a function that cannot be run, or that did not do its part. */
const isFunctions = (body: Buffer) => /no runner is connected|LambdaResponseNotReceived/.test(body.toString('latin1'))

/** Refused by the front or by workerd, whom AWS's forms do not concern: no HTTP, no host, headers too long. */
const isBelowAws = (status: number, type: string) =>
  type.startsWith('text/plain') || (type === '' && [400, 431, 501].includes(status))

const TYPES: Record<WireForm, RegExp> = {
  json: /^application\/x-amz-json-1\.[01]$/,
  query: /^text\/xml/,
  ec2: /^text\/xml/,
  'rest-json': /^application\/json/,
  'rest-xml': /^(?:application|text)\/xml/,
  'rpc-v2-cbor': /^application\/cbor$/,
}

const isAdmin = (type: string) => type.startsWith('application/json')

function refusalBreach(type: string, body: Buffer, headers: Map<string, string>): string | undefined {
  if (/xml/.test(type)) return xmlBreach(body.toString())
  if (type === 'application/cbor') return cborBreach(body)
  if (!/json/.test(type)) return `refused as ${type || 'no type'}`
  const parsed = parsedJson(body)
  if (parsed === undefined) return 'refused with what is no JSON object'
  const code = parsed.__type ?? headers.get('x-amzn-errortype') ?? parsed.error
  return typeof code === 'string' && code !== '' ? undefined : 'refused without a code'
}

function xmlBreach(text: string): string | undefined {
  const valid = XMLValidator.validate(text)
  if (valid !== true) return `refused with XML that is none: ${valid.err.msg}`
  const forbidden = forbiddenIn(text)
  if (forbidden) return `refused with a character that XML forbids: ${JSON.stringify(forbidden)}`
  return /<Code>[^<]+<\/Code>/.test(text) ? undefined : 'refused without a Code'
}

/** The first character that XML has no way to say, even as a reference: https://www.w3.org/TR/xml/#charsets */
function forbiddenIn(text: string): string | undefined {
  const codes = [...text.matchAll(/&#(?:x([0-9a-f]+)|(\d+));/gi)].map(([, hex, decimal]) =>
    hex === undefined ? Number(decimal) : Number.parseInt(hex, 16),
  )
  const referred = codes.find(isForbidden)
  if (referred !== undefined) return `&#${referred};`
  return [...text].find(each => isForbidden(each.codePointAt(0) ?? 0))
}

const isForbidden = (code: number) =>
  (code < 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) ||
  code === 0xfffe ||
  code === 0xffff ||
  code > 0x10ffff

function cborBreach(body: Buffer): string | undefined {
  try {
    const { __type: code } = cbor.deserialize(body)
    return typeof code === 'string' && code !== '' ? undefined : 'refused without a code'
  } catch (error) {
    return `refused with what is no CBOR: ${error}`
  }
}

function jsonBreach(body: Buffer): string | undefined {
  try {
    JSON.parse(body.toString())
    return undefined
  } catch {
    return 'answered with what is no JSON'
  }
}

function parsedJson(body: Buffer): Record<string, unknown> | undefined {
  try {
    const parsed: unknown = JSON.parse(body.toString())
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : undefined // any object
  } catch {
    return undefined
  }
}
