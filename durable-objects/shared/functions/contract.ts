/**
 * What the Lambda service and the isolates say to each other.
 *
 * The service sends one `POST http://isolates/invoke` an invocation: the header `x-fakecloud-invocation` is the base64 of
 * the JSON of an `Invocation`, the body is the event's bytes. The answer is newline-delimited JSON: one `Frame` a line,
 * written as it happens, `end` last. `client.ts` does both sides of that for the caller. `POST http://isolates/end` with
 * a JSON list of sandbox ids ends those, at work or not.
 */

export const INVOCATION_HEADER = 'x-fakecloud-invocation'

/**
 * Proves to the emulator's inner ports, by a secret of this start, that who asks belongs to it: the machine has other
 * users, and functions. On the edge nothing listens but the Worker.
 */
export const INSIDE_HEADER = 'x-fakecloud-inside'

/**
 * Said by the front of `npm start` alone: the IP address that asks, the path where a URL parser would change it, and that
 * the body is longer than may be.
 */
export const PEER_HEADER = 'x-fakecloud-peer'
export const RAW_PATH_HEADER = 'x-fakecloud-raw-path'
export const TOO_LARGE_HEADER = 'x-fakecloud-too-large'

/** Marks a request that comes from inside, by a token that says from which function. */
export const INTERNAL_HEADER = 'x-fakecloud-internal'
/** The host that such a request is meant for. */
export const HOST_HEADER = 'x-fakecloud-host'
/** The namespace that whoever asks wants; a function may name its own alone. */
export const NAMESPACE_HEADER = 'x-fakecloud-namespace'
/** With which the isolate host fetches a function's code. */
export const CODE_HEADER = 'x-fakecloud-code'

/** A zip: `key` is its content's hash, `url` the path under which the emulator gives its bytes to the isolate host. */
export type CodeRef = { key: string; url: string }

export type Invocation = {
  requestId: string
  /** One execution environment. A new id is a cold start; a known one is reused while it lives. */
  sandboxId: string
  functionArn: string
  functionName: string
  version: string
  /** `nodejs20.x` */
  runtime: string
  /** `index.handler`, `src/app.handler` */
  handler: string
  memoryMb: number
  /** Milliseconds, counted from the handler's first line, as AWS does: the init phase has its own ten seconds. */
  timeoutMs: number
  /** The function's variables and AWS's own (`AWS_*`, `_HANDLER`, `TZ`…), set when the sandbox starts. */
  environment: Record<string, string>
  /** Replace `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN` of a sandbox that lives already. */
  credentials?: { accessKeyId: string; secretAccessKey: string; sessionToken: string } | undefined
  code: CodeRef
  /** In the function's order; unpacked one over the other under /opt. */
  layers: CodeRef[]
  place: { namespace: string; account: string; region: string }
  /** Of the namespace's present life. */
  namespaceId: string
  /** Scheme and host of the addresses that the emulator hands out: it answers there. */
  origins: string[]
  logGroup: string
  logStream: string
  traceId: string
  /** The ARN as the caller wrote it, qualifier and all. */
  invokedArn: string
  clientContext?: unknown
  identity?: unknown
  /** The caller takes a response stream (InvokeWithResponseStream, a streaming function URL). */
  streaming: boolean
  /** false: hosts that are not AWS's or the emulator's are refused. */
  internet: boolean
}

/** An error in the form of AWS's Node runtime: it is the payload that the caller of Invoke gets. */
export type FunctionError = { errorType: string; errorMessage: string; trace?: string[] }

/** One line of the function's log; `message` is complete as AWS writes it (time, request id and level included). */
export type LogLine = { time: number; level: string; message: string; requestId: string }

export type Frame =
  /** The handler begins. `initMs`: the init phase, on a cold start. */
  | { started: { cold: boolean; initMs?: number } }
  | { log: LogLine }
  /** Before the first chunk of a streaming handler, when it has set a content type. */
  | { stream: { contentType: string } }
  /** base64, of a streaming handler */
  | { chunk: string }
  /** `streamed`: the chunks were the result. */
  | { result: { payload: string; streamed?: boolean } }
  | { error: FunctionError }
  | { timeout: true }
  /** The sandbox died: `process.exit`, an exhausted memory, a crash. `reason` as AWS words it. */
  | { exit: { code: number | null; signal?: string; reason: string } }
  | { end: End }

export type End = {
  /** The handler's time in milliseconds, with fractions; the timeout itself after a timeout. */
  durationMs: number
  initMs?: number
  /** Absent where nothing can measure it. */
  maxMemoryMb?: number
  cold: boolean
  /** false: the sandbox is gone, the next invocation needs a new sandboxId. */
  reusable: boolean
}

/** All frames of an invocation, gathered. Exactly one of result, error, timeout, exit says how it went. */
export type Outcome = {
  logs: LogLine[]
  contentType?: string
  /** The handler's answer as text: JSON, or what a streaming handler wrote. */
  payload?: string
  error?: FunctionError
  timeout: boolean
  exit?: { code: number | null; signal?: string; reason: string }
  end: End
}
