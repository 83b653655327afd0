/** The emulator is up: its version and the services that it has. */
export type HealthResponse = { status: string; version: string; services: string[] }
export type ResetResponse = { status: string }
export type ResetServiceResponse = { reset: string }
export type CreateAdminResponse = { accessKeyId: string; secretAccessKey: string; accountId: string; arn: string }
export type ContainerCredentialsResponse = {
  AccessKeyId: string
  SecretAccessKey: string
  Token: string
  Expiration: string
  RoleArn: string
}

/** The namespace's clock. `offsetMs` is how far it is ahead of real time. */
export type ClockResponse = { now: string; frozen: boolean; offsetMs: number }
/** After an advance: how many timers ran on the way. */
export type ClockAdvanceResponse = ClockResponse & { timers: number }

/** One hop between two resources, and how it ended. */
export type JournalHop = {
  traceId: string
  at: string
  from: string
  to: string
  outcome: 'delivered' | 'filtered' | 'refused' | 'retried' | 'dead-lettered' | 'called' | 'denied'
  reason: string | null
  event: string | null
  deliveryId: string | null
  attempt: number | null
}
export type JournalResponse = { hops: JournalHop[] }
/** A hop with those that it led to. */
export type JournalNode = JournalHop & { children: JournalNode[] }
export type JournalTraceResponse = { traceId: string; hops: JournalHop[]; tree: JournalNode[] }
export type JournalWhyResponse = { reasons: string[]; hops: JournalHop[] }

/** Times are in epoch milliseconds; `expiresAt` null means that the namespace stays. */
export type NamespaceResponse = {
  name: string
  createdAt: number
  expiresAt: number | null
  objects: number
}
export type CreatedNamespaceResponse = NamespaceResponse & {
  credentials?: { accessKeyId: string; secretAccessKey: string }
}
export type NamespacesResponse = { namespaces: string[] }

/** `principal` is the ARN of a user, role or root, or an account; `resourcePolicy` is the resource's own, as JSON. */
export type IamExplainRequest = {
  principal: string
  action: string
  resource?: string
  context?: Record<string, string | string[]>
  resourcePolicy?: string
}
/** `layer` is the kind of policy that decided, `statements` those that did. */
export type IamVerdict = {
  decision: 'allowed' | 'explicitDeny' | 'implicitDeny'
  layer: string
  statements: { layer: string; policy: string; statement: number; sid?: string }[]
  principal: string
  action: string
  resource: string
  reason: string
}
export type IamDecision = IamVerdict & { requestId: string; traceId: string; at: string; mode: 'soft' | 'strict' }
export type IamDecisionsResponse = { decisions: IamDecision[] }
