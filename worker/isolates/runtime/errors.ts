import type { FunctionError } from '../../../durable-objects/shared/functions/contract.ts'

/** An error of AWS's Node runtime itself: its class name is the errorType that callers see. */
export class RuntimeError extends Error {
  constructor(name: string, message: string, stack?: string) {
    super(message)
    // Not enumerable, as an error's name is not: the log lists all that is.
    Object.defineProperty(this, 'name', { value: `Runtime.${name}`, configurable: true, writable: true })
    if (stack !== undefined) this.stack = stack
  }
}

/** Wraps what the user's code threw, with its text as message and its stack under the new name. */
export function wrapError(name: string, reason: unknown): RuntimeError {
  const message = String(reason)
  const frames = isError(reason) ? stackFrames(reason) : []
  return new RuntimeError(name, message, [`Runtime.${name}: ${message}`, ...frames].join('\n'))
}

function stackFrames(error: Error): string[] {
  const stack = String(error.stack ?? '')
  const header = String(error)
  return (stack.startsWith(header) ? stack.slice(header.length) : stack).split('\n').filter(line => line.trim() !== '')
}

export function isError(value: unknown): value is Error {
  return value instanceof Error || Object.prototype.toString.call(value) === '[object Error]'
}

/** The payload of a failed invocation. */
export function toFunctionError(reason: unknown): FunctionError {
  try {
    if (!isError(reason)) return { errorType: typeof reason, errorMessage: String(reason), trace: [] }
    const { name, message, stack } = reason
    return { errorType: name, errorMessage: message, trace: String(stack ?? '').split('\n') }
  } catch {
    return {
      errorType: 'handled',
      errorMessage:
        'callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack',
    }
  }
}

/** The JSON that AWS's runtime writes to the log for an error, own properties included. */
export function toLogText(reason: unknown): string {
  try {
    return JSON.stringify(reason, (_key, value: unknown) => (isError(value) ? withOwnProperties(value) : value))
  } catch {
    return JSON.stringify(toFunctionError(reason))
  }
}

function withOwnProperties(error: Error): Record<string, unknown> {
  const code: unknown = Reflect.get(error, 'code')
  const stack = typeof error.stack === 'string' ? error.stack.split('\n') : error.stack
  return { errorType: error.name, errorMessage: error.message, code, ...error, stack }
}

/** What `process.exit` throws, to stop the code that called it. */
export class ExitSignal extends Error {
  override readonly name = 'ExitSignal'
  readonly code: number
  constructor(code: number) {
    super(`process.exit(${code})`)
    this.code = code
  }
}

export function exitReason(code: number): string {
  return code === 0 ? 'Runtime exited without providing a reason' : `Runtime exited with error: exit status ${code}`
}
