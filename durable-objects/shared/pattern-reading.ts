import {
  anythingBut,
  cidr,
  type Comparison,
  equalsIgnoringCase,
  type Matcher,
  numeric,
  prefix,
  prefixIgnoringCase,
  suffix,
  suffixIgnoringCase,
  wildcard,
} from './pattern-matchers.ts'
import { parseNetwork } from './policy-values.ts'

/** A pattern that cannot be read; the message is EventBridge's reason. */
export class InvalidPattern extends Error {
  override readonly name = 'InvalidPattern'
}

/** A pattern's object: what each field must meet, and the `$or`s of which each must be met. */
export type PatternNode = { fields: Field[]; choices: PatternNode[][] }

type Field = { name: string } & (
  | { node: PatternNode; matchers?: undefined; stated?: undefined }
  | { matchers: Matcher[]; stated: unknown; node?: undefined }
)

/** Far beyond what AWS takes in 4 KB of pattern. */
const DEEPEST = 100

export function readNode(object: Record<string, unknown>, depth: number): PatternNode {
  if (depth > DEEPEST) throw new InvalidPattern('Pattern is nested too deeply')
  const node: PatternNode = { fields: [], choices: [] }
  const entries = Object.entries(object)
  if (entries.length === 0) throw new InvalidPattern('Empty objects are not allowed')
  for (const [name, value] of entries) {
    if (name === '$or' && isChoice(value)) node.choices.push(value.map(each => readNode(each, depth + 1)))
    else node.fields.push(readField(name, value, depth))
  }
  return node
}

/** Two objects or more; a field may be called `$or` all the same. */
function isChoice(value: unknown): value is Record<string, unknown>[] {
  return Array.isArray(value) && value.length > 1 && value.every(each => isObject(each) && !isOperator(each))
}

const isOperator = (object: Record<string, unknown>) => Object.keys(object).some(name => Object.hasOwn(OPERATORS, name))

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function readField(name: string, value: unknown, depth: number): Field {
  if (isObject(value)) return { name, node: readNode(value, depth + 1) }
  if (!Array.isArray(value)) throw new InvalidPattern(`"${name}" must be an object or an array`)
  if (value.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  return { name, matchers: value.map(readMatcher), stated: value }
}

function readMatcher(value: unknown): Matcher {
  if (Array.isArray(value)) throw new InvalidPattern('Match value must be String, number, true, false, or null')
  if (!isObject(value)) return { kind: 'value', value: value as string | number | boolean | null } // JSON's rest
  const [entry, ...more] = Object.entries(value)
  if (!entry || more.length > 0) throw new InvalidPattern('Only one key allowed in match expression')
  const [operator, operand] = entry
  const read = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined
  if (!read) throw new InvalidPattern(`Unrecognized match type ${operator}`)
  return read(operand)
}

const OPERATORS: Record<string, (operand: unknown) => Matcher> = {
  prefix: operand => readAffix('prefix', operand, { plain: prefix, folded: prefixIgnoringCase }),
  suffix: operand => readAffix('suffix', operand, { plain: suffix, folded: suffixIgnoringCase }),
  'equals-ignore-case': operand => equalsIgnoringCase(text('equals-ignore-case', operand)),
  wildcard: operand => readWildcard(operand),
  cidr: operand => readCidr(operand),
  numeric: operand => readNumeric(operand),
  exists: operand => {
    if (typeof operand !== 'boolean') throw new InvalidPattern('exists match pattern must be either true or false.')
    return { kind: 'exists', exists: operand }
  },
  'anything-but': operand => anythingBut(readExclusions(operand)),
}

function text(operator: string, operand: unknown): string {
  if (typeof operand !== 'string') throw new InvalidPattern(`${operator} match pattern must be a string`)
  return operand
}

type Affix = { plain: (text: string) => Matcher; folded: (text: string) => Matcher }

function readAffix(operator: string, operand: unknown, affix: Affix): Matcher {
  if (isObject(operand) && Object.keys(operand).join() === 'equals-ignore-case') {
    return affix.folded(text('equals-ignore-case', operand['equals-ignore-case']))
  }
  return affix.plain(text(operator, operand))
}

function readWildcard(operand: unknown): Matcher {
  const pattern = text('wildcard', operand)
  const plain = pattern.replace(/\\[*\\]/g, '..')
  const stray = plain.indexOf('\\')
  if (stray >= 0) throw new InvalidPattern(`Invalid escape character at pos ${stray}`)
  const twice = plain.indexOf('**')
  if (twice >= 0) throw new InvalidPattern(`Consecutive wildcard characters at pos ${twice}`)
  return wildcard(pattern)
}

function readCidr(operand: unknown): Matcher {
  const range = text('cidr', operand)
  if (!range.includes('/')) throw new InvalidPattern("Malformed CIDR, one '/' required")
  const network = parseNetwork(range)
  if (!network) throw new InvalidPattern(`Malformed CIDR, ${range}`)
  return cidr(network)
}

/** AWS compares numbers between ±5e9. */
const WIDEST = 5_000_000_000

function readNumeric(operand: unknown): Matcher {
  if (!Array.isArray(operand)) throw new InvalidPattern('Value of numeric must be an array.')
  if (operand.length === 0) throw new InvalidPattern('Invalid member in numeric match: ]')
  if (operand.length > 4) throw new InvalidPattern('Too many elements in numeric expression')
  const comparisons: Comparison[] = []
  for (let at = 0; at < operand.length; at += 2) comparisons.push(readComparison(operand[at], operand[at + 1]))
  const [first, second] = comparisons
  if (first && second) checkRange(first, second)
  return numeric(comparisons)
}

function readComparison(operator: unknown, bound: unknown): Comparison {
  if (operator !== '=' && operator !== '<' && operator !== '<=' && operator !== '>' && operator !== '>=') {
    throw new InvalidPattern(`Unrecognized numeric range operator: ${operator}`)
  }
  if (typeof bound !== 'number') throw new InvalidPattern(`Value of ${operator} must be numeric`)
  if (Math.abs(bound) > WIDEST) throw new InvalidPattern('Value must be between -5.0E9 and 5.0E9, inclusive')
  return { operator, bound }
}

function checkRange(first: Comparison, second: Comparison): void {
  if (!first.operator.startsWith('>')) throw new InvalidPattern('Too many terms in numeric range expression')
  if (!second.operator.startsWith('<')) {
    throw new InvalidPattern(`Bad numeric range operator: ${second.operator}`)
  }
  if (first.bound >= second.bound) throw new InvalidPattern('Bottom must be less than top')
}

/** What `anything-but` leaves out: values, or texts by prefix, suffix, wildcard or without their case. */
function readExclusions(operand: unknown): Matcher[] {
  if (isObject(operand)) return readExcludedTexts(operand)
  const values: unknown[] = Array.isArray(operand) ? operand : [operand]
  if (values.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  const types = new Set(values.map(value => typeof value))
  if (values.some(value => typeof value !== 'string' && typeof value !== 'number')) {
    throw new InvalidPattern('Inside anything but list, start|null|boolean is not supported.')
  }
  if (types.size > 1) {
    const reason = 'either all values are number or string, mixed type is not supported'
    throw new InvalidPattern(`Inside anything but list, ${reason}`)
  }
  return values.map(value => ({ kind: 'value', value: value as string | number })) // their types were checked
}

const EXCLUDING = ['prefix', 'suffix', 'equals-ignore-case', 'wildcard']

function readExcludedTexts(operand: Record<string, unknown>): Matcher[] {
  const [entry, ...more] = Object.entries(operand)
  if (!entry || more.length > 0) throw new InvalidPattern('Only one key allowed in match expression')
  const [operator, stated] = entry
  const read = EXCLUDING.includes(operator) ? OPERATORS[operator] : undefined
  if (!read) throw new InvalidPattern(`Unsupported anything-but pattern: ${operator}`)
  const texts: unknown[] = Array.isArray(stated) ? stated : [stated]
  if (texts.length === 0) throw new InvalidPattern('Empty arrays are not allowed')
  return texts.map(each => read(each))
}
