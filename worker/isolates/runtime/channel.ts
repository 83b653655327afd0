import type { Frame, LogLine } from '../../../durable-objects/shared/functions/contract.ts'
import type { Ready } from '../../../durable-objects/shared/functions/session.ts'

export type Channel = {
  send(...frames: (Frame | Ready)[]): void
  /** Resolves when all that was sent so far has left the sandbox. */
  flushed(): Promise<void>
  /** A log line; between invocations it waits for the next, as in a frozen sandbox. */
  log(line: LogLine): void
  /** From here on log lines belong to an invocation that runs, or wait. */
  open(): void
  hold(): void
  close(): Promise<void>
}

/** The way out of the sandbox: one JSON line a frame. Whoever writes does not wait; the order is kept. */
export function openChannel(): { channel: Channel; attach(): ReadableStream } {
  const encoder = new TextEncoder()
  let writer: WritableStreamDefaultWriter<Uint8Array> | undefined
  let running = false
  let last: Promise<void> | undefined
  const waiting: LogLine[] = []
  const attach = (): ReadableStream => {
    const { readable, writable } = new IdentityTransformStream()
    writer = writable.getWriter()
    return readable
  }
  const send = (...frames: (Frame | Ready)[]): void => {
    const text = frames.map(frame => `${JSON.stringify(frame)}\n`).join('')
    // A reader that went away ends the session; there is nobody left to tell.
    last = writer?.write(encoder.encode(text)).catch(() => {})
  }
  const log = (line: LogLine): void => {
    if (running) send({ log: line })
    else waiting.push(line)
  }
  const open = (): void => {
    running = true
    for (const line of waiting.splice(0)) send({ log: line })
  }
  const channel: Channel = {
    send,
    flushed: async () => await last,
    log,
    open,
    hold: () => {
      running = false
    },
    close: async () => {
      await writer?.close().catch(() => {})
    },
  }
  return { channel, attach }
}
