import type { Bucket } from '../buckets/bucket.ts'

/** Something that happened to an object. */
export type ObjectEvent = {
  /** `s3:ObjectCreated:Put` and so on. */
  name: string
  /** As it is, not encoded. */
  key: string
  /** In bytes; absent for removals. */
  size?: number | undefined
  /** Without quotes; absent for removals. */
  eTag?: string | undefined
  /** Absent in a bucket that never had versioning. */
  versionId?: string | undefined
  /** Given when the object's change had its own; else the event draws one. */
  sequencer?: string | undefined
  /** Where a transition has taken the object. */
  storageClass?: string | undefined
  /** Where a restore takes the object from. */
  sourceClass?: string | undefined
  /** Of a restore that is done. */
  restore?: { expiry: number; storageClass: string } | undefined
}

/** What a record tells beside its event. `at` is in epoch milliseconds. */
export type RecordFacts = {
  bucket: Bucket
  configurationId: string
  at: number
  sequencer: string
  principalId: string
  ownerId: string
  sourceIp: string
  requestId: string
  hostId: string
}

/** Events that AWS writes in version 2.3 of its structure. */
const LATER = /^s3:(?:Lifecycle|IntelligentTiering|ObjectAcl:|ObjectTagging:|ObjectRestore:Delete)/

/**
 * The message that a destination gets.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html
 */
export function notificationMessage(event: ObjectEvent, facts: RecordFacts): string {
  return JSON.stringify({ Records: [recordOf(event, facts)] })
}

function recordOf(event: ObjectEvent, facts: RecordFacts): Record<string, unknown> {
  const { bucket } = facts
  const { restore } = event
  return {
    eventVersion: LATER.test(event.name) ? '2.3' : '2.1',
    eventSource: 'aws:s3',
    awsRegion: bucket.region,
    eventTime: new Date(facts.at).toISOString(),
    eventName: event.name.replace(/^s3:/, ''),
    userIdentity: { principalId: facts.principalId },
    requestParameters: { sourceIPAddress: facts.sourceIp },
    responseElements: { 'x-amz-request-id': facts.requestId, 'x-amz-id-2': facts.hostId },
    s3: {
      s3SchemaVersion: '1.0',
      configurationId: facts.configurationId,
      bucket: {
        name: bucket.name,
        ownerIdentity: { principalId: facts.ownerId },
        arn: `arn:aws:s3:::${bucket.name}`,
      },
      object: objectOf(event, facts.sequencer),
    },
    ...(restore && {
      glacierEventData: {
        restoreEventData: {
          lifecycleRestorationExpiryTime: new Date(restore.expiry).toISOString(),
          lifecycleRestoreStorageClass: restore.storageClass,
        },
      },
    }),
  }
}

/** What goes has neither size nor tag; what changes beside an object's content has neither size nor place in a sequence. */
const REMOVED = /^s3:(?:ObjectRemoved|LifecycleExpiration):/
const BESIDE = /^s3:(?:ObjectAcl|ObjectTagging):/

function objectOf(event: ObjectEvent, sequencer: string): Record<string, unknown> {
  const removed = REMOVED.test(event.name)
  const beside = BESIDE.test(event.name)
  return {
    key: encodeKey(event.key),
    ...(!removed && !beside && event.size !== undefined && { size: event.size }),
    ...(!removed && event.eTag !== undefined && { eTag: event.eTag }),
    ...(event.versionId !== undefined && { versionId: event.versionId }),
    ...(!beside && { sequencer }),
  }
}

/** A key as in a form: spaces as `+`, slashes kept. */
export function encodeKey(key: string): string {
  return encodeURIComponent(key.toWellFormed())
    .replace(/[!'()]/g, char => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
    .replaceAll('%2F', '/')
}

/** 18 hexadecimal digits that grow with the number. */
export function sequencerText(sequence: number): string {
  return sequence.toString(16).toUpperCase().padStart(18, '0')
}

/** The message that a queue or topic gets when a configuration names it. */
export function testMessage(bucket: string, facts: { at: number; requestId: string; hostId: string }): string {
  return JSON.stringify({
    Service: 'Amazon S3',
    Event: 's3:TestEvent',
    Time: new Date(facts.at).toISOString(),
    Bucket: bucket,
    RequestId: facts.requestId,
    HostId: facts.hostId,
  })
}
