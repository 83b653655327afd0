import { bytes, call, type Page, query, text, type ViewPage, view } from './http.ts'
import type {
  ConfirmSubscriptionRequest,
  ConfirmSubscriptionResponse,
  EvictContainerResponse,
  ExpirationTickResponse,
  FireRuleRequest,
  FireRuleResponse,
  FireScheduleResponse,
  ForceDlqResponse,
  LifecycleTickResponse,
  LogsAnomalyInjectRequest,
  LogsAnomalyInjectResponse,
  LogsFieldIndexesResponse,
} from './views.ts'

/** What ran: invocations of functions, their sandboxes, their code. */
export class LambdaClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** Every invocation once, oldest first; waits for deliveries that were already accepted. */
  getInvocations(page?: Page): Promise<ViewPage<'lambda/invocations'>> {
    return view(this.#root, 'lambda/invocations', page)
  }

  /** Sandboxes that are kept warm. */
  getWarmContainers(page?: Page): Promise<ViewPage<'lambda/warm-containers'>> {
    return view(this.#root, 'lambda/warm-containers', page)
  }

  /** Drops a function's warm sandboxes: its next run starts cold. */
  evictContainer(functionName: string): Promise<EvictContainerResponse> {
    return call(`${this.#root}/lambda/${encodeURIComponent(functionName)}/evict-container`, 'POST')
  }

  /** The zip of a function's code. `qualifier` is `latest` or a version's number. */
  downloadFunctionCode(accountId: string, functionName: string, qualifier: string): Promise<Uint8Array> {
    const path = [accountId, functionName, qualifier].map(encodeURIComponent).join('/')
    return bytes(`${this.#root}/lambda/function-code/${path}.zip`)
  }

  /** The zip of a layer version. */
  downloadLayerContent(accountId: string, layerName: string, version: number): Promise<Uint8Array> {
    const path = [accountId, layerName, version].map(encodeURIComponent).join('/')
    return bytes(`${this.#root}/lambda/layer-content/${path}.zip`)
  }
}

/** What lies on the queues. */
export class SqsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** Every message of every queue, in flight or not; waits for deliveries that were already accepted. */
  getMessages(page?: Page): Promise<ViewPage<'sqs/messages'>> {
    return view(this.#root, 'sqs/messages', page)
  }

  /** Removes the messages whose retention is over. */
  tickExpiration(): Promise<ExpirationTickResponse> {
    return call(`${this.#root}/sqs/expiration-processor/tick`, 'POST')
  }

  /** Moves every message of a queue to the dead-letter queue of its redrive policy. */
  forceDlq(queueName: string): Promise<ForceDlqResponse> {
    return this.forceDlqIn(queueName)
  }

  /** The same for a queue of another account or region. */
  forceDlqIn(queueName: string, accountId?: string, region?: string): Promise<ForceDlqResponse> {
    return call(`${this.#root}/sqs/${encodeURIComponent(queueName)}/force-dlq${query({ accountId, region })}`, 'POST')
  }
}

/** What S3 sent. */
export class S3Client {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** The events that at least one notification configuration matched; waits for accepted deliveries. */
  getNotifications(page?: Page): Promise<ViewPage<'s3/notifications'>> {
    return view(this.#root, 's3/notifications', page)
  }

  /** Applies the lifecycles of all buckets now, whatever the hour. */
  tickLifecycle(): Promise<LifecycleTickResponse> {
    return call(`${this.#root}/s3/lifecycle-processor/tick`, 'POST')
  }

  getAccessPoints(page?: Page): Promise<ViewPage<'s3/access-points'>> {
    return view(this.#root, 's3/access-points', page)
  }

  /** What functions wrote to WriteGetObjectResponse, oldest first; of long bodies the first MiB. */
  getObjectLambdaResponses(page?: Page): Promise<ViewPage<'s3/object-lambda-responses'>> {
    return view(this.#root, 's3/object-lambda-responses', page)
  }
}

/** What was published, and who still has to confirm. */
export class SnsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** Every message that was published, oldest first; waits for deliveries that were already accepted. */
  getMessages(page?: Page): Promise<ViewPage<'sns/messages'>> {
    return view(this.#root, 'sns/messages', page)
  }

  /** Text messages, oldest first. */
  sms(page?: Page): Promise<ViewPage<'sns/sms'>> {
    return view(this.#root, 'sns/sms', page)
  }

  /** Subscriptions that wait for their confirmation. */
  getPendingConfirmations(page?: Page): Promise<ViewPage<'sns/pending-confirmations'>> {
    return view(this.#root, 'sns/pending-confirmations', page)
  }

  /** Confirms a subscription for its endpoint. */
  confirmSubscription(request: ConfirmSubscriptionRequest): Promise<ConfirmSubscriptionResponse> {
    return call(`${this.#root}/sns/confirm-subscription`, 'POST', request)
  }

  /** A phone answers STOP: it gets no more text messages. */
  async optOut(phoneNumber: string): Promise<void> {
    await call(`${this.#root}/sns/opt-out`, 'POST', { phoneNumber })
  }

  /** The certificate with which notifications are signed. */
  certPem(): Promise<string> {
    return text(`${this.#root}/sns/cert.pem`)
  }
}

/** What came to event buses, and where it went. */
export class EventsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** Every event of every bus, and what was sent to functions and log groups; waits for accepted deliveries. */
  getHistory(page?: Page): Promise<ViewPage<'events/history'>> {
    return view(this.#root, 'events/history', page)
  }

  /** Fires a rule as its schedule would, be it enabled or not. */
  fireRule(request: FireRuleRequest): Promise<FireRuleResponse> {
    return call(`${this.#root}/events/fire-rule`, 'POST', request)
  }
}

/** Schedules of EventBridge Scheduler. */
export class SchedulerClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** Every schedule, when it last fired and when it is due next; waits for accepted deliveries. */
  getSchedules(page?: Page): Promise<ViewPage<'scheduler/schedules'>> {
    return view(this.#root, 'scheduler/schedules', page)
  }

  /** Fires a schedule now. */
  fireSchedule(group: string, name: string): Promise<FireScheduleResponse> {
    return this.fireScheduleIn(group, name)
  }

  /** The same for a schedule of another account or region. */
  fireScheduleIn(group: string, name: string, accountId?: string, region?: string): Promise<FireScheduleResponse> {
    const path = `${encodeURIComponent(group)}/${encodeURIComponent(name)}`
    return call(`${this.#root}/scheduler/fire/${path}${query({ accountId, region })}`, 'POST')
  }
}

/** Metrics and alarms. */
export class CloudWatchClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** Every alarm with its state; waits for deliveries that were already accepted. */
  getAlarms(page?: Page): Promise<ViewPage<'cloudwatch/alarms'>> {
    return view(this.#root, 'cloudwatch/alarms', page)
  }

  /** Every metric, those that services publish of themselves among them. */
  getMetrics(page?: Page): Promise<ViewPage<'cloudwatch/metrics'>> {
    return view(this.#root, 'cloudwatch/metrics', page)
  }
}

/** CloudWatch Logs: what it indexes, and where vended logs go. */
export class LogsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud`
  }

  /** An anomaly that a detector is to have found; its priority is MEDIUM unless it says so. */
  injectAnomaly(request: LogsAnomalyInjectRequest): Promise<LogsAnomalyInjectResponse> {
    return call(`${this.#root}/logs/anomalies/inject`, 'POST', request)
  }

  /** Every delivery of vended logs, with its source's type of log. */
  getDeliveryConfig(page?: Page): Promise<ViewPage<'logs/delivery-config'>> {
    return view(this.#root, 'logs/delivery-config', page)
  }

  /** The fields that a log group indexes. */
  getFieldIndexes(logGroupName: string): Promise<LogsFieldIndexesResponse> {
    return call(`${this.#root}/logs/field-indexes/${encodeURIComponent(logGroupName)}`)
  }
}
