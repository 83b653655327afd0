import type { In, Out } from '../../../../aws/models/s3.types.ts'
import {
  checkAcceleration,
  checkBucketTags,
  checkEncryption,
  DEFAULT_ENCRYPTION,
  wholeAccessBlock,
} from '../buckets/bucket-settings.ts'
import {
  getting,
  gettingOne,
  listing,
  malformedXml,
  putting,
  puttingOne,
  removing,
  removingOne,
} from './configuration-handlers.ts'
import { checkCors } from '../website/cors.ts'
import { checkOwnershipControls } from '../access/ownership.ts'
import { checkWebsite } from '../website/website.ts'
import { checkInventory, checkTiering } from './report-rules.ts'

/** The configurations that are put, given back and removed with no more than a check of what is put. */
export const configurations = {
  PutBucketAbac: putting<In<'PutBucketAbac'>, 'AbacStatus'>('abac', 'AbacStatus', ({ Status }) => {
    if (Status === undefined) throw malformedXml()
  }),
  GetBucketAbac: getting<Out<'GetBucketAbac'>>(
    'abac',
    { instead: { AbacStatus: { Status: 'Disabled' } } },
    'AbacStatus',
  ),

  PutBucketAccelerateConfiguration: putting<In<'PutBucketAccelerateConfiguration'>, 'AccelerateConfiguration'>(
    'accelerate',
    'AccelerateConfiguration',
    checkAcceleration,
  ),
  GetBucketAccelerateConfiguration: getting<Out<'GetBucketAccelerateConfiguration'>>('accelerate', { instead: {} }),

  PutBucketCors: putting<In<'PutBucketCors'>, 'CORSConfiguration'>('cors', 'CORSConfiguration', checkCors),
  GetBucketCors: getting<Out<'GetBucketCors'>>('cors', {
    code: 'NoSuchCORSConfiguration',
    message: 'The CORS configuration does not exist',
  }),
  DeleteBucketCors: removing('cors'),

  PutBucketEncryption: putting<In<'PutBucketEncryption'>, 'ServerSideEncryptionConfiguration'>(
    'encryption',
    'ServerSideEncryptionConfiguration',
    checkEncryption,
  ),
  GetBucketEncryption: getting<Out<'GetBucketEncryption'>>(
    'encryption',
    { instead: { ServerSideEncryptionConfiguration: DEFAULT_ENCRYPTION } },
    'ServerSideEncryptionConfiguration',
  ),
  DeleteBucketEncryption: removing('encryption'),

  GetBucketLogging: getting<Out<'GetBucketLogging'>>('logging', { instead: {} }),

  PutBucketOwnershipControls: putting<In<'PutBucketOwnershipControls'>, 'OwnershipControls'>(
    'ownership',
    'OwnershipControls',
    checkOwnershipControls,
  ),
  GetBucketOwnershipControls: getting<Out<'GetBucketOwnershipControls'>>(
    'ownership',
    { code: 'OwnershipControlsNotFoundError', message: 'The bucket ownership controls were not found' },
    'OwnershipControls',
  ),
  DeleteBucketOwnershipControls: removing('ownership'),

  PutPublicAccessBlock: putting<In<'PutPublicAccessBlock'>, 'PublicAccessBlockConfiguration'>(
    'public-access-block',
    'PublicAccessBlockConfiguration',
    wholeAccessBlock,
  ),
  GetPublicAccessBlock: getting<Out<'GetPublicAccessBlock'>>(
    'public-access-block',
    {
      code: 'NoSuchPublicAccessBlockConfiguration',
      message: 'The public access block configuration was not found',
    },
    'PublicAccessBlockConfiguration',
  ),
  DeletePublicAccessBlock: removing('public-access-block'),

  GetBucketReplication: getting<Out<'GetBucketReplication'>>(
    'replication',
    { code: 'ReplicationConfigurationNotFoundError', message: 'The replication configuration was not found' },
    'ReplicationConfiguration',
  ),
  DeleteBucketReplication: removing('replication'),

  PutBucketRequestPayment: putting<In<'PutBucketRequestPayment'>, 'RequestPaymentConfiguration'>(
    'request-payment',
    'RequestPaymentConfiguration',
  ),
  GetBucketRequestPayment: getting<Out<'GetBucketRequestPayment'>>('request-payment', {
    instead: { Payer: 'BucketOwner' },
  }),

  PutBucketTagging: putting<In<'PutBucketTagging'>, 'Tagging'>('tagging', 'Tagging', checkBucketTags),
  GetBucketTagging: getting<Out<'GetBucketTagging'>>('tagging', {
    code: 'NoSuchTagSet',
    message: 'The TagSet does not exist',
  }),
  DeleteBucketTagging: removing('tagging'),

  PutBucketWebsite: putting<In<'PutBucketWebsite'>, 'WebsiteConfiguration'>(
    'website',
    'WebsiteConfiguration',
    checkWebsite,
  ),
  GetBucketWebsite: getting<Out<'GetBucketWebsite'>>('website', {
    code: 'NoSuchWebsiteConfiguration',
    message: 'The specified bucket does not have a website configuration',
  }),
  DeleteBucketWebsite: removing('website'),

  PutBucketAnalyticsConfiguration: puttingOne<In<'PutBucketAnalyticsConfiguration'>, 'AnalyticsConfiguration'>(
    'analytics',
    'AnalyticsConfiguration',
  ),
  GetBucketAnalyticsConfiguration: gettingOne<Out<'GetBucketAnalyticsConfiguration'>>(
    'analytics',
    'AnalyticsConfiguration',
  ),
  DeleteBucketAnalyticsConfiguration: removingOne('analytics'),
  ListBucketAnalyticsConfigurations: listing<Out<'ListBucketAnalyticsConfigurations'>>(
    'analytics',
    'AnalyticsConfigurationList',
  ),

  PutBucketIntelligentTieringConfiguration: puttingOne<
    In<'PutBucketIntelligentTieringConfiguration'>,
    'IntelligentTieringConfiguration'
  >('intelligent-tiering', 'IntelligentTieringConfiguration', checkTiering),
  GetBucketIntelligentTieringConfiguration: gettingOne<Out<'GetBucketIntelligentTieringConfiguration'>>(
    'intelligent-tiering',
    'IntelligentTieringConfiguration',
  ),
  DeleteBucketIntelligentTieringConfiguration: removingOne('intelligent-tiering'),
  ListBucketIntelligentTieringConfigurations: listing<Out<'ListBucketIntelligentTieringConfigurations'>>(
    'intelligent-tiering',
    'IntelligentTieringConfigurationList',
  ),

  PutBucketInventoryConfiguration: puttingOne<In<'PutBucketInventoryConfiguration'>, 'InventoryConfiguration'>(
    'inventory',
    'InventoryConfiguration',
    checkInventory,
  ),
  GetBucketInventoryConfiguration: gettingOne<Out<'GetBucketInventoryConfiguration'>>(
    'inventory',
    'InventoryConfiguration',
  ),
  DeleteBucketInventoryConfiguration: removingOne('inventory'),
  ListBucketInventoryConfigurations: listing<Out<'ListBucketInventoryConfigurations'>>(
    'inventory',
    'InventoryConfigurationList',
  ),

  PutBucketMetricsConfiguration: puttingOne<In<'PutBucketMetricsConfiguration'>, 'MetricsConfiguration'>(
    'metrics',
    'MetricsConfiguration',
  ),
  GetBucketMetricsConfiguration: gettingOne<Out<'GetBucketMetricsConfiguration'>>('metrics', 'MetricsConfiguration'),
  DeleteBucketMetricsConfiguration: removingOne('metrics'),
  ListBucketMetricsConfigurations: listing<Out<'ListBucketMetricsConfigurations'>>(
    'metrics',
    'MetricsConfigurationList',
  ),
}
