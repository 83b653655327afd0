import type { End, Frame, Invocation } from '../../durable-objects/shared/functions/contract.ts'

/** The last frames of invocations whose sandbox did not come to write them itself, as lines. */

type Times = Pick<End, 'durationMs' | 'cold'>

export function lineOf(frame: Frame): string {
  return JSON.stringify(frame)
}

export function timeoutFrames(times: Times): string[] {
  return ending({ timeout: true }, times)
}

/** What AWS says of an environment that ended without saying why, or was killed. */
export function exitFrames({ requestId }: Invocation, times: Times, signal?: 'SIGKILL'): string[] {
  const how = signal === undefined ? 'without providing a reason' : 'with error: signal: killed'
  const reason = `RequestId: ${requestId} Error: Runtime exited ${how}`
  return ending({ exit: { code: null, ...(signal === undefined ? {} : { signal }), reason } }, times)
}

/** The code could not be had or unpacked: what AWS's runtime would say of an archive without the handler's module. */
export function importFrames(failure: string): string[] {
  const error = { errorType: 'Runtime.ImportModuleError', errorMessage: `Error: ${failure}`, trace: [] }
  return [lineOf({ started: { cold: true } }), ...ending({ error }, { durationMs: 0, cold: true })]
}

function ending(frame: Frame, times: Times): string[] {
  return [lineOf(frame), lineOf({ end: { ...times, reusable: false } })]
}
