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

/**
 * All lines of an invocation as AWS writes them: START, the function's own, END and REPORT.
 * @param shiftMs from real time, which the isolate knows, to the namespace's clock
 */
export function invocationLog(
  facts: LogFacts,
  outcome: Outcome,
  span: { startedAt: number; endedAt: number; shiftMs: number },
): LogEvent[] {
  const platform = facts.systemLevel === undefined ? textLines(facts, outcome) : jsonLines(facts, outcome, span)
  const events: LogEvent[] = []
  const add = (at: number, message: string) => {
    const timestamp = Math.max(at + span.shiftMs, events.at(-1)?.timestamp ?? 0)
    events.push({ timestamp, message: message.endsWith('\n') ? message : `${message}\n` })
  }
  for (const message of platform.before) add(Math.min(span.startedAt, outcome.logs[0]?.time ?? span.startedAt), message)
  for (const line of outcome.logs) add(line.time, line.message)
  for (const message of platform.after) add(span.endedAt, message)
  return events
}

type PlatformLines = { before: string[]; after: string[] }

function textLines(facts: LogFacts, outcome: Outcome): PlatformLines {
  const { requestId } = facts
  const trouble = troubleLine(facts, outcome)
  return {
    before: [`START RequestId: ${requestId} Version: ${facts.version}`],
    after: [...(trouble ? [trouble] : []), `END RequestId: ${requestId}`, reportLine(facts, outcome)],
  }
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

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html */
function jsonLines(facts: LogFacts, outcome: Outcome, span: { startedAt: number; endedAt: number }): PlatformLines {
  const { end } = outcome
  const { requestId } = facts
  const failed = outcome.timeout || outcome.exit || outcome.error
  const status = outcome.timeout ? 'timeout' : failed ? 'error' : 'success'
  const shown = (level: string) => LEVELS.indexOf(level) >= LEVELS.indexOf(facts.systemLevel ?? 'INFO')
  const line = (at: number, level: string, type: string, record: Record<string, unknown>) =>
    shown(level) ? [JSON.stringify({ time: new Date(at).toISOString(), type, record: { requestId, ...record } })] : []
  const metrics = {
    durationMs: round(end.durationMs),
    billedDurationMs: billedMs(outcome),
    memorySizeMB: facts.memoryMb,
    ...(end.maxMemoryMb === undefined ? {} : { maxMemoryUsedMB: Math.ceil(end.maxMemoryMb) }),
    ...(end.initMs === undefined ? {} : { initDurationMs: round(end.initMs) }),
  }
  const errorType = outcome.exit ? { errorType: 'Runtime.ExitError' } : {}
  return {
    before: line(span.startedAt, 'INFO', 'platform.start', { version: facts.version }),
    after: [
      ...line(span.endedAt, failed ? 'WARN' : 'DEBUG', 'platform.runtimeDone', { status, ...errorType }),
      ...line(span.endedAt, failed ? 'WARN' : 'INFO', 'platform.report', { metrics, status, ...errorType }),
    ],
  }
}

const round = (ms: number) => Math.round(ms * 1000) / 1000

const TAIL_BYTES = 4096

/** The last 4 KB of an invocation's log. */
export function logTail(events: LogEvent[]): string {
  let text = ''
  for (let i = events.length - 1; i >= 0 && text.length < TAIL_BYTES; i--) text = (events[i]?.message ?? '') + text
  const bytes = new TextEncoder().encode(text)
  return bytes.byteLength <= TAIL_BYTES ? text : new TextDecoder().decode(bytes.subarray(-TAIL_BYTES))
}

/**
 * A PutLogEvents may carry 1 MB, each event with 26 bytes of its own, and 10,000 events. Text is counted at UTF-8's worst,
 * three bytes a unit, which keeps its JSON within an outbox row too.
 */
const BATCH_BYTES = 900_000
const BATCH_EVENTS = 10_000
const EVENT_CHARACTERS = 256_000

/** Events in the batches in which they are sent. */
export function logBatches(events: LogEvent[]): LogEvent[][] {
  const batches: LogEvent[][] = []
  let size = 0
  for (const { timestamp, message } of events) {
    const event = { timestamp, message: message.slice(0, EVENT_CHARACTERS) }
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
