import { AwsError } from '../../../../aws/errors.ts'
import { readComparison } from './comparisons.ts'
import { type Condition, readCondition } from './conditions.ts'
import {
  invalidCharacters,
  invalidPattern,
  type Scanner,
  scannerOf,
  skipSpace,
  take,
  takeMatch,
  unexpected,
} from './scanner.ts'

type Step = { key: string } | { index: number } | 'any'
type Selector = { text: string; steps: Step[] }

/** A pattern over JSON events: `{ $.user.id = 1 && $.tags[*] = "a*" }`. */
export type JsonPattern = { condition: Condition<unknown>; selectors: Selector[] }

export function readJsonPattern(scanner: Scanner): JsonPattern {
  const selectors: Selector[] = []
  if (!take(scanner, '{')) throw invalidPattern()
  const condition = readCondition<unknown>(scanner, at => readSingle(at, selectors))
  if (!take(scanner, '}')) throw unexpected(scanner)
  skipSpace(scanner)
  if (scanner.at < scanner.text.length) throw unexpected(scanner)
  return { condition, selectors }
}

const KEYWORDS = /(?:IS\s+(?:NULL|TRUE|FALSE)|NOT\s+EXISTS)\b/iy
const CONSTANTS: Readonly<Record<string, unknown>> = { NULL: null, TRUE: true, FALSE: false }

function readSingle(scanner: Scanner, selectors: Selector[]): Condition<unknown> {
  const selector = readSelector(scanner)
  selectors.push(selector)
  skipSpace(scanner)
  const keywords = takeMatch(scanner, KEYWORDS)?.toUpperCase()
  if (keywords?.startsWith('NOT')) return event => select(event, selector).length === 0
  if (keywords) {
    const constant = CONSTANTS[keywords.slice(2).trim()]
    return event => select(event, selector).some(value => value === constant)
  }
  const test = readComparison(scanner)
  if (!test) throw unexpected(scanner)
  // A selector that finds nothing, or no plain value, fails every comparison, `!=` too.
  return event =>
    select(event, selector).some(value => isPlain(value) && test(typeof value === 'boolean' ? String(value) : value))
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'

const STEP = /\.[\p{L}\p{N}_-]+|\.\*|\[\d+\]|\[\*\]/uy

function readSelector(scanner: Scanner): Selector {
  skipSpace(scanner)
  const start = scanner.at
  if (takeMatch(scanner, /\$/y) === undefined) throw unexpected(scanner)
  const steps: Step[] = []
  for (let step = takeMatch(scanner, STEP); step !== undefined; step = takeMatch(scanner, STEP))
    steps.push(stepOf(step))
  const complete = steps.length > 0 && !/[.[]/.test(scanner.text[scanner.at] ?? '')
  if (complete) return { text: scanner.text.slice(start, scanner.at), steps }
  // AWS names all that stands where a property's name should be: `$."`.
  const rest = scanner.text.slice(steps.length > 0 ? scanner.at : start)
  throw invalidCharacters(/^[^\p{L}\p{N}_\s]+/u.exec(rest)?.[0] ?? '$')
}

/** The value that a selector such as `$.user.id` finds in an event; undefined when it finds none, or is no selector. */
export function valueAt(selectorText: string, event: unknown): unknown {
  const scanner = scannerOf(selectorText)
  try {
    const selector = readSelector(scanner)
    return scanner.at === selectorText.length ? select(event, selector)[0] : undefined
  } catch (error) {
    if (error instanceof AwsError) return undefined
    throw error
  }
}

function stepOf(text: string): Step {
  if (text === '.*' || text === '[*]') return 'any'
  return text.startsWith('.') ? { key: text.slice(1) } : { index: Number(text.slice(1, -1)) }
}

/** The values a selector finds in an event; several only with wildcards. */
export function select(event: unknown, selector: Selector): unknown[] {
  let found: unknown[] = [event]
  for (const step of selector.steps) found = found.flatMap(value => advance(value, step))
  return found
}

function advance(value: unknown, step: Step): unknown[] {
  if (typeof value !== 'object' || value === null) return []
  if (step === 'any') return Object.values(value)
  if ('index' in step) return Array.isArray(value) && step.index < value.length ? [value[step.index]] : []
  if (Array.isArray(value) || !Object.hasOwn(value, step.key)) return []
  return [(value as Record<string, unknown>)[step.key]] // a JSON object: checked above
}

/** The event as JSON; undefined when it is no JSON object or array. */
export function parseEvent(message: string): unknown {
  if (!/^\s*[{[]/.test(message)) return undefined
  try {
    return JSON.parse(message)
  } catch {
    return undefined
  }
}
