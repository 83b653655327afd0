import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetBucketLocationCommand,
  GetBucketOwnershipControlsCommand,
  GetBucketTaggingCommand,
  HeadBucketCommand,
  ListBucketsCommand,
  ListObjectVersionsCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'

test('a bucket is there as soon as it is created: in its place, in the list, and under its own name', async () => {
  const { s3, create } = setUpS3()
  expect((await create('photos')).Location).toBe('/photos')
  const head = await s3.send(new HeadBucketCommand({ Bucket: 'photos' }))
  expect(head.BucketRegion).toBe('us-east-1')
  const location = await s3.send(new GetBucketLocationCommand({ Bucket: 'photos' }))
  expect(location.LocationConstraint).toBeUndefined()
  const { Buckets = [], Owner } = await s3.send(new ListBucketsCommand({}))
  expect(Buckets.map(({ Name }) => Name)).toEqual(['photos'])
  expect(Buckets[0]?.CreationDate).toBeInstanceOf(Date)
  expect(Owner?.ID).toMatch(/^[0-9a-f]{64}$/)
})

test('a bucket lives in the region that its constraint names', async () => {
  const { aws, s3 } = setUpS3()
  const ireland = aws.client(S3Client, { region: 'eu-west-1' })
  const CreateBucketConfiguration = { LocationConstraint: 'eu-west-1' as const }
  const created = await ireland.send(new CreateBucketCommand({ Bucket: 'ireland', CreateBucketConfiguration }))
  expect(created.Location).toBe('http://ireland.s3.amazonaws.com/')
  await s3.send(new CreateBucketCommand({ Bucket: 'from-the-east', CreateBucketConfiguration }))
  for (const Bucket of ['ireland', 'from-the-east']) {
    const { LocationConstraint } = await s3.send(new GetBucketLocationCommand({ Bucket }))
    expect(LocationConstraint).toBe('eu-west-1')
  }
  expect((await s3.send(new HeadBucketCommand({ Bucket: 'ireland' }))).BucketRegion).toBe('eu-west-1')
})

test('a constraint that does not fit the endpoint is refused', async () => {
  const { aws, s3 } = setUpS3()
  const ireland = aws.client(S3Client, { region: 'eu-west-1' })
  // The SDK would name the region by itself.
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/eu-west-1/s3/aws4_request, SignedHeaders=host, Signature=0'
  const bare = await fetch(`${aws.url}/bare`, { method: 'PUT', headers: { authorization } })
  expect(bare.status).toBe(400)
  expect(await bare.text()).toContain(
    '<Code>IllegalLocationConstraintException</Code><Message>The unspecified location constraint is incompatible for the region specific endpoint this request was sent to.</Message>',
  )
  const elsewhere = { Bucket: 'elsewhere', CreateBucketConfiguration: { LocationConstraint: 'us-west-2' as const } }
  expect(await refused(ireland.send(new CreateBucketCommand(elsewhere)))).toMatchObject({
    name: 'IllegalLocationConstraintException',
    message:
      'The us-west-2 location constraint is incompatible for the region specific endpoint this request was sent to.',
  })
  const nowhere = { Bucket: 'nowhere', CreateBucketConfiguration: { LocationConstraint: 'the-moon' as 'us-west-2' } }
  expect(await refused(s3.send(new CreateBucketCommand(nowhere)))).toMatchObject({
    name: 'InvalidLocationConstraint',
    message: 'The specified location-constraint is not valid',
  })
  expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([])
})

test('a name is one bucket’s alone, in all accounts and regions of its namespace', async () => {
  const { aws, create } = setUpS3()
  await create('taken')
  expect((await create('taken')).Location).toBe('/taken')
  const ireland = aws.client(S3Client, { region: 'eu-west-1' })
  const again = { Bucket: 'taken', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } }
  expect(await refused(ireland.send(new CreateBucketCommand(again)))).toMatchObject({
    name: 'BucketAlreadyOwnedByYou',
    message: 'Your previous request to create the named bucket succeeded and you already own it.',
    status: 409,
  })
  const credentials = { accessKeyId: '111122223333', secretAccessKey: 'test' }
  const stranger = aws.client(S3Client, { credentials })
  expect(await refused(stranger.send(new CreateBucketCommand({ Bucket: 'taken' })))).toMatchObject({
    name: 'BucketAlreadyExists',
    message:
      'The requested bucket name is not available. The bucket namespace is shared by all users of the system. Please select a different name and try again.',
    status: 409,
  })
  expect((await stranger.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([])
  const other = setUpS3()
  expect((await other.create('taken')).Location).toBe('/taken')
})

test('names that AWS does not take are refused', async () => {
  const { create } = setUpS3()
  const names = ['ab', 'Upper', 'under_score', '-dash', 'dash-', 'two..dots', '192.168.5.4', 'xn--bucket', 'x-s3alias']
  for (const name of [...names, 'a'.repeat(64), 'sthree-x', 'dot.-dash']) {
    expect(await refused(create(name)), name).toMatchObject({
      name: 'InvalidBucketName',
      message: 'The specified bucket is not valid.',
      status: 400,
    })
  }
  for (const name of ['abc', '0numbers9', 'dots.and-dashes', 'a'.repeat(63)]) await create(name)
})

test('ListBuckets gives pages, by prefix and region', async () => {
  const { s3, create } = setUpS3()
  for (const name of ['a-one', 'b-four', 'b-one', 'b-three', 'b-two']) await create(name)
  await create('b-five', { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })
  const listed: string[] = []
  let ContinuationToken: string | undefined
  do {
    const page = await s3.send(new ListBucketsCommand({ MaxBuckets: 2, Prefix: 'b-', ContinuationToken }))
    expect(page.Prefix).toBe('b-')
    listed.push(...(page.Buckets ?? []).map(({ Name = '', BucketRegion }) => `${Name} ${BucketRegion}`))
    ContinuationToken = page.ContinuationToken
  } while (ContinuationToken)
  const east = (name: string) => `${name} us-east-1`
  expect(listed).toEqual(['b-five eu-west-1', ...['b-four', 'b-one', 'b-three', 'b-two'].map(east)])
  const ireland = await s3.send(new ListBucketsCommand({ BucketRegion: 'eu-west-1' }))
  expect(ireland.Buckets?.map(({ Name }) => Name)).toEqual(['b-five'])
  expect(await refused(s3.send(new ListBucketsCommand({ MaxBuckets: 10_001 })))).toMatchObject({
    name: 'InvalidArgument',
    status: 400,
  })
  expect(await refused(s3.send(new ListBucketsCommand({ ContinuationToken: 'not-a-token' })))).toMatchObject({
    name: 'InvalidArgument',
    message: 'The continuation token provided is incorrect',
  })
})

test('a bucket that is not there is not found', async () => {
  const { s3 } = setUpS3()
  const Bucket = 'not-there'
  const missing = { name: 'NoSuchBucket', message: 'The specified bucket does not exist', status: 404 }
  for (const call of [
    () => s3.send(new GetBucketLocationCommand({ Bucket })),
    () => s3.send(new DeleteBucketCommand({ Bucket })),
    () => s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' })),
    () => s3.send(new ListObjectVersionsCommand({ Bucket })),
  ]) {
    const refusal = await refused(call())
    expect(refusal).toMatchObject(missing)
    expect(refusal.fields.BucketName).toBe(Bucket)
  }
  expect(await refused(s3.send(new HeadBucketCommand({ Bucket })))).toMatchObject({ name: 'NotFound', status: 404 })
})

test('a bucket is deleted only when it is empty, and then its name is free with nothing left behind', async () => {
  const { s3, create } = setUpS3()
  const Bucket = 'short-lived'
  await create(Bucket)
  await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: [{ Key: 'a', Value: 'b' }] } }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }))
  expect(await refused(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
    name: 'BucketNotEmpty',
    message: 'The bucket you tried to delete is not empty',
    status: 409,
  })
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  const deleted = await s3.send(new DeleteBucketCommand({ Bucket }))
  expect(deleted.$metadata.httpStatusCode).toBe(204)
  expect((await s3.send(new ListBucketsCommand({}))).Buckets ?? []).toEqual([])
  await create(Bucket, { CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' } })
  expect(await refused(s3.send(new GetBucketTaggingCommand({ Bucket })))).toMatchObject({ name: 'NoSuchTagSet' })
  expect((await s3.send(new HeadBucketCommand({ Bucket }))).BucketRegion).toBe('eu-west-1')
})

test('a versioned bucket is not empty until its last version is gone', async () => {
  const { s3, create } = setUpS3()
  const Bucket = 'versions'
  await create(Bucket)
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a', Body: 'a' }))
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  expect(await refused(s3.send(new DeleteBucketCommand({ Bucket })))).toMatchObject({
    name: 'BucketNotEmpty',
    message: 'The bucket you tried to delete is not empty. You must delete all versions in the bucket.',
  })
  const { Versions = [], DeleteMarkers = [] } = await s3.send(new ListObjectVersionsCommand({ Bucket }))
  for (const { Key, VersionId } of [...Versions, ...DeleteMarkers]) {
    await s3.send(new DeleteObjectCommand({ Bucket, Key, VersionId }))
  }
  await s3.send(new DeleteBucketCommand({ Bucket }))
})

test('a request that expects another owner is refused, whatever it asks', async () => {
  const { s3, create } = setUpS3()
  const Bucket = 'owned'
  await create(Bucket)
  const mine = { Bucket, ExpectedBucketOwner: '123456789012' }
  const another = { Bucket, ExpectedBucketOwner: '111122223333' }
  await s3.send(new GetBucketLocationCommand(mine))
  await s3.send(new PutObjectCommand({ ...mine, Key: 'a', Body: 'a' }))
  const denied = { name: 'AccessDenied', message: 'Access Denied', status: 403 }
  expect(await refused(s3.send(new GetBucketLocationCommand(another)))).toMatchObject(denied)
  expect(await refused(s3.send(new PutObjectCommand({ ...another, Key: 'b', Body: 'b' })))).toMatchObject(denied)
  expect(await refused(s3.send(new DeleteBucketCommand(another)))).toMatchObject(denied)
  const nobody = { Bucket, ExpectedBucketOwner: 'nobody' }
  expect(await refused(s3.send(new GetBucketLocationCommand(nobody)))).toMatchObject({
    name: 'InvalidBucketOwnerAWSAccountID',
    status: 400,
  })
})

test('a bucket is created with tags, object lock and ownership at once', async () => {
  const { s3, create } = setUpS3()
  await create('complete', {
    CreateBucketConfiguration: { Tags: [{ Key: 'stage', Value: 'test' }] },
    ObjectLockEnabledForBucket: true,
    ObjectOwnership: 'ObjectWriter',
  })
  const Bucket = 'complete'
  expect((await s3.send(new GetBucketTaggingCommand({ Bucket }))).TagSet).toEqual([{ Key: 'stage', Value: 'test' }])
  const { OwnershipControls } = await s3.send(new GetBucketOwnershipControlsCommand({ Bucket }))
  expect(OwnershipControls?.Rules).toEqual([{ ObjectOwnership: 'ObjectWriter' }])
  const suspended = { Bucket, VersioningConfiguration: { Status: 'Suspended' as const } }
  expect(await refused(s3.send(new PutBucketVersioningCommand(suspended)))).toMatchObject({
    name: 'InvalidBucketState',
    status: 409,
  })
  expect(await refused(create('open', { ACL: 'public-read' }))).toMatchObject({
    name: 'InvalidBucketAclWithObjectOwnership',
    message: "Bucket cannot have ACLs set with ObjectOwnership's BucketOwnerEnforced setting",
  })
  expect(await refused(create('open', { ACL: 'public-read', ObjectOwnership: 'ObjectWriter' }))).toMatchObject({
    name: 'InvalidBucketAclWithBlockPublicAccessError',
  })
})

test('of many who create one bucket at once, one account gets it', async () => {
  const { aws } = setUpS3()
  const accounts = ['111111111111', '222222222222', '333333333333', '444444444444']
  const clients = accounts.map(accessKeyId =>
    aws.client(S3Client, { credentials: { accessKeyId, secretAccessKey: 'test' }, region: 'eu-west-1' }),
  )
  const made = { Bucket: 'contested', CreateBucketConfiguration: { LocationConstraint: 'eu-west-1' as const } }
  const outcomes = await Promise.allSettled(clients.map(client => client.send(new CreateBucketCommand(made))))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
  const lists = await Promise.all(clients.map(client => client.send(new ListBucketsCommand({}))))
  const owners = lists.map(({ Buckets = [] }) => Buckets.length)
  expect(owners.reduce((sum, count) => sum + count, 0)).toBe(1)
  expect(owners.indexOf(1)).toBe(outcomes.findIndex(({ status }) => status === 'fulfilled'))
})
