import type { Ctx } from '../../../kernel/object/operation.ts'
import { aclOfHeaders, checkAclAllowed } from '../access/acl.ts'
import type { GrantHeaders } from '../access/acl-grants.ts'
import { grantsOthers } from '../access/acl-grants.ts'
import type { Bucket } from '../buckets/bucket.ts'
import { type EncryptionInput, encryptionOf } from './object-encryption.ts'
import { type LockInput, lockOf } from '../locks/object-lock-rules.ts'
import { headersOf, metadataOf } from './object-metadata.ts'
import type { ObjectFacts, StoredHeaders } from './object-schema.ts'
import { tagsOfHeader } from '../tagging/object-tags.ts'
import { ownershipOf } from '../access/ownership.ts'
import { checkStorageClass } from './storage-classes.ts'

/** What a request says of the object that it makes, beside the content. */
export type DraftInput = StoredHeaders &
  EncryptionInput &
  LockInput &
  GrantHeaders & {
    ACL?: string | undefined
    Metadata?: Record<string, string> | undefined
    StorageClass?: string | undefined
    Tagging?: string | undefined
  }

/** An object to be, all of it checked, without content. */
export type Draft = { owner: string; storageClass: string; facts: ObjectFacts }

/** Checks what a request says of a new object. @throws AwsError */
export function draftOf(ctx: Ctx, bucket: Bucket, input: DraftInput): Draft {
  const facts: ObjectFacts = { headers: headersOf(input), encryption: encryptionOf(ctx, input) }
  const metadata = metadataOf(input)
  if (metadata) facts.metadata = metadata
  const storageClass = checkStorageClass(input.StorageClass)
  const tags = tagsOfHeader(input.Tagging)
  if (tags) facts.tags = tags
  const { owner, grants } = ownerAndGrants(ctx, bucket, input)
  if (grants) facts.grants = grants
  Object.assign(facts, lockOf(ctx, bucket, input))
  return { owner, storageClass, facts }
}

type AclInput = GrantHeaders & { ACL?: string | undefined }

/**
 * Who owns a new object: the bucket's owner, but in a bucket with ACLs whoever writes it (unless he hands it over).
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/about-object-ownership.html
 */
export function ownerAndGrants(
  ctx: Ctx,
  bucket: Bucket,
  input: AclInput,
): Pick<Draft, 'owner'> & Pick<ObjectFacts, 'grants'> {
  const ownership = ownershipOf(ctx)
  const writer = ctx.caller.service ? bucket.owner : ctx.caller.accountId
  const handedOver = ownership === 'BucketOwnerPreferred' && input.ACL === 'bucket-owner-full-control'
  const owner = ownership === 'BucketOwnerEnforced' || handedOver ? bucket.owner : writer
  const acl = aclOfHeaders(input, { owner, bucketOwner: bucket.owner })
  if (!acl) return { owner }
  if (ownership === 'BucketOwnerEnforced' && allowsNothingNew(input, acl.Grants, owner)) return { owner }
  checkAclAllowed(ctx, acl)
  return grantsOthers(acl, owner) || acl.Grants.length !== 1 ? { owner, grants: acl.Grants } : { owner }
}

/** Full control for the bucket's owner, who has it anyway. */
function allowsNothingNew(input: AclInput, grants: NonNullable<ObjectFacts['grants']>, owner: string): boolean {
  if (input.ACL !== undefined) return input.ACL === 'bucket-owner-full-control'
  return (
    !grantsOthers({ Owner: { ID: owner }, Grants: grants }, owner) &&
    grants.every(grant => grant.Permission === 'FULL_CONTROL')
  )
}
