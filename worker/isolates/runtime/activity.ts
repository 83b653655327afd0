import type { EventEmitter } from 'node:events'

/**
 * What keeps Node's event loop alive, as far as it can be seen from here: timers, fetches, requests and sockets. A
 * callback handler's answer waits for it, and a handler that never calls back is answered with null once it is over.
 */
export type Activity = {
  begin(): () => void
  /** Resolves when nothing goes on; `surely` waits a few turns of the loop for what cannot be seen. */
  idle(surely: boolean): Promise<void>
}

type TimerFunction = (callback: (...args: never[]) => void, delay?: number, ...args: never[]) => unknown

const SETTLED_TURNS = 5
const TURN_MS = 4

export function createActivity(sleep: (ms: number) => Promise<void>): Activity {
  let running = 0
  const begin = (): (() => void) => {
    let over = false
    running++
    return () => {
      if (!over) running--
      over = true
    }
  }
  const idle = async (surely: boolean): Promise<void> => {
    const wanted = surely ? SETTLED_TURNS : 0
    for (let quiet = 0; running > 0 || quiet < wanted; quiet = running === 0 ? quiet + 1 : 0) await sleep(TURN_MS)
  }
  return { begin, idle }
}

/** Timers that count while they are referenced, and whose errors end the process as Node's do instead of the request. */
export function installTimers(activity: Activity, uncaught: (error: unknown) => void): void {
  const ends = new WeakMap<object, () => void>()
  const wrap = (start: TimerFunction, repeats: boolean) => {
    return (callback: (...args: never[]) => void, delay?: number, ...args: never[]): unknown => {
      const end = activity.begin()
      const run = (...values: never[]): void => {
        if (!repeats) end()
        try {
          const result: unknown = callback(...values)
          if (result instanceof Promise) result.catch(uncaught)
        } catch (error) {
          uncaught(error)
        }
      }
      const timer = start(run, delay, ...args)
      if (typeof timer === 'object' && timer !== null) watch(timer, end)
      return timer
    }
  }
  const watch = (timer: object, end: () => void): void => {
    ends.set(timer, end)
    const unref: unknown = Reflect.get(timer, 'unref')
    if (typeof unref !== 'function') return
    const quiet = () => {
      end()
      unref.call(timer)
      return timer
    }
    Object.defineProperty(timer, 'unref', { configurable: true, value: quiet })
  }
  const clear = (stop: (timer: never) => void) => (timer: never) => {
    if (typeof timer === 'object' && timer !== null) ends.get(timer)?.()
    stop(timer)
  }
  const { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval, clearImmediate } = globalThis
  const immediate: TimerFunction = (callback, delay, ...args) => {
    // setImmediate has no delay: what stands in its place is the callback's first argument.
    return setImmediate(callback, ...([delay, ...args] as never[]))
  }
  Object.assign(globalThis, {
    setTimeout: wrap(setTimeout as unknown as TimerFunction, false),
    setInterval: wrap(setInterval as unknown as TimerFunction, true),
    setImmediate: wrap(immediate, false),
    clearTimeout: clear(clearTimeout),
    clearInterval: clear(clearInterval),
    clearImmediate: clear(clearImmediate),
  })
}

/** `fetch` that counts, and fails as Node's does: a TypeError whose cause has the system's code. */
export function installFetch(activity: Activity): void {
  const real = globalThis.fetch
  const counting = async (...args: Parameters<typeof fetch>): Promise<Response> => {
    const end = activity.begin()
    try {
      return await real(...args)
    } catch (error) {
      throw asNodeFailure(error)
    } finally {
      end()
    }
  }
  Object.assign(globalThis, { fetch: counting })
}

function asNodeFailure(error: unknown): unknown {
  const match = error instanceof Error ? /^(getaddrinfo|connect) (E[A-Z]+) (\S+)/.exec(error.message) : null
  if (match === null) return error
  const [, syscall, code, host] = match
  const cause = Object.assign(new Error(`${syscall} ${code} ${host}`), { code, syscall, hostname: host })
  return Object.assign(new TypeError('fetch failed'), { cause })
}

/** Requests and sockets of node:http and node:net count until they close, and fail with the system's own error. */
export function countEmitters(activity: Activity, make: (...args: never[]) => unknown) {
  return (...args: never[]): unknown => {
    const made = make(...args)
    if (!isEmitter(made)) return made
    made.once('close', activity.begin())
    const emit = made.emit.bind(made)
    made.emit = (name: string | symbol, ...values: unknown[]) => {
      const [error] = values
      return name === 'error' && error instanceof TypeError && error.cause !== undefined
        ? emit(name, error.cause)
        : emit(name, ...values)
    }
    return made
  }
}

function isEmitter(value: unknown): value is EventEmitter {
  return typeof value === 'object' && value !== null && 'emit' in value && 'once' in value
}
