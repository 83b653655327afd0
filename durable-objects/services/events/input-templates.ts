import type { InputTransformer } from '../../../aws/models/events.types.ts'
import { valueAt } from './json-paths.ts'
import { invalid } from './refusals.ts'

/*
 * Input transformers: variables taken from the event, put into a template of JSON or of text.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-transform-target-input.html
 */

/** Variables that every template has. */
export type Reserved = {
  'aws.events.rule-arn': string
  'aws.events.rule-name': string
  'aws.events.event.ingestion-time': string
  /** The event without its detail. */
  'aws.events.event': unknown
  'aws.events.event.json': unknown
}

const RESERVED: readonly string[] = [
  'aws.events.rule-arn',
  'aws.events.rule-name',
  'aws.events.event.ingestion-time',
  'aws.events.event',
  'aws.events.event.json',
] satisfies (keyof Reserved)[]

const VARIABLE = /<([a-zA-Z0-9._-]+)>/g
const MOST_PATHS = 100

/** @throws AwsError ValidationException */
export function checkTemplate(target: string, { InputPathsMap = {}, InputTemplate }: InputTransformer): void {
  const names = Object.keys(InputPathsMap)
  if (names.length > MOST_PATHS) throw invalid(`InputPathsMap for target ${target} has more than ${MOST_PATHS} paths.`)
  const reserved = names.find(name => name.toLowerCase().startsWith('aws.'))
  if (reserved !== undefined) throw invalid(`InputPathsMap for target ${target} contains reserved key ${reserved}.`)
  for (const [, name = ''] of InputTemplate.matchAll(VARIABLE)) {
    if (!Object.hasOwn(InputPathsMap, name) && !RESERVED.includes(name)) {
      throw invalid(`InputTemplate for target ${target} contains invalid placeholder ${name}.`)
    }
  }
}

/** A template's text with its variables filled in. */
export function fillTemplate(
  { InputPathsMap = {}, InputTemplate }: InputTransformer,
  event: unknown,
  reserved: Reserved,
) {
  const lookUp = (name: string): unknown => {
    if (RESERVED.includes(name)) return reserved[name as keyof Reserved] // one of them, as was just checked
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined
    return path === undefined ? undefined : valueAt(path, event)
  }
  const json = /^\s*[{[]/.test(InputTemplate)
  const filled = InputTemplate.replace(VARIABLE, (_whole, name: string, at: number) =>
    textOf(lookUp(name), { quoted: isQuoted(InputTemplate, at), json }),
  )
  return json ? compact(filled) : filled
}

/** Whether a place in a template is within quotes. */
function isQuoted(template: string, at: number): boolean {
  let quoted = false
  for (let i = 0; i < at; i++) {
    if (quoted && template[i] === '\\') i += 1
    else if (template[i] === '"') quoted = !quoted
  }
  return quoted
}

/** A value as it stands in the text: JSON where a value may stand, its mere characters within quotes. */
function textOf(value: unknown, { quoted, json }: { quoted: boolean; json: boolean }): string {
  if (value === undefined) return quoted || !json ? '' : '""'
  if (typeof value === 'string') return quoted ? escaped(value) : JSON.stringify(value)
  const text = JSON.stringify(value)
  // An object within quotes loses its own.
  return quoted ? text.replaceAll('"', '') : text
}

const escaped = (value: string) => JSON.stringify(value).slice(1, -1)

/** JSON as AWS writes it, without the template's spaces; text that turned out to be none stays. */
function compact(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text))
  } catch {
    return text
  }
}
