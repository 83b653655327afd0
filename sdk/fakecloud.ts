import {
  CloudWatchClient,
  EventsClient,
  LambdaClient,
  LogsClient,
  S3Client,
  SchedulerClient,
  SnsClient,
  SqsClient,
} from './clients.ts'
import { ClockClient, IamClient, JournalClient, NamespacesClient } from './control.ts'
import { type Access, call, rootOf } from './http.ts'
import type {
  ContainerCredentialsResponse,
  CreateAdminResponse,
  HealthResponse,
  ResetResponse,
  ResetServiceResponse,
} from './types.ts'

/** An emulator that `FakeCloud.start()` brought up: a client of it, and the way to stop it. */
export type StartedFakeCloud = FakeCloud & { stop(): Promise<void>; [Symbol.asyncDispose](): Promise<void> }

/**
 * Settings of an emulator of one's own; by default its state goes when it stops. A `secret` closes its own endpoints.
 * `workers` is how many processes share its namespaces: one a core, four at most, unless it is said.
 */
export type StartOptions = {
  port?: number
  host?: string
  dataPath?: string
  region?: string
  accountId?: string
  secret?: string
  workers?: number
}

/**
 * Where an emulator listens; the `secret` of its deployment (FAKECLOUD_SECRET unless one is given) or the key of the
 * namespace's root, for one that is hosted or whose namespace verifies signatures.
 */
export type FakeCloudOptions = { url?: string | undefined } & Access

const DEFAULT_URL = 'http://localhost:4566'

/** Where there is a process, its variable. */
function secretOfProcess(): string | undefined {
  return globalThis.process?.env?.FAKECLOUD_SECRET || undefined
}

/**
 * Looks into a running fakecloud, and steers it. Uses nothing but `fetch`.
 *
 * Reads first wait for the deliveries that were already accepted, so that a test needs no sleep and no retry.
 */
export class FakeCloud {
  /** Root of the emulator or of one of its namespaces: the endpoint for AWS clients too. */
  readonly url: string

  readonly #access: Access
  readonly #root: string

  /** @param at where the emulator listens, and what it asks for; a namespace's root addresses that namespace */
  constructor(at: string | FakeCloudOptions = {}) {
    const { url = DEFAULT_URL, secret = secretOfProcess(), credentials } = typeof at === 'string' ? { url: at } : at
    this.#access = { secret, credentials }
    this.#root = rootOf(url, this.#access)
    this.url = rootOf(url, {})
  }

  /** Starts an emulator in this process, on a free port unless one is given. Node alone can. */
  static async start(options: StartOptions = {}): Promise<StartedFakeCloud> {
    // Kept out of sight of bundlers: everything else here runs wherever there is fetch.
    const runner = new URL(RUNNER, import.meta.url).href
    const { startEmulator } = (await import(/* @vite-ignore */ runner)) as Runner
    const emulator = await startEmulator({ host: '127.0.0.1', port: 0, ...options })
    const stop = () => emulator.stop()
    const client = new FakeCloud({ url: emulator.url, secret: options.secret })
    return Object.assign(client, { stop, [Symbol.asyncDispose]: stop })
  }

  health(): Promise<HealthResponse> {
    return call(`${this.#root}/_fakecloud/health`)
  }

  /** Forgets everything in the namespace, its clock included. */
  reset(): Promise<ResetResponse> {
    return call(`${this.#root}/_reset`, 'POST')
  }

  /** Forgets one service's state in the namespace. */
  resetService(service: string): Promise<ResetServiceResponse> {
    return call(`${this.#root}/_fakecloud/reset/${encodeURIComponent(service)}`, 'POST')
  }

  resetServiceForAccount(service: string, accountId: string): Promise<ResetServiceResponse> {
    const path = `${encodeURIComponent(service)}/${encodeURIComponent(accountId)}`
    return call(`${this.#root}/_fakecloud/reset/${path}`, 'POST')
  }

  /** A user with an access key that may do everything in an account. */
  createAdmin(accountId: string, userName: string): Promise<CreateAdminResponse> {
    return call(`${this.#root}/_fakecloud/iam/create-admin`, 'POST', { accountId, userName })
  }

  /** Temporary credentials, as a container's credentials endpoint gives them. */
  credentials(): Promise<ContainerCredentialsResponse> {
    return call(`${this.#root}/_fakecloud/credentials`)
  }

  /** Waits until every accepted delivery and what it set off has come to rest; false when that takes too long. */
  async settle(boundMs = 10_000): Promise<boolean> {
    const { settled } = await call<{ settled: boolean }>(`${this.#root}/_fakecloud/settle?settle=${boundMs}`, 'POST')
    return settled
  }

  /**
   * Repeats a check until it answers something truthy, settling in between.
   * @throws Error when the bound (milliseconds) is over, with the last error as its cause
   */
  async waitFor<T>(
    check: () => T | Promise<T>,
    options: { boundMs?: number; what?: string } = {},
  ): Promise<NonNullable<T>> {
    const { boundMs = 15_000, what = 'the check' } = options
    const end = Date.now() + boundMs
    let cause: unknown
    do {
      try {
        const found = await check()
        if (found) return found
      } catch (error) {
        cause = error
      }
      await this.settle(Math.max(1, Math.min(1000, end - Date.now())))
      await new Promise(resolve => setTimeout(resolve, 20))
    } while (Date.now() < end)
    throw new Error(`${what} did not come true within ${boundMs} ms`, { cause })
  }

  get lambda(): LambdaClient {
    return new LambdaClient(this.#root)
  }

  get sns(): SnsClient {
    return new SnsClient(this.#root)
  }

  get sqs(): SqsClient {
    return new SqsClient(this.#root)
  }

  get s3(): S3Client {
    return new S3Client(this.#root)
  }

  get events(): EventsClient {
    return new EventsClient(this.#root)
  }

  get scheduler(): SchedulerClient {
    return new SchedulerClient(this.#root)
  }

  get logs(): LogsClient {
    return new LogsClient(this.#root)
  }

  get iam(): IamClient {
    return new IamClient(this.#root)
  }

  get cloudwatch(): CloudWatchClient {
    return new CloudWatchClient(this.#root)
  }

  get clock(): ClockClient {
    return new ClockClient(this.#root)
  }

  get journal(): JournalClient {
    return new JournalClient(this.#root)
  }

  get namespaces(): NamespacesClient {
    return new NamespacesClient(this.url, this.#access)
  }
}

/** The launcher, beside this file in the sources as in the package. */
const RUNNER = import.meta.url.endsWith('.ts') ? '../node-runner/start.ts' : '../runner/start.js'

type Runner = {
  startEmulator(options: StartOptions): Promise<{ url: string; stop(): Promise<void> }>
}
