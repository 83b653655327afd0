import { setOwn } from './json-in.ts'
import type { Refuse } from './refusals.ts'
import type { List, MapShape, Member, Shape, Structure } from './shapes.ts'
import { MEMBER } from './table.ts'
import { fromText } from './text-values.ts'

/** A form's parameters by the parts of their names: `Attribute.1.Name=x`. */
type Tree = { text: string | undefined; branches: Map<string, Tree> }

/** How the form is to be read. EC2 capitalises names and knows no `member`. */
export type QueryStyle = { ec2: boolean; refuse: Refuse }

/** Parts of one parameter's name. No model nests as deep. */
const MOST_PARTS = 64

const tree = (): Tree => ({ text: undefined, branches: new Map() })

/** The operation's input from a Query form. @throws what `style.refuse` makes */
export function readQuery(
  shape: Structure,
  form: readonly [string, string][],
  style: QueryStyle,
): Record<string, unknown> {
  const root = tree()
  for (const [name, value] of form) {
    const parts = name.split('.', MOST_PARTS + 1)
    if (parts.length > MOST_PARTS) throw style.refuse('Nesting is too deep')
    let branch = root
    for (const part of parts) branch = grow(branch, part)
    branch.text = value
  }
  return readStructure(shape, root, { ...style, depth: 0 })
}

function grow(branch: Tree, part: string): Tree {
  const known = branch.branches.get(part)
  if (known) return known
  const grown = tree()
  branch.branches.set(part, grown)
  return grown
}

type Reading = QueryStyle & { depth: number }

function deeper(reading: Reading): Reading {
  if (reading.depth > MOST_PARTS) throw reading.refuse('Nesting is too deep')
  return { ...reading, depth: reading.depth + 1 }
}

function readStructure(shape: Structure, source: Tree, reading: Reading): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const member of shape.members) {
    const value = readMember(member, source, reading)
    if (value !== undefined) read[member.name] = value
  }
  return read
}

function readMember(member: Member, source: Tree, reading: Reading): unknown {
  const { shape } = member
  const name = reading.ec2 ? ec2Name(member) : member.xml
  const flattened = (member.flags & MEMBER.flattened) !== 0
  if (shape.kind === 'list') {
    const item = shape.itemName ?? member.extra.item
    const own = source.branches.get(name)
    if (reading.ec2) return own && readItems(shape, indexed(own), reading)
    if (flattened) return readFlattened(shape, (item && source.branches.get(item)) || own, reading)
    return own && readList(shape, own, { item, reading })
  }
  const own = source.branches.get(name)
  if (!own) return undefined
  if (shape.kind !== 'map') return readValue(shape, own, reading)
  const { kn, vn } = member.extra
  return readMap(shape, flattened ? own : (own.branches.get('entry') ?? own), { kn, vn, reading })
}

/** An explicit queryName stands as it is; any other name is capitalised. */
function ec2Name(member: Member): string {
  const { wire } = member
  return member.extra.xml ? wire : wire.charAt(0).toUpperCase() + wire.slice(1)
}

function readFlattened(shape: List, own: Tree | undefined, reading: Reading): unknown[] | undefined {
  if (!own) return undefined
  const branches = indexed(own)
  if (branches.length > 0) return readItems(shape, branches, reading)
  // `Name=` alone is the empty list.
  return own.text ? readItems(shape, [own], reading) : []
}

function readList(shape: List, own: Tree, options: { item: string | undefined; reading: Reading }): unknown[] {
  const inner = own.branches.get(options.item ?? 'member') ?? own
  return readItems(shape, indexed(inner), options.reading)
}

function readItems(shape: List, branches: Tree[], reading: Reading): unknown[] {
  const inner = deeper(reading)
  return branches.map(branch => readValue(shape.member, branch, inner)).filter(value => value !== undefined)
}

type MapNames = { kn: string | undefined; vn: string | undefined; reading: Reading }

function readMap(shape: MapShape, entries: Tree, { kn, vn, reading }: MapNames): Record<string, unknown> {
  const read: Record<string, unknown> = {}
  for (const entry of indexed(entries)) {
    const key = entry.branches.get(shape.keyName ?? kn ?? 'key')?.text
    const value = entry.branches.get(shape.valueName ?? vn ?? 'value')
    if (key === undefined) continue
    setOwn(read, key, (value && readValue(shape.value, value, deeper(reading))) ?? '')
  }
  return read
}

function readValue(shape: Shape, source: Tree, reading: Reading): unknown {
  switch (shape.kind) {
    case 'structure':
      return readStructure(shape, source, deeper(reading))
    case 'list':
      return readList(shape, source, { item: shape.itemName, reading })
    case 'map':
      return readMap(shape, source.branches.get('entry') ?? source, { kn: undefined, vn: undefined, reading })
    default:
      return source.text === undefined ? undefined : fromText(shape, source.text, reading.refuse)
  }
}

/** Branches with a number for a name, in the order of their numbers. */
function indexed(source: Tree): Tree[] {
  return [...source.branches]
    .filter(([name]) => /^\d{1,15}$/.test(name))
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, branch]) => branch)
}
