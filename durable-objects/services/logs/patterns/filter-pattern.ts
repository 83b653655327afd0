import { AwsError } from '../../../../aws/errors.ts'
import { matchFields, readFieldPattern } from './field-pattern.ts'
import { parseEvent, readJsonPattern, select } from './json-pattern.ts'
import { type Scanner, scannerOf, skipSpace } from './scanner.ts'
import { readTextPattern } from './text-pattern.ts'

/**
 * A filter pattern, ready to be asked.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 */
export type FilterPattern = {
  matches(message: string): boolean
  /** What the pattern names in an event, as TestMetricFilter shows it; undefined when the event does not match. */
  extract(message: string): Record<string, string> | undefined
  /** Space-delimited fields: what it extracts goes along to subscribers. */
  delimited: boolean
  /** How many regular expressions it holds. */
  regexes: number
  /** How much work a character of a message may be. */
  weight: number
}

const MAX_REGEXES = 2

/** Reads a filter pattern. @throws AwsError InvalidParameterException */
export function parseFilterPattern(text: string): FilterPattern {
  const scanner = scannerOf(text)
  skipSpace(scanner)
  const first = text[scanner.at]
  const read = first === '{' ? jsonFilter : first === '[' ? fieldFilter : textFilter
  const filter = read(scanner)
  const { regexes } = scanner
  if (regexes.length > MAX_REGEXES) {
    const message = `A filter pattern can contain at most ${MAX_REGEXES} regular expressions.`
    throw new AwsError('InvalidParameterException', message)
  }
  const weight = regexes.reduce((sum, regex) => sum + regex.weight, 1)
  return { ...filter, delimited: first === '[', regexes: regexes.length, weight }
}

type Filter = Omit<FilterPattern, 'delimited' | 'regexes' | 'weight'>

function textFilter(scanner: Scanner): Filter {
  const matches = readTextPattern(scanner)
  return { matches, extract: message => (matches(message) ? {} : undefined) }
}

function fieldFilter(scanner: Scanner): Filter {
  const pattern = readFieldPattern(scanner)
  const extract = (message: string) => matchFields(pattern, message)
  return { matches: message => extract(message) !== undefined, extract }
}

function jsonFilter(scanner: Scanner): Filter {
  const { condition, selectors } = readJsonPattern(scanner)
  const matches = (message: string) => {
    const event = parseEvent(message)
    return event !== undefined && condition(event)
  }
  const extract = (message: string) => {
    const event = parseEvent(message)
    if (event === undefined || !condition(event)) return undefined
    const values = selectors.map(selector => [selector.text, select(event, selector)[0]] as const)
    const found = values.filter(([, value]) => value !== undefined)
    return Object.fromEntries(found.map(([text, value]) => [text, plainText(value)]))
  }
  return { matches, extract }
}

function plainText(value: unknown): string {
  if (typeof value === 'string') return value
  try {
    return JSON.stringify(value)
  } catch {
    // Nested deeper than can be written down.
    return ''
  }
}
