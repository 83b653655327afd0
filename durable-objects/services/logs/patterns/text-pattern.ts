import { atEnd, readQuoted, readRegex, type Scanner, takeMatch, unexpected } from './scanner.ts'

type Term = { kind: 'required' | 'optional' | 'excluded'; found: (message: string) => boolean }

const BARE = /[\p{L}\p{N}_.-]+/uy

/** Unstructured text: `ERROR "with spaces" -excluded ?either ?or %regex%`. Terms are sought anywhere, in their case. */
export function readTextPattern(scanner: Scanner): (message: string) => boolean {
  const terms: Term[] = []
  while (!atEnd(scanner)) terms.push(readTerm(scanner))
  const of = (kind: Term['kind']) => terms.filter(term => term.kind === kind)
  const [required, excluded, optional] = [of('required'), of('excluded'), of('optional')]
  // AWS ignores the terms with a question mark as soon as there are others.
  if (required.length + excluded.length === 0 && optional.length > 0) {
    return message => optional.some(({ found }) => found(message))
  }
  return message => required.every(({ found }) => found(message)) && !excluded.some(({ found }) => found(message))
}

function readTerm(scanner: Scanner): Term {
  const prefix = takeMatch(scanner, /[?-]/y)
  const kind = prefix === '?' ? 'optional' : prefix === '-' ? 'excluded' : 'required'
  const first = scanner.text[scanner.at]
  if (first === '%') {
    const regex = readRegex(scanner)
    return { kind, found: message => regex.test(message) }
  }
  const text = first === '"' ? readQuoted(scanner) : takeMatch(scanner, BARE)
  if (text === undefined) throw unexpected(scanner)
  const next = scanner.text[scanner.at]
  if (next !== undefined && !/[\s"%]/.test(next)) throw unexpected(scanner)
  return { kind, found: message => message.includes(text) }
}
