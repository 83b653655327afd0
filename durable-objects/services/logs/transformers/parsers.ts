import type { CSV, ParseJSON, ParseKeyValue } from '../../../../aws/models/logs.types.ts'
import { type Event, setAt, valueAt } from './paths.ts'

/** What a parser reads: the whole message, or a field. @throws when there is no text */
export function sourceText(event: Event, message: string, source: string | undefined): string {
  if (source === undefined || source === '@message') return message
  const value = valueAt(event, source)
  if (typeof value !== 'string') throw new TypeError(`${source} is no text`)
  return value
}

export function parseJson(event: Event, message: string, { source, destination }: ParseJSON): void {
  const parsed: unknown = JSON.parse(sourceText(event, message, source))
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) throw new TypeError('no JSON object')
  if (destination !== undefined) setAt(event, destination, parsed)
  else Object.assign(event, parsed)
}

export function parseKeyValue(event: Event, message: string, processor: ParseKeyValue): void {
  const { source, destination, fieldDelimiter = '&', keyValueDelimiter = '=', keyPrefix = '' } = processor
  const overwrite = processor.overwriteIfExists ?? false
  for (const field of sourceText(event, message, source).split(fieldDelimiter)) {
    const at = field.indexOf(keyValueDelimiter)
    const key = (at < 0 ? field : field.slice(0, at)).trim()
    const value = at < 0 ? processor.nonMatchValue : field.slice(at + keyValueDelimiter.length)
    if (key === '' || value === undefined) continue
    const path = `${destination === undefined ? '' : `${destination}.`}${keyPrefix}${key}`
    setAt(event, path, value, overwrite)
  }
}

export function parseCsv(event: Event, message: string, processor: CSV): void {
  const { source, destination, columns = [], delimiter = ',', quoteCharacter = '"' } = processor
  const separator = delimiter === '\\t' ? '\t' : delimiter
  const values = splitQuoted(sourceText(event, message, source), separator, quoteCharacter)
  for (const [at, value] of values.entries()) {
    const name = columns[at] ?? `column_${at + 1}`
    setAt(event, destination === undefined ? name : `${destination}.${name}`, value)
  }
}

function splitQuoted(text: string, separator: string, quote: string): string[] {
  const values: string[] = []
  let [value, quoted] = ['', false]
  for (let at = 0; at < text.length; at++) {
    if (text[at] === quote) {
      // Doubled within quotes it stands for itself.
      if (quoted && text[at + 1] === quote) value += text[at++]
      else quoted = !quoted
    } else if (!quoted && text.startsWith(separator, at)) {
      values.push(value)
      value = ''
      at += separator.length - 1
    } else value += text[at]
  }
  return [...values, value]
}
