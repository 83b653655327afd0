import { createRequire } from 'node:module'

/** What an SDK schema adds to a member. */
export type MemberOverlay = { xml?: string; flattened: boolean; item?: string; key?: string; value?: string }
export type StructureOverlay = {
  root?: string
  queryError?: [code: string, status: number]
  status?: number
  members: Map<string, MemberOverlay>
}
export type Overlay = Map<string, StructureOverlay>

type Traits = {
  xmlName?: string
  xmlFlattened?: number
  awsQueryError?: [string, number]
  httpError?: number
}

const LIST = 1
const MAP = 2
const STRUCTURE = 3
const UNION = 4

/** Reads the schemas that an SDK package exports (`export var X$ = [kind, namespace, name, traits, …]`). */
export function readOverlay(packageName: string): Overlay {
  const overlay: Overlay = new Map()
  const exported: Record<string, unknown> = createRequire(import.meta.url)(packageName)
  for (const [key, schema] of Object.entries(exported)) {
    if (!key.endsWith('$') || !Array.isArray(schema)) continue
    const [kind, , name] = schema
    // An error is a structure with a negative kind.
    if (Math.abs(kind) === STRUCTURE || kind === UNION) overlay.set(name, structureOf(schema))
  }
  return overlay
}

function structureOf(schema: unknown[]): StructureOverlay {
  const traits = traitsOf(schema[3])
  const members = new Map<string, MemberOverlay>()
  const names = Array.isArray(schema[4]) ? schema[4] : []
  const types = Array.isArray(schema[5]) ? schema[5] : []
  for (const [index, name] of names.entries()) members.set(name, memberOf(types[index]))
  return {
    members,
    ...(traits.xmlName && { root: traits.xmlName }),
    ...(traits.awsQueryError && { queryError: traits.awsQueryError }),
    ...(traits.httpError && { status: traits.httpError }),
  }
}

function memberOf(type: unknown): MemberOverlay {
  const [target, traits] = withTraits(type)
  const member: MemberOverlay = { flattened: traits.xmlFlattened === 1 }
  if (traits.xmlName) member.xml = traits.xmlName
  const shape = resolve(target)
  if (!Array.isArray(shape)) return member
  const inner = withTraits(shape[4])[1].xmlName
  if (shape[0] === LIST && inner) member.item = inner
  if (shape[0] !== MAP) return member
  if (inner) member.key = inner
  const value = withTraits(shape[5])[1].xmlName
  if (value) member.value = value
  return member
}

const resolve = (target: unknown): unknown => (typeof target === 'function' ? resolve(target()) : target)

/** A member's schema stands alone or in a pair with its traits. */
function withTraits(type: unknown): [unknown, Traits] {
  return Array.isArray(type) && type.length === 2 ? [type[0], traitsOf(type[1])] : [type, {}]
}

function traitsOf(traits: unknown): Traits {
  return typeof traits === 'object' && traits !== null ? traits : {}
}
