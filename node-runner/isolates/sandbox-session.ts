import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { INVOCATION_HEADER, type Invocation } from '../../durable-objects/shared/functions/contract.ts'
import { encodeInvocation, encodeMessage } from '../../durable-objects/shared/functions/session.ts'
import type { WorkerdProcess } from './workerd-process.ts'

/** A sandbox in a process, as one request that lasts as long as it lives: invocations go in, lines of frames come out. */
export type Session = {
  send(invocation: Invocation, payload: Uint8Array): void
  /** Asks for a `ready`, to see whether the sandbox listens. */
  poll(): void
  /** Takes the lines until the next call; undefined once, when the session is over. */
  onLine(listener: (line: string | undefined) => void): void
  close(): void
}

export function openSession(process: WorkerdProcess, invocation: Invocation): Session {
  const { port, agent } = process
  const header = encodeInvocation(invocation)
  const headers = { ...process.headers, [INVOCATION_HEADER]: header, 'transfer-encoding': 'chunked' }
  const stream = request({ host: '127.0.0.1', port, agent, method: 'POST', path: '/session', headers })
  let listener: (line: string | undefined) => void = () => {}
  let over = false
  const end = (): void => {
    if (over) return
    over = true
    stream.destroy()
    listener(undefined)
  }
  readLines(stream, line => listener(line), end)
  stream.setNoDelay(true)
  stream.flushHeaders()
  return {
    send: (one, payload) => {
      stream.cork()
      stream.write(encodeMessage({ ...one, bytes: payload.length }))
      if (payload.length > 0) stream.write(payload)
      stream.uncork()
    },
    poll: () => {
      stream.write(encodeMessage({ poll: true }))
    },
    onLine: next => {
      listener = next
      if (over) queueMicrotask(() => next(undefined))
    },
    close: () => {
      // A reset, not an end: only that makes workerd give up what the sandbox is doing.
      if (!over) stream.socket?.resetAndDestroy()
      end()
    },
  }
}

function readLines(stream: ClientRequest, emit: (line: string) => void, end: () => void): void {
  stream.once('error', end)
  stream.once('response', (response: IncomingMessage) => {
    response.setEncoding('utf8')
    response.once('error', end)
    response.once('close', end)
    // The host refuses in plain text: the function's code could not be had or read.
    if (response.statusCode !== 200) return collect(response, text => emit(failure(text)))
    let held: string[] = []
    response.on('data', (chunk: string) => {
      const lines = chunk.split('\n')
      for (const line of lines.slice(0, -1)) {
        emit(held.length === 0 ? line : held.join('') + line)
        held = []
      }
      const rest = lines.at(-1)
      if (rest) held.push(rest)
    })
  })
}

function collect(response: IncomingMessage, done: (text: string) => void): void {
  let text = ''
  response.on('data', chunk => {
    text += chunk
  })
  response.once('end', () => done(text))
}

function failure(text: string): string {
  return JSON.stringify({ failure: text })
}
