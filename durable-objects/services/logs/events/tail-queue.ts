import type { LiveTailSessionLogEvent, StartLiveTailResponseStream } from '../../../../aws/models/logs.types.ts'

/** The events of a Live Tail session on their way to its client. */
export type EventQueue = {
  /** The events as JSON, one to a line: the form in which they leave the object. */
  stream: ReadableStream<Uint8Array>
  send(event: StartLiveTailResponseStream): void
  /** Sends log events as an update, no more of them in a second than AWS would. */
  sendResults(results: LiveTailSessionLogEvent[]): void
  /** Ends the stream once what waits in it has been read. */
  close(): void
}

/** AWS samples what goes beyond this many events in a second. */
const MAX_RESULTS = 500
const SECOND_MS = 1000
/** What waits for a slow client: AWS drops the oldest beyond it. */
const MAX_WAITING = 10

/**
 * An event stream that whoever writes wakes. A second in which nothing came is told by an empty update, as AWS does, so
 * that neither client nor connection takes the quiet for an end.
 * @param gone the client has cancelled the stream
 */
export function eventQueue(gone: () => void): EventQueue {
  const encoder = new TextEncoder()
  const waiting: Uint8Array[] = []
  let closed = false
  let wake: (() => void) | undefined
  let heartbeat: ReturnType<typeof setTimeout> | undefined
  let second = { start: 0, sent: 0 }

  const stream = new ReadableStream({
    type: 'bytes',
    async pull(controller) {
      while (waiting.length === 0 && !closed) await new Promise<void>(resolve => (wake = resolve))
      const next = waiting.shift()
      if (next) controller.enqueue(next)
      if (closed && waiting.length === 0) finish(controller)
    },
    cancel() {
      gone()
    },
  })

  function send(event: StartLiveTailResponseStream): void {
    if (closed) return
    // What has waited longest may be the session's start, which is never dropped.
    if (waiting.length > MAX_WAITING) waiting.splice(1, 1)
    waiting.push(encoder.encode(`${JSON.stringify(event)}\n`))
    clearTimeout(heartbeat)
    heartbeat = setTimeout(() => sendResults([]), SECOND_MS)
    wake?.()
  }

  function sendResults(results: LiveTailSessionLogEvent[]): void {
    const now = Date.now()
    if (now - second.start >= SECOND_MS) second = { start: now, sent: 0 }
    const shown = results.slice(0, MAX_RESULTS - second.sent)
    second.sent += shown.length
    if (shown.length === 0 && results.length > 0) return
    const sampled = shown.length < results.length
    send({ sessionUpdate: { sessionMetadata: { sampled }, sessionResults: shown } })
  }

  function close(): void {
    closed = true
    clearTimeout(heartbeat)
    wake?.()
  }
  return { stream, send, sendResults, close }
}

function finish(controller: ReadableByteStreamController): void {
  controller.close()
  // A reader that brought its own buffer waits in it; closing alone does not let it go.
  controller.byobRequest?.respond(0)
}
