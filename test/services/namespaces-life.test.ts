import { CreateBucketCommand, ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { credentialsOf } from '../support/enforcing.ts'

type Described = { objects: number; settings: object }
const described = ({ admin, namespace }: ReturnType<typeof testClients>) =>
  admin<Described>('GET', `/_fakecloud/namespaces/${namespace}`)

test('a session ends with its namespace: one of the same name does not take it', async () => {
  const aws = testClients()
  const trust = { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' }
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
  const RoleArn = 'arn:aws:iam::123456789012:role/worker'
  const role = () => aws.client(IAMClient).send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument }))
  await role()
  const assume = new AssumeRoleCommand({ RoleArn, RoleSessionName: 'me' })
  const { Credentials } = await aws.client(STSClient).send(assume)
  const session = aws.client(STSClient, credentialsOf(Credentials))
  expect((await session.send(new GetCallerIdentityCommand({}))).Arn).toContain('assumed-role/worker/me')
  await aws.admin('DELETE', `/_fakecloud/namespaces/${aws.namespace}`)
  await role()
  await expect(session.send(new GetCallerIdentityCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  const sqs = aws.client(SQSClient, credentialsOf(Credentials))
  await expect(sqs.send(new ListQueuesCommand({}))).rejects.toMatchObject({ name: 'InvalidClientTokenId' })
  const s3 = aws.client(S3Client, credentialsOf(Credentials))
  await expect(s3.send(new ListBucketsCommand({}))).rejects.toMatchObject({ name: 'InvalidToken' })
})

test('regions that there cannot be make nothing: what is signed for them is the usual region’s', async () => {
  const aws = testClients()
  for (let n = 0; n < 20; n++) {
    await aws
      .client(SQSClient, { region: `xx-made-up-${n % 10}` })
      .send(new CreateQueueCommand({ QueueName: `q-${n}` }))
  }
  expect((await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(20)
  expect((await described(aws)).objects).toBe(1)
  for (const region of ['eu-central-2', 'us-gov-west-1', 'cn-north-1', 'ap-southeast-7']) {
    await aws.client(SQSClient, { region }).send(new CreateQueueCommand({ QueueName: 'there' }))
  }
  expect((await described(aws)).objects).toBe(5)
})

test('an account or region that there cannot be is refused where a request or an ARN names it', async () => {
  const aws = testClients()
  const { url } = aws
  const vend = { resourceArn: 'arn:aws:cloudfront:nowhere:1234:distribution/x', logType: 'x', records: [{ a: 1 }] }
  await expect(aws.admin('POST', '/_fakecloud/logs/vend', vend)).rejects.toThrow('400')
  for (const path of [
    'lambda/function-code/12/work/latest.zip',
    'lambda/function-code/123456789012/x/1.zip?region=a',
  ]) {
    expect((await fetch(`${url}/_fakecloud/${path}`)).status).toBe(400)
  }
  await expect(described(aws)).rejects.toThrow('404')
})

test('of changes that cross, every object ends with the last', async () => {
  const aws = testClients()
  for (let n = 0; n < 10; n++) await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: `b-${n}` }))
  const at = (n: number) => `2030-01-0${n}T00:00:00.000Z`
  await Promise.all([1, 2, 3, 4, 5].map(n => aws.admin('POST', '/_fakecloud/clock/freeze', { at: at(n) })))
  const { now } = await aws.admin<{ now: string }>('GET', '/_fakecloud/clock')
  const { Buckets = [] } = await aws.client(S3Client).send(new ListBucketsCommand({}))
  expect(Buckets).toHaveLength(10)
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'late' }))
  await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'late' }))
  const listed = await aws.client(S3Client).send(new ListBucketsCommand({}))
  expect(listed.Buckets?.find(({ Name }) => Name === 'late')?.CreationDate?.toISOString()).toBe(now)
})
