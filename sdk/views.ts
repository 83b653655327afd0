/* Written by `npm run sdk` from the views of the services; never edited. */

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
  namespace?: string | undefined
  metricName?: string | undefined
  threshold?: number | undefined
  comparisonOperator?: string | undefined
  alarmRule?: string | undefined
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
export type FireRuleRequest = { busName?: string | undefined; ruleName: string }
export type FireRuleResponse = { targets: { type: string; arn: string }[] }

/** One run of a function, however it was started. */
export type LambdaInvocation = {
  /** The same for a run that was begun twice. */
  id: string
  functionArn: string
  /** As in the function's logs. */
  requestId: string
  traceId: string
  /** Who started it: `invoke`, `aws:s3`, `aws:sqs`… */
  source: string
  /** RFC 3339. */
  timestamp: string
  durationMs: number
  /** Whether the sandbox was made for this run. */
  cold: boolean
  status: 'success' | 'error'
  /** The event as it was sent. */
  payload: string
  /** The event, parsed; the text itself where it is not JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: an event has whatever shape its source gave it, and tests read into it
  event: any
  /** What the function returned, parsed like the event; null when it failed. */
  // biome-ignore lint/suspicious/noExplicitAny: as the event
  result: any
  error: { errorType?: string; errorMessage?: string; trace?: string[] } | null
  /** The end of the run's log, at most 4 KB. */
  logTail: string
}
export type LambdaInvocationsResponse = { invocations: LambdaInvocation[] }
export type WarmContainer = { functionName: string; runtime: string; containerId: string; lastUsedSecsAgo: number }
export type WarmContainersResponse = { containers: WarmContainer[] }
export type EvictContainerResponse = { evicted: boolean }

/** `createdAt` is in epoch milliseconds. */
export type LogsDeliveryConfiguration = {
  id: string
  name: string
  deliveryDestinationArn: string
  deliverySourceName: string
  logType: string
  recordFields: string[]
  fieldDelimiter?: string | undefined
  s3DeliveryConfiguration?: unknown
  createdAt: number
}
export type LogsDeliveryConfigResponse = { configurations: LogsDeliveryConfiguration[] }
/** Times are in epoch milliseconds. */
export type LogsFieldIndex = { fields: string[]; createdAt: number; lastUsedAt: number }
export type LogsFieldIndexesResponse = { logGroupName: string; indexes: LogsFieldIndex[] }
export type LogsAnomalyInjectRequest = {
  anomalyDetectorArn: string
  logGroupArns: string[]
  patternString: string
  priority?: string | undefined
}
export type LogsAnomalyInjectResponse = { anomalyId: string }

/** An S3 event that at least one notification configuration matched. */
export type S3Notification = { bucket: string; key: string; eventType: string; timestamp: string }
export type S3NotificationsResponse = { notifications: S3Notification[] }
export type LifecycleTickResponse = {
  processedBuckets: number
  expiredObjects: number
  transitionedObjects: number
}

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

/** What each view answers, by its path below `/_fakecloud/`. */
export type ViewResponses = {
  'cloudwatch/alarms': CloudWatchAlarmsResponse
  'cloudwatch/metrics': CloudWatchMetricsResponse
  'events/history': EventHistoryResponse
  'lambda/invocations': LambdaInvocationsResponse
  'lambda/warm-containers': WarmContainersResponse
  'logs/delivery-config': LogsDeliveryConfigResponse
  'logs/field-indexes': LogsFieldIndexesResponse
  's3/notifications': S3NotificationsResponse
  's3/access-points': S3AccessPointsResponse
  's3/object-lambda-responses': S3ObjectLambdaResponsesResponse
  'scheduler/schedules': SchedulerSchedulesResponse
  'sns/messages': SnsMessagesResponse
  'sns/pending-confirmations': PendingConfirmationsResponse
  'sns/sms': SnsSmsResponse
  'sqs/messages': SqsMessagesResponse
}
