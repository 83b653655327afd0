import type { Handlers } from '../../kernel/object/operation.ts'
import { s3controlAccess } from './access.ts'
import type { Operations } from '../../../aws/models/s3control.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import * as views from './views.ts'
import { type ResolutionOperations, ResolveAccessPoint } from './resolution.ts'
import { migrations } from './schema.ts'
import * as accessPoints from './access-points.ts'
import * as objectLambda from './object-lambda.ts'
import * as policies from './policies.ts'
import * as reads from './reads.ts'
import * as responses from './responses.ts'
import * as tags from './tags.ts'

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
export const s3control: ServiceDefinition = {
  operations: {
    ...operationsOf('s3control', accessPoints, objectLambda, policies, tags),
    ...operationsOf('s3', reads, responses), // S3's own, which Object Lambda answers
  },
  migrations,
  internal: { ResolveAccessPoint } satisfies Handlers<ResolutionOperations>,
  views,
  access: s3controlAccess,
  alsoServes: ['s3'],
}
