import type { Outcome } from '../../../shared/functions/contract.ts'

/** What the platform's own lines say of an invocation. */
export type LogFacts = {
  requestId: string
  traceId: string
  version: string
  memoryMb: number
  /** Seconds */
  timeout: number
  /** X-Ray's active tracing adds a line. */
  traced: boolean
  /** Present for functions whose log format is JSON: the least level of the platform's lines. */
  systemLevel?: string | undefined
}

/** An event for CloudWatch Logs; `timestamp` in milliseconds of the namespace's clock. */
export type LogEvent = { timestamp: number; message: string }

type Span = { startedAt: number; endedAt: number }

/** The platform's lines before a function's own, as AWS writes them. */
export function startLines(facts: LogFacts, startedAt: number): string[] {
  const { requestId, version, systemLevel } = facts
  if (systemLevel === undefined) return [`START RequestId: ${requestId} Version: ${version}`]
  return jsonLine(facts, { at: startedAt, level: 'INFO', type: 'platform.start', record: { version } })
}

/** The platform's lines after a function's own: how it ended, and what it took. */
export function endLines(facts: LogFacts, outcome: Outcome, span: Span): string[] {
  if (facts.systemLevel !== undefined) return jsonEndLines(facts, outcome, span)
  const trouble = troubleLine(facts, outcome)
  return [...(trouble ? [trouble] : []), `END RequestId: ${facts.requestId}`, reportLine(facts, outcome)]
}

function troubleLine({ requestId, timeout }: LogFacts, outcome: Outcome): string | undefined {
  if (outcome.timeout)
    return `${new Date().toISOString()} ${requestId} Task timed out after ${timeout.toFixed(2)} seconds\n`
  return outcome.exit ? `${outcome.exit.reason}\nRuntime.ExitError` : undefined
}

/** AWS bills the init phase too, and rounds up to the millisecond. */
const billedMs = ({ end }: Outcome) => Math.ceil(end.durationMs + (end.initMs ?? 0))

function reportLine(facts: LogFacts, outcome: Outcome): string {
  const { end } = outcome
  const fields = [
    `REPORT RequestId: ${facts.requestId}`,
    `Duration: ${end.durationMs.toFixed(2)} ms`,
    `Billed Duration: ${billedMs(outcome)} ms`,
    `Memory Size: ${facts.memoryMb} MB`,
    ...(end.maxMemoryMb === undefined ? [] : [`Max Memory Used: ${Math.ceil(end.maxMemoryMb)} MB`]),
    ...(end.initMs === undefined ? [] : [`Init Duration: ${end.initMs.toFixed(2)} ms`]),
    ...(outcome.timeout ? ['Status: timeout'] : []),
    ...(outcome.exit ? ['Status: error', 'Error Type: Runtime.ExitError'] : []),
  ]
  const traced = facts.traced
    ? `\nXRAY TraceId: ${facts.traceId}\tSegmentId: ${facts.requestId.replaceAll('-', '').slice(0, 16)}\tSampled: true\t`
    : ''
  return `${fields.join('\t')}\t${traced}\n`
}

/** Levels in their order, the most talkative first. */
const LEVELS = ['DEBUG', 'INFO', 'WARN']

type JsonLine = { at: number; level: string; type: string; record: Record<string, unknown> }

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
function jsonLine({ requestId, systemLevel = 'INFO' }: LogFacts, { at, level, type, record }: JsonLine): string[] {
  if (LEVELS.indexOf(level) < LEVELS.indexOf(systemLevel)) return []
  return [JSON.stringify({ time: new Date(at).toISOString(), type, record: { requestId, ...record } })]
}

function jsonEndLines(facts: LogFacts, outcome: Outcome, { endedAt: at }: Span): string[] {
  const { end } = outcome
  const failed = outcome.timeout || outcome.exit || outcome.error
  const status = outcome.timeout ? 'timeout' : failed ? 'error' : 'success'
  const metrics = {
    durationMs: round(end.durationMs),
    billedDurationMs: billedMs(outcome),
    memorySizeMB: facts.memoryMb,
    ...(end.maxMemoryMb === undefined ? {} : { maxMemoryUsedMB: Math.ceil(end.maxMemoryMb) }),
    ...(end.initMs === undefined ? {} : { initDurationMs: round(end.initMs) }),
  }
  const record = { status, ...(outcome.exit ? { errorType: 'Runtime.ExitError' } : {}) }
  return [
    ...jsonLine(facts, { at, level: failed ? 'WARN' : 'DEBUG', type: 'platform.runtimeDone', record }),
    ...jsonLine(facts, {
      at,
      level: failed ? 'WARN' : 'INFO',
      type: 'platform.report',
      record: { metrics, ...record },
    }),
  ]
}

const round = (ms: number) => Math.round(ms * 1000) / 1000

/**
 * A PutLogEvents may carry 1 MB, each event with 26 bytes of its own, and 10,000 events. Text is counted at UTF-8's worst,
 * three bytes a unit, which keeps its JSON within an outbox row too.
 */
const BATCH_BYTES = 900_000
const BATCH_EVENTS = 10_000

/** Events in the batches in which they are sent. */
export function logBatches(events: LogEvent[]): LogEvent[][] {
  const batches: LogEvent[][] = []
  let size = 0
  for (const event of events) {
    const bytes = event.message.length * 3 + 26
    const batch = batches.at(-1)
    if (batch && size + bytes <= BATCH_BYTES && batch.length < BATCH_EVENTS) {
      batch.push(event)
      size += bytes
    } else {
      batches.push([event])
      size = bytes
    }
  }
  return batches
}
