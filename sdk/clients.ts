import { bytes, call, query, text } from './http.ts'
import type {
  CloudWatchAlarmsResponse,
  CloudWatchMetricsResponse,
  ConfirmSubscriptionRequest,
  ConfirmSubscriptionResponse,
  EventHistoryResponse,
  EvictContainerResponse,
  ExpirationTickResponse,
  FireRuleRequest,
  FireRuleResponse,
  FireScheduleResponse,
  ForceDlqResponse,
  LambdaInvocationsResponse,
  LifecycleTickResponse,
  PendingConfirmationsResponse,
  S3AccessPointsResponse,
  S3NotificationsResponse,
  S3ObjectLambdaResponsesResponse,
  SchedulerSchedulesResponse,
  SnsMessagesResponse,
  SnsSmsResponse,
  SqsMessagesResponse,
  WarmContainersResponse,
} from './types.ts'

/** What ran: invocations of functions, their sandboxes, their code. */
export class LambdaClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/lambda`
  }

  /** Every invocation once, oldest first; waits for deliveries that were already accepted. */
  getInvocations(): Promise<LambdaInvocationsResponse> {
    return call(`${this.#root}/invocations`)
  }

  /** Sandboxes that are kept warm. */
  getWarmContainers(): Promise<WarmContainersResponse> {
    return call(`${this.#root}/warm-containers`)
  }

  /** Drops a function's warm sandboxes: its next run starts cold. */
  evictContainer(functionName: string): Promise<EvictContainerResponse> {
    return call(`${this.#root}/${encodeURIComponent(functionName)}/evict-container`, 'POST')
  }

  /** The zip of a function's code. `qualifier` is `latest` or a version's number. */
  downloadFunctionCode(accountId: string, functionName: string, qualifier: string): Promise<Uint8Array> {
    const path = [accountId, functionName, qualifier].map(encodeURIComponent).join('/')
    return bytes(`${this.#root}/function-code/${path}.zip`)
  }

  /** The zip of a layer version. */
  downloadLayerContent(accountId: string, layerName: string, version: number): Promise<Uint8Array> {
    const path = [accountId, layerName, version].map(encodeURIComponent).join('/')
    return bytes(`${this.#root}/layer-content/${path}.zip`)
  }
}

/** What lies on the queues. */
export class SqsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/sqs`
  }

  /** Every message of every queue, in flight or not; waits for deliveries that were already accepted. */
  getMessages(): Promise<SqsMessagesResponse> {
    return call(`${this.#root}/messages`)
  }

  /** Removes the messages whose retention is over. */
  tickExpiration(): Promise<ExpirationTickResponse> {
    return call(`${this.#root}/expiration-processor/tick`, 'POST')
  }

  /** Moves every message of a queue to the dead-letter queue of its redrive policy. */
  forceDlq(queueName: string): Promise<ForceDlqResponse> {
    return this.forceDlqIn(queueName)
  }

  /** The same for a queue of another account or region. */
  forceDlqIn(queueName: string, accountId?: string, region?: string): Promise<ForceDlqResponse> {
    return call(`${this.#root}/${encodeURIComponent(queueName)}/force-dlq${query({ accountId, region })}`, 'POST')
  }
}

/** What S3 sent. */
export class S3Client {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/s3`
  }

  /** The events that at least one notification configuration matched; waits for accepted deliveries. */
  getNotifications(): Promise<S3NotificationsResponse> {
    return call(`${this.#root}/notifications`)
  }

  /** Applies the lifecycles of all buckets now, whatever the hour. */
  tickLifecycle(): Promise<LifecycleTickResponse> {
    return call(`${this.#root}/lifecycle-processor/tick`, 'POST')
  }

  getAccessPoints(): Promise<S3AccessPointsResponse> {
    return call(`${this.#root}/access-points`)
  }

  /** What functions wrote to WriteGetObjectResponse, oldest first; of long bodies the first MiB. */
  getObjectLambdaResponses(): Promise<S3ObjectLambdaResponsesResponse> {
    return call(`${this.#root}/object-lambda-responses`)
  }
}

/** What was published, and who still has to confirm. */
export class SnsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/sns`
  }

  /** Every message that was published, oldest first; waits for deliveries that were already accepted. */
  getMessages(): Promise<SnsMessagesResponse> {
    return call(`${this.#root}/messages`)
  }

  /** Text messages, oldest first. */
  sms(): Promise<SnsSmsResponse> {
    return call(`${this.#root}/sms`)
  }

  /** Subscriptions that wait for their confirmation. */
  getPendingConfirmations(): Promise<PendingConfirmationsResponse> {
    return call(`${this.#root}/pending-confirmations`)
  }

  /** Confirms a subscription for its endpoint. */
  confirmSubscription(request: ConfirmSubscriptionRequest): Promise<ConfirmSubscriptionResponse> {
    return call(`${this.#root}/confirm-subscription`, 'POST', request)
  }

  /** A phone answers STOP: it gets no more text messages. */
  async optOut(phoneNumber: string): Promise<void> {
    await call(`${this.#root}/opt-out`, 'POST', { phoneNumber })
  }

  /** The certificate with which notifications are signed. */
  certPem(): Promise<string> {
    return text(`${this.#root}/cert.pem`)
  }
}

/** What came to event buses, and where it went. */
export class EventsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/events`
  }

  /** Every event of every bus, and what was sent to functions and log groups; waits for accepted deliveries. */
  getHistory(): Promise<EventHistoryResponse> {
    return call(`${this.#root}/history`)
  }

  /** Fires a rule as its schedule would, be it enabled or not. */
  fireRule(request: FireRuleRequest): Promise<FireRuleResponse> {
    return call(`${this.#root}/fire-rule`, 'POST', request)
  }
}

/** Schedules of EventBridge Scheduler. */
export class SchedulerClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/scheduler`
  }

  /** Every schedule, when it last fired and when it is due next; waits for accepted deliveries. */
  getSchedules(): Promise<SchedulerSchedulesResponse> {
    return call(`${this.#root}/schedules`)
  }

  /** Fires a schedule now. */
  fireSchedule(group: string, name: string): Promise<FireScheduleResponse> {
    return this.fireScheduleIn(group, name)
  }

  /** The same for a schedule of another account or region. */
  fireScheduleIn(group: string, name: string, accountId?: string, region?: string): Promise<FireScheduleResponse> {
    const path = `${encodeURIComponent(group)}/${encodeURIComponent(name)}`
    return call(`${this.#root}/fire/${path}${query({ accountId, region })}`, 'POST')
  }
}

/** Metrics and alarms. */
export class CloudWatchClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/cloudwatch`
  }

  /** Every alarm with its state; waits for deliveries that were already accepted. */
  getAlarms(): Promise<CloudWatchAlarmsResponse> {
    return call(`${this.#root}/alarms`)
  }

  /** Every metric, those that services publish of themselves among them. */
  getMetrics(): Promise<CloudWatchMetricsResponse> {
    return call(`${this.#root}/metrics`)
  }
}
