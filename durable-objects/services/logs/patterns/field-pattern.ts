import { readComparison } from './comparisons.ts'
import { type Condition, readCondition } from './conditions.ts'
import { invalidPattern, type Scanner, skipSpace, take, takeMatch, unexpected } from './scanner.ts'

type Field = { name?: string; condition?: Condition<string> }

/** A pattern over events of fields that spaces separate: `[ip, user, ..., status = 4*, bytes > 1000]`. */
export type FieldPattern = { before: Field[]; after: Field[]; open: boolean }

export function readFieldPattern(scanner: Scanner): FieldPattern {
  if (!take(scanner, '[')) throw invalidPattern()
  const pattern: FieldPattern = { before: [], after: [], open: false }
  if (take(scanner, ']')) return closed(scanner, { ...pattern, open: true })
  do {
    if (!take(scanner, '...')) (pattern.open ? pattern.after : pattern.before).push(readField(scanner))
    else if (pattern.open) throw invalidPattern()
    else pattern.open = true
  } while (take(scanner, ','))
  if (!take(scanner, ']')) throw unexpected(scanner)
  return closed(scanner, pattern)
}

function closed(scanner: Scanner, pattern: FieldPattern): FieldPattern {
  skipSpace(scanner)
  if (scanner.at < scanner.text.length) throw unexpected(scanner)
  return pattern
}

const NAME = /[\p{L}\p{N}_.-]+/uy

/** Nothing, a name, or conditions on the field by its name. */
function readField(scanner: Scanner): Field {
  skipSpace(scanner)
  if (/[,\]]/.test(scanner.text[scanner.at] ?? '')) return {}
  const field: Field = {}
  let bare = false
  const condition = readCondition<string>(scanner, at => {
    skipSpace(at)
    const name = takeMatch(at, NAME)
    if (name === undefined) throw unexpected(at)
    if (field.name !== undefined && field.name !== name) throw invalidPattern()
    field.name = name
    const test = readComparison(at)
    bare ||= test === undefined
    return test ?? (() => true)
  })
  return bare ? field : { ...field, condition }
}

/** A word, or what stands in brackets or double quotes: these are one field, without them. */
function fieldsOf(message: string): string[] {
  const fields: string[] = []
  const word = /\S+/y
  // Once a closing character was not found, it is not sought again: that would take time for each opening one.
  const unclosed = new Set<string>()
  for (let at = 0; at < message.length; ) {
    const first = message[at] ?? ''
    const close = first === '[' ? ']' : first === '"' ? '"' : ''
    const end = close === '' || unclosed.has(close) ? -1 : message.indexOf(close, at + 1)
    if (end >= 0) {
      fields.push(message.slice(at + 1, end))
      at = end + 1
      continue
    }
    if (close !== '') unclosed.add(close)
    word.lastIndex = at
    const found = word.exec(message)?.[0]
    if (found !== undefined) fields.push(found)
    at += found?.length ?? 1
  }
  return fields
}

/** The event's fields by the pattern's names (`$ip`, or `$4` by their place); undefined when it does not match. */
export function matchFields(pattern: FieldPattern, message: string): Record<string, string> | undefined {
  const values = fieldsOf(message)
  const { before, after, open } = pattern
  const least = before.length + after.length
  if (open ? values.length < least : values.length !== least) return undefined
  const extracted: Record<string, string> = {}
  for (const [index, value] of values.entries()) {
    const field = before[index] ?? after[index - (values.length - after.length)]
    if (field?.condition && !field.condition(value)) return undefined
    extracted[`$${field?.name ?? index + 1}`] = value
  }
  return extracted
}
