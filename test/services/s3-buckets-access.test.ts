import {
  DeleteBucketPolicyCommand,
  DeletePublicAccessBlockCommand,
  GetBucketAclCommand,
  GetBucketPolicyCommand,
  GetBucketPolicyStatusCommand,
  type Grant,
  ListBucketsCommand,
  PutBucketAclCommand,
  PutBucketOwnershipControlsCommand,
  PutBucketPolicyCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'shared'
const ALL_USERS = 'http://acs.amazonaws.com/groups/global/AllUsers'
const FRIEND = 'a'.repeat(64)

async function sharedBucket() {
  const { s3, create } = setUpS3()
  await create(Bucket)
  const { Owner } = await s3.send(new ListBucketsCommand({}))
  const owner = Owner?.ID ?? ''
  const ownFull = { Grantee: { Type: 'CanonicalUser', ID: owner }, Permission: 'FULL_CONTROL' }
  const grants = async () => (await s3.send(new GetBucketAclCommand({ Bucket }))).Grants
  const withAcls = async () => {
    const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerPreferred' as const }] }
    await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }))
  }
  return { s3, owner, ownFull, grants, withAcls }
}

test('a fresh bucket is its owner’s alone', async () => {
  const { s3, owner, ownFull } = await sharedBucket()
  const { Owner, Grants } = await s3.send(new GetBucketAclCommand({ Bucket }))
  expect(Owner).toEqual({ ID: owner })
  expect(Grants).toEqual([ownFull])
})

test('a bucket’s ACL is set by a canned name, by headers or whole, where ownership lets it', async () => {
  const { s3, owner, ownFull, grants, withAcls } = await sharedBucket()
  await withAcls()
  await s3.send(new PutBucketAclCommand({ Bucket, ACL: 'log-delivery-write' as 'private' }))
  const group = 'http://acs.amazonaws.com/groups/s3/LogDelivery'
  expect(await grants()).toEqual([
    ownFull,
    { Grantee: { Type: 'Group', URI: group }, Permission: 'WRITE' },
    { Grantee: { Type: 'Group', URI: group }, Permission: 'READ_ACP' },
  ])
  await s3.send(new PutBucketAclCommand({ Bucket, GrantRead: `id="${FRIEND}"`, GrantFullControl: `id=${owner}` }))
  const friends: Grant = { Grantee: { Type: 'CanonicalUser', ID: FRIEND }, Permission: 'READ' }
  expect(await grants()).toEqual([ownFull, friends])
  const AccessControlPolicy = { Owner: { ID: owner }, Grants: [friends] }
  await s3.send(new PutBucketAclCommand({ Bucket, AccessControlPolicy }))
  expect(await grants()).toEqual([friends])
  const OwnershipControls = { Rules: [{ ObjectOwnership: 'BucketOwnerEnforced' as const }] }
  expect(await refused(s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls })))).toMatchObject({
    name: 'InvalidBucketAclWithObjectOwnership',
    status: 400,
  })
})

test('a public ACL needs the block on public access to be lifted', async () => {
  const { s3, ownFull, grants, withAcls } = await sharedBucket()
  await withAcls()
  const open = new PutBucketAclCommand({ Bucket, ACL: 'public-read' })
  expect(await refused(s3.send(open))).toMatchObject({ name: 'AccessDenied', status: 403 })
  expect(await grants()).toEqual([ownFull])
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
  await s3.send(open)
  expect(await grants()).toEqual([ownFull, { Grantee: { Type: 'Group', URI: ALL_USERS }, Permission: 'READ' }])
})

test('grants that mean nobody are refused', async () => {
  const { s3, owner, withAcls } = await sharedBucket()
  await withAcls()
  const put = (input: object) => refused(s3.send(new PutBucketAclCommand({ Bucket, ...input })))
  expect(await put({ ACL: 'everything' })).toMatchObject({ name: 'InvalidArgument' })
  expect(await put({ GrantRead: 'somebody' })).toMatchObject({
    name: 'InvalidArgument',
    message: 'Argument format not recognized',
  })
  expect(await put({ GrantRead: 'id="x"' })).toMatchObject({ name: 'InvalidArgument', message: 'Invalid id' })
  expect(await put({ GrantRead: 'uri="http://x"' })).toMatchObject({ message: 'Invalid group uri' })
  expect(await put({ ACL: 'private', GrantRead: `id=${owner}` })).toMatchObject({
    name: 'InvalidRequest',
    message: 'Specifying both Canned ACLs and Header Grants is not allowed',
  })
  const Grants = [{ Grantee: { Type: 'CanonicalUser', ID: owner }, Permission: 'DANCE' }]
  expect(await put({ AccessControlPolicy: { Owner: { ID: owner }, Grants } })).toMatchObject({
    name: 'MalformedACLError',
  })
  expect(await put({ AccessControlPolicy: { Owner: { ID: FRIEND }, Grants: [] } })).toMatchObject({
    name: 'AccessDenied',
  })
})

test('a bucket’s policy comes back as it was put, with whether it is public', async () => {
  const { s3 } = await sharedBucket()
  const statement = { Effect: 'Allow', Action: 's3:*', Resource: ['arn:aws:s3:::shared', 'arn:aws:s3:::shared/*'] }
  const put = async (more: object) => {
    const Policy = JSON.stringify({ Version: '2012-10-17', Statement: [{ ...statement, ...more }] }, null, 2)
    await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
    expect((await s3.send(new GetBucketPolicyCommand({ Bucket }))).Policy).toBe(Policy)
    return (await s3.send(new GetBucketPolicyStatusCommand({ Bucket }))).PolicyStatus?.IsPublic
  }
  const missing = { name: 'NoSuchBucketPolicy', message: 'The bucket policy does not exist', status: 404 }
  expect(await refused(s3.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject(missing)
  expect(await refused(s3.send(new GetBucketPolicyStatusCommand({ Bucket })))).toMatchObject(missing)
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket }))
  expect(await put({ Principal: { AWS: '111122223333' } })).toBe(false)
  expect(await put({ Principal: '*' })).toBe(true)
  expect(await put({ Principal: { AWS: '*' } })).toBe(true)
  const from = (range: string) => ({ Principal: '*', Condition: { IpAddress: { 'aws:SourceIp': range } } })
  expect(await put(from('10.0.0.0/8'))).toBe(false)
  expect(await put(from('0.0.0.0/0'))).toBe(true)
  const organization = { StringEquals: { 'aws:PrincipalOrgID': 'o-123' } }
  expect(await put({ Principal: '*', Condition: organization })).toBe(false)
  await s3.send(new DeleteBucketPolicyCommand({ Bucket }))
  expect(await refused(s3.send(new GetBucketPolicyCommand({ Bucket })))).toMatchObject(missing)
})
