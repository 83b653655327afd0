import type { ListToMap, Processor, TypeConverterEntry } from '../../../../aws/models/logs.types.ts'
import { grokOf } from './grok.ts'
import { parseCsv, parseJson, parseKeyValue, sourceText } from './parsers.ts'
import { deleteAt, type Event, setAt, valueAt } from './paths.ts'

/** One step of a transformation: it changes the event. It throws when it cannot, and the event stays as it came. */
export type Step = (event: Event, message: string) => void

/** The longest that an event may become, in characters of its JSON. */
export const MOST_TRANSFORMED = 1_048_576

type Kinds = { [K in keyof Required<Processor>]?: (processor: NonNullable<Processor[K]>) => Step }

/**
 * The processors that are built, by their names.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch-Logs-Transformation-Processors.html
 */
export const PROCESSORS: Kinds = {
  parseJSON: processor => (event, message) => parseJson(event, message, processor),
  parseKeyValue: processor => (event, message) => parseKeyValue(event, message, processor),
  csv: processor => (event, message) => parseCsv(event, message, processor),
  grok: ({ match, source }) => {
    const grok = grokOf(match)
    return (event, message) => {
      const fields = grok?.(sourceText(event, message, source))
      if (!fields) throw new TypeError('no match')
      for (const [path, value] of fields) setAt(event, path, value)
    }
  },
  addKeys:
    ({ entries }) =>
    event => {
      for (const { key, value, overwriteIfExists = false } of entries) setAt(event, key, value, overwriteIfExists)
    },
  copyValue:
    ({ entries }) =>
    event => {
      for (const { source, target, overwriteIfExists } of entries) copy(event, source, { target, overwriteIfExists })
    },
  moveKeys:
    ({ entries }) =>
    event => {
      for (const { source, target, overwriteIfExists } of entries) {
        const name = source.split('.').at(-1) ?? source
        move(event, source, { target: `${target}.${name}`, overwriteIfExists })
      }
    },
  renameKeys:
    ({ entries }) =>
    event => {
      for (const { key, renameTo, overwriteIfExists } of entries) {
        move(event, key, { target: renameTo, overwriteIfExists })
      }
    },
  deleteKeys:
    ({ withKeys }) =>
    event => {
      for (const key of withKeys) deleteAt(event, key)
    },
  lowerCaseString: ({ withKeys }) => changeText(withKeys, text => text.toLowerCase()),
  upperCaseString: ({ withKeys }) => changeText(withKeys, text => text.toUpperCase()),
  trimString: ({ withKeys }) => changeText(withKeys, text => text.trim()),
  splitString:
    ({ entries }) =>
    event => {
      for (const { source, delimiter } of entries) {
        const value = valueAt(event, source)
        if (typeof value === 'string') setAt(event, source, value.split(delimiter))
      }
    },
  typeConverter:
    ({ entries }) =>
    event => {
      for (const entry of entries) convert(event, entry)
    },
  listToMap: processor => event => listToMap(event, processor),
}

type Place = { target: string; overwriteIfExists?: boolean | undefined }

function copy(event: Event, source: string, { target, overwriteIfExists = false }: Place): boolean {
  const value = valueAt(event, source)
  if (value === undefined || (!overwriteIfExists && valueAt(event, target) !== undefined)) return false
  const text = JSON.stringify(value)
  // Copies of what holds copies double each time.
  if (JSON.stringify(event).length + text.length > MOST_TRANSFORMED) throw new TypeError('the event is too long')
  setAt(event, target, JSON.parse(text))
  return true
}

function move(event: Event, source: string, place: Place): void {
  if (copy(event, source, place)) deleteAt(event, source)
}

function changeText(keys: readonly string[], change: (text: string) => string): Step {
  return event => {
    for (const key of keys) {
      const value = valueAt(event, key)
      if (typeof value === 'string') setAt(event, key, change(value))
    }
  }
}

function convert(event: Event, { key, type }: TypeConverterEntry): void {
  const value = valueAt(event, key)
  if (value === undefined || value === null || typeof value === 'object') return
  const text = String(value)
  const number = Number(text)
  if (type === 'string') setAt(event, key, text)
  else if (type === 'boolean') setAt(event, key, text.toLowerCase() === 'true')
  else if (text.trim() === '' || !Number.isFinite(number)) throw new TypeError(`${key} is no number`)
  else setAt(event, key, type === 'integer' ? Math.trunc(number) : number)
}

function listToMap(event: Event, processor: ListToMap): void {
  const { source, key, valueKey, target, flatten = false, flattenedElement = 'first' } = processor
  const list = valueAt(event, source)
  if (!Array.isArray(list)) throw new TypeError(`${source} is no list`)
  const map = new Map<string, unknown[]>()
  for (const item of list as Event[]) {
    const name = String(valueAt(item, key) ?? '')
    if (name === '') continue
    map.set(name, [...(map.get(name) ?? []), valueKey === undefined ? item : valueAt(item, valueKey)])
  }
  for (const [name, values] of map) {
    const value = flatten ? (flattenedElement === 'last' ? values.at(-1) : values[0]) : values
    setAt(event, target === undefined ? name : `${target}.${name}`, value)
  }
}
