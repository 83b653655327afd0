import type { Writable } from 'node:stream'
import type { Channel } from './channel.ts'
import { toLogText } from './errors.ts'

export type LogSettings = { json: boolean; lowest: number }

/** How AWS writes the request id of a line of the init phase. */
const NO_REQUEST = 'undefined'

type Level = { name: string; rank: number }

const LEVELS = {
  trace: { name: 'TRACE', rank: 1 },
  debug: { name: 'DEBUG', rank: 2 },
  info: { name: 'INFO', rank: 3 },
  warn: { name: 'WARN', rank: 4 },
  error: { name: 'ERROR', rank: 5 },
  fatal: { name: 'FATAL', rank: 6 },
} satisfies Record<string, Level>

export type Logger = {
  /** Lines of that invocation from here on; `undefined` during init, as AWS writes it. */
  begin(requestId: string): void
  /** What AWS's runtime says of an error that it was left with. */
  error(label: string, error: unknown): void
  /** What was written without a line's end. */
  flush(): void
}

/** `console` and the standard streams as in Lambda: a tab-separated line, or JSON where the function asks for it. */
export function installConsole(channel: Channel, settings: LogSettings): Logger {
  let requestId = NO_REQUEST
  const write = (level: Level, values: unknown[]): void => {
    if (level.rank < settings.lowest) return
    const now = new Date()
    const header = { time: now.toISOString(), level: level.name, requestId }
    const message = settings.json ? jsonLine(header, values) : textLine(header, values)
    channel.log({ time: now.getTime(), level: level.name, message, requestId })
  }
  const raw = (message: string): void => channel.log({ time: Date.now(), level: 'INFO', message, requestId })
  const writers = ['stdout', 'stderr'].map(name => replaceStream(name, raw))
  installMethods(write)
  return {
    begin: id => {
      requestId = id
    },
    error: (label, error) => write(LEVELS.error, settings.json ? [label, error] : [`${label} \t${toLogText(error)}`]),
    flush: () => {
      for (const writer of writers) writer.flush()
    },
  }
}

/** Those that Node builds on the others; the console they belong to is made when one is called. */
const DERIVED = 'assert count countReset dir dirxml group groupCollapsed groupEnd table time timeEnd timeLog'.split(' ')

function installMethods(write: (level: Level, values: unknown[]) => void): void {
  const at =
    (level: Level) =>
    (...values: unknown[]) =>
      write(level, values)
  const { trace, debug, info, warn, error, fatal } = LEVELS
  const own = { log: at(info), info: at(info), debug: at(debug), warn: at(warn), error: at(error) }
  let made: Record<string, (...values: unknown[]) => void> | undefined
  const node = () => {
    const { Console } = process.getBuiltinModule('node:console')
    made ??= Object.assign(new Console(process), own) as unknown as NonNullable<typeof made>
    return made
  }
  const derived = DERIVED.map(name => [name, (...values: unknown[]) => node()[name]?.(...values)])
  Object.assign(console, own, { fatal: at(fatal), trace: at(trace) }, Object.fromEntries(derived))
}

type Header = { time: string; level: string; requestId: string }

function textLine({ time, level, requestId }: Header, values: unknown[]): string {
  return `${time}\t${requestId}\t${level}\t${format(...values)}`
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html */
function jsonLine({ time, level, requestId }: Header, values: unknown[]): string {
  const line = { timestamp: time, level, ...(requestId === NO_REQUEST ? {} : { requestId }) }
  if (values.length === 1) {
    try {
      return JSON.stringify({ ...line, message: values[0] }, (_key, value: unknown) => plainError(value))
    } catch {
      return JSON.stringify({ ...line, message: format(values[0]) })
    }
  }
  const error = values.find(value => value instanceof Error)
  const { errorType, errorMessage, stackTrace } = error ? describe(error) : {}
  return JSON.stringify({ ...line, message: format(...values), errorType, errorMessage, stackTrace })
}

/** Loading node:util for what needs no formatting would slow down every cold start. */
function format(...values: unknown[]): string {
  const [first] = values
  if (values.length === 1 && typeof first === 'string') return first
  return process.getBuiltinModule('node:util').format(...values)
}

function plainError(value: unknown): unknown {
  return value instanceof Error ? { ...describe(value), ...value } : value
}

function describe(error: Error): { errorType: string; errorMessage: string; stackTrace: string[] } {
  const stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : []
  return { errorType: error.constructor.name, errorMessage: error.message, stackTrace }
}

type LineWriter = { write(chunk: string | Uint8Array): void; flush(): void }

function lineWriter(emit: (line: string) => void): LineWriter {
  let held = ''
  const write = (chunk: string | Uint8Array): void => {
    held += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
    const lines = held.split('\n')
    held = lines.pop() ?? ''
    for (const line of lines) emit(line)
  }
  const flush = (): void => {
    if (held !== '') emit(held)
    held = ''
  }
  return { write, flush }
}

/** The stream is made when it is first asked for: most functions write to the console only. */
function replaceStream(name: string, emit: (line: string) => void): LineWriter {
  const writer = lineWriter(emit)
  let stream: Writable | undefined
  const get = (): Writable => {
    const { Writable: NodeWritable } = process.getBuiltinModule('node:stream')
    stream ??= Object.assign(
      new NodeWritable({
        decodeStrings: false,
        write(chunk: string | Uint8Array, _encoding, done) {
          writer.write(chunk)
          done()
        },
      }),
      { isTTY: false },
    )
    return stream
  }
  Object.defineProperty(process, name, { configurable: true, enumerable: true, get })
  return writer
}

export function logSettings(environment: Record<string, string>): LogSettings {
  const json = environment.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON'
  const wanted = environment.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()
  const level = Object.values(LEVELS).find(one => one.name === wanted)
  return { json, lowest: json && level !== undefined ? level.rank : 0 }
}
