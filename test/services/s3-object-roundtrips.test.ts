import {
  GetObjectAclCommand,
  GetObjectCommand,
  GetObjectLegalHoldCommand,
  GetObjectRetentionCommand,
  GetObjectTaggingCommand,
  PutObjectAclCommand,
  PutObjectCommand,
  PutObjectLegalHoldCommand,
  PutObjectRetentionCommand,
  PutObjectTaggingCommand,
  PutPublicAccessBlockCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { setUpS3 } from '../support/s3.ts'

const Bucket = 'pairs'
const named = { Bucket, Key: 'a' }

/** A bucket that allows ACLs, keeps versions and locks, and an object of two versions in it. */
async function setUp() {
  const { s3, create } = setUpS3()
  await create(Bucket, { ObjectOwnership: 'ObjectWriter', ObjectLockEnabledForBucket: true })
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: {} }))
  const old = await s3.send(new PutObjectCommand({ ...named, Body: 'old' }))
  await s3.send(new PutObjectCommand({ ...named, Body: 'new' }))
  return { s3, old: { ...named, VersionId: old.VersionId } }
}

test('what Terraform puts on an object comes back equal, version by version', async () => {
  const { s3, old } = await setUp()
  const TagSet = [
    { Key: 'Name', Value: 'a b' },
    { Key: 'empty', Value: '' },
  ]
  await s3.send(new PutObjectTaggingCommand({ ...old, Tagging: { TagSet } }))
  expect((await s3.send(new GetObjectTaggingCommand(old))).TagSet).toEqual(TagSet)
  expect((await s3.send(new GetObjectTaggingCommand(named))).TagSet).toEqual([])
  const { Owner } = await s3.send(new GetObjectAclCommand(old))
  const Grants = [
    { Grantee: { Type: 'CanonicalUser' as const, ID: Owner?.ID }, Permission: 'FULL_CONTROL' as const },
    {
      Grantee: { Type: 'Group' as const, URI: 'http://acs.amazonaws.com/groups/global/AllUsers' },
      Permission: 'READ' as const,
    },
  ]
  await s3.send(new PutObjectAclCommand({ ...old, AccessControlPolicy: { Owner, Grants } }))
  expect(await s3.send(new GetObjectAclCommand(old))).toMatchObject({ Owner, Grants })
  expect((await s3.send(new GetObjectAclCommand(named))).Grants).toHaveLength(1)
  const Retention = { Mode: 'GOVERNANCE' as const, RetainUntilDate: new Date('2099-01-01T00:00:00.500Z') }
  await s3.send(new PutObjectRetentionCommand({ ...old, Retention }))
  expect((await s3.send(new GetObjectRetentionCommand(old))).Retention).toEqual(Retention)
  for (const Status of ['ON', 'OFF'] as const) {
    await s3.send(new PutObjectLegalHoldCommand({ ...old, LegalHold: { Status } }))
    expect((await s3.send(new GetObjectLegalHoldCommand(old))).LegalHold).toEqual({ Status })
  }
})

test('what an upload says of its object comes back equal', async () => {
  const { s3 } = await setUp()
  const facts = {
    CacheControl: 'no-cache, no-store',
    ContentDisposition: "inline; filename*=UTF-8''k%C3%A4se",
    ContentEncoding: 'gzip',
    ContentLanguage: 'de-AT',
    ContentType: 'application/vnd.test+json; v=1',
    Metadata: { a: '', 'b-c': 'D e', quoted: '"x", y' },
    StorageClass: 'INTELLIGENT_TIERING' as const,
    WebsiteRedirectLocation: 'https://example.com/?a=b#c',
    ServerSideEncryption: 'aws:kms' as const,
    SSEKMSKeyId: 'arn:aws:kms:us-east-1:123456789012:key/1234',
    BucketKeyEnabled: true,
    ObjectLockMode: 'COMPLIANCE' as const,
    ObjectLockRetainUntilDate: new Date('2030-06-01T12:00:00Z'),
    ObjectLockLegalHoldStatus: 'ON' as const,
  }
  await s3.send(new PutObjectCommand({ ...named, ...facts, Body: 'x', Tagging: 'k=v' }))
  expect(await s3.send(new GetObjectCommand(named))).toMatchObject({ ...facts, TagCount: 1 })
})
