/** S3 → EventBridge: a bucket that is configured to tells the default bus of its owner all that happens to its objects. */
import type { Delivery } from '../../../kernel/outbox/deliver.ts'
import { arnOf } from '../../../../aws/arn.ts'
import { bucketArn } from '../buckets/bucket.ts'
import type { ObjectEvent, RecordFacts } from './notification-record.ts'

/** What an entry tells beside its event. `requester` is an account, or S3 itself. */
export type EntryFacts = Pick<RecordFacts, 'bucket' | 'at' | 'sequencer' | 'requestId'> & {
  requester: string
  /** Of a caller from outside. */
  sourceIp?: string | undefined
}

type Kind = {
  detailType: string
  reason?: string
  deletion?: string
  /** Without size and sequencer: what lies beside an object's content has changed. */
  beside?: true
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
const KINDS: Record<string, Kind> = {
  's3:ObjectCreated:Put': { detailType: 'Object Created', reason: 'PutObject' },
  's3:ObjectCreated:Post': { detailType: 'Object Created', reason: 'POST Object' },
  's3:ObjectCreated:Copy': { detailType: 'Object Created', reason: 'CopyObject' },
  's3:ObjectCreated:CompleteMultipartUpload': { detailType: 'Object Created', reason: 'CompleteMultipartUpload' },
  's3:ObjectRemoved:Delete': { detailType: 'Object Deleted', reason: 'DeleteObject', deletion: 'Permanently Deleted' },
  's3:ObjectRemoved:DeleteMarkerCreated': {
    detailType: 'Object Deleted',
    reason: 'DeleteObject',
    deletion: 'Delete Marker Created',
  },
  's3:LifecycleExpiration:Delete': {
    detailType: 'Object Deleted',
    reason: 'Lifecycle Expiration',
    deletion: 'Permanently Deleted',
  },
  's3:LifecycleExpiration:DeleteMarkerCreated': {
    detailType: 'Object Deleted',
    reason: 'Lifecycle Expiration',
    deletion: 'Delete Marker Created',
  },
  's3:LifecycleTransition': { detailType: 'Object Storage Class Changed' },
  's3:ObjectRestore:Post': { detailType: 'Object Restore Initiated' },
  's3:ObjectRestore:Completed': { detailType: 'Object Restore Completed' },
  's3:ObjectRestore:Delete': { detailType: 'Object Restore Expired' },
  's3:ObjectAcl:Put': { detailType: 'Object ACL Updated', beside: true },
  's3:ObjectTagging:Put': { detailType: 'Object Tags Added', beside: true },
  's3:ObjectTagging:Delete': { detailType: 'Object Tags Deleted', beside: true },
}

const ETAG_OF_NOTHING = 'd41d8cd98f00b204e9800998ecf8427e'

/** The delivery of an event to EventBridge; undefined for one that EventBridge does not know. */
export function eventBridgeDelivery(event: ObjectEvent, facts: EntryFacts): Delivery | undefined {
  const kind = KINDS[event.name]
  if (!kind) return undefined
  const { name, owner, region } = facts.bucket
  const bus = arnOf({ service: 'events', region, account: owner, resource: 'event-bus/default' })
  const entry = {
    Source: 'aws.s3',
    DetailType: kind.detailType,
    Detail: JSON.stringify(detailOf(event, kind, facts)),
    Resources: [bucketArn(name)],
    Time: new Date(facts.at).toISOString(),
    EventBusName: bus,
  }
  const input = { Entries: [entry] }
  return { to: bus, from: bucketArn(name), principal: 's3.amazonaws.com', input, event: `${event.name} ${event.key}` }
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html */
export function detailOf(event: ObjectEvent, kind: Kind, facts: EntryFacts): Record<string, unknown> {
  const { restore, storageClass, sourceClass } = event
  return {
    version: '0',
    bucket: { name: facts.bucket.name },
    object: objectOf(event, kind, facts.sequencer),
    'request-id': facts.requestId,
    requester: facts.requester,
    ...(facts.sourceIp !== undefined && { 'source-ip-address': facts.sourceIp }),
    ...(kind.reason && { reason: kind.reason }),
    ...(kind.deletion && { 'deletion-type': kind.deletion }),
    ...(storageClass && { 'destination-storage-class': storageClass }),
    ...(restore && { 'restore-expiry-time': new Date(restore.expiry).toISOString().replace('.000Z', 'Z') }),
    ...(sourceClass && { 'source-storage-class': sourceClass }),
  }
}

function objectOf(event: ObjectEvent, kind: Kind, sequencer: string): Record<string, unknown> {
  const etag = kind.deletion === 'Delete Marker Created' ? ETAG_OF_NOTHING : event.eTag
  return {
    key: event.key,
    ...(!kind.beside && event.size !== undefined && { size: event.size }),
    ...(etag !== undefined && { etag }),
    ...(event.versionId !== undefined && { 'version-id': event.versionId }),
    ...(!kind.beside && { sequencer }),
  }
}
