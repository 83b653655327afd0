import type { Access } from '../../shared/policy-access.ts'
import type { MemberPath } from './large-bytes.ts'
import type { Keys } from '../encryption/encryption.ts'
import type { Env } from '../env.ts'
import type { Post, Posting } from '../http-out/posting.ts'
import type { Journal } from '../journal/journal.ts'
import type { Metric, MetricsPage, MetricsQuery } from '../metrics/metrics.ts'
import type { DefinitionOf, Delivery, Taking, Undelivered } from '../outbox/deliver.ts'
import type { ObjectAddress, Place } from '../../../aws/place.ts'
import type { ErrorData } from '../../../aws/errors.ts'
import type { Reader, Sql } from './sql.ts'
import type { Timers } from '../clock/clock.ts'
import type { AnyView } from '../views/view.ts'
import type { ServiceName, ServiceOperations } from './service-operations.ts'
import type { WireKnobs } from '../../../aws/wire/types.ts'
import type { Dialect, Signed } from '../../../aws/sigv4/proof.ts'

/** Who calls. `service` is set for an AWS service principal (`s3.amazonaws.com`), the rest for credentials. */
export type Caller = {
  accountId: string
  accessKeyId?: string | undefined
  /** Came from outside without credentials. Who has neither these nor a service's name is the emulator itself. */
  anonymous?: true | undefined
  /** The key is the one that the namespace's root was given. */
  root?: true | undefined
  /** A role session, read from its session token. */
  session?: Session | undefined
  /** ARN of the function whose code calls. */
  via?: string | undefined
  /** The id of the namespace that it runs in. */
  viaNamespaceId?: string | undefined
  service?: string | undefined
  sourceArn?: string | undefined
}

/** What a session token says. `expires` is in epoch milliseconds of the namespace's clock. */
export type Session = {
  accountId: string
  roleArn: string
  roleId: string
  name: string
  expires: number
  /** The id of the namespace that it was made in. */
  namespaceId?: string | undefined
  /** Not a role's: then `roleArn` and `roleId` are the user's or root's behind it, `name` a federated user's. */
  kind?: 'user' | 'root' | 'federated' | undefined
  policy?: string | undefined
  /** ARNs of managed session policies. */
  policyArns?: string[] | undefined
  tags?: Record<string, string> | undefined
  /** Keys of the tags that pass on to the next session of a chain. */
  transitive?: string[] | undefined
  sourceIdentity?: string | undefined
  /** Further context of its requests: the identity provider's, and whether there was MFA. */
  context?: Record<string, string> | undefined
}

/** What a handler may need to know of the HTTP request that carried the operation. */
export type HttpFacts = {
  /** Scheme, host and namespace prefix as the caller addressed us, without a trailing slash: the root of URLs we hand out. */
  baseUrl: string
  host: string
  sourceIp: string
  userAgent: string
  /** The region that the request was signed for or addressed to. */
  region: string
  /** `Origin` of a browser's request. */
  origin?: string | undefined
  /** The member of the input that is the request's body, where one is. */
  body?: string | undefined
  /** Members that travel as streams because they are large, and are bytes to the handler. */
  large?: readonly MemberPath[] | undefined
  /** Length of a streamed body without its framing, when declared. */
  contentLength?: number | undefined
  /** The aws-chunked trailers of a body that was small enough to be read before it travelled. */
  trailers?: Record<string, string> | undefined
  /** How a body arrives in aws-chunked framing; the kernel unframes it before the handler runs. */
  chunked?: { decodedLength?: number | undefined } | undefined
  /** Headers that no model binds and some handler asks for, by lower-case name. */
  headers?: Record<string, string> | undefined
}

/** One operation on its way to an object. Plain data, but for a body stream in `input`. */
export type OperationRequest = {
  /** The object's own name: its address, since an object woken by an alarm cannot ask. */
  to: string
  /** Whose operation it is, of the services that live there. */
  service: string
  operation: string
  input: Record<string, unknown>
  caller: Caller
  requestId: string
  traceId: string
  /** The X-Amzn-Trace-Id that came with it, whole: it tells which functions an event has come through. */
  trace?: string | undefined
  http?: HttpFacts | undefined
  /** Set when it came from outside: how it was signed. */
  signed?: Signed | undefined
  /** Set when this is a delivery from an outbox: an id seen before is answered and not done again. */
  delivery?: { id: string } | undefined
}

/** `headers` are what the service adds to the answer beside its model's, such as CORS headers. */
export type OperationResult = { headers?: Record<string, string> | undefined } & (
  | { output: Record<string, unknown>; error?: undefined }
  | { error: ErrorData; output?: undefined }
)

/** What an operation's handler works with. */
export type Ctx = {
  readonly place: Place
  /** Of the namespace's present life: one of its name that is made after its end has another. */
  readonly namespaceId: string
  /** How long a resource is shown as pending that AWS needs a while for: `kernel/states`. */
  readonly pendingMs: number
  readonly service: string
  readonly resource: string | undefined
  readonly operation: string
  readonly requestId: string
  readonly traceId: string
  readonly trace: string | undefined
  readonly caller: Caller
  readonly http: HttpFacts | undefined
  /** How the request was signed, when it came from outside and not by another service's call. */
  readonly signed: Signed | undefined
  readonly env: Env
  /** What a service of that name does; one that is not built does nothing. */
  readonly definitionOf: DefinitionOf
  /** For `encrypt` and `decrypt` of `kernel/encryption`. */
  readonly keys: Keys | undefined
  /** Milliseconds since the epoch on the namespace's clock: the only source of time. */
  readonly now: number
  /** Reads. Writing is a change's. */
  readonly sql: Reader
  readonly journal: Journal
  /** The aws-chunked trailers of the body, once it has been read to its end. */
  readonly trailers: Promise<Record<string, string>> | undefined
  /** What AWS does before it answers: another service's operation, in this place unless another is given. */
  call<S extends ServiceName, O extends keyof ServiceOperations[S] & string>(
    service: S,
    operation: O,
    input: OperationInput<S, O>,
    to?: CallOptions,
  ): Promise<OperationOutput<S, O>>
  /** All or nothing: one transaction round a stretch that writes, with what it delivers. It awaits nothing. */
  change<T>(work: (tx: Tx) => Settled<T>): T
  /** Does something once the change under way has committed, before anything leaves the object; never if it is undone. */
  committed(work: () => void): void
  /** A value that the service publishes of itself, for CloudWatch: written with what it measures. */
  metric(metric: Metric): void
  /** Work that goes on after the answer, and that a reader of the state should wait for. */
  background(work: Promise<unknown>): void
  /** All that the object held was erased since: numbers and names mean other things now. */
  readonly erased: boolean
  /** Memory of this object (waiters, warm sandboxes), lost when it sleeps: never state. */
  memory<T>(key: string, initial: () => T): T
}

/** What is no promise: a change that awaited would leave its transaction half-way. */
export type Settled<T> = T extends PromiseLike<unknown> ? never : T

/** A context within a change: what it writes and sets off commits as one, or not at all. */
export type Tx = Omit<Ctx, 'sql'> & {
  readonly sql: Sql
  readonly timers: Timers
  /** What AWS does after it answers: done nearby at once, or written to the outbox with the change that caused it. */
  deliver(delivery: Delivery): void
  /** HTTP to the outside after the answer: written with the change, and tried as the definition's `posts` says. */
  post(post: Post): void
  /** Does something if the change is undone: what it noted in memory goes with what it wrote. */
  undone(work: () => void): void
  /** What the object's services have measured since it was last asked. */
  measured(query: MetricsQuery): MetricsPage
  /** Names the account and region that own this object, where its name alone does not say (a bucket). */
  claim(owner: { account: string; region: string }): void
}

export type CallOptions = {
  place?: Partial<Place> | undefined
  caller?: Caller | undefined
  /** The object's own affair, no part of the request at hand: it knows nothing of that, and the journal nothing of it. */
  own?: true | undefined
  /** It only looks: an answer without members has done nothing, and no object comes to be for it. */
  looks?: true | undefined
}

type Entry<S extends ServiceName, O> = O extends keyof ServiceOperations[S] ? ServiceOperations[S][O] : never
export type OperationInput<S extends ServiceName, O> = Entry<S, O> extends { input: infer I } ? I : never
export type OperationOutput<S extends ServiceName, O> = Entry<S, O> extends { output: infer R } ? R : never

/** Handlers by operation name, typed by the service's generated `Operations`. */
export type Handlers<Operations> = {
  [O in keyof Operations]?: Operations[O] extends { input: infer I; output: infer R } ? Handler<I, R> : never
}

/** What is synchronous is one change by itself; what awaits writes in changes of its own. */
export type Handler<Input, Output> = ((tx: Tx, input: Input) => Output) | ((ctx: Ctx, input: Input) => Promise<Output>)

/** A handler as the kernel runs it, the service's types erased. */
export type AnyHandler = (ctx: Tx, input: never) => unknown

/** A service: tables of what it does, no logic. The kernel derives routing, storage, timers and our own endpoints from it. */
export type ServiceDefinition = {
  operations: Record<string, AnyHandler | undefined>
  /** What services, and the emulator's own doors and endpoints, ask beyond AWS's API: out of reach from outside. */
  internal?: Record<string, AnyHandler>
  /** What it shows of itself at `/_fakecloud/<service>/<view>`. */
  views?: Readonly<Record<string, AnyView>>
  /** Append-only: each string runs once in an object's life, in order. */
  migrations: readonly string[]
  /** Handlers of due timers by name. They write and deliver; they never wait for user code. */
  timers?: Record<string, ((tx: Tx, key: string) => void) | ((ctx: Ctx, key: string) => Promise<void>)>
  /** Hears how each of its deliveries ended, in the transaction that ends it: to count it, or to send a dead letter. */
  ended?: (tx: Tx, delivery: Delivery, undelivered?: Undelivered) => void
  /** It keeps customers' keys: encrypts and decrypts with them for the others. */
  keys?: Keys
  /** How what it posts is asked, tried again and ended. */
  posts?: Posting
  /** Operations as a neighbour's delivery has them done, at once and in the change that caused it; `FAR` where they cannot. */
  nearby?: Record<string, (tx: Tx, input: never) => unknown>
  /** The services of this object have measured something new. */
  onMetrics?: (tx: Tx) => void
  /** What the service publishes each minute, such as the length of its queues: as it stands now. */
  gauges?: (ctx: Ctx) => Metric[]
  /** Runs when the namespace's clock jumps: wakes whoever waits for a time. */
  onClock?: (tx: Tx) => void
  /** Runs before all that the service has is forgotten: ends who waits, and what is under way outside the object. */
  onErase?: (ctx: Ctx) => void | Promise<void>
  /** Runs once when the object is first made, before its first operation. */
  onCreate?: (tx: Tx) => void
  /** Runs when an object wakes (restart, eviction): picks up durable work that was under way. */
  onWake?: (tx: Tx) => void
  /** What is done with a delivery to an ARN of the service's; without it there are no such deliveries. */
  target?: Taking
  /** Headers that an answer, or a refusal, to an HTTP request gets beside its model's. */
  answerHeaders?: (ctx: Ctx, input: Record<string, unknown>) => Record<string, string> | undefined
  /** The resource policy that a service principal's call must satisfy; null where the resource has none. */
  resourcePolicy?: (ctx: Ctx, operation: string, input: Record<string, unknown>) => ResourcePolicy | undefined
  /**
   * What an operation of one of the service's own doors, which is none of its model's, asks of policies. `open`: it is
   * for all, signed or not.
   */
  doorAccess?: (ctx: Ctx, input: Record<string, unknown>) => readonly Access[] | 'open' | undefined
  /** What an operation asks of policies; by default its own name, on the resource whose ARN its input has. */
  access?: (
    ctx: Ctx,
    input: Record<string, unknown>,
    callerArn: string,
  ) => readonly Access[] | Promise<readonly Access[]>
  /** Models whose operations it serves beside its own's. */
  alsoServes?: readonly string[]
  /** In whose words it refuses what another service calls, which has no form of its own; by default JSON's. */
  dialect?: Dialect
  /** The region that a request must be signed for; undefined where any will do. By default the host's. */
  signedRegion?: (ctx: Ctx) => string | undefined
  /** Operations that the owner's root may always do, whatever policies say. */
  ownersWay?: (operation: string) => boolean
  /** A policy that every operation asks, but of credentials alone: services ask by other ways. */
  policyForCredentials?: (ctx: Ctx) => string | undefined
  /** Condition keys under which a resource's tags go, where that is not `aws:ResourceTag` alone. */
  tagConditions?: (resource: string) => string[]
  /** Tags of what an operation is about, for conditions on them; by default those of the ARN that it asks for. */
  resourceTags?: (ctx: Ctx, operation: string, input: Record<string, unknown>) => Record<string, string> | undefined
  /** Operations that wait, and what ends the wait of a request whose client has gone. */
  abandoned?: Record<string, (tx: Tx, requestId: string) => void>
  /** An input with what only its request's path says, as a queue's in older Query requests. */
  fromPath?: (input: Record<string, unknown>, path: string) => Record<string, unknown>
  /** The object that serves an operation; by default one a place, or one a namespace and account for a global service. */
  home?: (operation: string, input: Record<string, unknown>, place: Place) => ObjectAddress
  /** `global`: the service has no regions. */
  scope?: 'region' | 'global'
  wire?: WireKnobs
}

/** A neighbour's delivery must take the far way: what it asks for has to await. */
export const FAR = Symbol('far')

/** A resource policy document (null when none is set) and the ARN it protects. */
export type ResourcePolicy = {
  document: string | null
  resource: string
  action: string
  /** Condition keys of the service's own. */
  context?: Record<string, string> | undefined
}
