import { compilePattern } from './patterns.ts'
import {
  FIRST_ROW,
  LIST,
  type ListRow,
  MAP,
  type MapRow,
  MEMBER,
  type MemberExtra,
  type MemberRow,
  SCALAR_KINDS,
  type ScalarRow,
  SHAPE,
  type ShapeRow,
  STRUCTURE,
  type StructureExtra,
  type StructureRow,
  TIMESTAMP_FORMATS,
} from './table.ts'

export type TimestampFormat = 'iso8601' | 'rfc822' | 'unixTimestamp'
type Range = { min: number | undefined; max: number | undefined; sensitive: boolean }

export type Scalar = Range & {
  kind: (typeof SCALAR_KINDS)[number]
  timestampFormat: TimestampFormat | undefined
  /** The pattern as AWS words it. */
  patternSource: string | undefined
  readonly pattern: RegExp | undefined
  readonly enums: ReadonlySet<string> | undefined
  constrained: boolean
}
export type List = Range & { kind: 'list'; readonly member: Shape; itemName: string | undefined; sparse: boolean }
export type MapShape = Range & {
  kind: 'map'
  readonly key: Shape
  readonly value: Shape
  keyName: string | undefined
  valueName: string | undefined
  sparse: boolean
}
export type Structure = {
  kind: 'structure'
  name: string
  readonly members: readonly Member[]
  /** Members that travel in the body, and those bound to a header, the query, the path or the status. */
  readonly body: readonly Member[]
  readonly bound: readonly Member[]
  /** Members that are attributes of the structure's element. */
  readonly attributes: readonly Member[]
  readonly payload: Member | undefined
  extra: StructureExtra
  union: boolean
  error: boolean
  eventStream: boolean
}
export type Shape = Scalar | List | MapShape | Structure

export type Member = {
  name: string
  /** Name in JSON, of a header, a query parameter or a label. */
  wire: string
  /** Name in XML and in Query forms. */
  xml: string
  flags: number
  extra: MemberExtra
  timestampFormat: TimestampFormat | undefined
  readonly shape: Shape
}

const BOUND = MEMBER.header | MEMBER.prefixHeaders | MEMBER.label | MEMBER.query | MEMBER.statusCode
const NONE: MemberExtra & StructureExtra = {}

/** Finds a shape by its reference. */
export type ShapeOf = (reference: number) => Shape

/** Shapes of a table, made when first asked for: a request touches few of them. */
export function shapeReader(rows: readonly ShapeRow[]): ShapeOf {
  const made = new Map<number, Shape>()
  const shapeOf: ShapeOf = reference => {
    const known = made.get(reference)
    if (known) return known
    const row = reference < FIRST_ROW ? ([reference] satisfies ScalarRow) : rows[reference - FIRST_ROW]
    if (!row) throw new Error(`the table has no shape ${reference}`)
    const shape = shapeOfRow(row, shapeOf)
    made.set(reference, shape)
    return shape
  }
  return shapeOf
}

function shapeOfRow(row: ShapeRow, shapeOf: ShapeOf): Shape {
  // The first cell of a row tells its kind, which tuples do not discriminate for TypeScript.
  if (row[0] === STRUCTURE) return structure(row as StructureRow, shapeOf)
  if (row[0] === LIST) return list(row as ListRow, shapeOf)
  if (row[0] === MAP) return map(row as MapRow, shapeOf)
  return scalar(row as ScalarRow)
}

function scalar(row: ScalarRow): Scalar {
  const [kind, min, max, pattern, enums, format, sensitive] = row
  const regExp = once(() => (pattern ? compilePattern(pattern) : undefined))
  const set = once(() => (enums ? new Set(enums) : undefined))
  return {
    kind: SCALAR_KINDS[kind] ?? 'document',
    min: min ?? undefined,
    max: max ?? undefined,
    sensitive: sensitive === 1,
    timestampFormat: formatOf(format),
    patternSource: pattern || undefined,
    constrained: min != null || max != null || Boolean(pattern) || Boolean(enums),
    get pattern() {
      return regExp()
    },
    get enums() {
      return set()
    },
  }
}

function list(row: ListRow, shapeOf: ShapeOf): List {
  const [, member, min, max, item, flags = 0] = row
  return {
    kind: 'list',
    min: min ?? undefined,
    max: max ?? undefined,
    itemName: item || undefined,
    sparse: (flags & SHAPE.sparse) !== 0,
    sensitive: (flags & SHAPE.sensitive) !== 0,
    get member() {
      return shapeOf(member)
    },
  }
}

function map(row: MapRow, shapeOf: ShapeOf): MapShape {
  const [, key, value, min, max, keyName, valueName, flags = 0] = row
  return {
    kind: 'map',
    min: min ?? undefined,
    max: max ?? undefined,
    keyName: keyName || undefined,
    valueName: valueName || undefined,
    sparse: (flags & SHAPE.sparse) !== 0,
    sensitive: (flags & SHAPE.sensitive) !== 0,
    get key() {
      return shapeOf(key)
    },
    get value() {
      return shapeOf(value)
    },
  }
}

function structure(row: StructureRow, shapeOf: ShapeOf): Structure {
  const [, name, rows, flags = 0, extra = NONE] = row
  const members = once(() => rows.map(member => memberOf(member, shapeOf)))
  const body = once(() => members().filter(member => !(member.flags & BOUND)))
  const attributes = once(() => members().filter(member => member.flags & MEMBER.attribute))
  const bound = once(() => members().filter(member => member.flags & BOUND))
  return {
    kind: 'structure',
    name,
    extra,
    union: (flags & SHAPE.union) !== 0,
    error: (flags & SHAPE.error) !== 0,
    eventStream: (flags & SHAPE.eventStream) !== 0,
    get members() {
      return members()
    },
    get body() {
      return body()
    },
    get bound() {
      return bound()
    },
    get attributes() {
      return attributes()
    },
    get payload() {
      return members().find(member => member.name === extra.p)
    },
  }
}

function memberOf(row: MemberRow, shapeOf: ShapeOf): Member {
  const [name, reference, flags = 0, location, extra = NONE] = row
  const wire = location || name
  const shape = once(() => shapeOf(reference))
  return {
    name,
    wire,
    xml: extra.xml ?? wire,
    flags,
    extra,
    timestampFormat: formatOf(extra.ts),
    get shape() {
      return shape()
    },
  }
}

function formatOf(format: number | undefined): TimestampFormat | undefined {
  return TIMESTAMP_FORMATS[format ?? 0] || undefined
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}
