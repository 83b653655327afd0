import { AwsError } from '../../../../aws/errors.ts'
import { type Regex, regexOf } from '../regex/regex.ts'

/** A filter pattern being read, and the regular expressions that it was found to hold. */
export type Scanner = { readonly text: string; at: number; regexes: Regex[] }

export function scannerOf(text: string): Scanner {
  return { text, at: 0, regexes: [] }
}

export const invalidPattern = () => new AwsError('InvalidParameterException', 'Invalid filter pattern')

/** AWS's refusal of a term: it names the characters that cannot stand there without quotes. */
export function invalidCharacters(characters: string): AwsError {
  return new AwsError('InvalidParameterException', `Invalid character(s) in term '${characters}'`)
}

/** The refusal of whatever stands at the scanner. */
export function unexpected(scanner: Scanner): AwsError {
  const character = String.fromCodePoint(scanner.text.codePointAt(scanner.at) ?? 32)
  return /[\p{L}\p{N}_\s]/u.test(character) ? invalidPattern() : invalidCharacters(character)
}

export function skipSpace(scanner: Scanner): void {
  while (/\s/.test(scanner.text[scanner.at] ?? '')) scanner.at += 1
}

export function atEnd(scanner: Scanner): boolean {
  skipSpace(scanner)
  return scanner.at >= scanner.text.length
}

/** Skips space and consumes the token if it comes next. */
export function take(scanner: Scanner, token: string): boolean {
  skipSpace(scanner)
  if (!scanner.text.startsWith(token, scanner.at)) return false
  scanner.at += token.length
  return true
}

/** Consumes what a sticky expression matches right here; undefined when it does not. */
export function takeMatch(scanner: Scanner, sticky: RegExp): string | undefined {
  sticky.lastIndex = scanner.at
  const found = sticky.exec(scanner.text)?.[0]
  if (found !== undefined) scanner.at += found.length
  return found
}

/** The text in double quotes that starts here; `\"` and `\\` stand for themselves. */
export function readQuoted(scanner: Scanner): string {
  let value = ''
  for (let at = scanner.at + 1; at < scanner.text.length; at++) {
    const character = scanner.text[at] ?? ''
    if (character === '"') {
      scanner.at = at + 1
      return value
    }
    const next = scanner.text[at + 1] ?? ''
    const escaped = character === '\\' && (next === '"' || next === '\\')
    value += escaped ? next : character
    if (escaped) at += 1
  }
  throw invalidPattern()
}

/** What AWS lets a regular expression hold: no groups, no spaces, ASCII only. */
const REGEX_CHARACTERS = /^[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]+$/

/** The regular expression between percent signs that starts here. */
export function readRegex(scanner: Scanner): Regex {
  const end = scanner.text.indexOf('%', scanner.at + 1)
  if (end < 0) throw invalidPattern()
  const source = scanner.text.slice(scanner.at + 1, end)
  if (!REGEX_CHARACTERS.test(source)) {
    throw source === ''
      ? invalidPattern()
      : invalidCharacters(source.replace(/[A-Za-z0-9:_#=@/;,\-^$?[\]{}|\\*+.]/g, ''))
  }
  const regex = regexOf(source)
  if (!regex) throw invalidPattern()
  scanner.at = end + 1
  scanner.regexes.push(regex)
  return regex
}
