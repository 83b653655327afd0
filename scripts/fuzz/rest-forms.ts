import type { Member, Shape, Structure } from '../../aws/wire/shapes.ts'
import { MEMBER } from '../../aws/wire/table.ts'
import { isPlain } from './faults.ts'
import { headerText, type Message } from './messages.ts'
import { type Asked, asHeader, escaped, jsonText, plainText } from './wire-forms.ts'

/** The request of a REST operation: values where the model binds them, the others in the body. */
export function restMessage(asked: Asked, input: Record<string, unknown>, headers: Message['headers']): Message {
  const { operation, form } = asked
  const [template = '/', stated = ''] = operation.uri.split('?')
  const members = operation.input?.members ?? []
  const at = (flag: number) => members.filter(member => member.flags & flag && Object.hasOwn(input, member.name))
  const query = stated === '' ? [] : stated.split('&')
  for (const member of at(MEMBER.query)) query.push(...parameters(member, input[member.name]))
  for (const member of at(MEMBER.header).filter(isFree)) headers.push([member.wire, asHeader(input[member.name])])
  for (const member of at(MEMBER.prefixHeaders)) headers.push(...prefixed(member, input[member.name]))
  const body = bodyOf(asked, input)
  if (body.length > 0) headers.push(['content-type', form === 'rest-json' ? 'application/json' : 'application/xml'])
  return { method: operation.method, path: pathOf(template, members, input), query: query.join('&'), headers, body }
}

/** A length that is not the body's would only have the emulator wait for what never comes, or take it for a request. */
const isFree = ({ wire }: Member) => wire.toLowerCase() !== 'content-length'

function pathOf(template: string, members: readonly Member[], input: Record<string, unknown>): string {
  return template.replace(/\{([^}+]+)(\+?)\}/g, (_, label: string, greedy: string) => {
    const member = members.find(each => each.flags & MEMBER.label && each.wire === label)
    const text = escaped(member ? plainText(input[member.name]) : label)
    return greedy ? text.replaceAll('%2F', '/') : text
  })
}

function parameters(member: Member, value: unknown): string[] {
  const pair = (name: string, each: unknown) => `${escaped(name)}=${escaped(plainText(each))}`
  if (Array.isArray(value)) return value.map(each => pair(member.wire, each))
  if (member.shape.kind !== 'map' || !isPlain(value)) return [pair(member.wire, value)]
  return Object.entries(value).flatMap(([name, each]) => [each].flat().map(one => pair(name, one)))
}

function prefixed(member: Member, value: unknown): Message['headers'] {
  if (!isPlain(value)) return [[`${member.wire}x`, asHeader(value)]]
  return Object.entries(value).map(([name, each]) => [member.wire + (token(name) || 'x'), asHeader(each)])
}

const token = (text: string) => headerText(text).replace(/[^\w-]/g, '')

function bodyOf({ operation, form }: Asked, input: Record<string, unknown>): Uint8Array {
  const shape = operation.input
  if (!shape) return new Uint8Array(0)
  if (shape.payload) return payloadBytes(shape.payload, input[shape.payload.name], form)
  const bound = new Set(shape.bound.map(member => member.name))
  const inBody = Object.fromEntries(Object.entries(input).filter(([name]) => !bound.has(name)))
  if (Object.keys(inBody).length === 0 && shape.body.length === 0) return new Uint8Array(0)
  if (form === 'rest-json') return Buffer.from(jsonText(renamed(shape, inBody)))
  return Buffer.from(element(operation.extra.ix ?? shape.name, shape, inBody).toWellFormed())
}

function payloadBytes(payload: Member, value: unknown, form: string): Uint8Array {
  if (value === undefined) return new Uint8Array(0)
  if (value instanceof Uint8Array) return value
  if (payload.shape.kind === 'blob' || payload.shape.kind === 'string')
    return Buffer.from(plainText(value).toWellFormed())
  if (form === 'rest-json') return Buffer.from(jsonText(value))
  return Buffer.from(element(payload.xml, payload.shape, value).toWellFormed())
}

/** JSON names of a structure's members, where they differ. */
function renamed(shape: Structure, input: Record<string, unknown>): Record<string, unknown> {
  const names = new Map(shape.members.map(member => [member.name, member.wire]))
  return Object.fromEntries(Object.entries(input).map(([name, value]) => [names.get(name) ?? name, value]))
}

const NAME = /^[A-Za-z_][\w.-]*$/

function element(name: string, shape: Shape | undefined, value: unknown, attributes = ''): string {
  const tag = NAME.test(name) ? name : 'x'
  return `<${tag}${attributes}>${content(shape, value)}</${tag}>`
}

function content(shape: Shape | undefined, value: unknown): string {
  if (Array.isArray(value)) {
    const [item, name] = shape?.kind === 'list' ? [shape.member, shape.itemName ?? 'member'] : [undefined, 'member']
    return value.map(each => element(name, item, each)).join('')
  }
  if (!isPlain(value)) return plainText(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  if (shape?.kind === 'map') {
    const { keyName = 'key', valueName = 'value', key: keys, value: values } = shape
    return Object.entries(value)
      .map(([key, each]) => `<entry>${element(keyName, keys, key)}${element(valueName, values, each)}</entry>`)
      .join('')
  }
  return Object.entries(value)
    .map(([key, each]) => inside(shape?.kind === 'structure' ? shape : undefined, key, each))
    .join('')
}

function inside(shape: Structure | undefined, key: string, value: unknown): string {
  const member = shape?.members.find(each => each.name === key)
  const name = member?.xml ?? key
  const flat = member && member.flags & MEMBER.flattened && member.shape.kind === 'list' && Array.isArray(value)
  if (!flat) return element(name, member?.shape, value)
  const { member: item } = member.shape as Extract<Shape, { kind: 'list' }> // checked above
  return value.map(each => element(name, item, each)).join('')
}
