import type { OwnershipControls } from '../../../../aws/models/s3.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { type Acl, grantsOthers } from './acl-grants.ts'
import { type Checked, invalidArgument, malformedXml } from '../configurations/configuration-handlers.ts'
import { configurationOf } from '../configurations/configuration.ts'

export type ObjectOwnership = 'BucketOwnerEnforced' | 'BucketOwnerPreferred' | 'ObjectWriter'

/** What a bucket without any ownership controls has: that of the years before them. */
const WITHOUT: ObjectOwnership = 'ObjectWriter'

const KNOWN: readonly string[] = ['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter']

export function checkOwnership(ownership: string): ObjectOwnership {
  const known = (['BucketOwnerEnforced', 'BucketOwnerPreferred', 'ObjectWriter'] as const).find(
    each => each === ownership,
  )
  if (!known) {
    throw invalidArgument(`Invalid x-amz-object-ownership header: ${ownership}`, 'x-amz-object-ownership', ownership)
  }
  return known
}

/** Who owns the objects that others write. */
export function ownershipOf(ctx: Ctx): ObjectOwnership {
  const controls = configurationOf<OwnershipControls>(ctx, 'ownership')
  const ownership = controls?.Rules[0]?.ObjectOwnership
  return ownership === undefined ? WITHOUT : checkOwnership(ownership)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketOwnershipControls.html */
export function checkOwnershipControls(controls: OwnershipControls, { ctx, bucket }: Checked<unknown>): void {
  const [rule, ...more] = controls.Rules
  if (!rule || more.length > 0 || !KNOWN.includes(rule.ObjectOwnership)) throw malformedXml()
  if (rule.ObjectOwnership !== 'BucketOwnerEnforced') return
  const acl = configurationOf<Acl>(ctx, 'acl')
  if (acl && grantsOthers(acl, bucket.owner)) throw aclWithOwnership()
}

export function aclWithOwnership(): AwsError {
  const message = "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting"
  return new AwsError('InvalidBucketAclWithObjectOwnership', message, 400)
}

/** Since 2023 every new bucket blocks public access. */
export function publicAccessBlockOfNewBucket() {
  return { BlockPublicAcls: true, IgnorePublicAcls: true, BlockPublicPolicy: true, RestrictPublicBuckets: true }
}
