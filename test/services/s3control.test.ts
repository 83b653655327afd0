import {
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  WriteGetObjectResponseCommand,
} from '@aws-sdk/client-s3'
import {
  CreateAccessPointCommand,
  CreateAccessPointForObjectLambdaCommand,
  DeleteAccessPointCommand,
  DeleteAccessPointForObjectLambdaCommand,
  DeleteAccessPointPolicyCommand,
  DeleteAccessPointPolicyForObjectLambdaCommand,
  GetAccessPointCommand,
  GetAccessPointConfigurationForObjectLambdaCommand,
  GetAccessPointForObjectLambdaCommand,
  GetAccessPointPolicyCommand,
  GetAccessPointPolicyForObjectLambdaCommand,
  GetAccessPointPolicyStatusCommand,
  GetAccessPointPolicyStatusForObjectLambdaCommand,
  ListAccessPointsCommand,
  ListAccessPointsForObjectLambdaCommand,
  ListTagsForResourceCommand,
  PutAccessPointConfigurationForObjectLambdaCommand,
  PutAccessPointPolicyCommand,
  PutAccessPointPolicyForObjectLambdaCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-s3-control'
import { expect, test } from 'vitest'
import { FakeCloud } from '../../sdk/index.ts'
import { AccountId, FUNCTION_ARN, setUpObjectLambda } from '../support/access-points.ts'
import { ECHO } from '../support/lambda.ts'
import { refused } from '../support/s3.ts'

const Name = 'plain'
const Policy = (Principal: unknown) =>
  JSON.stringify({ Version: '2012-10-17', Statement: [{ Effect: 'Allow', Principal, Action: 's3:*', Resource: '*' }] })

test('an access point is made for a bucket, shown, listed and deleted', async () => {
  const { aws, control, plain } = await setUpObjectLambda(ECHO)
  expect(plain).toMatchObject({
    AccessPointArn: `arn:aws:s3:us-east-1:${AccountId}:accesspoint/plain`,
    Alias: expect.stringMatching(/^plain-[a-z0-9]{34}-s3alias$/),
  })
  expect(await control.send(new GetAccessPointCommand({ AccountId, Name }))).toMatchObject({
    Name,
    Bucket: 'originals',
    NetworkOrigin: 'Internet',
    PublicAccessBlockConfiguration: { BlockPublicAcls: true, RestrictPublicBuckets: true },
    CreationDate: expect.any(Date),
    Alias: plain.Alias,
    BucketAccountId: AccountId,
  })
  const VpcConfiguration = { VpcId: 'vpc-1234567890' }
  await control.send(new CreateAccessPointCommand({ AccountId, Name: 'inner', Bucket: 'originals', VpcConfiguration }))
  const listed = await control.send(new ListAccessPointsCommand({ AccountId, Bucket: 'originals', MaxResults: 1 }))
  expect(listed.AccessPointList).toMatchObject([{ Name: 'inner', NetworkOrigin: 'VPC', VpcConfiguration }])
  const rest = await control.send(
    new ListAccessPointsCommand({ AccountId, Bucket: 'originals', NextToken: listed.NextToken }),
  )
  expect(rest.AccessPointList?.map(point => point.Name)).toEqual([Name])
  const shown = await new FakeCloud(aws.url).s3.getAccessPoints()
  expect(shown.accessPoints.map(({ name, bucket }) => [name, bucket])).toEqual([
    ['inner', 'originals'],
    ['plain', 'originals'],
  ])
  await control.send(new DeleteAccessPointCommand({ AccountId, Name: 'inner' }))
  expect(await refused(control.send(new GetAccessPointCommand({ AccountId, Name: 'inner' })))).toMatchObject({
    name: 'NoSuchAccessPoint',
    message: 'The specified accesspoint does not exist',
    status: 404,
  })
})

test('objects are read and written through an access point, by ARN, alias and host', async () => {
  const { aws, s3, plain } = await setUpObjectLambda(ECHO)
  for (const Bucket of [plain.AccessPointArn, plain.Alias]) {
    await s3.send(new PutObjectCommand({ Bucket, Key: 'a/b.txt', Body: `through ${Bucket}` }))
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'originals', Key: 'a/b.txt' }))
    expect(await Body?.transformToString()).toBe(`through ${Bucket}`)
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'a/' }))
    expect(Contents?.map(({ Key }) => Key)).toEqual(['a/b.txt'])
  }
  const big = Buffer.alloc(600_000, 'x')
  await s3.send(new PutObjectCommand({ Bucket: plain.AccessPointArn, Key: 'big', Body: big }))
  const read = await s3.send(new GetObjectCommand({ Bucket: plain.AccessPointArn, Key: 'big' }))
  expect((await read.Body?.transformToByteArray())?.length).toBe(big.length)
  const missing = plain.AccessPointArn?.replace('plain', 'none')
  const byPath = async (arn = '') => (await fetch(`${aws.url}/${encodeURIComponent(arn)}/big`)).text()
  expect((await byPath(plain.AccessPointArn)).length).toBe(big.length)
  expect(await byPath(missing)).toMatch(/<Code>NoSuchAccessPoint<.*<Message>The specified accesspoint does not exist</)
})

test('an Object Lambda access point is made, configured, shown, listed and deleted', async () => {
  const { control, Configuration, arn, alias } = await setUpObjectLambda(ECHO)
  const named = { AccountId, Name: 'shouting' }
  expect(arn).toBe(`arn:aws:s3-object-lambda:us-east-1:${AccountId}:accesspoint/shouting`)
  expect(alias).toMatch(/^shouting-[a-z0-9]{34}--ol-s3$/)
  expect(await control.send(new GetAccessPointForObjectLambdaCommand(named))).toMatchObject({
    Name: 'shouting',
    Alias: { Value: alias, Status: 'READY' },
    CreationDate: expect.any(Date),
  })
  const configuration = () => control.send(new GetAccessPointConfigurationForObjectLambdaCommand(named))
  expect((await configuration()).Configuration).toMatchObject(Configuration)
  const changed = { ...Configuration, AllowedFeatures: ['GetObject-Range' as const], CloudWatchMetricsEnabled: true }
  await control.send(new PutAccessPointConfigurationForObjectLambdaCommand({ ...named, Configuration: changed }))
  expect((await configuration()).Configuration).toMatchObject(changed)
  const list = () => control.send(new ListAccessPointsForObjectLambdaCommand({ AccountId }))
  expect((await list()).ObjectLambdaAccessPointList).toMatchObject([
    { Name: 'shouting', ObjectLambdaAccessPointArn: arn, Alias: { Value: alias } },
  ])
  await control.send(new DeleteAccessPointForObjectLambdaCommand(named))
  expect((await list()).ObjectLambdaAccessPointList ?? []).toEqual([])
})

test('policies of both kinds are kept, with their status', async () => {
  const { control } = await setUpObjectLambda(ECHO)
  const plain = { AccountId, Name }
  expect(await refused(control.send(new GetAccessPointPolicyCommand(plain)))).toMatchObject({
    name: 'NoSuchAccessPointPolicy',
    message: 'The specified accesspoint policy does not exist',
    status: 404,
  })
  await control.send(new PutAccessPointPolicyCommand({ ...plain, Policy: Policy('*') }))
  expect((await control.send(new GetAccessPointPolicyCommand(plain))).Policy).toBe(Policy('*'))
  const { PolicyStatus } = await control.send(new GetAccessPointPolicyStatusCommand(plain))
  expect(PolicyStatus).toEqual({ IsPublic: true })
  await control.send(new DeleteAccessPointPolicyCommand(plain))
  const shouting = { AccountId, Name: 'shouting' }
  const own = Policy({ AWS: AccountId })
  await control.send(new PutAccessPointPolicyForObjectLambdaCommand({ ...shouting, Policy: own }))
  expect((await control.send(new GetAccessPointPolicyForObjectLambdaCommand(shouting))).Policy).toBe(own)
  const status = await control.send(new GetAccessPointPolicyStatusForObjectLambdaCommand(shouting))
  expect(status.PolicyStatus).toEqual({ IsPublic: false })
  await control.send(new DeleteAccessPointPolicyForObjectLambdaCommand(shouting))
  expect(await refused(control.send(new GetAccessPointPolicyForObjectLambdaCommand(shouting)))).toMatchObject({
    name: 'NoSuchAccessPointPolicy',
  })
})

test('what cannot be is refused, and changes nothing', async () => {
  const { s3, control, Configuration, plain } = await setUpObjectLambda(ECHO)
  const create = (input: object) =>
    refused(control.send(new CreateAccessPointCommand({ AccountId, Name: 'other', Bucket: 'originals', ...input })))
  expect(await create({ Name })).toMatchObject({ name: 'AccessPointAlreadyOwnedByYou', status: 409 })
  expect(await create({ Name: 'Not_Allowed' })).toMatchObject({
    name: 'InvalidRequest',
    message: 'The specified accesspoint name is not valid',
  })
  expect(await create({ Bucket: 'no-such-bucket' })).toMatchObject({ name: 'NoSuchBucket', status: 404 })
  expect(await create({ AccountId: '999999999999' })).toMatchObject({ name: 'AccessDenied', status: 403 })
  const lambda = (change: object) =>
    refused(
      control.send(
        new CreateAccessPointForObjectLambdaCommand({
          AccountId,
          Name: 'other',
          Configuration: { ...Configuration, ...change },
        }),
      ),
    )
  const none = plain.AccessPointArn?.replace('plain', 'none')
  expect(await lambda({ SupportingAccessPoint: none })).toMatchObject({ name: 'NoSuchAccessPoint' })
  const AwsLambda = { FunctionArn: FUNCTION_ARN.replace('east', 'west') }
  const wrong = [{ Actions: ['GetObject'], ContentTransformation: { AwsLambda } }]
  expect(await lambda({ TransformationConfigurations: wrong })).toMatchObject({ name: 'InvalidRequest', status: 400 })
  const { AccessPointList } = await control.send(new ListAccessPointsCommand({ AccountId }))
  expect(AccessPointList?.map(point => point.Name)).toEqual([Name])
  const answer = new WriteGetObjectResponseCommand({ RequestRoute: 'io-use1-001', RequestToken: 'none', Body: 'x' })
  expect(await refused(s3.send(answer))).toMatchObject({ name: 'InvalidToken', status: 400 })
})

test('an access point has tags, from its making or later, which go with it', async () => {
  const { control } = await setUpObjectLambda(ECHO)
  const point = { AccountId, Name: 'tagged', Bucket: 'originals' }
  const tag = (Key: string, Value = 'x') => ({ Key, Value })
  const made = await control.send(new CreateAccessPointCommand({ ...point, Tags: [tag('team', 'red')] }))
  const named = { AccountId, ResourceArn: made.AccessPointArn ?? '' }
  const tags = async () => (await control.send(new ListTagsForResourceCommand(named))).Tags
  await control.send(new TagResourceCommand({ ...named, Tags: [tag('stage'), tag('team', 'blue')] }))
  expect(await tags()).toEqual([tag('team', 'blue'), tag('stage')])
  await control.send(new UntagResourceCommand({ ...named, TagKeys: ['team'] }))
  expect(await tags()).toEqual([tag('stage')])
  const refusal = (...keys: string[]) =>
    refused(control.send(new TagResourceCommand({ ...named, Tags: keys.map(key => tag(key)) })))
  expect(await refusal('aws:x')).toMatchObject({ name: 'InvalidTag' })
  expect(await refusal('x', 'x')).toMatchObject({ name: 'InvalidTag' })
  const other = { ...named, ResourceArn: `arn:aws:s3:us-east-1:${AccountId}:storage-lens-group/all` }
  expect(await refused(control.send(new ListTagsForResourceCommand(other)))).toMatchObject({ name: 'InvalidRequest' })
  await control.send(new DeleteAccessPointCommand({ AccountId, Name: 'tagged' }))
  expect(await refused(control.send(new ListTagsForResourceCommand(named)))).toMatchObject({
    name: 'NoSuchAccessPoint',
  })
  await control.send(new CreateAccessPointCommand(point))
  expect(await tags()).toEqual([])
})
