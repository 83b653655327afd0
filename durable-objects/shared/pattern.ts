import { type Json, matches } from './pattern-matchers.ts'
import { InvalidPattern, type PatternNode, readNode } from './pattern-reading.ts'

export { InvalidPattern }

/** A pattern, checked and ready to match. */
export type Pattern = PatternNode

/**
 * Reads an event pattern, as rules, event source mappings and filter policies state it.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws InvalidPattern with the reason in EventBridge's words
 */
export function readPattern(text: string): Pattern {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw new InvalidPattern('Invalid JSON')
  }
  return patternOf(document)
}

/** The same for a pattern that is already parsed. @throws InvalidPattern */
export function patternOf(document: unknown): Pattern {
  if (typeof document !== 'object' || document === null || Array.isArray(document)) {
    throw new InvalidPattern('Filter is not an object')
  }
  return readNode(document as Record<string, unknown>, 0) // an object, as was checked
}

/**
 * The part of a pattern that an event does not meet, for whoever asks why it did not arrive; undefined when it matches.
 * A value that is an array meets a pattern when one of its items does, and one item must meet all of a nested pattern.
 */
export function mismatch(pattern: Pattern, event: unknown): string | undefined {
  return nodeMismatch(pattern, event as Json, '') // an event is JSON
}

function nodeMismatch(node: PatternNode, value: Json | undefined, path: string): string | undefined {
  if (Array.isArray(value)) {
    const found = value.map(item => nodeMismatch(node, item, path))
    if (found.includes(undefined)) return undefined
    return found[0] ?? nodeMismatch(node, undefined, path)
  }
  const object = typeof value === 'object' && value !== null ? value : undefined
  for (const field of node.fields) {
    const why = fieldMismatch(field, object, path)
    if (why !== undefined) return why
  }
  return alternativesMismatch(node, object, path)
}

function fieldMismatch(
  field: PatternNode['fields'][number],
  object: { [name: string]: Json } | undefined,
  path: string,
): string | undefined {
  const at = path === '' ? field.name : `${path}.${field.name}`
  const value = object && Object.hasOwn(object, field.name) ? object[field.name] : undefined
  if (field.node) return nodeMismatch(field.node, value, at)
  if (matches(field.matchers, value)) return undefined
  const shown = value === undefined ? 'is not there' : `is ${JSON.stringify(value)}`
  return `${at} ${shown}, and the pattern wants ${JSON.stringify(field.stated)}`
}

/** Each `$or` wants one of its patterns to be met. */
function alternativesMismatch(
  node: PatternNode,
  object: { [name: string]: Json } | undefined,
  path: string,
): string | undefined {
  for (const choice of node.choices) {
    const found = choice.map(each => nodeMismatch(each, object, path))
    if (!found.includes(undefined)) return `none of $or matches: ${found.join('; ')}`
  }
  return undefined
}
