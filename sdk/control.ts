import { FakeCloud } from './fakecloud.ts'
import { type Access, call, Endpoints, query, rootOf } from './http.ts'
import type {
  ClockAdvanceResponse,
  ClockResponse,
  CreatedNamespaceResponse,
  IamDecisionsResponse,
  IamExplainRequest,
  IamVerdict,
  JournalResponse,
  JournalTraceResponse,
  JournalWhyResponse,
  NamespaceResponse,
  NamespacesResponse,
} from './types.ts'

/** The namespace's virtual clock. Real time goes on for the test itself. */
export class ClockClient extends Endpoints {
  get(): Promise<ClockResponse> {
    return call(this.at('clock'))
  }

  /** Stops the clock, where it is or at a time. */
  freeze(at?: Date): Promise<ClockResponse> {
    return call(this.at('clock/freeze'), 'POST', at ? { at: at.toISOString() } : {})
  }

  /** Moves the clock on, by a time or to one, and runs all that falls due on the way, in order. */
  advance(by: { seconds: number } | { ms: number } | { to: Date }): Promise<ClockAdvanceResponse> {
    return call(this.at('clock/advance'), 'POST', 'to' in by ? { to: by.to.toISOString() } : by)
  }

  /** Lets the clock run: on from where it is, or with `real` on real time again. */
  resume(options: { real?: boolean } = {}): Promise<ClockResponse> {
    return call(this.at('clock/resume'), 'POST', options)
  }
}

/** Every hop between services, and why it ended as it did. */
export class JournalClient extends Endpoints {
  /** Hops in the order of time, of all or of one ARN or event. */
  list(filter: { arn?: string; event?: string; limit?: number } = {}): Promise<JournalResponse> {
    return call(this.at('journal') + query(filter))
  }

  /** One causal chain, from the request that began it: its hops in the order of time, and the tree that they make. */
  trace(traceId: string): Promise<JournalTraceResponse> {
    return call(this.at(`journal/traces/${encodeURIComponent(traceId)}`))
  }

  /**
   * What did not arrive, and why: the filter that did not match, the policy or target that refused. Without an ARN or an
   * event all that went wrong, newest first.
   */
  why(about: { arn?: string; event?: string; limit?: number } = {}): Promise<JournalWhyResponse> {
    return call(this.at(`journal/why${query(about)}`))
  }
}

/** Who may do what, and by which statement. */
export class IamClient extends Endpoints {
  /** What a principal's policies say to a request that nobody has made. */
  explain(request: IamExplainRequest): Promise<IamVerdict> {
    return call(this.at('iam/explain'), 'POST', request)
  }

  /** What was decided, and by which statements, in a namespace that enforces or audits IAM. */
  decisions(filter: { requestId?: string; traceId?: string; limit?: number } = {}): Promise<IamDecisionsResponse> {
    return call(this.at(`iam/explain${query(filter)}`))
  }
}

/**
 * A namespace to be. `iam` says whether policies are asked, `verifySigv4` whether signatures are, and `pendingSeconds` how
 * long, by the clock, functions and other resources that AWS needs a while for are pending.
 */
export type NamespaceOptions = {
  name?: string
  ttlSeconds?: number
  iam?: 'off' | 'soft' | 'strict'
  verifySigv4?: boolean
  pendingSeconds?: number
}

export type CreatedFakeCloud = FakeCloud & { rootKey?: { accessKeyId: string; secretAccessKey: string } }

/** Namespaces: each with its own resources, clock and journal, closed to all others. */
export class NamespacesClient {
  readonly #root: string
  readonly #baseUrl: string
  readonly #access: Access

  constructor(baseUrl: string, access: Access = {}) {
    this.#baseUrl = baseUrl.replace(/\/_ns\/[^/]+$/, '')
    this.#access = access
    this.#root = `${rootOf(this.#baseUrl, access)}/_fakecloud/namespaces`
  }

  /**
   * Makes a namespace and answers a client of it: its `url` is the endpoint for AWS clients, and `rootKey` the account
   * root's own key where signatures are verified or the emulator is hosted, told this once; the client uses it. One that
   * is there gets a new lifetime and modes: where it verifies signatures, by its key alone.
   */
  async create(options: NamespaceOptions = {}): Promise<CreatedFakeCloud> {
    const { name, credentials } = await call<CreatedNamespaceResponse>(this.#root, 'POST', options)
    const made = this.#client(name, { ...this.#access, ...(credentials && { credentials }) })
    return Object.assign(made, credentials && { rootKey: credentials })
  }

  /** A client of a namespace, made on its first use. */
  in(name: string): FakeCloud {
    return this.#client(name, this.#access)
  }

  #client(name: string, access: Access): FakeCloud {
    return new FakeCloud({ url: `${this.#baseUrl}/_ns/${encodeURIComponent(name)}`, ...access })
  }

  get(name: string): Promise<NamespaceResponse> {
    return call(`${this.#root}/${encodeURIComponent(name)}`)
  }

  list(): Promise<NamespacesResponse> {
    return call(this.#root)
  }

  reset(name: string): Promise<{ reset: string }> {
    return call(`${this.#root}/${encodeURIComponent(name)}/reset`, 'POST')
  }

  /** Ends a namespace with all that is in it. */
  delete(name: string): Promise<{ deleted: string }> {
    return call(`${this.#root}/${encodeURIComponent(name)}`, 'DELETE')
  }
}
