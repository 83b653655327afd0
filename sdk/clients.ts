import { bytes, call, Endpoints, type Page, query, text } from './http.ts'
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
export class LambdaClient extends Endpoints {
  /** Every invocation once, oldest first; waits for deliveries that were already accepted. */
  getInvocations(page?: Page) {
    return this.view('lambda/invocations', page)
  }

  /** Sandboxes that are kept warm. */
  getWarmContainers(page?: Page) {
    return this.view('lambda/warm-containers', page)
  }

  /** Drops a function's warm sandboxes: its next run starts cold. */
  evictContainer(functionName: string): Promise<EvictContainerResponse> {
    return call(this.at(`lambda/${encodeURIComponent(functionName)}/evict-container`), 'POST')
  }

  /** The zip of a function's code. `qualifier` is `latest` or a version's number. */
  downloadFunctionCode(accountId: string, functionName: string, qualifier: string): Promise<Uint8Array> {
    const path = [accountId, functionName, qualifier].map(encodeURIComponent).join('/')
    return bytes(this.at(`lambda/function-code/${path}.zip`))
  }

  /** The zip of a layer version. */
  downloadLayerContent(accountId: string, layerName: string, version: number): Promise<Uint8Array> {
    const path = [accountId, layerName, version].map(encodeURIComponent).join('/')
    return bytes(this.at(`lambda/layer-content/${path}.zip`))
  }
}

/** What lies on the queues. */
export class SqsClient extends Endpoints {
  /** Every message of every queue, in flight or not; waits for deliveries that were already accepted. */
  getMessages(page?: Page) {
    return this.view('sqs/messages', page)
  }

  /** Removes the messages whose retention is over. */
  tickExpiration(): Promise<ExpirationTickResponse> {
    return call(this.at('sqs/expiration-processor/tick'), 'POST')
  }

  /** Moves every message of a queue to the dead-letter queue of its redrive policy. */
  forceDlq(queueName: string): Promise<ForceDlqResponse> {
    return this.forceDlqIn(queueName)
  }

  /** The same for a queue of another account or region. */
  forceDlqIn(queueName: string, accountId?: string, region?: string): Promise<ForceDlqResponse> {
    return call(this.at(`sqs/${encodeURIComponent(queueName)}/force-dlq${query({ accountId, region })}`), 'POST')
  }
}

/** What S3 sent. */
export class S3Client extends Endpoints {
  /** The events that at least one notification configuration matched; waits for accepted deliveries. */
  getNotifications(page?: Page) {
    return this.view('s3/notifications', page)
  }

  /** Applies the lifecycles of all buckets now, whatever the hour. */
  tickLifecycle(): Promise<LifecycleTickResponse> {
    return call(this.at('s3/lifecycle-processor/tick'), 'POST')
  }

  getAccessPoints(page?: Page) {
    return this.view('s3/access-points', page)
  }

  /** What functions wrote to WriteGetObjectResponse, oldest first; of long bodies the first MiB. */
  getObjectLambdaResponses(page?: Page) {
    return this.view('s3/object-lambda-responses', page)
  }
}

/** What was published, and who still has to confirm. */
export class SnsClient extends Endpoints {
  /** Every message that was published, oldest first; waits for deliveries that were already accepted. */
  getMessages(page?: Page) {
    return this.view('sns/messages', page)
  }

  /** Text messages, oldest first. */
  sms(page?: Page) {
    return this.view('sns/sms', page)
  }

  /** Subscriptions that wait for their confirmation. */
  getPendingConfirmations(page?: Page) {
    return this.view('sns/pending-confirmations', page)
  }

  /** Confirms a subscription for its endpoint. */
  confirmSubscription(request: ConfirmSubscriptionRequest): Promise<ConfirmSubscriptionResponse> {
    return call(this.at('sns/confirm-subscription'), 'POST', request)
  }

  /** A phone answers STOP: it gets no more text messages. */
  async optOut(phoneNumber: string): Promise<void> {
    await call(this.at('sns/opt-out'), 'POST', { phoneNumber })
  }

  /** The certificate with which notifications are signed. */
  certPem(): Promise<string> {
    return text(this.at('sns/cert.pem'))
  }
}

/** What came to event buses, and where it went. */
export class EventsClient extends Endpoints {
  /** Every event of every bus, and what was sent to functions and log groups; waits for accepted deliveries. */
  getHistory(page?: Page) {
    return this.view('events/history', page)
  }

  /** Fires a rule as its schedule would, be it enabled or not. */
  fireRule(request: FireRuleRequest): Promise<FireRuleResponse> {
    return call(this.at('events/fire-rule'), 'POST', request)
  }
}

/** Schedules of EventBridge Scheduler. */
export class SchedulerClient extends Endpoints {
  /** Every schedule, when it last fired and when it is due next; waits for accepted deliveries. */
  getSchedules(page?: Page) {
    return this.view('scheduler/schedules', page)
  }

  /** Fires a schedule now. */
  fireSchedule(group: string, name: string): Promise<FireScheduleResponse> {
    return this.fireScheduleIn(group, name)
  }

  /** The same for a schedule of another account or region. */
  fireScheduleIn(group: string, name: string, accountId?: string, region?: string): Promise<FireScheduleResponse> {
    const path = `${encodeURIComponent(group)}/${encodeURIComponent(name)}`
    return call(this.at(`scheduler/fire/${path}${query({ accountId, region })}`), 'POST')
  }
}

/** Metrics and alarms. */
export class CloudWatchClient extends Endpoints {
  /** Every alarm with its state; waits for deliveries that were already accepted. */
  getAlarms(page?: Page) {
    return this.view('cloudwatch/alarms', page)
  }

  /** Every metric, those that services publish of themselves among them. */
  getMetrics(page?: Page) {
    return this.view('cloudwatch/metrics', page)
  }
}

/** CloudWatch Logs: what it indexes, and where vended logs go. */
export class LogsClient extends Endpoints {
  /** An anomaly that a detector is to have found; its priority is MEDIUM unless it says so. */
  injectAnomaly(request: LogsAnomalyInjectRequest): Promise<LogsAnomalyInjectResponse> {
    return call(this.at('logs/anomalies/inject'), 'POST', request)
  }

  /** Every delivery of vended logs, with its source's type of log. */
  getDeliveryConfig(page?: Page) {
    return this.view('logs/delivery-config', page)
  }

  /** The fields that a log group indexes. */
  getFieldIndexes(logGroupName: string): Promise<LogsFieldIndexesResponse> {
    return call(this.at(`logs/field-indexes/${encodeURIComponent(logGroupName)}`))
  }
}
