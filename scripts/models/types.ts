import { type Model, type Reference, type Shape, shapeOf } from './source.ts'

const SCALARS: Record<string, string> = {
  bigDecimal: 'number',
  bigInteger: 'number',
  blob: 'Uint8Array',
  boolean: 'boolean',
  character: 'string',
  double: 'number',
  float: 'number',
  integer: 'number',
  long: 'number',
  string: 'string',
  timestamp: 'Date',
}

/** Names that the generated file itself uses. */
const TAKEN = new Set(['Date', 'EventStreamBody', 'In', 'Operations', 'Out', 'Record', 'StreamingBody', 'Uint8Array'])

/** Input and output of an operation, by its name. */
const ENDS = ['In', 'Out']
  .map(end => `export type ${end}<O extends keyof Operations> = Operations[O]['${end.toLowerCase()}put']\n`)
  .join('')

/** Declarations so far by name, in the order in which they were first met. */
type Declarations = { model: Model; types: Map<string, string> }

/** The TypeScript types of a service's operations. Optional members may be given as undefined. */
export function typesOf(
  model: Model,
  heading: string,
  part: readonly string[] = Object.keys(model.operations),
): string {
  const declarations: Declarations = { model, types: new Map() }
  const whole = Object.entries(model.operations).filter(([name]) => part.includes(name))
  const operations = whole.map(([name, { input, output, errors = [] }]) => {
    const codes = errors.map(error => JSON.stringify(error.shape)).join(' | ') || 'never'
    // A handler of an operation that answers nothing may return nothing.
    const answer = output ? shapeType(declarations, output) : 'void | {}'
    const shapes = `input: ${shapeType(declarations, input)}; output: ${answer}`
    return `  ${name}: { ${shapes}; errors: ${codes} }`
  })
  const types = [...declarations.types.values()].join('\n')
  const used = ['EventStreamBody', 'StreamingBody'].filter(name => new RegExp(`: ${name}\\b`).test(types))
  const imported = used.length > 0 ? `import type { ${used.join(', ')} } from '../wire/types.ts'\n` : ''
  return `${heading}${imported}\n${types}\n\nexport type Operations = {\n${operations.join('\n')}\n}\n${ENDS}`
}

function shapeType(declarations: Declarations, reference: Reference | undefined): string {
  if (!reference) return '{}'
  const shape = shapeOf(declarations.model, reference.shape)
  const { member, value } = shape
  if (shape.document) return 'unknown'
  if (shape.type === 'structure') return structureType(declarations, reference.shape, shape)
  if (shape.type === 'list' && member) return `${wrapped(shapeType(declarations, member), shape.sparse)}[]`
  if (shape.type === 'map' && value) {
    return `Record<string, ${shapeType(declarations, value)}${shape.sparse ? ' | null' : ''}>`
  }
  if (shape.type === 'blob' && (reference.streaming || shape.streaming)) return 'StreamingBody'
  if (shape.enum) return enumType(declarations, reference.shape, shape.enum)
  return SCALARS[shape.type] ?? 'unknown'
}

function structureType(declarations: Declarations, name: string, shape: Shape): string {
  const id = identifier(name)
  const type = shape.eventstream ? `EventStreamBody<${id}>` : id
  if (declarations.types.has(id)) return type
  declarations.types.set(id, '')
  const required = new Set(shape.required)
  const members = Object.entries(shape.members ?? {}).map(([member, reference]) => {
    const memberType = shapeType(declarations, reference)
    return required.has(member) ? `  ${key(member)}: ${memberType}` : `  ${key(member)}?: ${memberType} | undefined`
  })
  declarations.types.set(id, `export type ${id} = {${members.length > 0 ? `\n${members.join('\n')}\n` : ''}}`)
  return type
}

/** AWS adds values before models do, so any string is allowed. */
function enumType(declarations: Declarations, name: string, values: string[]): string {
  const id = identifier(name)
  const union = values.map(value => JSON.stringify(value)).join(' | ')
  declarations.types.set(id, `export type ${id} = ${union} | (string & {})`)
  return id
}

const wrapped = (type: string, sparse: boolean | undefined) => (sparse ? `(${type} | null)` : type)

const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name))

function identifier(name: string): string {
  const id = name.charAt(0).toUpperCase() + name.slice(1).replace(/\W/g, '_')
  return TAKEN.has(id) ? `${id}_` : id
}
