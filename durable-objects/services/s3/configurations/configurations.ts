import type { AbacStatus, In, Out } from '../../../../aws/models/s3.types.ts'
import {
  checkAcceleration,
  checkBucketTags,
  checkEncryption,
  DEFAULT_ENCRYPTION,
  wholeAccessBlock,
} from '../buckets/bucket-settings.ts'
import { malformedXml, many, one } from './configuration-handlers.ts'
import { checkCors } from '../website/cors.ts'
import { checkOwnershipControls } from '../access/ownership.ts'
import { checkWebsite } from '../website/website.ts'
import { checkInventory, checkTiering } from './report-rules.ts'

/* The configurations that are put, given back and removed with no more than a check of what is put. */

export const { put: PutBucketAbac, get: GetBucketAbac } = one<In<'PutBucketAbac'>, Out<'GetBucketAbac'>>(
  'abac',
  'AbacStatus',
  {
    check: ({ Status }: AbacStatus) => {
      if (Status === undefined) throw malformedXml()
    },
    missing: { instead: { AbacStatus: { Status: 'Disabled' } } },
    wrapped: true,
  },
)

export const { put: PutBucketAccelerateConfiguration, get: GetBucketAccelerateConfiguration } = one<
  In<'PutBucketAccelerateConfiguration'>,
  Out<'GetBucketAccelerateConfiguration'>
>('accelerate', 'AccelerateConfiguration', { check: checkAcceleration, missing: { instead: {} } })

export const {
  put: PutBucketCors,
  get: GetBucketCors,
  remove: DeleteBucketCors,
} = one<In<'PutBucketCors'>, Out<'GetBucketCors'>>('cors', 'CORSConfiguration', {
  check: checkCors,
  missing: { code: 'NoSuchCORSConfiguration', message: 'The CORS configuration does not exist' },
})

export const {
  put: PutBucketEncryption,
  get: GetBucketEncryption,
  remove: DeleteBucketEncryption,
} = one<In<'PutBucketEncryption'>, Out<'GetBucketEncryption'>>('encryption', 'ServerSideEncryptionConfiguration', {
  check: checkEncryption,
  missing: { instead: { ServerSideEncryptionConfiguration: DEFAULT_ENCRYPTION } },
  wrapped: true,
})

/* What is put has checks that wait: logging.ts. */
export const { get: GetBucketLogging } = one<In<'PutBucketLogging'>, Out<'GetBucketLogging'>>(
  'logging',
  'BucketLoggingStatus',
  { missing: { instead: {} } },
)

export const {
  put: PutBucketOwnershipControls,
  get: GetBucketOwnershipControls,
  remove: DeleteBucketOwnershipControls,
} = one<In<'PutBucketOwnershipControls'>, Out<'GetBucketOwnershipControls'>>('ownership', 'OwnershipControls', {
  check: checkOwnershipControls,
  missing: { code: 'OwnershipControlsNotFoundError', message: 'The bucket ownership controls were not found' },
  wrapped: true,
})

export const {
  put: PutPublicAccessBlock,
  get: GetPublicAccessBlock,
  remove: DeletePublicAccessBlock,
} = one<In<'PutPublicAccessBlock'>, Out<'GetPublicAccessBlock'>>(
  'public-access-block',
  'PublicAccessBlockConfiguration',
  {
    check: wholeAccessBlock,
    missing: {
      code: 'NoSuchPublicAccessBlockConfiguration',
      message: 'The public access block configuration was not found',
    },
    wrapped: true,
  },
)

/* What is put has checks that wait: replication.ts. */
export const { get: GetBucketReplication, remove: DeleteBucketReplication } = one<
  In<'PutBucketReplication'>,
  Out<'GetBucketReplication'>
>('replication', 'ReplicationConfiguration', {
  missing: { code: 'ReplicationConfigurationNotFoundError', message: 'The replication configuration was not found' },
  wrapped: true,
})

export const { put: PutBucketRequestPayment, get: GetBucketRequestPayment } = one<
  In<'PutBucketRequestPayment'>,
  Out<'GetBucketRequestPayment'>
>('request-payment', 'RequestPaymentConfiguration', { missing: { instead: { Payer: 'BucketOwner' } } })

export const {
  put: PutBucketTagging,
  get: GetBucketTagging,
  remove: DeleteBucketTagging,
} = one<In<'PutBucketTagging'>, Out<'GetBucketTagging'>>('tagging', 'Tagging', {
  check: checkBucketTags,
  missing: { code: 'NoSuchTagSet', message: 'The TagSet does not exist' },
})

export const {
  put: PutBucketWebsite,
  get: GetBucketWebsite,
  remove: DeleteBucketWebsite,
} = one<In<'PutBucketWebsite'>, Out<'GetBucketWebsite'>>('website', 'WebsiteConfiguration', {
  check: checkWebsite,
  missing: {
    code: 'NoSuchWebsiteConfiguration',
    message: 'The specified bucket does not have a website configuration',
  },
})

export const {
  put: PutBucketAnalyticsConfiguration,
  get: GetBucketAnalyticsConfiguration,
  remove: DeleteBucketAnalyticsConfiguration,
  list: ListBucketAnalyticsConfigurations,
} = many<
  In<'PutBucketAnalyticsConfiguration'>,
  Out<'GetBucketAnalyticsConfiguration'>,
  Out<'ListBucketAnalyticsConfigurations'>
>('analytics', 'AnalyticsConfiguration')

export const {
  put: PutBucketIntelligentTieringConfiguration,
  get: GetBucketIntelligentTieringConfiguration,
  remove: DeleteBucketIntelligentTieringConfiguration,
  list: ListBucketIntelligentTieringConfigurations,
} = many<
  In<'PutBucketIntelligentTieringConfiguration'>,
  Out<'GetBucketIntelligentTieringConfiguration'>,
  Out<'ListBucketIntelligentTieringConfigurations'>
>('intelligent-tiering', 'IntelligentTieringConfiguration', checkTiering)

export const {
  put: PutBucketInventoryConfiguration,
  get: GetBucketInventoryConfiguration,
  remove: DeleteBucketInventoryConfiguration,
  list: ListBucketInventoryConfigurations,
} = many<
  In<'PutBucketInventoryConfiguration'>,
  Out<'GetBucketInventoryConfiguration'>,
  Out<'ListBucketInventoryConfigurations'>
>('inventory', 'InventoryConfiguration', checkInventory)

export const {
  put: PutBucketMetricsConfiguration,
  get: GetBucketMetricsConfiguration,
  remove: DeleteBucketMetricsConfiguration,
  list: ListBucketMetricsConfigurations,
} = many<
  In<'PutBucketMetricsConfiguration'>,
  Out<'GetBucketMetricsConfiguration'>,
  Out<'ListBucketMetricsConfigurations'>
>('metrics', 'MetricsConfiguration')
