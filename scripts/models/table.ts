import {
  FIRST_ROW,
  LIST,
  MAP,
  MEMBER,
  type MemberExtra,
  type MemberRow,
  type NamespaceRow,
  type OperationExtra,
  type OperationRow,
  SCALAR_KINDS,
  SHAPE,
  type ShapeRow,
  STRUCTURE,
  type StructureExtra,
  type Table,
  TIMESTAMP_FORMATS,
  WIRE_FORMS,
} from '../../aws/wire/table.ts'
import type { MemberOverlay, Overlay, StructureOverlay } from './overlay.ts'
import { type Model, type Namespace, type Operation, type Reference, type Shape, shapeOf } from './source.ts'

/** The table as it grows: rows so far, and where each shape of the model went. */
type Build = {
  model: Model
  overlay: Overlay | undefined
  rows: ShapeRow[]
  byName: Map<string, number>
  scalars: Map<string, number>
}

const KINDS: Record<string, (typeof SCALAR_KINDS)[number]> = {
  character: 'string',
  bigInteger: 'long',
  bigDecimal: 'double',
}

type Options = { overlay?: Overlay | undefined; part?: readonly string[] | undefined }

/** A service's table; with `part`, all operations outside it are bare names. */
export function tableOf(service: string, model: Model, { overlay, part }: Options = {}): Table {
  const build: Build = { model, overlay, rows: [], byName: new Map(), scalars: new Map() }
  const operations: Record<string, OperationRow> = {}
  for (const [name, operation] of Object.entries(model.operations)) {
    operations[name] = !part || part.includes(name) ? operationRow(build, operation) : [-1, -1, []]
  }
  // Errors that no operation lists are thrown all the same.
  for (const [name, shape] of Object.entries(model.shapes)) if (shape.exception) reference(build, name)
  return { m: metadataOf(service, model), s: build.rows, o: operations }
}

function metadataOf(service: string, model: Model): Table['m'] {
  const { metadata } = model
  const forms = (metadata.protocols ?? [metadata.protocol]).map(protocolNumber)
  return {
    n: service,
    id: metadata.serviceId,
    v: metadata.apiVersion,
    p: forms,
    ...(metadata.jsonVersion && { jv: metadata.jsonVersion }),
    ...(metadata.targetPrefix && { t: metadata.targetPrefix }),
    ...(metadata.xmlNamespace && { x: metadata.xmlNamespace }),
    sn: metadata.signingName ?? metadata.endpointPrefix,
    ...(metadata.awsQueryCompatible && { qc: 1 }),
  }
}

function protocolNumber(protocol: string): number {
  const number = WIRE_FORMS.findIndex(form => form === protocol || `smithy-${form}` === protocol)
  if (number < 1) throw new Error(`unknown protocol ${protocol}`)
  return number
}

function operationRow(build: Build, operation: Operation): OperationRow {
  const { input, output, errors = [], http } = operation
  const rest = build.model.metadata.protocol.startsWith('rest-')
  const extra: OperationExtra = {
    ...(input?.locationName && { ix: input.locationName }),
    ...(output?.locationName && { ox: output.locationName }),
    ...((operation.authtype === 'none' || operation.auth?.includes('smithy.api#noAuth')) && { na: 1 }),
  }
  const row: OperationRow = [
    input ? reference(build, input.shape) : -1,
    output ? reference(build, output.shape) : -1,
    errors.map(error => reference(build, error.shape)),
  ]
  if (rest) row.push(http.method, http.requestUri, http.responseCode ?? 200)
  if (Object.keys(extra).length > 0) row.push(...(rest ? [] : [0 as const, 0 as const, 0]), extra)
  return row
}

/** The reference to a shape; its row is written when it is first met, and before its members', which may name it. */
function reference(build: Build, name: string): number {
  const known = build.byName.get(name)
  if (known !== undefined) return known
  const shape = shapeOf(build.model, name)
  if (shape.document) return SCALAR_KINDS.indexOf('document')
  if (shape.type === 'structure' || shape.type === 'list' || shape.type === 'map') return aggregate(build, name, shape)
  const number = scalar(build, shape)
  build.byName.set(name, number)
  return number
}

function aggregate(build: Build, name: string, shape: Shape): number {
  const number = FIRST_ROW + build.rows.length
  build.byName.set(name, number)
  const row: unknown[] = []
  // The row is filled below, once its members have theirs.
  build.rows.push(row as unknown as ShapeRow)
  row.push(...(shape.type === 'structure' ? structureRow(build, name, shape) : collectionRow(build, shape)))
  return number
}

function scalar(build: Build, shape: Shape): number {
  const kind = SCALAR_KINDS.indexOf(KINDS[shape.type] ?? (shape.type as (typeof SCALAR_KINDS)[number]))
  if (kind < 0) throw new Error(`unknown type ${shape.type}`)
  const constraints = [shape.min ?? null, shape.max ?? null, shape.pattern ?? 0, shape.enum ?? 0]
  const row = cut([kind, ...constraints, formatNumber(shape.timestampFormat)], 1)
  if (row.length === 1) return kind
  if (shape.sensitive) row.push(...[null, null, 0, 0, 0].slice(row.length - 1), 1)
  const key = JSON.stringify(row)
  const known = build.scalars.get(key)
  if (known !== undefined) return known
  const number = FIRST_ROW + build.rows.length
  build.rows.push(row as ShapeRow)
  build.scalars.set(key, number)
  return number
}

function collectionRow(build: Build, shape: Shape): unknown[] {
  const { member, key, value } = shape
  const flags = shapeFlags(shape)
  const range = [shape.min ?? null, shape.max ?? null]
  if (member) return cut([LIST, reference(build, member.shape), ...range, member.locationName ?? 0, flags], 2)
  if (!key || !value) throw new Error('a list without members or a map without keys')
  const references = [reference(build, key.shape), reference(build, value.shape)]
  return cut([MAP, ...references, ...range, key.locationName ?? 0, value.locationName ?? 0, flags], 3)
}

function structureRow(build: Build, name: string, shape: Shape): unknown[] {
  const overlay = build.overlay?.get(name)
  const required = new Set(shape.required)
  const members: MemberRow[] = []
  for (const [member, value] of Object.entries(shape.members ?? {})) {
    const flags = memberFlags(build, value, overlay?.members.get(member)) | (required.has(member) ? MEMBER.required : 0)
    members.push(memberRow(build, member, { value, flags, overlay: overlay?.members.get(member) }))
  }
  const extra = structureExtra(name, shape, overlay)
  const row: unknown[] = [STRUCTURE, name, members, shapeFlags(shape)]
  return Object.keys(extra).length > 0 ? [...row, extra] : cut(row, 3)
}

type MemberSource = { value: Reference; flags: number; overlay: MemberOverlay | undefined }

function memberRow(build: Build, name: string, source: MemberSource): MemberRow {
  const { value, flags, overlay } = source
  const location = value.queryName ?? value.locationName
  const wire = location && location !== name ? location : 0
  const extra = memberExtra(value, shapeOf(build.model, value.shape), overlay)
  const row = [name, reference(build, value.shape), flags, wire]
  return (Object.keys(extra).length > 0 ? [...row, extra] : cut(row, 2)) as MemberRow
}

function memberExtra(value: Reference, shape: Shape, overlay: MemberOverlay | undefined): MemberExtra {
  const location = value.queryName ?? value.locationName
  const renamed = overlay?.xml && overlay.xml !== location && !value.location ? overlay.xml : undefined
  const xml = renamed ?? (value.queryName ? value.locationName : undefined)
  return {
    ...(xml && { xml }),
    ...(overlay?.item &&
      shape.type === 'list' &&
      shape.member?.locationName !== overlay.item && { item: overlay.item }),
    ...(overlay?.key && !shape.key?.locationName && { kn: overlay.key }),
    ...(overlay?.value && !shape.value?.locationName && { vn: overlay.value }),
    ...(value.xmlNamespace && { ns: namespaceRow(value.xmlNamespace) }),
    ...(value.timestampFormat && { ts: formatNumber(value.timestampFormat) }),
  }
}

function structureExtra(name: string, shape: Shape, overlay: StructureOverlay | undefined): StructureExtra {
  const code = shape.error?.code
  const status = shape.error?.httpStatusCode ?? overlay?.status ?? (shape.exception && shape.fault ? 500 : undefined)
  const root = overlay?.root ?? shape.locationName
  return {
    ...(shape.payload && { p: shape.payload }),
    ...(code && code !== name && { c: code }),
    ...(status && { s: status }),
    ...(overlay?.queryError && { qc: overlay.queryError[0], qs: overlay.queryError[1] }),
    ...(root && { x: root }),
    ...(shape.xmlNamespace && { ns: namespaceRow(shape.xmlNamespace) }),
  }
}

const LOCATIONS = {
  header: MEMBER.header,
  headers: MEMBER.prefixHeaders,
  uri: MEMBER.label,
  querystring: MEMBER.query,
  statusCode: MEMBER.statusCode,
}

function memberFlags(build: Build, value: Reference, overlay: MemberOverlay | undefined): number {
  const shape = shapeOf(build.model, value.shape)
  const set = (on: boolean | undefined, flag: number) => (on ? flag : 0)
  return (
    (value.location ? LOCATIONS[value.location] : 0) |
    set(value.flattened || shape.flattened || overlay?.flattened, MEMBER.flattened) |
    set(value.xmlAttribute, MEMBER.attribute) |
    set(value.idempotencyToken, MEMBER.idempotencyToken) |
    set(value.streaming || shape.streaming, MEMBER.streaming) |
    set(value.eventpayload, MEMBER.eventPayload)
  )
}

function shapeFlags(shape: Shape): number {
  const names = ['union', 'sparse', 'flattened', 'sensitive', 'event'] as const
  let flags = shape.exception ? SHAPE.error : 0
  if (shape.eventstream) flags |= SHAPE.eventStream
  for (const name of names) if (shape[name]) flags |= SHAPE[name]
  return flags
}

function namespaceRow({ uri, prefix }: Namespace): NamespaceRow {
  return prefix ? [uri, prefix] : uri
}

function formatNumber(format: string | undefined): number {
  return TIMESTAMP_FORMATS.findIndex(known => known === (format ?? ''))
}

/** Cuts trailing defaults off a row, down to `least` cells. */
function cut(row: unknown[], least: number): unknown[] {
  let end = row.length
  while (end > least && (row[end - 1] === 0 || row[end - 1] === null)) end--
  return row.slice(0, end)
}
