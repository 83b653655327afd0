import { AwsError } from '../errors.ts'
import { setOwn } from './json-in.ts'
import type { ServiceModel } from './model.ts'
import { type Refuse, serialization } from './refusals.ts'
import type { RouteMatch } from './routes.ts'
import type { Member, Scalar, Shape, Structure } from './shapes.ts'
import { MEMBER } from './table.ts'
import { fromText } from './text-values.ts'
import type { WireRequest } from './types.ts'

/** What a REST request binds outside of its body. */
export type Bindings = Pick<RouteMatch, 'labels' | 'stated'> & { model: ServiceModel; request: WireRequest }

type Source = Bindings & { input: Structure; presigned: boolean }

/** Labels, query parameters and headers as members of the input. @throws AwsError */
export function readBindings(input: Structure, bindings: Bindings): Record<string, unknown> {
  const presigned = bindings.request.query.some(([key]) => key === 'X-Amz-Signature')
  const source = { ...bindings, input, presigned }
  const read: Record<string, unknown> = {}
  for (const member of input.bound) {
    const value = readBinding(member, source)
    if (value !== undefined) read[member.name] = value
  }
  return read
}

function readBinding(member: Member, source: Source): unknown {
  if (member.flags & MEMBER.label) return readLabel(member, source)
  if (member.flags & MEMBER.query) return readParameter(member, source)
  if (member.flags & MEMBER.header) return readHeader(member, source)
  return member.flags & MEMBER.prefixHeaders ? readPrefixHeaders(member, source) : undefined
}

function readLabel(member: Member, source: Source): unknown {
  const raw = source.labels.get(member.wire)
  if (raw === undefined) return undefined
  return fromText(scalarOf(member.shape), decodedLabel(raw, source.model), refusal(member, raw, source.model))
}

function decodedLabel(raw: string, model: ServiceModel): string {
  try {
    return decodeURIComponent(raw)
  } catch {
    if (model.name === 's3')
      throw new AwsError('InvalidURI', "Couldn't parse the specified URI.", 400, { URI: `/${raw}` })
    throw serialization('The path is not a valid URI')
  }
}

function readParameter(member: Member, source: Source): unknown {
  const { shape, wire } = member
  const { query } = source.request
  if (shape.kind === 'map') return readParameterMap(shape.value, source)
  const values = query.filter(([key]) => key === wire).map(([, value]) => value)
  const first = values[0]
  if (first === undefined) return undefined
  const refuse = refusal(member, first, source.model)
  if (shape.kind !== 'list')
    return first === '' && shape.kind !== 'string' ? undefined : fromText(scalarOf(shape), first, refuse)
  const item = scalarOf(shape.member)
  return values.map(value => fromText(item, value, refuse))
}

/** Every parameter that no other member takes, and that does not name the operation. */
function readParameterMap(values: Shape, { input, request, stated }: Source): unknown {
  const others = input.bound.filter(member => member.flags & MEMBER.query).map(member => member.wire)
  const taken = new Set([...others, ...stated])
  const read: Record<string, unknown> = {}
  for (const [key, value] of request.query) {
    if (taken.has(key)) continue
    const known = Object.hasOwn(read, key) ? read[key] : undefined
    setOwn(read, key, values.kind === 'list' ? [...(Array.isArray(known) ? known : []), value] : value)
  }
  return Object.keys(read).length > 0 ? read : undefined
}

function readHeader(member: Member, source: Source): unknown {
  const { shape, wire } = member
  const text = source.request.headers.get(wire) ?? (source.presigned ? hoisted(wire, source.request) : undefined)
  if (text === undefined || (text === '' && shape.kind !== 'string')) return undefined
  const refuse = refusal(member, text, source.model)
  if (shape.kind === 'list') return splitHeader(text).map(item => fromText(scalarOf(shape.member), item, refuse))
  try {
    return fromText(scalarOf(shape), text, refuse)
  } catch (error) {
    // S3 disregards dates that it cannot read in conditions.
    if (source.model.name === 's3' && /^(?:x-amz-copy-source-)?if-/i.test(wire)) return undefined
    throw error
  }
}

/** Presigners move `x-amz-*` headers into the query. */
function hoisted(wire: string, request: WireRequest): string | undefined {
  const lower = wire.toLowerCase()
  return request.query.find(([key]) => key.toLowerCase() === lower)?.[1]
}

function readPrefixHeaders(member: Member, { request, presigned }: Source): unknown {
  const prefix = member.wire.toLowerCase()
  const read: Record<string, unknown> = {}
  const take = (name: string, value: string) => {
    const lower = name.toLowerCase()
    if (lower.startsWith(prefix)) setOwn(read, lower.slice(prefix.length), value)
  }
  if (presigned) for (const [name, value] of request.query) take(name, value)
  for (const [name, value] of request.headers) take(name, value)
  return Object.keys(read).length > 0 ? read : undefined
}

/** A header's list: commas part its items, but within quotes, and in dates. */
function splitHeader(text: string): string[] {
  const dates = text.split(/,(?=\s*[A-Z][a-z]{2},)/)
  if (/^[A-Z][a-z]{2},\s*\d/.test(text)) return dates.map(date => date.trim())
  const items: string[] = []
  for (const [, quoted, plain] of text.matchAll(/\s*(?:"((?:[^"\\]|\\.)*)"\s*|([^,]*))(?:,|$)/g)) {
    if (quoted !== undefined) items.push(quoted.replace(/\\(.)/g, '$1'))
    else if (plain?.trim()) items.push(plain.trim())
  }
  return items
}

function scalarOf(shape: Shape): Scalar {
  if (shape.kind === 'structure' || shape.kind === 'list' || shape.kind === 'map') {
    throw new Error(`a ${shape.kind} cannot be bound`)
  }
  return shape
}

/** How a value of the wrong form outside of the body is refused. */
function refusal(member: Member, given: string, model: ServiceModel): Refuse {
  if (model.name !== 's3' && model.name !== 's3control') return message => serialization(message)
  const fields = { ArgumentName: member.wire, ArgumentValue: given }
  return () => new AwsError('InvalidArgument', s3Message(member), 400, fields)
}

function s3Message({ shape, wire }: Member): string {
  if (wire === 'partNumber') return 'Part number must be an integer between 1 and 10000, inclusive'
  if (shape.kind === 'integer' || shape.kind === 'long')
    return `Provided ${wire} not an integer or within integer range`
  if (wire === 'x-amz-object-lock-retain-until-date') return 'The retain until date must be provided in ISO 8601 format'
  return `Invalid ${wire} value`
}
