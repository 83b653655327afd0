import { s3controlAccess } from './access.ts'
import type { Operations as S3Operations } from '../../../aws/models/s3.types.ts'
import type { Operations } from '../../../aws/models/s3control.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { CreateAccessPoint, DeleteAccessPoint, GetAccessPoint, ListAccessPoints } from './access-points.ts'
import * as objectLambda from './object-lambda.ts'
import * as policies from './policies.ts'
import { GetObject, HeadObject, ListObjects, ListObjectsV2 } from './reads.ts'
import { type ResolutionOperations, ResolveAccessPoint } from './resolution.ts'
import { WriteGetObjectResponse } from './responses.ts'
import { migrations } from './schema.ts'
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts'
import * as views from './views.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    s3control: Operations & ResolutionOperations
  }
}

/*
 * S3 Control: access points and Object Lambda access points. Requests for objects through the first go on to their
 * bucket; what an Object Lambda access point transforms is answered here.
 *
 * Known gaps and choices:
 * - Access points' own policies, VPC origins and public access blocks are kept and shown. What a caller may do through
 *   an access point is what it may do with the bucket, by the bucket's own name.
 * - Tags are those of access points; other ARNs are refused. Scopes and access points as the source of a copy are not there.
 * - The URL that a function gets of the original object is on the emulator's own address, so that it works from anywhere.
 * - Batch jobs, Storage Lens, Access Grants, multi-region access points, Outposts and account-wide settings answer 501.
 */
const control = {
  CreateAccessPoint,
  DeleteAccessPoint,
  GetAccessPoint,
  ListAccessPoints,
  ListTagsForResource,
  TagResource,
  UntagResource,
  CreateAccessPointForObjectLambda: objectLambda.CreateAccessPointForObjectLambda,
  DeleteAccessPointForObjectLambda: objectLambda.DeleteAccessPointForObjectLambda,
  GetAccessPointForObjectLambda: objectLambda.GetAccessPointForObjectLambda,
  ListAccessPointsForObjectLambda: objectLambda.ListAccessPointsForObjectLambda,
  GetAccessPointConfigurationForObjectLambda: objectLambda.GetAccessPointConfigurationForObjectLambda,
  PutAccessPointConfigurationForObjectLambda: objectLambda.PutAccessPointConfigurationForObjectLambda,
  ...policies,
} satisfies Handlers<Operations>

/** Operations of S3's own that Object Lambda answers. */
const reads = {
  GetObject,
  HeadObject,
  ListObjects,
  ListObjectsV2,
  WriteGetObjectResponse,
} satisfies Handlers<S3Operations>

export const s3control: ServiceDefinition = {
  operations: { ...control, ...reads },
  migrations,
  internal: { ResolveAccessPoint } satisfies Handlers<ResolutionOperations>,
  views,
  access: s3controlAccess,
  alsoServes: ['s3'],
}
