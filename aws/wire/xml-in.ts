import { setOwn } from './json-in.ts'
import type { Refuse } from './refusals.ts'
import type { MapShape, Member, Shape } from './shapes.ts'
import { MEMBER, type MemberExtra } from './table.ts'
import { fromText } from './text-values.ts'
import type { Element } from './xml-tree.ts'

/** How a document is to be read. S3 holds documents against its schema; elsewhere validation says what is missing. */
export type XmlStyle = { refuse: Refuse; strict: boolean }

/** The members that an element's children and attributes give. @throws what `style.refuse` makes */
export function readXmlMembers(members: readonly Member[], element: Element, style: XmlStyle): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  const children = Map.groupBy(element.children, child => child.name)
  for (const member of members) {
    const value = readMember(member, { element, children }, style)
    if (value !== undefined) read[member.name] = value
    else if (style.strict && member.flags & MEMBER.required) throw style.refuse(`${member.xml} is missing`)
  }
  return read
}

/** A value from its element. @throws what `style.refuse` makes */
export function readXml(shape: Shape, element: Element, style: XmlStyle): unknown {
  switch (shape.kind) {
    case 'structure':
      return readXmlMembers(shape.members, element, style)
    case 'list':
      return element.children.map(child => readXml(shape.member, child, style))
    case 'map':
      return readMap(
        shape,
        element.children.filter(child => child.name === 'entry'),
        { extra: {}, style },
      )
    case 'string':
      return element.text
    default:
      return fromText(shape, element.text, style.refuse)
  }
}

type Source = { element: Element; children: Map<string, Element[]> }

function readMember(member: Member, { element, children }: Source, style: XmlStyle): unknown {
  const { shape, extra } = member
  if (member.flags & MEMBER.attribute) {
    return Object.hasOwn(element.attributes, member.xml) ? element.attributes[member.xml] : undefined
  }
  const own = children.get(member.xml)
  const first = own?.[0]
  if (member.flags & MEMBER.flattened && shape.kind === 'list') {
    const items = own ?? children.get(shape.itemName ?? extra.item ?? member.xml)
    return items?.map(item => readXml(shape.member, item, style))
  }
  if (!own || !first) return undefined
  if (shape.kind !== 'map') return readXml(shape, first, style)
  const flattened = member.flags & MEMBER.flattened
  return readMap(shape, flattened ? own : first.children.filter(child => child.name === 'entry'), { extra, style })
}

type MapStyle = { extra: MemberExtra; style: XmlStyle }

function readMap(shape: MapShape, entries: readonly Element[], { extra, style }: MapStyle): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  const find = (entry: Element, name: string) => entry.children.find(child => child.name === name)
  for (const entry of entries) {
    const key = find(entry, shape.keyName ?? extra.kn ?? 'key')
    const value = find(entry, shape.valueName ?? extra.vn ?? 'value')
    if (key) setOwn(read, key.text, value ? readXml(shape.value, value, style) : '')
  }
  return read
}
