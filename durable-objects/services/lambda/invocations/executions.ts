import { collectOutcome, invokeIsolate } from '../../../shared/functions/client.ts'
import type { Frame, Outcome } from '../../../shared/functions/contract.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { routedVersion } from '../functions/aliases.ts'
import { claimConcurrency } from '../settings/concurrency-limits.ts'
import { notFound } from '../errors.ts'
import { logBatches, type LogEvent, type LogFacts } from './invocation-log.ts'
import { type RunLog, runLog } from './run-log.ts'
import { writeRecord } from './invocation-records.ts'
import { noteConcurrency, noteRun, noteThrottle } from '../metrics.ts'
import { functionArn, type NamedFunction } from '../functions/names.ts'
import { runsInIsolate } from '../functions/runtimes.ts'
import { releaseSandbox, renewedCredentials, type Sandbox, takeSandbox } from './sandboxes.ts'
import { type StoredConfiguration, type VersionRow, versionName } from '../schema.ts'
import { checkLoop, traceHeader } from './trace-headers.ts'
import { configurationOf, versionNumber } from '../functions/versions.ts'

/** The version that an invocation runs, chosen once for it. */
export type Target = {
  row: VersionRow
  configuration: StoredConfiguration
  /** The ARN that was invoked, with its qualifier. */
  invokedArn: string
  reserved: number | null
  /** Whether it may run however often in one chain. */
  loops: boolean
}

/** One run to be made. */
export type Job = {
  /** Of its record: the same when a run that may have been broken off is made again. */
  id: string
  requestId: string
  traceId: string
  /** The X-Amzn-Trace-Id by which its event came. */
  trace?: string | undefined
  source: string
  payload: string
  /** As the function's context shows it. */
  clientContext?: unknown
  streaming: boolean
}

/** A run under way, its concurrency and its sandbox taken. Times in real epoch milliseconds. */
export type Run = { job: Job; target: Target; sandbox: Sandbox; startedAt: number; release: () => void; log: RunLog }

/** How a run ended: what its caller gets. */
export type Conclusion = { payload: string; failed: boolean; logTail: string }

type TargetRow = VersionRow & { reserved: number | null; recursiveLoop: string | null }

/** @throws ResourceNotFoundException */
export function findTarget(ctx: Ctx, named: NamedFunction): Target {
  const number = versionNumber(ctx, named, alias => routedVersion(alias, Math.random()))
  const row =
    number === undefined
      ? undefined
      : ctx.sql.first<TargetRow>(
          'SELECT v.*, f.reserved, f.recursiveLoop FROM lambda_versions v JOIN lambda_functions f ON f.name = v.name WHERE v.name = ? AND v.number = ?',
          named.name,
          number,
        )
  if (!row) throw notFound(`Function not found: ${named.arn}`)
  const { reserved, recursiveLoop } = row
  const configuration = configurationOf(row)
  return { row, configuration, invokedArn: named.arn, reserved, loops: recursiveLoop === 'Allow' }
}

/**
 * AWS's refusal of a runtime that it cannot run: the nearest it has to a function whose runner is not there. It says so
 * with 502, as for all that the caller is not to blame for.
 */
export function checkRunnable({ configuration }: Target): void {
  const { Runtime, PackageType } = configuration
  if (PackageType === 'Zip' && runsInIsolate(Runtime)) return
  const what = PackageType === 'Image' ? 'container images' : Runtime
  const message = `The runtime or runtime version specified is not supported: no runner is connected that runs ${what}.`
  throw new AwsError('InvalidRuntimeException', message, 502)
}

/** Takes what a run needs. @throws TooManyRequestsException, RecursiveInvocationException */
export function beginRun(ctx: Ctx, target: Target, job: Job): Run {
  if (!target.loops) checkLoop(job, functionArn(ctx.place, target.row.name))
  const release = claim(ctx, target)
  const sandbox = takeSandbox(ctx, target.row, target.configuration)
  const startedAt = Date.now()
  const log = runLog({
    facts: logFacts(target, job),
    startedAt,
    shiftMs: () => ctx.now - Date.now(),
    write: events => ctx.change(tx => deliverLog(tx, { job, sandbox }, events)),
  })
  return { job, target, sandbox, startedAt, release, log }
}

function logFacts({ row, configuration }: Target, { requestId, traceId }: Job): LogFacts {
  const { TracingConfig, LoggingConfig, MemorySize, Timeout } = configuration
  return {
    requestId,
    traceId,
    version: versionName(row.number),
    memoryMb: MemorySize,
    timeout: Timeout,
    traced: TracingConfig?.Mode === 'Active',
    ...(LoggingConfig?.LogFormat === 'JSON' ? { systemLevel: LoggingConfig.SystemLogLevel ?? 'INFO' } : {}),
  }
}

function claim(ctx: Ctx, target: Target): () => void {
  try {
    const release = claimConcurrency(ctx, { name: target.row.name, reserved: target.reserved })
    noteConcurrency(ctx, target.row.name)
    return release
  } catch (error) {
    noteThrottle(ctx, target)
    throw error
  }
}

/**
 * Runs the function. Nothing is written but its log; whatever happens, sandbox and concurrency are given back.
 * @throws ServiceException when the isolates do not answer: the function may have run or not;
 * ResourceNotFoundException when the namespace was erased meanwhile
 */
export async function performRun(ctx: Ctx, run: Run, onFrame?: (frame: Frame) => void): Promise<Outcome> {
  const { job, target, sandbox } = run
  let reusable = false
  try {
    const credentials = renewedCredentials(ctx, sandbox, target.configuration)
    const invocation = {
      ...sandbox.fixed,
      requestId: job.requestId,
      traceId: traceHeader(job, sandbox.fixed.functionArn),
      invokedArn: target.invokedArn,
      clientContext: job.clientContext,
      streaming: job.streaming,
      ...(credentials ? { credentials } : {}),
    }
    const { signal } = sandbox.ending
    const { frames } = await invokeIsolate(ctx.env.ISOLATES, invocation, { payload: job.payload, signal })
    const outcome = await collectOutcome(unlogged(frames, run.log), onFrame)
    signal.throwIfAborted()
    reusable = outcome.end.reusable
    return outcome
  } catch (error) {
    if (isErased(run)) run.log.drop()
    else run.log.flush()
    if (isErased(run)) throw notFound(`Function not found: ${target.invokedArn}`)
    console.error(`lambda: ${target.invokedArn} ${job.requestId}`, error)
    throw new AwsError('ServiceException', 'The AWS Lambda service encountered an internal error.', 500)
  } finally {
    run.release()
    releaseSandbox(ctx, sandbox, reusable)
  }
}

/** Takes the lines of the log as they come; the other frames are the outcome's. */
async function* unlogged(frames: AsyncIterable<Frame>, log: RunLog): AsyncGenerator<Frame> {
  for await (const frame of frames) {
    if ('log' in frame) log.line(frame.log)
    else {
      if ('started' in frame) log.begin()
      yield frame
    }
  }
}

/** The run's namespace was erased: nothing may be written of it. */
export const isErased = ({ sandbox }: Run) => sandbox.ending.signal.aborted

/** Writes a run's record and its log, and says what the caller gets. No await lies in it. */
export function concludeRun(ctx: Tx, run: Run, outcome: Outcome): Conclusion {
  const { job, target, startedAt } = run
  const endedAt = Date.now()
  const shiftMs = ctx.now - endedAt
  const { events, tail: logTail } = run.log.end(outcome, endedAt)
  const error = errorOf(job, target, outcome)
  const payload = error === undefined ? (outcome.payload ?? 'null') : JSON.stringify(error)
  const conclusion = { payload, failed: error !== undefined, logTail }
  writeRecord(ctx, {
    ...job,
    functionArn: target.invokedArn,
    at: startedAt + shiftMs,
    durationMs: outcome.end.durationMs,
    cold: outcome.end.cold,
    logTail: conclusion.logTail,
    ...(conclusion.failed ? { error: payload } : { result: payload }),
  })
  noteRun(ctx, target, { failed: conclusion.failed, durationMs: outcome.end.durationMs })
  deliverLog(ctx, run, events)
  return conclusion
}

/** The payload of a failed invocation, by AWS's words for each way to fail. */
function errorOf(job: Job, target: Target, outcome: Outcome): Record<string, unknown> | undefined {
  if (outcome.timeout) {
    const seconds = target.configuration.Timeout.toFixed(2)
    const errorMessage = `RequestId: ${job.requestId} Error: Task timed out after ${seconds} seconds`
    return { errorType: 'Sandbox.Timedout', errorMessage }
  }
  if (outcome.exit) return { errorType: 'Runtime.ExitError', errorMessage: outcome.exit.reason }
  return outcome.error
}

/** Lambda → CloudWatch Logs: the function's group, and a stream for each sandbox. */
function deliverLog(ctx: Tx, { job, sandbox }: Pick<Run, 'job' | 'sandbox'>, events: LogEvent[]): void {
  const { requestId, traceId } = job
  const { logGroup, logStream: logStreamName, functionArn: from } = sandbox.fixed
  const to = arnAt(ctx.place, 'logs', `log-group:${logGroup}:*`)
  const delivery = { to, from, principal: 'lambda.amazonaws.com', event: `log of ${requestId}`, traceId }
  for (const logEvents of logBatches(events)) {
    ctx.deliver({ ...delivery, operation: 'WriteLog', input: { logStreamName, logEvents } })
  }
}
