import { AwsError } from '../../../../../aws/errors.ts'
import type { AggregateFactory } from './aggregates.ts'
import { type Evaluate, type Expression, readExpression, type Scope } from './expressions.ts'
import { globOf } from './globs.ts'
import { fieldOf, type Row } from './rows.ts'
import {
  atEnd,
  malformed,
  readList,
  type Scanner,
  scannerOf,
  take,
  takeMatch,
  takeName,
  takeRegex,
  takeString,
  takeWord,
} from './scanner.ts'
import { textOf } from './values.ts'

/** A column of results: its name and how it is got. */
export type Column = { name: string; evaluate: Evaluate }

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html */
export type Command =
  | { kind: 'fields' | 'display'; columns: Column[] }
  | { kind: 'filter'; holds: Evaluate }
  | { kind: 'parse'; names: string[]; extract: (row: Row) => Record<string, string> | undefined }
  | { kind: 'stats'; aggregates: AggregateFactory[]; by: Column[]; columns: Column[] }
  | { kind: 'sort'; keys: { evaluate: Evaluate; descending: boolean }[] }
  | { kind: 'limit'; count: number }
  | { kind: 'dedup'; by: Evaluate[] }

const COMMANDS = ['fields', 'display', 'filter', 'parse', 'stats', 'sort', 'limit', 'dedup'] as const
/** What AWS knows beside them. */
const OTHERS = [
  'pattern',
  'diff',
  'unmask',
  'unnest',
  'source',
  'anomaly',
  'lookup',
  'join',
  'filterindex',
  'addtotals',
]

/** A query; `weight` is how much work a character of an event may be. */
export type Query = { commands: Command[]; weight: number }

/** Reads a query. @throws AwsError MalformedQueryException */
export function readQuery(text: string, now: number): Query {
  const scanner = scannerOf(text)
  const commands: Command[] = []
  do commands.push(readCommand(scanner, { now }))
  while (take(scanner, '|'))
  if (!atEnd(scanner)) throw malformed(scanner)
  return { commands, weight: scanner.weight }
}

function readCommand(scanner: Scanner, scope: Scope): Command {
  const word = takeWord(scanner, ...COMMANDS) as (typeof COMMANDS)[number] | undefined // one of those given
  if (word) return READERS[word](scanner, scope)
  const other = takeWord(scanner, ...OTHERS)
  if (other) throw new AwsError('NotImplemented', `logs.StartQuery: the command ${other} is not implemented`, 501)
  throw malformed(scanner)
}

const READERS: Record<(typeof COMMANDS)[number], (scanner: Scanner, scope: Scope) => Command> = {
  fields: (scanner, scope) => ({ kind: 'fields', columns: readColumns(scanner, scope) }),
  display: (scanner, scope) => ({ kind: 'display', columns: readColumns(scanner, scope) }),
  filter: (scanner, scope) => ({ kind: 'filter', holds: readExpression(scanner, scope).evaluate }),
  parse: readParse,
  stats: readStats,
  sort: readSort,
  limit: readLimit,
  dedup: scanner => ({ kind: 'dedup', by: readList(scanner, readField) }),
}

function readColumns(scanner: Scanner, scope: Scope): Column[] {
  return readList(scanner, at => readColumn(at, readExpression(at, scope)))
}

function readColumn(scanner: Scanner, { evaluate, text }: Expression): Column {
  if (!takeWord(scanner, 'as')) return { name: text.replaceAll('`', ''), evaluate }
  const name = takeName(scanner)
  if (name === undefined) throw malformed(scanner)
  return { name, evaluate }
}

function readField(scanner: Scanner): Evaluate {
  const name = takeName(scanner)
  if (name === undefined) throw malformed(scanner)
  return row => fieldOf(row, name)
}

function readParse(scanner: Scanner, scope: Scope): Command {
  const start = scanner.at
  const direct = takeRegex(scanner) ?? takeString(scanner)
  scanner.at = start
  const value: Evaluate =
    direct === undefined ? readExpression(scanner, scope).evaluate : row => fieldOf(row, '@message')
  const regex = takeRegex(scanner)
  if (regex) {
    const extract = (row: Row) => regex.groups(textOf(value(row)))
    if (regex.names.length === 0) throw malformed(scanner, 'a regular expression of parse needs named groups')
    return { kind: 'parse', names: regex.names, extract }
  }
  const glob = takeString(scanner)
  if (glob === undefined || !takeWord(scanner, 'as')) throw malformed(scanner)
  const names = readList(scanner, at => takeName(at) ?? '')
  const match = globOf(glob)
  if (names.includes('') || match.wildcards !== names.length) throw malformed(scanner)
  const extract = (row: Row) => {
    const parts = match.parts(textOf(value(row)))
    return parts && Object.fromEntries(names.map((name, index) => [name, parts[index] ?? '']))
  }
  return { kind: 'parse', names, extract }
}

function readStats(scanner: Scanner, scope: Scope): Command {
  const aggregates: AggregateFactory[] = []
  const columns = readColumns(scanner, { ...scope, aggregates })
  if (aggregates.length === 0) throw malformed(scanner)
  const by = takeWord(scanner, 'by') ? readColumns(scanner, scope) : []
  return { kind: 'stats', aggregates, by, columns }
}

function readSort(scanner: Scanner, scope: Scope): Command {
  const keys = readList(scanner, at => {
    // AWS takes the direction before the field as well as behind it.
    const before = takeWord(at, 'asc', 'desc')
    const { evaluate, text } = readExpression(at, { ...scope, aggregates: [] })
    const descending = (takeWord(at, 'asc', 'desc') ?? before ?? 'desc') === 'desc'
    // After `stats` a column may be named by the text that made it.
    const column = (row: Row) => (row.values.has(text) ? row.values.get(text) : evaluate(row))
    return { evaluate: column, descending }
  })
  return { kind: 'sort', keys }
}

const COUNT = /\d{1,9}/y
export const MAX_ROWS = 100_000

function readLimit(scanner: Scanner): Command {
  const count = takeMatch(scanner, COUNT)
  if (count === undefined) throw malformed(scanner)
  if (Number(count) < 1 || Number(count) > MAX_ROWS) throw malformed(scanner, `limit must be from 1 to ${MAX_ROWS}`)
  return { kind: 'limit', count: Number(count) }
}
