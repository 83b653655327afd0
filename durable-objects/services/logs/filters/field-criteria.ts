import { invalidParameter } from '../refusals.ts'

/** The system fields that a selection can speak of. */
export type SystemFields = Readonly<Record<'@aws.account' | '@aws.region' | '@source.log', string>>

type Criteria = (fields: SystemFields) => boolean

const TOKEN = /\s*(?:(@[\w.]+)|"([^"]*)"|'([^']*)'|(!=|=|\[|\]|\(|\)|,)|(AND|OR|NOT|IN)\b)/iy

type Token = { kind: 'field' | 'text' | 'sign'; text: string }

type Reader = { tokens: readonly Token[]; at: number }

/**
 * A fieldSelectionCriteria, ready to be asked: `@aws.region IN ["eu-west-1"] AND @aws.account != "1234"`.
 * @throws AwsError InvalidParameterException
 */
export function readCriteria(text: string | undefined): Criteria {
  if (text === undefined || text.trim() === '') return () => true
  const reader: Reader = { tokens: tokensOf(text), at: 0 }
  const criteria = readAny(reader)
  if (reader.at < reader.tokens.length) throw invalid()
  return criteria
}

function take(reader: Reader, sign: string): boolean {
  const token = reader.tokens[reader.at]
  const found = token?.kind === 'sign' && token.text === sign
  if (found) reader.at += 1
  return found
}

function next(reader: Reader, kind: Token['kind']): string {
  const token = reader.tokens[reader.at]
  if (token?.kind !== kind) throw invalid()
  reader.at += 1
  return token.text
}

function readAny(reader: Reader): Criteria {
  const alternatives = [readAll(reader)]
  while (take(reader, 'OR')) alternatives.push(readAll(reader))
  return fields => alternatives.some(each => each(fields))
}

function readAll(reader: Reader): Criteria {
  const conditions = [readSingle(reader)]
  while (take(reader, 'AND')) conditions.push(readSingle(reader))
  return fields => conditions.every(each => each(fields))
}

function readSingle(reader: Reader): Criteria {
  if (take(reader, '(')) {
    const inner = readAny(reader)
    if (!take(reader, ')')) throw invalid()
    return inner
  }
  const field = fieldOf(next(reader, 'field'))
  if (take(reader, '=')) return equals(field, next(reader, 'text'))
  if (take(reader, '!=')) return negated(equals(field, next(reader, 'text')))
  const not = take(reader, 'NOT')
  if (!take(reader, 'IN')) throw invalid()
  const values = readList(reader)
  return fields => values.includes(fields[field]) !== not
}

function readList(reader: Reader): string[] {
  if (!take(reader, '[')) throw invalid()
  const values = [next(reader, 'text')]
  while (take(reader, ',')) values.push(next(reader, 'text'))
  if (!take(reader, ']')) throw invalid()
  return values
}

const equals =
  (field: keyof SystemFields, value: string): Criteria =>
  fields =>
    fields[field] === value
const negated =
  (criteria: Criteria): Criteria =>
  fields =>
    !criteria(fields)

function fieldOf(name: string): keyof SystemFields {
  if (name === '@aws.account' || name === '@aws.region' || name === '@source.log') return name
  throw invalid()
}

function tokensOf(text: string): Token[] {
  const tokens: Token[] = []
  const token = new RegExp(TOKEN)
  while (token.lastIndex < text.trimEnd().length) {
    const found = token.exec(text)
    if (!found) throw invalid()
    const [, field, double, single, sign, word] = found
    if (field !== undefined) tokens.push({ kind: 'field', text: field })
    else if (sign ?? word) tokens.push({ kind: 'sign', text: (sign ?? word ?? '').toUpperCase() })
    else tokens.push({ kind: 'text', text: double ?? single ?? '' })
  }
  return tokens
}

const invalid = () => invalidParameter('The fieldSelectionCriteria is invalid.')
