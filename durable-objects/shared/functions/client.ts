import { type End, type Frame, INVOCATION_HEADER, type Invocation, type LogLine, type Outcome } from './contract.ts'
import { encodeInvocation, type Ready } from './session.ts'

/**
 * Starts an invocation; its frames come as the function makes them, `end` last. Throws when the isolates cannot be
 * reached or break off without an end: the invocation may have run or not.
 */
export async function invokeIsolate(
  isolates: Fetcher,
  invocation: Invocation,
  { payload, signal }: { payload: Uint8Array | string; signal?: AbortSignal },
): Promise<{ frames: AsyncIterable<Frame> }> {
  const headers = { [INVOCATION_HEADER]: encodeInvocation(invocation) }
  const response = await isolates.fetch('http://isolates/invoke', {
    method: 'POST',
    headers,
    body: payload,
    ...(signal ? { signal } : {}),
  })
  if (!response.ok || response.body === null) {
    throw new Error(`The isolates answered ${response.status}: ${await response.text()}`)
  }
  return { frames: readFrames(response.body) }
}

/** Unpacks a function's code before its first invocation. Best effort: a failure shows when it is invoked. */
export async function warmIsolate(isolates: Fetcher, invocation: Invocation): Promise<void> {
  const headers = { [INVOCATION_HEADER]: encodeInvocation(invocation) }
  const response = await isolates.fetch('http://isolates/warm', { method: 'POST', headers })
  await response.body?.cancel()
}

/** Ends sandboxes with all that goes on in them; on the edge they cannot be stopped, but reach nothing any more. */
export async function endIsolates(isolates: Fetcher, sandboxIds: string[]): Promise<void> {
  const response = await isolates.fetch('http://isolates/end', { method: 'POST', body: JSON.stringify(sandboxIds) })
  await response.body?.cancel()
}

async function* readFrames(body: ReadableStream<Uint8Array>): AsyncGenerator<Frame> {
  const decoder = new TextDecoder()
  // A payload of megabytes comes in many pieces, which are joined once.
  let held: string[] = []
  for await (const chunk of body) {
    const [first = '', ...lines] = decoder.decode(chunk, { stream: true }).split('\n')
    held.push(first)
    if (lines.length === 0) continue
    const whole = [held.join(''), ...lines]
    held = [whole.pop() ?? '']
    for (const line of whole) {
      // Written by the sandbox's runtime or the supervisor.
      const frame = JSON.parse(line) as Frame | Ready
      if ('ready' in frame) continue
      yield frame
      if ('end' in frame) return
    }
  }
  throw new Error('The isolate broke off')
}

/** Gathers the frames of an invocation; `onFrame` sees each as it comes. */
export async function collectOutcome(frames: AsyncIterable<Frame>, onFrame?: (frame: Frame) => void): Promise<Outcome> {
  const logs: LogLine[] = []
  const chunks: string[] = []
  const outcome: Omit<Outcome, 'end'> & { end?: End } = { logs, timeout: false }
  for await (const frame of frames) {
    onFrame?.(frame)
    if ('log' in frame) logs.push(frame.log)
    else if ('chunk' in frame) chunks.push(frame.chunk)
    else if ('stream' in frame) outcome.contentType = frame.stream.contentType
    else if ('result' in frame) outcome.payload = frame.result.streamed ? textOf(chunks) : frame.result.payload
    else if ('error' in frame) outcome.error = frame.error
    else if ('timeout' in frame) outcome.timeout = true
    else if ('exit' in frame) outcome.exit = frame.exit
    else if ('end' in frame) outcome.end = frame.end
  }
  if (outcome.end === undefined) throw new Error('The isolate broke off')
  return { ...outcome, end: outcome.end }
}

function textOf(chunks: string[]): string {
  const decoder = new TextDecoder()
  const bytes = chunks.map(chunk => Uint8Array.from(atob(chunk), char => char.charCodeAt(0)))
  return bytes.map(part => decoder.decode(part, { stream: true })).join('') + decoder.decode()
}
