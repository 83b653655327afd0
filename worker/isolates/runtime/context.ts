import type { Invocation } from '../../../durable-objects/shared/functions/contract.ts'

export type Context = Record<string, unknown>

/** https://docs.aws.amazon.com/lambda/latest/dg/nodejs-context.html, but for what only callback handlers have. */
export function createContext(invocation: Invocation, deadline: number): Context {
  return {
    functionVersion: invocation.version,
    functionName: invocation.functionName,
    memoryLimitInMB: String(invocation.memoryMb),
    logGroupName: invocation.logGroup,
    logStreamName: invocation.logStream,
    clientContext: invocation.clientContext,
    identity: invocation.identity,
    invokedFunctionArn: invocation.invokedArn,
    awsRequestId: invocation.requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  }
}

export type Callbacks = {
  callback: (error?: unknown, result?: unknown) => void
  /** done, succeed, fail and callbackWaitsForEmptyEventLoop: gone from Node 24 on. */
  members: Context
  waits(): boolean
}

export function createCallbacks(settle: (outcome: { error: unknown } | { result: unknown }) => void): Callbacks {
  let waits = true
  const callback = (error?: unknown, result?: unknown): void => {
    if (error !== undefined && error !== null) settle({ error })
    else settle({ result })
  }
  const done = (error?: unknown, result?: unknown): void => {
    waits = false
    callback(error, result)
  }
  const members = {
    get callbackWaitsForEmptyEventLoop() {
      return waits
    },
    set callbackWaitsForEmptyEventLoop(value: boolean) {
      waits = value
    },
    succeed: (result?: unknown) => done(null, result),
    fail: (error?: unknown) => done(error ?? 'handled'),
    done,
  }
  return { callback, members, waits: () => waits }
}

/** Keeps the accessor an accessor, which a spread would read. */
export function withCallbacks(members: Context, context: Context): Context {
  return Object.defineProperties(
    {},
    { ...Object.getOwnPropertyDescriptors(members), ...Object.getOwnPropertyDescriptors(context) },
  )
}
