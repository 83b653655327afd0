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

/** One run of a function, however it was started. */
export type LambdaInvocation = {
  /** The request id, as in the function's logs. */
  id: string
  functionArn: string
  /** The event, parsed; the text itself where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: an event has whatever shape its source gave it, and tests read into it
  event: any
  /** The event as it was sent. */
  payload: string
  /** Who started it: `invoke`, `aws:s3`, `aws:sqs`… */
  source: string
  /** RFC 3339. */
  timestamp: string
  durationMs: number | null
  /** Whether the sandbox was made for this run. */
  cold: boolean | null
  status: string
  /** What the function returned, as text; null when it failed or still runs. */
  result: string | null
  error: { errorType?: string; errorMessage?: string; trace?: string[] } | null
  /** The end of the run's log, at most 4 KB. */
  logTail: string
  traceId: string
}
export type LambdaInvocationsResponse = { invocations: LambdaInvocation[] }
export type WarmContainer = { functionName: string; runtime: string; containerId: string; lastUsedSecsAgo: number }
export type WarmContainersResponse = { containers: WarmContainer[] }
export type EvictContainerResponse = { evicted: boolean }

/** A message on a queue; `body` as it is stored. */
export type SqsMessageInfo = {
  messageId: string
  body: string
  receiveCount: number
  inFlight: boolean
  createdAt: string
}
export type SqsQueueMessages = {
  queueUrl: string
  queueName: string
  region: string
  queueArn: string
  messages: SqsMessageInfo[]
}
export type SqsMessagesResponse = { queues: SqsQueueMessages[] }
export type ExpirationTickResponse = { expiredMessages: number }
export type ForceDlqResponse = { movedMessages: number }

/** A message that was published; `topicArn` is empty for one to a phone. */
export type SnsMessage = {
  messageId: string
  topicArn: string
  message: string
  subject: string | null
  timestamp: string
}
export type SnsMessagesResponse = { messages: SnsMessage[] }
export type SnsSmsMessage = { phoneNumber: string; message: string }
export type SnsSmsResponse = { messages: SnsSmsMessage[] }
export type PendingConfirmation = {
  subscriptionArn: string
  topicArn: string
  protocol: string
  endpoint: string
  token: string | null
}
export type PendingConfirmationsResponse = { pendingConfirmations: PendingConfirmation[] }
export type ConfirmSubscriptionRequest = { subscriptionArn: string }
export type ConfirmSubscriptionResponse = { confirmed: boolean }

/** An S3 event that at least one notification configuration matched. */
export type S3Notification = { bucket: string; key: string; eventType: string; timestamp: string }
export type S3NotificationsResponse = { notifications: S3Notification[] }

export type S3AccessPointEntry = {
  name: string
  alias: string
  bucket: string
  accountId: string
  networkOrigin: string
  vpcConfiguration?: string
  publicAccessBlock?: string
  createdAt: string
}
export type S3AccessPointsResponse = { accessPoints: S3AccessPointEntry[] }

/** What a function answered through WriteGetObjectResponse. */
export type S3ObjectLambdaResponse = {
  requestToken: string
  requestRoute: string
  statusCode?: number
  bodyBase64: string
  bodySize: number
  contentType?: string
  errorMessage?: string
  metadata: Record<string, string>
}
export type S3ObjectLambdaResponsesResponse = { responses: S3ObjectLambdaResponse[] }

/** An event that came to a bus; `detail` is its JSON. */
export type EventBridgeEvent = {
  eventId: string
  source: string
  detailType: string
  detail: string
  busName: string
  timestamp: string
}
export type EventBridgeLambdaDelivery = { functionArn: string; payload: string; timestamp: string }
export type EventBridgeLogDelivery = { logGroupArn: string; payload: string; timestamp: string }
export type EventBridgeDeliveries = { lambda: EventBridgeLambdaDelivery[]; logs: EventBridgeLogDelivery[] }
export type EventHistoryResponse = { events: EventBridgeEvent[]; deliveries: EventBridgeDeliveries }
/** `busName` is `default` unless given. */
export type FireRuleRequest = { busName?: string; ruleName: string }
export type FireRuleResponse = { targets: { type: string; arn: string }[] }
/** A schedule; `nextFire` is when it is due next, without its flexible window. */
export type SchedulerSchedule = {
  accountId: string
  region: string
  groupName: string
  name: string
  arn: string
  state: string
  scheduleExpression: string
  targetArn: string
  lastFired: string | null
  nextFire: string | null
}
export type SchedulerSchedulesResponse = { schedules: SchedulerSchedule[] }
export type FireScheduleResponse = { scheduleArn: string; targetArn: string }

/** The namespace's clock. `offsetMs` is how far it is ahead of real time. */
export type ClockResponse = { now: string; frozen: boolean; offsetMs: number }
/** After an advance: how many timers ran on the way. */
export type ClockAdvanceResponse = ClockResponse & { timers: number }

/** One hop between two resources, and how it ended. */
export type LifecycleTickResponse = {
  processedBuckets: number
  expiredObjects: number
  transitionedObjects: number
}

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

/** An alarm of either type with its state. */
export type CloudWatchAlarm = {
  accountId: string
  region: string
  name: string
  /** `MetricAlarm` or `CompositeAlarm`. */
  type: string
  state: string
  stateReason: string
  /** RFC 3339. */
  stateUpdatedTimestamp?: string
  actionsEnabled: boolean
  alarmActions: string[]
  okActions: string[]
  insufficientDataActions: string[]
  namespace?: string
  metricName?: string
  threshold?: number
  comparisonOperator?: string
  alarmRule?: string
}
export type CloudWatchAlarmsResponse = { alarms: CloudWatchAlarm[] }
export type CloudWatchDimension = { name: string; value: string }
/** The latest datapoint; its value is the average. */
export type CloudWatchLatestDatapoint = { timestamp: string; value?: number; unit?: string }
export type CloudWatchMetric = {
  accountId: string
  region: string
  namespace: string
  metricName: string
  dimensions: CloudWatchDimension[]
  datapointCount: number
  latest: CloudWatchLatestDatapoint | null
}
export type CloudWatchMetricsResponse = { metrics: CloudWatchMetric[] }
