import { call } from './http.ts'

export type LogsAnomalyInjectRequest = {
  anomalyDetectorArn: string
  logGroupArns: string[]
  patternString: string
  priority?: string
}
export type LogsAnomalyInjectResponse = { anomalyId: string }
/** `createdAt` is in epoch milliseconds. */
export type LogsDeliveryConfiguration = {
  id: string
  name: string
  deliveryDestinationArn: string
  deliverySourceName: string
  logType: string
  recordFields: string[]
  fieldDelimiter?: string
  s3DeliveryConfiguration?: unknown
  createdAt: number
}
export type LogsDeliveryConfigResponse = { configurations: LogsDeliveryConfiguration[] }
/** Times are in epoch milliseconds. */
export type LogsFieldIndex = { fields: string[]; createdAt: number; lastUsedAt: number }
export type LogsFieldIndexesResponse = { logGroupName: string; indexes: LogsFieldIndex[] }

/** CloudWatch Logs: what it indexes, and where vended logs go. */
export class LogsClient {
  readonly #root: string

  constructor(baseUrl: string) {
    this.#root = `${baseUrl}/_fakecloud/logs`
  }

  /** An anomaly that a detector is to have found; its priority is MEDIUM unless it says so. */
  injectAnomaly(request: LogsAnomalyInjectRequest): Promise<LogsAnomalyInjectResponse> {
    return call(`${this.#root}/anomalies/inject`, 'POST', request)
  }

  /** Every delivery of vended logs, with its source's type of log. */
  getDeliveryConfig(): Promise<LogsDeliveryConfigResponse> {
    return call(`${this.#root}/delivery-config`)
  }

  /** The fields that a log group indexes. */
  getFieldIndexes(logGroupName: string): Promise<LogsFieldIndexesResponse> {
    return call(`${this.#root}/field-indexes/${encodeURIComponent(logGroupName)}`)
  }
}
