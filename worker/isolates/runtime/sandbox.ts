import { createRequire } from 'node:module'
import type { Frame, FunctionError, Invocation } from '../../../durable-objects/shared/functions/contract.ts'
import { MANIFEST_PATH, type Manifest } from '../manifest.ts'
import { BUNDLE, moduleName, SCOPE } from '../names.ts'
import { allowsRequireOfEsm } from '../require-of-esm.ts'
import { lambdaNodePath } from '../resolve.ts'
import { type Activity, createActivity, installFetch, installTimers } from './activity.ts'
import { createBuiltins } from './builtins.ts'
import type { Channel } from './channel.ts'
import { installConsole, type Logger, logSettings } from './console.ts'
import { ExitSignal, exitReason, toFunctionError, wrapError } from './errors.ts'
import { callHandler, type Handler, refuseCallbacks } from './invoke.ts'
import { createModules, type Modules } from './modules.ts'
import { installProcess } from './process.ts'
import { installStreaming } from './response-stream.ts'
import { installStackTraces } from './stack-traces.ts'
import { loadHandler } from './user-function.ts'

/** AWS's limit of the init phase. */
const INIT_TIMEOUT_MS = 10_000

export type Sandbox = {
  /** Runs one invocation and sends its frames; false when the sandbox cannot take another. */
  run(invocation: Invocation, payload: string): Promise<boolean>
}

type Ending = { frames: Frame[]; reusable: boolean; durationMs?: number }

type State = { logger: Logger; activity: Activity; modules: Modules; nodeMajor: number; handler?: Handler }

const realSetTimeout = globalThis.setTimeout
const realClearTimeout = globalThis.clearTimeout

/** An execution environment: made with its first invocation, which initialises it, and reused for those that follow. */
export function createSandbox(channel: Channel): Sandbox {
  let state: State | undefined
  let interrupt: (ending: Ending) => void = () => {}
  let requestId = ''

  const fail = (label: string, error: unknown): void => {
    if (error instanceof ExitSignal) return
    state?.logger.error(label, error)
    interrupt({ frames: [{ error: toFunctionError(error) }], reusable: false })
  }
  const exit = (code: number): void => {
    const reason = `RequestId: ${requestId} Error: ${exitReason(code)}`
    interrupt({ frames: [{ exit: { code, reason } }], reusable: false })
  }
  const setUp = (invocation: Invocation): State => {
    const activity = createActivity(ms => new Promise(resolve => realSetTimeout(resolve, ms)))
    installProcess(invocation.environment, exit)
    const logger = installConsole(channel, logSettings(invocation.environment))
    installTimers(activity, error => fail('Uncaught Exception', error))
    installFetch(activity)
    installStreaming()
    listenForRejections(fail)
    const nodeMajor = Number(/\d+/.exec(invocation.runtime)?.[0] ?? 22)
    return { logger, activity, nodeMajor, modules: loadModules(activity, invocation, nodeMajor) }
  }

  /** Whatever comes first: the work's own end, a limit, or an exit or error from elsewhere in the function. */
  const limited = async (limitMs: number, atLimit: Ending, work: () => Promise<Ending>): Promise<Ending> => {
    let timer: unknown
    const limit = new Promise<Ending>(resolve => {
      timer = realSetTimeout(() => resolve(atLimit), limitMs)
      interrupt = resolve
    })
    const ending = await Promise.race([work(), limit])
    realClearTimeout(timer as never)
    interrupt = () => {}
    return ending
  }

  const initialise = (invocation: Invocation): Promise<Ending> => {
    const timedOut: Ending = { frames: [{ timeout: true }], reusable: false, durationMs: invocation.timeoutMs }
    return limited(INIT_TIMEOUT_MS, timedOut, async () => {
      try {
        state = setUp(invocation)
        const handler = await loadHandler(state.modules, invocation.handler)
        refuseCallbacks(handler, state.nodeMajor)
        state.handler = handler
        return { frames: [], reusable: true }
      } catch (error) {
        return await failure('Uncaught Exception', error, false)
      }
    })
  }

  const failure = async (label: string, error: unknown, reusable: boolean): Promise<Ending> => {
    // process.exit has said its own word already.
    if (error instanceof ExitSignal) return await new Promise<Ending>(() => {})
    state?.logger.error(label, error)
    return { frames: [{ error: toFunctionError(error) satisfies FunctionError }], reusable }
  }

  const handle = (
    invocation: Invocation,
    payload: string,
    { handler, activity, nodeMajor }: State & { handler: Handler },
  ) => {
    const timedOut: Ending = { frames: [{ timeout: true }], reusable: false, durationMs: invocation.timeoutMs }
    const deadline = Date.now() + invocation.timeoutMs
    return limited(invocation.timeoutMs, timedOut, async () => {
      try {
        const event: unknown = payload === '' ? {} : JSON.parse(payload)
        const frame = await callHandler({ handler, event, invocation, deadline, nodeMajor }, channel, activity)
        return { frames: [frame], reusable: true }
      } catch (error) {
        return await failure('Invoke Error', error, true)
      }
    })
  }

  const run = async (invocation: Invocation, payload: string): Promise<boolean> => {
    requestId = invocation.requestId
    channel.open()
    const cold = state === undefined
    const before = performance.now()
    let ending: Ending | undefined = cold ? await initialise(invocation) : undefined
    const initMs = cold ? performance.now() - before : undefined
    channel.send({ started: { cold, ...(initMs === undefined ? {} : { initMs }) } })
    if (cold) await leave(channel)
    const start = performance.now()
    if (state?.handler !== undefined && (ending === undefined || ending.reusable)) {
      state.logger.begin(requestId)
      refresh(invocation)
      ending = await handle(invocation, payload, { ...state, handler: state.handler })
    }
    state?.logger.flush()
    const { frames, reusable, durationMs } = ending ?? { frames: [], reusable: false }
    const end = { durationMs: durationMs ?? performance.now() - start, cold, reusable }
    channel.send(...frames, { end: initMs === undefined ? end : { ...end, initMs } })
    channel.hold()
    return reusable
  }
  return { run }
}

/** Whoever keeps the deadline must know when the handler began, even of one that never gives the process back. */
async function leave(channel: Channel): Promise<void> {
  await channel.flushed()
  await new Promise(resolve => realSetTimeout(resolve, 0))
}

/** What changes between invocations: the trace, and credentials that were renewed. */
function refresh({ traceId, credentials }: Invocation): void {
  process.env._X_AMZN_TRACE_ID = traceId
  if (credentials === undefined) return
  process.env.AWS_ACCESS_KEY_ID = credentials.accessKeyId
  process.env.AWS_SECRET_ACCESS_KEY = credentials.secretAccessKey
  process.env.AWS_SESSION_TOKEN = credentials.sessionToken
}

function listenForRejections(fail: (label: string, error: unknown) => void): void {
  globalThis.addEventListener('unhandledrejection', event => {
    event.preventDefault()
    const { reason } = event
    if (reason instanceof ExitSignal) return
    fail(
      'Unhandled Promise Rejection',
      Object.assign(wrapError('UnhandledPromiseRejection', reason), { reason, promise: {} }),
    )
  })
}

function loadModules(activity: Activity, invocation: Invocation, nodeMajor: number): Modules {
  // Written by the host, into this very bundle.
  const manifest = createRequire(`${BUNDLE}/`)(BUNDLE + MANIFEST_PATH) as Manifest
  const readText = (path: string): string =>
    process.getBuiltinModule('node:fs').readFileSync(`${BUNDLE}/${moduleName(path)}`, 'utf8')
  const modules: Modules = createModules({
    manifest,
    nodePath: lambdaNodePath(nodeMajor),
    requireEsm: allowsRequireOfEsm(invocation.environment, nodeMajor),
    readText,
    builtin: createBuiltins(activity, () => modules),
  })
  Object.assign(globalThis, { [Symbol.for(SCOPE)]: modules.scope })
  installStackTraces()
  return modules
}
