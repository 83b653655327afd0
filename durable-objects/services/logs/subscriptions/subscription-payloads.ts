import { gzipSync } from 'node:zlib'
import { encodeBase64 } from '../../../../aws/wire/base64.ts'
import { eventIdOf } from '../events/positions.ts'

/** An event on its way to a subscriber; `extractedFields` by the names of a space-delimited pattern. */
export type SubscribedEvent = {
  seq: number
  timestamp: number
  message: string
  extractedFields?: Record<string, string> | undefined
}

/** Whose events they are, and by which filter they go out. */
export type Envelope = {
  owner: string
  logGroup: string
  logStream: string
  filter: string
  /** The filter is the account's, not the group's. */
  ofAccount: boolean
}

/** A message as it is delivered: base64 of gzipped JSON, and how many events it holds. */
export type Encoded = { data: string; count: number }

/** A target takes at most this much in base64; what is more goes in halves. */
const MOST = 1_000_000

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/SubscriptionFilters.html */
export function encodeEvents(envelope: Envelope, events: readonly SubscribedEvent[]): Encoded[] {
  const data = compress(dataMessage(envelope, events))
  if (data.length <= MOST || events.length < 2) return [{ data, count: events.length }]
  const middle = Math.ceil(events.length / 2)
  return [...encodeEvents(envelope, events.slice(0, middle)), ...encodeEvents(envelope, events.slice(middle))]
}

export function dataMessage(envelope: Envelope, events: readonly SubscribedEvent[]): object {
  const { owner, logGroup, logStream, filter, ofAccount } = envelope
  return {
    messageType: 'DATA_MESSAGE',
    ...(ofAccount ? { policyLevel: 'ACCOUNT_LEVEL_POLICY' } : {}),
    owner,
    logGroup,
    logStream,
    subscriptionFilters: [filter],
    logEvents: events.map(({ seq, timestamp, message, extractedFields }) => ({
      id: eventIdOf({ timestamp, seq }),
      timestamp,
      message,
      ...(extractedFields ? { extractedFields } : {}),
    })),
  }
}

/** What AWS sends to a stream to see whether it can be reached. */
export function controlMessage(service: 'Firehose' | 'Kinesis', at: number): string {
  const message = `CWL CONTROL MESSAGE: Checking health of destination ${service}.`
  return compress({
    messageType: 'CONTROL_MESSAGE',
    owner: 'CloudwatchLogs',
    logGroup: '',
    logStream: '',
    subscriptionFilters: [],
    logEvents: [{ id: '', timestamp: at, message }],
  })
}

function compress(message: object): string {
  return encodeBase64(gzipSync(JSON.stringify(message)))
}
