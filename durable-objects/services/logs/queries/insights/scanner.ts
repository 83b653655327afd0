import { AwsError } from '../../../../../aws/errors.ts'
import { type Regex, regexOf } from '../../regex/regex.ts'

/** A query being read. `depth` counts the brackets and negations that are open; `weight` is its expressions'. */
export type Scanner = { readonly text: string; at: number; depth: number; weight: number }

export function scannerOf(text: string): Scanner {
  return { text, at: 0, depth: 0, weight: 1 }
}

const BLANK = /(?:\s+|#[^\n]*)*/y

export function skipBlank(scanner: Scanner): void {
  BLANK.lastIndex = scanner.at
  scanner.at += BLANK.exec(scanner.text)?.[0].length ?? 0
}

export function atEnd(scanner: Scanner): boolean {
  skipBlank(scanner)
  return scanner.at >= scanner.text.length
}

/** AWS's refusal of a query that it cannot read. */
export function malformed(scanner: Scanner, reason?: string): AwsError {
  skipBlank(scanner)
  const before = scanner.text.slice(0, scanner.at).split('\n')
  const where = `line ${before.length} and position ${before.at(-1)?.length ?? 0}`
  const symbol = /^(?:[\w@.]+|[^\s])/.exec(scanner.text.slice(scanner.at, scanner.at + 100))?.[0] ?? '<EOF>'
  const message = `${reason ?? `unexpected symbol found ${symbol}`} at ${where}`
  const location = { startCharOffset: scanner.at, endCharOffset: scanner.at + (symbol === '<EOF>' ? 0 : symbol.length) }
  return new AwsError('MalformedQueryException', message, 0, { queryCompileError: { location, message } })
}

/** Consumes a symbol if it comes next. */
export function take(scanner: Scanner, symbol: string): boolean {
  skipBlank(scanner)
  if (!scanner.text.startsWith(symbol, scanner.at)) return false
  scanner.at += symbol.length
  return true
}

export function expect(scanner: Scanner, symbol: string): void {
  if (!take(scanner, symbol)) throw malformed(scanner)
}

/** Consumes what a sticky expression matches next. */
export function takeMatch(scanner: Scanner, sticky: RegExp): string | undefined {
  skipBlank(scanner)
  sticky.lastIndex = scanner.at
  const found = sticky.exec(scanner.text)?.[0]
  if (found !== undefined) scanner.at += found.length
  return found
}

const WORD = /[A-Za-z_]\w*/y

/** Consumes one of some words if it comes next, whatever its case. */
export function takeWord(scanner: Scanner, ...words: string[]): string | undefined {
  const { at } = scanner
  const word = takeMatch(scanner, WORD)?.toLowerCase()
  if (word !== undefined && words.includes(word)) return word
  scanner.at = at
  return undefined
}

const NAME = /@?[A-Za-z_][\w.@]*/y
const QUOTED_NAME = /`[^`]+`/y

/** A field's name: bare, or in backticks when it holds other characters. */
export function takeName(scanner: Scanner): string | undefined {
  return takeMatch(scanner, QUOTED_NAME)?.slice(1, -1) ?? takeMatch(scanner, NAME)
}

const STRING = /"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'/y

/** A text in double or single quotes. */
export function takeString(scanner: Scanner): string | undefined {
  return takeMatch(scanner, STRING)
    ?.slice(1, -1)
    .replace(/\\(["'\\])/g, '$1')
}

const REGEX = /\/(?:[^/\\\n]|\\.)+\//y

/** A regular expression between slashes. */
export function takeRegex(scanner: Scanner): Regex | undefined {
  const { at } = scanner
  const found = takeMatch(scanner, REGEX)
  if (found === undefined) return undefined
  const regex = regexOf(found.slice(1, -1).replaceAll('\\/', '/'))
  if (regex) {
    // The longer it is, the likelier it has so many ways to match that it is simulated, which costs more by itself.
    scanner.weight += regex.weight ** 2
    return regex
  }
  scanner.at = at
  throw malformed(scanner, `unsupported regular expression ${found}`)
}

/** Reads something between commas. */
export function readList<T>(scanner: Scanner, read: (scanner: Scanner) => T): T[] {
  const items: T[] = []
  do items.push(read(scanner))
  while (take(scanner, ','))
  return items
}

/** Deeper than this nothing nests, so that reading it does not exhaust the stack. */
const MAX_DEPTH = 60

export function nested<T>(scanner: Scanner, read: () => T): T {
  scanner.depth += 1
  if (scanner.depth > MAX_DEPTH) throw malformed(scanner, 'the query is nested too deeply')
  const value = read()
  scanner.depth -= 1
  return value
}
