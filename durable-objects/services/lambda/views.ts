import { view } from '../../kernel/views/view.ts'
import { recordPage, type ViewedRecord } from './invocations/invocation-records.ts'
import { liveSandboxes } from './invocations/sandboxes.ts'

/** One run of a function, however it was started. */
export type LambdaInvocation = {
  /** The same for a run that was begun twice. */
  id: string
  functionArn: string
  /** As in the function's logs. */
  requestId: string
  traceId: string
  /** Who started it: `invoke`, `aws:s3`, `aws:sqs`… */
  source: string
  /** RFC 3339. */
  timestamp: string
  durationMs: number
  /** Whether the sandbox was made for this run. */
  cold: boolean
  status: 'success' | 'error'
  /** The event as it was sent. */
  payload: string
  /** The event, parsed; the text itself where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: an event has whatever shape its source gave it, and tests read into it
  event: any
  /** What the function returned, parsed like the event; null when it failed. */
  // biome-ignore lint/suspicious/noExplicitAny: as the event
  result: any
  error: { errorType?: string; errorMessage?: string; trace?: string[] } | null
  /** The end of the run's log, at most 4 KB. */
  logTail: string
}
export type LambdaInvocationsResponse = { invocations: LambdaInvocation[] }
export type WarmContainer = { functionName: string; runtime: string; containerId: string; lastUsedSecsAgo: number }
export type WarmContainersResponse = { containers: WarmContainer[] }
export type EvictContainerResponse = { evicted: boolean }

/** Every run of every function, oldest first. */
export const invocations = view<LambdaInvocationsResponse>({
  none: { invocations: [] },
  by: 'timestamp',
  page: 10_000,
  read(ctx, asked) {
    const { rows, next } = recordPage(ctx, asked)
    return { invocations: rows.map(shown), next }
  },
})

function shown({ at, cold, result, error, ...rest }: ViewedRecord): LambdaInvocation {
  const timestamp = new Date(at).toISOString()
  const parsed = { event: parse(rest.payload), result: parse(result), error: parse(error) as LambdaInvocation['error'] }
  return { ...rest, timestamp, cold: Boolean(cold), ...parsed }
}

/** JSON as such, any other text as it is. */
function parse(text: string | null): unknown {
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The sandboxes that live: they are memory, few, and all on one page. */
export const warmContainers = view<WarmContainersResponse>({
  none: { containers: [] },
  read(ctx) {
    const now = Date.now()
    const containers = liveSandboxes(ctx).map(({ fixed, usedAt }) => ({
      functionName: fixed.functionName,
      runtime: fixed.runtime,
      containerId: fixed.sandboxId,
      lastUsedSecsAgo: Math.floor((now - usedAt) / 1000),
    }))
    return { containers }
  },
})
