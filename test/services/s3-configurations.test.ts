import * as sdk from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'

/** A configuration that is put, given back and removed: what it needs, and what its lack is called. */
type Pair = {
  put: string
  get: string
  /** Where requests and answers have the document; `answer` when the answer is the document itself. */
  member: string
  unwrapped?: true
  /** As put. Where AWS adds something, `kept` is what comes back. */
  document: unknown
  kept?: unknown
  remove?: string
  /** The code of what a bucket without it answers; its default otherwise. */
  missing?: string
  fresh?: unknown
  id?: string
}

const ROLE = 'arn:aws:iam::123456789012:role/replication'
const ANALYTICS = {
  Id: 'report',
  Filter: { And: { Prefix: 'documents/', Tags: [{ Key: 'a', Value: 'b' }] } },
  StorageClassAnalysis: {
    DataExport: {
      OutputSchemaVersion: 'V_1',
      Destination: {
        S3BucketDestination: {
          Format: 'CSV',
          BucketAccountId: '123456789012',
          Bucket: 'arn:aws:s3:::reports',
          Prefix: 'p',
        },
      },
    },
  },
}
const INVENTORY = {
  Id: 'weekly',
  IsEnabled: true,
  IncludedObjectVersions: 'Current',
  Filter: { Prefix: 'in/' },
  OptionalFields: ['Size', 'ETag', 'StorageClass'],
  Schedule: { Frequency: 'Weekly' },
  Destination: {
    S3BucketDestination: {
      Bucket: 'arn:aws:s3:::reports',
      Format: 'Parquet',
      Prefix: 'inventory',
      AccountId: '123456789012',
      Encryption: { SSEKMS: { KeyId: 'arn:aws:kms:us-east-1:123456789012:key/k' } },
    },
  },
}
const WEBSITE = {
  IndexDocument: { Suffix: 'index.html' },
  ErrorDocument: { Key: 'errors/404.html' },
  RoutingRules: [
    {
      Condition: { KeyPrefixEquals: 'docs/', HttpErrorCodeReturnedEquals: '404' },
      Redirect: {
        HostName: 'example.com',
        HttpRedirectCode: '301',
        Protocol: 'https',
        ReplaceKeyPrefixWith: 'documents/',
      },
    },
  ],
}
const LIFECYCLE = {
  Rules: [
    {
      ID: 'all',
      Status: 'Enabled',
      Filter: {
        And: {
          Prefix: 'logs/',
          Tags: [{ Key: 'k', Value: 'v' }],
          ObjectSizeGreaterThan: 10,
          ObjectSizeLessThan: 99_999,
        },
      },
      Transitions: [
        { Days: 30, StorageClass: 'STANDARD_IA' },
        { Days: 60, StorageClass: 'GLACIER' },
      ],
      Expiration: { Days: 365 },
      NoncurrentVersionTransitions: [{ NoncurrentDays: 30, StorageClass: 'GLACIER', NewerNoncurrentVersions: 2 }],
      NoncurrentVersionExpiration: { NoncurrentDays: 90, NewerNoncurrentVersions: 3 },
    },
    {
      ID: 'on',
      Status: 'Disabled',
      Filter: { Prefix: '' },
      Expiration: { Date: new Date('2030-01-01T00:00:00.000Z') },
    },
    {
      ID: 'uploads',
      Status: 'Enabled',
      Filter: { Prefix: 'tmp/' },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 7 },
    },
    { ID: 'markers', Status: 'Enabled', Prefix: 'old/', Expiration: { ExpiredObjectDeleteMarker: true } },
  ],
}
const CORS = {
  CORSRules: [
    {
      ID: 'site',
      AllowedHeaders: ['*'],
      AllowedMethods: ['GET', 'PUT'],
      AllowedOrigins: ['https://*.example.com'],
      ExposeHeaders: ['ETag'],
      MaxAgeSeconds: 3000,
    },
    { AllowedMethods: ['GET'], AllowedOrigins: ['*'] },
  ],
}

const PAIRS: Pair[] = [
  {
    put: 'PutBucketTagging',
    get: 'GetBucketTagging',
    member: 'Tagging',
    unwrapped: true,
    document: {
      TagSet: [
        { Key: 'team', Value: 'a + b' },
        { Key: 'empty', Value: '' },
      ],
    },
    remove: 'DeleteBucketTagging',
    missing: 'NoSuchTagSet: The TagSet does not exist',
  },
  {
    put: 'PutBucketCors',
    get: 'GetBucketCors',
    member: 'CORSConfiguration',
    unwrapped: true,
    document: CORS,
    remove: 'DeleteBucketCors',
    missing: 'NoSuchCORSConfiguration: The CORS configuration does not exist',
  },
  {
    put: 'PutBucketWebsite',
    get: 'GetBucketWebsite',
    member: 'WebsiteConfiguration',
    unwrapped: true,
    document: WEBSITE,
    remove: 'DeleteBucketWebsite',
    missing: 'NoSuchWebsiteConfiguration: The specified bucket does not have a website configuration',
  },
  {
    put: 'PutBucketLifecycleConfiguration',
    get: 'GetBucketLifecycleConfiguration',
    member: 'LifecycleConfiguration',
    unwrapped: true,
    document: LIFECYCLE,
    kept: { ...LIFECYCLE, TransitionDefaultMinimumObjectSize: 'all_storage_classes_128K' },
    remove: 'DeleteBucketLifecycle',
    missing: 'NoSuchLifecycleConfiguration: The lifecycle configuration does not exist',
  },
  {
    put: 'PutBucketEncryption',
    get: 'GetBucketEncryption',
    member: 'ServerSideEncryptionConfiguration',
    document: {
      Rules: [
        {
          ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: 'alias/mine' },
          BucketKeyEnabled: true,
        },
      ],
    },
    remove: 'DeleteBucketEncryption',
    fresh: { Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: false }] },
  },
  {
    put: 'PutPublicAccessBlock',
    get: 'GetPublicAccessBlock',
    member: 'PublicAccessBlockConfiguration',
    document: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    kept: { BlockPublicAcls: true, IgnorePublicAcls: false, BlockPublicPolicy: false, RestrictPublicBuckets: true },
    remove: 'DeletePublicAccessBlock',
    fresh: { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true },
    missing: 'NoSuchPublicAccessBlockConfiguration: The public access block configuration was not found',
  },
  {
    put: 'PutBucketOwnershipControls',
    get: 'GetBucketOwnershipControls',
    member: 'OwnershipControls',
    document: { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' }] },
    remove: 'DeleteBucketOwnershipControls',
    fresh: { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' }] },
    missing: 'OwnershipControlsNotFoundError: The bucket ownership controls were not found',
  },
  {
    put: 'PutBucketRequestPayment',
    get: 'GetBucketRequestPayment',
    member: 'RequestPaymentConfiguration',
    unwrapped: true,
    document: { Payer: 'Requester' },
    fresh: { Payer: 'BucketOwner' },
  },
  {
    put: 'PutBucketAccelerateConfiguration',
    get: 'GetBucketAccelerateConfiguration',
    member: 'AccelerateConfiguration',
    unwrapped: true,
    document: { Status: 'Enabled' },
    fresh: {},
  },
  {
    put: 'PutBucketAbac',
    get: 'GetBucketAbac',
    member: 'AbacStatus',
    document: { Status: 'Enabled' },
    fresh: { Status: 'Disabled' },
  },
  {
    put: 'PutBucketLogging',
    get: 'GetBucketLogging',
    member: 'BucketLoggingStatus',
    unwrapped: true,
    document: {
      LoggingEnabled: {
        TargetBucket: 'configured',
        TargetPrefix: 'logs/',
        TargetObjectKeyFormat: { PartitionedPrefix: { PartitionDateSource: 'EventTime' } },
      },
    },
    fresh: {},
  },
  {
    put: 'PutBucketVersioning',
    get: 'GetBucketVersioning',
    member: 'VersioningConfiguration',
    unwrapped: true,
    document: { Status: 'Enabled', MFADelete: 'Disabled' },
    fresh: {},
  },
  {
    put: 'PutObjectLockConfiguration',
    get: 'GetObjectLockConfiguration',
    member: 'ObjectLockConfiguration',
    document: { ObjectLockEnabled: 'Enabled', Rule: { DefaultRetention: { Mode: 'GOVERNANCE', Days: 30 } } },
    missing: 'ObjectLockConfigurationNotFoundError: Object Lock configuration does not exist for this bucket',
  },
  {
    put: 'PutBucketReplication',
    get: 'GetBucketReplication',
    member: 'ReplicationConfiguration',
    document: {
      Role: ROLE,
      Rules: [
        {
          ID: 'everything',
          Priority: 1,
          Status: 'Enabled',
          Filter: { Prefix: '' },
          DeleteMarkerReplication: { Status: 'Disabled' },
          Destination: {
            Bucket: 'arn:aws:s3:::replica',
            StorageClass: 'STANDARD_IA',
            Metrics: { Status: 'Enabled', EventThreshold: { Minutes: 15 } },
            ReplicationTime: { Status: 'Enabled', Time: { Minutes: 15 } },
          },
        },
      ],
    },
    remove: 'DeleteBucketReplication',
    missing: 'ReplicationConfigurationNotFoundError: The replication configuration was not found',
  },
  {
    put: 'PutBucketAnalyticsConfiguration',
    get: 'GetBucketAnalyticsConfiguration',
    member: 'AnalyticsConfiguration',
    id: 'report',
    document: ANALYTICS,
    remove: 'DeleteBucketAnalyticsConfiguration',
    missing: 'NoSuchConfiguration: The specified configuration does not exist.',
  },
  {
    put: 'PutBucketInventoryConfiguration',
    get: 'GetBucketInventoryConfiguration',
    member: 'InventoryConfiguration',
    id: 'weekly',
    document: INVENTORY,
    remove: 'DeleteBucketInventoryConfiguration',
    missing: 'NoSuchConfiguration: The specified configuration does not exist.',
  },
  {
    put: 'PutBucketMetricsConfiguration',
    get: 'GetBucketMetricsConfiguration',
    member: 'MetricsConfiguration',
    id: 'all',
    document: { Id: 'all', Filter: { Prefix: 'a/' } },
    remove: 'DeleteBucketMetricsConfiguration',
    missing: 'NoSuchConfiguration: The specified configuration does not exist.',
  },
  {
    put: 'PutBucketIntelligentTieringConfiguration',
    get: 'GetBucketIntelligentTieringConfiguration',
    member: 'IntelligentTieringConfiguration',
    id: 'cold',
    document: {
      Id: 'cold',
      Status: 'Enabled',
      Filter: { Tag: { Key: 'a', Value: 'b' } },
      Tierings: [
        { Days: 90, AccessTier: 'ARCHIVE_ACCESS' },
        { Days: 180, AccessTier: 'DEEP_ARCHIVE_ACCESS' },
      ],
    },
    remove: 'DeleteBucketIntelligentTieringConfiguration',
    missing: 'NoSuchConfiguration: The specified configuration does not exist.',
  },
]

type Command = new (input: Record<string, unknown>) => Parameters<S3Client['send']>[0]

/** A command of the SDK by its operation's name. */
function command(operation: string): Command {
  const found = (sdk as unknown as Record<string, Command | undefined>)[`${operation}Command`]
  if (!found) throw new Error(`The SDK has no ${operation}`)
  return found
}

const Bucket = 'configured'

async function configuredBucket() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const send = async (operation: string, input: Record<string, unknown> = {}) => {
    const answer = await s3.send(new (command(operation))({ Bucket, ...input }))
    const { $metadata: _, ...rest } = answer as unknown as Record<string, unknown>
    return rest
  }
  return { aws, s3, create, send }
}

const shown = (call: Promise<unknown>) => refused(call).then(({ name, message }) => `${name}: ${message}`)

for (const pair of PAIRS) {
  const { put, get, member, document, kept = document, remove, missing, fresh, id } = pair
  const named = id === undefined ? {} : { Id: id }
  const inAnswer = (value: unknown) => (pair.unwrapped ? value : { [member]: value })

  test(`${get} of a fresh bucket answers what AWS does`, async () => {
    const { send } = await configuredBucket()
    if (fresh !== undefined) expect(await send(get, named)).toEqual(inAnswer(fresh))
    else expect(await shown(send(get, named))).toBe(missing)
  })

  test(`what ${put} puts, ${get} gives back whole`, async () => {
    const { send, create } = await configuredBucket()
    if (/Replication|ObjectLock/.test(put)) {
      await create('replica')
      const VersioningConfiguration = { Status: 'Enabled' }
      await send('PutBucketVersioning', { VersioningConfiguration })
      await send('PutBucketVersioning', { Bucket: 'replica', VersioningConfiguration })
    }
    await send(put, { ...named, [member]: document })
    expect(await send(get, named)).toEqual(inAnswer(kept))
    if (!remove) return
    await send(remove, named)
    if (missing) expect(await shown(send(get, named))).toBe(missing)
    else expect(await send(get, named)).toEqual(inAnswer(fresh))
  })
}

test('configurations of which there are many are listed in pages of a hundred', async () => {
  const { send } = await configuredBucket()
  const ids = Array.from({ length: 103 }, (_, at) => `m-${String(at).padStart(3, '0')}`)
  await Promise.all(ids.map(Id => send('PutBucketMetricsConfiguration', { Id, MetricsConfiguration: { Id } })))
  const first = await send('ListBucketMetricsConfigurations')
  expect(first.IsTruncated).toBe(true)
  const ContinuationToken = first.NextContinuationToken
  const second = await send('ListBucketMetricsConfigurations', { ContinuationToken })
  expect(second).toMatchObject({ IsTruncated: false, ContinuationToken })
  const listed = [first, second].flatMap(({ MetricsConfigurationList }) => MetricsConfigurationList as { Id: string }[])
  expect(listed.map(({ Id }) => Id)).toEqual(ids)
  const mismatch = send('PutBucketMetricsConfiguration', { Id: 'one', MetricsConfiguration: { Id: 'other' } })
  expect(await shown(mismatch)).toBe('IdMismatch: Document ID does not match the specified configuration ID.')
})

test('lifecycle rules without an id get one, and the smallest size to move may vary by class', async () => {
  const { send } = await configuredBucket()
  const put = await send('PutBucketLifecycleConfiguration', {
    LifecycleConfiguration: { Rules: [{ Status: 'Enabled', Filter: { Prefix: '' }, Expiration: { Days: 1 } }] },
    TransitionDefaultMinimumObjectSize: 'varies_by_storage_class',
  })
  expect(put).toEqual({ TransitionDefaultMinimumObjectSize: 'varies_by_storage_class' })
  const { Rules, TransitionDefaultMinimumObjectSize } = await send('GetBucketLifecycleConfiguration')
  expect(TransitionDefaultMinimumObjectSize).toBe('varies_by_storage_class')
  expect((Rules as { ID: string }[])[0]?.ID).toMatch(/^\S{48}$/)
})

test('metadata tables are not built, and say so', async () => {
  const { send } = await configuredBucket()
  const refusal = await refused(send('GetBucketMetadataTableConfiguration'))
  expect(refusal).toMatchObject({ name: 'NotImplemented', status: 501 })
})
