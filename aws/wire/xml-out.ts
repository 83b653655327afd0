import type { List, MapShape, Member, Shape, Structure } from './shapes.ts'
import { MEMBER, type MemberExtra, type NamespaceRow } from './table.ts'
import { type TextStyle, toText } from './text-values.ts'

/*
 * Documents are written straight from the shapes. fast-xml-parser's builder wants a tree of its own first, and with it
 * a listing of 1,000 keys takes about three times as long.
 */

// What cannot stand in a document as it is. A parser would make spaces of line ends and tabs in an attribute.
const TEXT = /[&<>]|[^\t\n -\ufffd]/
const TEXT_ALL = new RegExp(TEXT, 'g')
const ATTRIBUTE_ALL = /[&<>"]|[^ -\ufffd]/g
const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Text as it stands in an element; control characters become references, a carriage return too. */
export function escapeText(text: string): string {
  return TEXT.test(text) ? text.replace(TEXT_ALL, escaped) : text
}

const escapeAttribute = (text: string) => text.replace(ATTRIBUTE_ALL, escaped)

const escaped = (character: string) => NAMED[character] ?? `&#x${character.charCodeAt(0).toString(16)};`

/** How a value is written. */
type As<S extends Shape> = { shape: S; style: TextStyle; namespace?: NamespaceRow | undefined }

/** The members of a structure that travel in the body, as elements. */
export function writeXmlMembers(members: readonly Member[], source: Record<string, unknown>, style: TextStyle): string {
  let xml = ''
  for (const member of members) {
    const value = source[member.name]
    if (value === undefined || value === null || member.flags & MEMBER.attribute) continue
    xml += writeMember(member, value, style)
  }
  return xml
}

function writeMember(member: Member, value: unknown, style: TextStyle): string {
  const { shape, xml: name, extra, flags } = member
  // A list, a map or a structure in an operation's output is as its generated type says.
  switch (shape.kind) {
    case 'list':
      return writeListMember(member, value as Iterable<unknown>, { shape, style })
    case 'map': {
      const flattened = flags & MEMBER.flattened
      const entries = writeEntries(flattened ? name : 'entry', value as Values, { shape, style, extra })
      return flattened ? entries : wrap(name, entries)
    }
    case 'structure':
      return writeStructure(name, value as Values, { shape, style, namespace: extra.ns })
    default:
      return wrap(name, escapeText(toText(shape, value, style, member)))
  }
}

type Values = Record<string, unknown>

function writeListMember(member: Member, values: Iterable<unknown>, { shape, style }: As<List>): string {
  const { xml: name, extra, flags } = member
  const item = shape.itemName ?? extra.item
  const as = { shape: shape.member, style }
  if (flags & MEMBER.flattened) return writeItems(item ?? name, values, as)
  return wrap(name, writeItems(item ?? 'member', values, as), namespaceAttribute(extra.ns))
}

/** A value as an element of that name. */
export function writeXml(name: string, value: unknown, as: As<Shape>): string {
  const { shape, style } = as
  if (value === undefined || value === null) return wrap(name, '')
  switch (shape.kind) {
    case 'structure':
      return writeStructure(name, value as Values, { shape, style })
    case 'list':
      return wrap(
        name,
        writeItems(shape.itemName ?? 'member', value as Iterable<unknown>, { shape: shape.member, style }),
      )
    case 'map':
      return wrap(name, writeEntries('entry', value as Values, { shape, style, extra: {} }))
    default:
      return wrap(name, escapeText(toText(shape, value, style)))
  }
}

function writeStructure(name: string, value: Values, { shape, style, namespace }: As<Structure>): string {
  let attributes = namespaceAttribute(namespace ?? shape.extra.ns)
  for (const member of shape.attributes) {
    const own = value[member.name]
    if (own !== undefined && own !== null) attributes += ` ${member.xml}="${escapeAttribute(String(own))}"`
  }
  return wrap(name, writeXmlMembers(shape.members, value, style), attributes)
}

function writeItems(name: string, values: Iterable<unknown>, as: As<Shape>): string {
  let xml = ''
  for (const value of values) xml += writeXml(name, value, as)
  return xml
}

function writeEntries(name: string, values: Values, as: As<MapShape> & { extra: MemberExtra }): string {
  const { shape, style, extra } = as
  const keyName = shape.keyName ?? extra.kn ?? 'key'
  const valueName = shape.valueName ?? extra.vn ?? 'value'
  let xml = ''
  for (const key of Object.keys(values)) {
    const value = writeXml(valueName, values[key], { shape: shape.value, style })
    xml += wrap(name, wrap(keyName, escapeText(key)) + value)
  }
  return xml
}

const wrap = (name: string, inner: string, attributes = '') =>
  inner === '' ? `<${name}${attributes}/>` : `<${name}${attributes}>${inner}</${name}>`

function namespaceAttribute(namespace: NamespaceRow | undefined): string {
  if (!namespace) return ''
  return typeof namespace === 'string' ? ` xmlns="${namespace}"` : ` xmlns:${namespace[1]}="${namespace[0]}"`
}
