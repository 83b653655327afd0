import { parseEvent } from '../../patterns/json-pattern.ts'
import { flatFields } from '../../events/records.ts'
import type { Value } from './values.ts'

/** What a query's commands hand on: a log event with what was made of it, or, after `stats`, a row of results. */
export type Row = {
  values: Map<string, Value>
  /** The fields that were found in the event; looked for when one is first asked for. */
  found?: Map<string, Value>
  event?: QueryEvent
  /** Results of aggregations by their place in the command. */
  results?: Value[]
}

export type QueryEvent = {
  pointer: string
  timestamp: number
  ingestedAt: number
  message: string
  logStream: string
  logGroup: string
  account: string
}

export function rowOf(event: QueryEvent): Row {
  return { values: new Map(), event }
}

export function fieldOf(row: Row, name: string): Value {
  if (row.values.has(name)) return row.values.get(name)
  if (!row.event) return undefined
  return systemField(row.event, name) ?? foundFields(row, row.event).get(name)
}

function systemField(event: QueryEvent, name: string): Value {
  switch (name) {
    case '@timestamp':
      return { ms: event.timestamp }
    case '@ingestionTime':
      return { ms: event.ingestedAt }
    case '@message':
      return event.message
    case '@logStream':
      return event.logStream
    case '@log':
      return `${event.account}:${event.logGroup}`
    case '@ptr':
      return event.pointer
    default:
      return undefined
  }
}

/** The fields of an event beside the system's: those of JSON, and those of Lambda's own lines. */
function foundFields(row: Row, event: QueryEvent): Map<string, Value> {
  row.found ??= discover(event)
  return row.found
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_AnalyzeLogData-discoverable-fields.html */
export function discover({ message, logGroup }: Pick<QueryEvent, 'message' | 'logGroup'>): Map<string, Value> {
  const fields = new Map<string, Value>(Object.entries(flatFields(parseEvent(message))))
  if (logGroup.startsWith('/aws/lambda/')) for (const [name, value] of lambdaFields(message)) fields.set(name, value)
  return fields
}

const LAMBDA_LINE = /^(START|END|REPORT) RequestId: ([0-9a-f-]{36})/
const REQUEST_ID = /\t([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\t/
/** AWS counts these megabytes in millions of bytes. */
const MEGABYTE = 1_000_000
const REPORTED: readonly [name: string, label: string, unit: number][] = [
  ['@duration', '\tDuration: ', 1],
  ['@billedDuration', '\tBilled Duration: ', 1],
  ['@initDuration', '\tInit Duration: ', 1],
  ['@memorySize', '\tMemory Size: ', MEGABYTE],
  ['@maxMemoryUsed', '\tMax Memory Used: ', MEGABYTE],
]

function* lambdaFields(message: string): Generator<[string, Value]> {
  const [, type, requestId] = LAMBDA_LINE.exec(message) ?? []
  const id = requestId ?? REQUEST_ID.exec(message.slice(0, 200))?.[1]
  if (id !== undefined) yield ['@requestId', id]
  if (type === undefined) return
  yield ['@type', type]
  if (type !== 'REPORT') return
  for (const [name, label, unit] of REPORTED) {
    const at = message.indexOf(label)
    if (at >= 0) yield [name, Number.parseFloat(message.slice(at + label.length, at + label.length + 40)) * unit]
  }
}
