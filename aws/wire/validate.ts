import { AwsError } from '../errors.ts'
import type { ServiceModel } from './model.ts'
import type { List, MapShape, Member, Scalar, Shape, Structure } from './shapes.ts'
import { MEMBER } from './table.ts'
import type { Validation, WireKnobs } from './types.ts'
import { codePoints, coral, type Dialect, smithy, type Violation } from './violations.ts'

const DEFAULT: Validation = { code: 'ValidationException', dialect: 'coral' }

/** Violations that one refusal names. */
const MOST_NAMED = 100

/**
 * Holds an input against the model: required members, lengths, ranges, patterns and enums.
 * @throws AwsError with the service's own code, naming every violation
 */
export function validate(
  model: ServiceModel,
  operation: string,
  input: Record<string, unknown>,
  knobs: WireKnobs,
): void {
  const shape = model.operation(operation)?.input
  const validation = knobs.validation ?? DEFAULT
  if (!shape || validation === false) return
  const walk: Walk = { validation, dialect: validation.dialect === 'smithy' ? smithy : coral, found: [] }
  if (validation.documents) {
    checkDocument(walk, shape, input)
    return
  }
  checkStructure(walk, shape, { value: input, path: '' })
  if (walk.found.length > 0) throw new AwsError(validation.code, messageOf(walk), 400)
}

function checkDocument(walk: Walk, shape: Structure, input: Record<string, unknown>): void {
  const { code, documents } = walk.validation
  const members = shape.payload ? [shape.payload] : shape.body
  const given = members.filter(member => input[member.name] !== undefined)
  checkMembers(walk, given, { value: input, path: '' })
  if (walk.found.some(({ path }) => !documents?.except?.test(path))) {
    throw new AwsError(code, documents?.message ?? messageOf(walk), 400)
  }
}

type Walk = { validation: Validation; dialect: Dialect; found: Violation[] }
type Place<T> = { value: T; path: string }

function messageOf({ dialect, found }: Walk): string {
  const count = `${found.length} validation error${found.length > 1 ? 's' : ''} detected`
  return `${count}${dialect.afterCount} ${found.slice(0, MOST_NAMED).map(dialect.sentence).join('; ')}`
}

function check(walk: Walk, shape: Shape, place: Place<unknown>): void {
  const { value, path } = place
  switch (shape.kind) {
    case 'structure':
      // Decoding has given each value its shape's type.
      checkStructure(walk, shape, { value: value as Record<string, unknown>, path })
      return
    case 'list':
      checkList(walk, shape, { value: value as unknown[], path })
      return
    case 'map':
      checkMap(walk, shape, { value: value as Record<string, unknown>, path })
      return
    default:
      for (const rule of brokenRules(walk.dialect, shape, value)) report(walk, shape, { value, path }, rule)
  }
}

function report(walk: Walk, shape: { sensitive: boolean }, { value, path }: Place<unknown>, rule: string): void {
  walk.found.push({ path, value, hidden: shape.sensitive, rule })
}

function checkStructure(walk: Walk, shape: Structure, place: Place<Record<string, unknown>>): void {
  checkMembers(walk, shape.members, place)
}

function checkMembers(walk: Walk, members: readonly Member[], place: Place<Record<string, unknown>>): void {
  const { value, path } = place
  for (const member of members) {
    const own = value[member.name]
    const memberPath = walk.dialect.memberPath(path, member.name)
    if (own !== undefined && own !== null) {
      if (!(member.flags & MEMBER.streaming)) check(walk, member.shape, { value: own, path: memberPath })
      continue
    }
    // A client that leaves a token out is given one.
    if (!(member.flags & MEMBER.required) || member.flags & MEMBER.idempotencyToken) continue
    walk.found.push({ path: memberPath, value: undefined, hidden: false, rule: 'Member must not be null' })
  }
}

function checkList(walk: Walk, shape: List, { value, path }: Place<unknown[]>): void {
  const { dialect } = walk
  for (const rule of dialect.lengthRules(shape, value.length)) report(walk, shape, { value, path }, rule)
  const { member } = shape
  if (isScalar(member) && dialect.wholeCollections) {
    const broken = value.some(item => item !== null && brokenRules(dialect, member, item).length > 0)
    if (broken) report(walk, shape, { value, path }, `Member must satisfy constraint: [${itemRules(walk, member)}]`)
    return
  }
  value.forEach((item, index) => {
    if (item !== null) check(walk, member, { value: item, path: dialect.itemPath(path, index) })
  })
}

function checkMap(walk: Walk, shape: MapShape, { value, path }: Place<Record<string, unknown>>): void {
  const { dialect } = walk
  const keys = Object.keys(value)
  for (const rule of dialect.lengthRules(shape, keys.length)) report(walk, shape, { value, path }, rule)
  const { key: keyShape, value: valueShape } = shape
  if (isScalar(keyShape) && keys.some(key => brokenRules(dialect, keyShape, key).length > 0)) {
    report(walk, shape, { value, path }, `Map keys must satisfy constraint: [${itemRules(walk, keyShape)}]`)
  }
  if (isScalar(valueShape) && dialect.wholeCollections) {
    const broken = keys.some(key => value[key] !== null && brokenRules(dialect, valueShape, value[key]).length > 0)
    if (broken)
      report(walk, shape, { value, path }, `Map value must satisfy constraint: [${itemRules(walk, valueShape)}]`)
    return
  }
  for (const key of keys) {
    if (value[key] !== null) check(walk, valueShape, { value: value[key], path: dialect.valuePath(path, key) })
  }
}

const isScalar = (shape: Shape): shape is Scalar =>
  shape.kind !== 'structure' && shape.kind !== 'list' && shape.kind !== 'map'

/** All constraints of an item, as AWS names them when one is broken. */
function itemRules({ dialect, validation }: Walk, shape: Scalar): string {
  const rules = dialect.allRules(shape)
  return (validation.itemsNotNull ? [...rules, 'Member must not be null'] : rules).join(', ')
}

/** The constraints that a scalar breaks, in AWS's words. */
function brokenRules(dialect: Dialect, shape: Scalar, value: unknown): string[] {
  if (!shape.constrained) return []
  if (typeof value === 'number') return dialect.rangeRules(shape, value)
  if (value instanceof Uint8Array) return dialect.lengthRules(shape, value.length)
  if (typeof value !== 'string') return []
  const length = shape.min === undefined && shape.max === undefined ? 0 : codePoints(value)
  const rules = dialect.lengthRules(shape, length)
  // A pattern that backtracks is kept from values that are too long for it anyway.
  const readable = shape.max === undefined || length <= shape.max
  if (readable && shape.pattern && !shape.pattern.test(value)) rules.push(dialect.patternRule(shape))
  if (shape.enums && !shape.enums.has(value)) rules.push(dialect.enumRule(shape))
  return rules
}
