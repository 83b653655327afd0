import { invalidParameter } from './refusals.ts'

/** The system fields that a selection can speak of. */
export type SystemFields = Readonly<Record<'@aws.account' | '@aws.region' | '@source.log', string>>

type Criteria = (fields: SystemFields) => boolean

const TOKEN = /\s*(?:(@[\w.]+)|"([^"]*)"|'([^']*)'|(!=|=|\[|\]|\(|\)|,)|(AND|OR|NOT|IN)\b)/iy

type Token = { kind: 'field' | 'text' | 'sign'; text: string }

/**
 * A fieldSelectionCriteria, ready to be asked: `@aws.region IN ["eu-west-1"] AND @aws.account != "1234"`.
 * @throws AwsError InvalidParameterException
 */
export function readCriteria(text: string | undefined): Criteria {
  if (text === undefined || text.trim() === '') return () => true
  const tokens = tokensOf(text)
  let at = 0
  const take = (sign: string) => {
    const found = tokens[at]?.kind === 'sign' && tokens[at]?.text === sign
    if (found) at += 1
    return found
  }
  const next = (kind: Token['kind']): string => {
    const token = tokens[at]
    if (token?.kind !== kind) throw invalid()
    at += 1
    return token.text
  }
  const any = (): Criteria => {
    const alternatives = [all()]
    while (take('OR')) alternatives.push(all())
    return fields => alternatives.some(each => each(fields))
  }
  const all = (): Criteria => {
    const conditions = [single()]
    while (take('AND')) conditions.push(single())
    return fields => conditions.every(each => each(fields))
  }
  const single = (): Criteria => {
    if (take('(')) {
      const inner = any()
      if (!take(')')) throw invalid()
      return inner
    }
    const field = fieldOf(next('field'))
    if (take('=')) return equals(field, next('text'))
    if (take('!=')) return negated(equals(field, next('text')))
    const not = take('NOT')
    if (!take('IN')) throw invalid()
    const values = list()
    return fields => values.includes(fields[field]) !== not
  }
  const list = (): string[] => {
    if (!take('[')) throw invalid()
    const values = [next('text')]
    while (take(',')) values.push(next('text'))
    if (!take(']')) throw invalid()
    return values
  }
  const criteria = any()
  if (at < tokens.length) throw invalid()
  return criteria
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
