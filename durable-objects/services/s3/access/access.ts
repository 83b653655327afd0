import type { Ctx } from '../../../kernel/object/operation.ts'
import { type Access, type Input, tagsIn, textOf } from '../../../shared/policy-access.ts'
import { UNCLAIMED } from '../../../../aws/place.ts'
import { bucketRow } from '../buckets/bucket.ts'
import { s3Keys } from './condition-keys.ts'

/** Configurations whose actions are named otherwise than their operations: what follows Get, Put, List or Delete. */
const CONFIGURATIONS: Readonly<Record<string, string>> = {
  BucketAccelerateConfiguration: 'AccelerateConfiguration',
  BucketAnalyticsConfiguration: 'AnalyticsConfiguration',
  BucketAnalyticsConfigurations: 'AnalyticsConfiguration',
  BucketCors: 'BucketCORS',
  BucketEncryption: 'EncryptionConfiguration',
  BucketIntelligentTieringConfiguration: 'IntelligentTieringConfiguration',
  BucketIntelligentTieringConfigurations: 'IntelligentTieringConfiguration',
  BucketInventoryConfiguration: 'InventoryConfiguration',
  BucketInventoryConfigurations: 'InventoryConfiguration',
  BucketLifecycle: 'LifecycleConfiguration',
  BucketLifecycleConfiguration: 'LifecycleConfiguration',
  BucketMetricsConfiguration: 'MetricsConfiguration',
  BucketMetricsConfigurations: 'MetricsConfiguration',
  BucketNotification: 'BucketNotification',
  BucketNotificationConfiguration: 'BucketNotification',
  BucketReplication: 'ReplicationConfiguration',
  BucketTagging: 'BucketTagging',
  ObjectLockConfiguration: 'BucketObjectLockConfiguration',
  PublicAccessBlock: 'BucketPublicAccessBlock',
  BucketOwnershipControls: 'BucketOwnershipControls',
}

/** Other operations that ask for an action of another name. */
const ACTIONS: Readonly<Record<string, string>> = {
  AbortMultipartUpload: 'AbortMultipartUpload',
  CompleteMultipartUpload: 'PutObject',
  CopyObject: 'PutObject',
  CreateMultipartUpload: 'PutObject',
  DeleteObjects: 'DeleteObject',
  HeadBucket: 'ListBucket',
  HeadObject: 'GetObject',
  ListBuckets: 'ListAllMyBuckets',
  ListDirectoryBuckets: 'ListAllMyDirectoryBuckets',
  ListMultipartUploads: 'ListBucketMultipartUploads',
  ListObjects: 'ListBucket',
  ListObjectsV2: 'ListBucket',
  ListObjectVersions: 'ListBucketVersions',
  ListParts: 'ListMultipartUploadParts',
  PostObject: 'PutObject',
  SelectObjectContent: 'GetObject',
  UploadPart: 'PutObject',
  UploadPartCopy: 'PutObject',
}

/** Actions that have another name for a certain version of an object. */
const VERSIONED: Readonly<Record<string, string>> = {
  DeleteObject: 'DeleteObjectVersion',
  DeleteObjectTagging: 'DeleteObjectVersionTagging',
  GetObject: 'GetObjectVersion',
  GetObjectAcl: 'GetObjectVersionAcl',
  GetObjectAttributes: 'GetObjectVersionAttributes',
  GetObjectTagging: 'GetObjectVersionTagging',
  PutObjectAcl: 'PutObjectVersionAcl',
  PutObjectTagging: 'PutObjectVersionTagging',
}

/** The action of an operation, its prefix aside. */
export function s3Action(operation: string, versioned: boolean): string {
  const [, verb = '', what = ''] = /^(Get|Put|Delete|List)(.+)$/.exec(operation) ?? []
  const configuration = Object.hasOwn(CONFIGURATIONS, what) ? CONFIGURATIONS[what] : undefined
  // Nothing has a permission of its own to delete a configuration; ownership controls included.
  if (configuration) return `${verb === 'Put' || verb === 'Delete' ? 'Put' : 'Get'}${configuration}`
  const action = ACTIONS[operation] ?? operation
  return (versioned ? VERSIONED[action] : undefined) ?? action
}

const ARN = 'arn:aws:s3:::'

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export function s3Access(ctx: Ctx, input: Input): Access[] {
  const { operation, caller } = ctx
  const { Bucket, Key, VersionId } = input
  const bucket = ARN + textOf(Bucket)
  const resource = typeof Key === 'string' ? `${bucket}/${Key}` : Bucket === undefined ? `${ARN}*` : bucket
  const access: Access = {
    action: `s3:${s3Action(operation, VersionId !== undefined)}`,
    resource,
    context: s3Keys(ctx, input),
    // A bucket of another's is for CreateBucket itself to refuse.
    account: operation === 'CreateBucket' ? caller.accountId : undefined,
  }
  if (operation === 'DeleteObjects') return deletions(access, input)
  return [
    access,
    ...further(operation, input).map(action => ({ ...access, action: `s3:${action}` })),
    ...source(access, input),
  ]
}

/** What goes with an object or bucket, and needs a permission of its own. */
function further(operation: string, input: Input): string[] {
  const named = (members: string[]) => members.some(member => input[member] !== undefined)
  const acl = named(['ACL', 'GrantFullControl', 'GrantRead', 'GrantReadACP', 'GrantWriteACP'])
  if (operation === 'CreateBucket') {
    const locked = input.ObjectLockEnabledForBucket === true
    return [
      ...(acl || named(['GrantWrite']) ? ['PutBucketAcl'] : []),
      ...(named(['ObjectOwnership']) ? ['PutBucketOwnershipControls'] : []),
      ...(locked ? ['PutBucketObjectLockConfiguration', 'PutBucketVersioning'] : []),
    ]
  }
  if (operation === 'GetObjectAttributes') return ['GetObject']
  const bypass = input.BypassGovernanceRetention === true ? ['BypassGovernanceRetention'] : []
  if (!/^(?:PutObject|PostObject|CopyObject|CreateMultipartUpload)$/.test(operation)) return bypass
  return [
    ...(acl ? ['PutObjectAcl'] : []),
    ...(tagsIn(input) ? ['PutObjectTagging'] : []),
    ...(named(['ObjectLockMode', 'ObjectLockRetainUntilDate']) ? ['PutObjectRetention'] : []),
    ...(named(['ObjectLockLegalHoldStatus']) ? ['PutObjectLegalHold'] : []),
  ]
}

/** A copy reads its source; one in another bucket is read through that bucket's object, which asks for itself. */
function source(access: Access, { CopySource, Bucket }: Input): Access[] {
  if (typeof CopySource !== 'string') return []
  const [path = '', query] = CopySource.replace(/^\//, '').split('?')
  const slash = path.indexOf('/')
  if (decoded(path.slice(0, slash)) !== Bucket) return []
  const action = query?.startsWith('versionId=') ? 's3:GetObjectVersion' : 's3:GetObject'
  return [{ ...access, action, resource: ARN + decoded(path) }]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

type Deletion = { Objects?: { Key?: unknown; VersionId?: unknown }[] }

function deletions(access: Access, { Delete, BypassGovernanceRetention }: Input): Access[] {
  const { Objects = [] } = (Delete ?? {}) as Deletion // by the model
  const each = Objects.map(({ Key, VersionId }) => ({
    ...access,
    action: `s3:${VersionId === undefined ? 'DeleteObject' : 'DeleteObjectVersion'}`,
    resource: `${access.resource}/${textOf(Key)}`,
  }))
  if (BypassGovernanceRetention !== true) return each
  return each.flatMap(one => [one, { ...one, action: 's3:BypassGovernanceRetention' }])
}

/** What is asked of a bucket from any region. */
const ANY_REGION = new Set(['CreateBucket', 'GetBucketLocation'])

/** Clients ask for a bucket's location to learn where to sign for; a bucket that is not there has none. */
export function bucketRegion(ctx: Ctx): string | undefined {
  const { resource, place, operation } = ctx
  if (resource === undefined || place.region === UNCLAIMED || ANY_REGION.has(operation)) return undefined
  return bucketRow(ctx)?.state === 'ready' ? place.region : undefined
}
