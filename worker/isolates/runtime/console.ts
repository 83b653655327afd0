import { Console } from 'node:console'
import { Writable } from 'node:stream'
import { format } from 'node:util'
import type { Channel } from './channel.ts'

export type LogSettings = { json: boolean; lowest: number }

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
  error(...values: unknown[]): void
  /** What was written without a line's end. */
  flush(): void
}

/** `console` and the standard streams as in Lambda: a tab-separated line, or JSON where the function asks for it. */
export function installConsole(channel: Channel, settings: LogSettings): Logger {
  let requestId = 'undefined'
  const write = (level: Level, values: unknown[]): void => {
    if (level.rank < settings.lowest) return
    const now = new Date()
    const header = { time: now.toISOString(), level: level.name, requestId }
    const message = settings.json ? jsonLine(header, values) : textLine(header, values)
    channel.log({ time: now.getTime(), level: level.name, message, requestId })
  }
  const raw = (message: string): void => channel.log({ time: Date.now(), level: 'INFO', message, requestId })
  const out = lineWriter(raw)
  const err = lineWriter(raw)
  replaceStream('stdout', out.stream)
  replaceStream('stderr', err.stream)
  Object.assign(console, consoleMethods(write, out.stream, err.stream))
  return {
    begin: id => {
      requestId = id
    },
    error: (...values) => write(LEVELS.error, values),
    flush: () => {
      out.flush()
      err.flush()
    },
  }
}

/** AWS changes these; table, dir, group, count and time stay Node's and write to the streams. */
function consoleMethods(write: (level: Level, values: unknown[]) => void, stdout: Writable, stderr: Writable) {
  const plain: object = new Console({ stdout, stderr })
  const at = (level: Level) => (...values: unknown[]) => write(level, values)
  const trace = (...values: unknown[]): void => {
    const stack = String(new Error('Trace').stack).split('\n').slice(2).join('\n')
    write(LEVELS.trace, [`Trace: ${format(...values)}\n${stack}`])
  }
  const methods = Object.entries(plain).filter(([name]) => name !== 'Console')
  const own = { log: at(LEVELS.info), info: at(LEVELS.info), debug: at(LEVELS.debug), warn: at(LEVELS.warn) }
  return { ...Object.fromEntries(methods), ...own, error: at(LEVELS.error), fatal: at(LEVELS.fatal), trace }
}

type Header = { time: string; level: string; requestId: string }

function textLine({ time, level, requestId }: Header, values: unknown[]): string {
  return `${time}\t${requestId}\t${level}\t${format(...values)}`
}

/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-advanced.html */
function jsonLine({ time, level, requestId }: Header, values: unknown[]): string {
  const line = { timestamp: time, level, requestId }
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

function plainError(value: unknown): unknown {
  return value instanceof Error ? { ...describe(value), ...value } : value
}

function describe(error: Error): { errorType: string; errorMessage: string; stackTrace: string[] } {
  const stackTrace = typeof error.stack === 'string' ? error.stack.split('\n') : []
  return { errorType: error.constructor.name, errorMessage: error.message, stackTrace }
}

function lineWriter(emit: (line: string) => void): { stream: Writable; flush(): void } {
  let held = ''
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Uint8Array, _encoding, done) {
      held += typeof chunk === 'string' ? chunk : new TextDecoder().decode(chunk)
      const lines = held.split('\n')
      held = lines.pop() ?? ''
      for (const line of lines) emit(line)
      done()
    },
  })
  const flush = (): void => {
    if (held !== '') emit(held)
    held = ''
  }
  return { stream: Object.assign(stream, { isTTY: false }), flush }
}

function replaceStream(name: 'stdout' | 'stderr', stream: Writable): void {
  Object.defineProperty(process, name, { configurable: true, enumerable: true, value: stream })
}

export function logSettings(environment: Record<string, string>): LogSettings {
  const json = environment.AWS_LAMBDA_LOG_FORMAT?.toUpperCase() === 'JSON'
  const wanted = environment.AWS_LAMBDA_LOG_LEVEL?.toUpperCase()
  const level = Object.values(LEVELS).find(one => one.name === wanted)
  return { json, lowest: json && level !== undefined ? level.rank : 0 }
}
