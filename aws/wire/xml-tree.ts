import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { MOST_NESTED } from './refusals.ts'

/** An element: its local name, attributes under their full names, children in order, and its own text. */
export type Element = { name: string; attributes: Record<string, string>; children: Element[]; text: string }

/** A node as the parser gives it with `preserveOrder`: its one key but `:@` is the tag. */
type Node = { ':@'?: Record<string, string>; '#text'?: string } & Record<string, Node[] | undefined>

const CDATA = '#cdata'

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: '',
  parseTagValue: false,
  parseAttributeValue: false,
  trimValues: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  // Kept apart from text, in which references are still to be resolved: the parser knows no numeric ones.
  cdataPropName: CDATA,
  processEntities: false,
  maxNestedTags: MOST_NESTED,
})

/** The root of a document. A DTD is refused, and with it every entity but XML's own five. */
export function parseXml(text: string): Element | undefined {
  try {
    const clean = text.replace(/^\uFEFF/, '').trimStart()
    if (/<!DOCTYPE/i.test(clean) || XMLValidator.validate(clean) !== true) return undefined
    // The parser's type is `any`; its options fix the form.
    const roots = elements(parser.parse(clean) as Node[])
    return roots.length === 1 ? roots[0] : undefined
  } catch {
    return undefined
  }
}

function elements(nodes: readonly Node[]): Element[] {
  const found: Element[] = []
  for (const node of nodes) {
    const tag = tagOf(node)
    const children = tag === undefined ? undefined : node[tag]
    if (tag === undefined || !children) continue
    const attributes = Object.entries(node[':@'] ?? {}).map(([name, value]) => [name, resolved(value)])
    found.push({
      name: localName(tag),
      attributes: Object.fromEntries(attributes),
      children: elements(children),
      text: textOf(children),
    })
  }
  return found
}

function tagOf(node: Node): string | undefined {
  for (const key in node) if (key !== ':@' && key !== '#text' && key !== CDATA) return key
  return undefined
}

function textOf(children: readonly Node[]): string {
  let text = ''
  for (const child of children) {
    if (child['#text'] !== undefined) text += resolved(child['#text'])
    else for (const part of child[CDATA] ?? []) text += part['#text'] ?? ''
  }
  return text
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', apos: "'", gt: '>', lt: '<', quot: '"' }

/** Text with its references resolved. @throws Error for one that XML does not know */
function resolved(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(/&([^;&]*)(;?)/g, (_, name: string, end: string) => {
    const numeric = /^#(?:x([0-9a-f]{1,6})|(\d{1,7}))$/i.exec(name)
    const character = numeric ? characterOf(numeric) : Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined
    if (character === undefined || end === '') throw new Error('an unknown entity')
    return character
  })
}

function characterOf([, hexadecimal, decimal]: RegExpExecArray): string | undefined {
  const point = hexadecimal ? Number.parseInt(hexadecimal, 16) : Number(decimal)
  const valid = point > 0 && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff)
  return valid ? String.fromCodePoint(point) : undefined
}

function localName(name: string): string {
  const colon = name.indexOf(':')
  return colon < 0 ? name : name.slice(colon + 1)
}
