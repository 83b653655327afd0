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

/** The most that a target gets of one event, in bytes: as much as an event may be. */
export const MOST_INPUT_BYTES = 262_144

/**
 * A template's text with its variables filled in; undefined where that is longer than a target may get. It is not
 * built any further then: a short template can name a long value a thousand times.
 */
export function fillTemplate(
  { InputPathsMap = {}, InputTemplate }: InputTransformer,
  event: unknown,
  reserved: Reserved,
): string | undefined {
  const json = /^\s*[{[]/.test(InputTemplate)
  const textAt = textsOf(name => {
    if (RESERVED.includes(name)) return reserved[name as keyof Reserved] // one of them, as was just checked
    const path = Object.hasOwn(InputPathsMap, name) ? InputPathsMap[name] : undefined
    return path === undefined ? undefined : valueAt(path, event)
  }, json)
  let filled = ''
  let at = 0
  let quoted = false
  for (const { 0: whole, 1: name = '', index } of InputTemplate.matchAll(VARIABLE)) {
    const between = InputTemplate.slice(at, index)
    quoted = quotedAfter(between, quoted)
    filled += between + textAt(name, quoted)
    // Spaces of the template do not count: they go when it is JSON.
    if (filled.length > MOST_INPUT_BYTES + InputTemplate.length) return undefined
    at = index + whole.length
  }
  filled += InputTemplate.slice(at)
  const text = json ? compact(filled) : filled
  return byteLength(text) > MOST_INPUT_BYTES ? undefined : text
}

const byteLength = (text: string) => new TextEncoder().encode(text).byteLength

/** Texts of variables, each made once for within quotes and once for without. */
function textsOf(lookUp: (name: string) => unknown, json: boolean): (name: string, quoted: boolean) => string {
  const made = new Map<string, string>()
  return (name, quoted) => {
    const key = `${quoted} ${name}`
    const known = made.get(key)
    if (known !== undefined) return known
    const text = textOf(lookUp(name), { quoted, json })
    made.set(key, text)
    return text
  }
}

/** Whether one is within quotes after a stretch of a template. */
function quotedAfter(text: string, before: boolean): boolean {
  let quoted = before
  for (let i = 0; i < text.length; i++) {
    if (quoted && text[i] === '\\') i += 1
    else if (text[i] === '"') quoted = !quoted
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
