import { CreateQueueCommand, GetQueueAttributesCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, HeadBucketCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { GetUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { GetTopicAttributesCommand, SNSClient } from '@aws-sdk/client-sns'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newAccessKeyId } from '../../durable-objects/kernel/namespace/credentials.ts'
import { type Emulator, startEmulator } from '../../node-runner/start.ts'
import { bearer } from '../support/break-out.ts'
import { type TestClients, testClients } from '../support/clients.ts'
import { enforcing } from '../support/enforcing.ts'
import { type Key, send, sign, type Unsigned } from '../support/signing.ts'

const objects = async ({ admin, namespace }: TestClients) =>
  (await admin<{ objects: number }>('GET', `/_fakecloud/namespaces/${namespace}`)).objects

const account = (n: number) => String(700_000_000_000 + n)
const REGIONS = ['eu-west-1', 'eu-west-2', 'us-west-1', 'us-west-2', 'ca-central-1']

/** Fifty requests about what nobody has made, in places that nobody has used. */
function madeUp({ client }: Pick<TestClients, 'client'>): Promise<unknown>[] {
  return Array.from({ length: 10 }, (_, n) => {
    const there = {
      credentials: { accessKeyId: account(n), secretAccessKey: 'test' },
      region: REGIONS[n % REGIONS.length] ?? '',
    }
    const QueueUrl = `http://localhost:4566/${account(n)}/none`
    const TopicArn = `arn:aws:sns:${there.region}:${account(n)}:none`
    return [
      client(S3Client).send(new HeadBucketCommand({ Bucket: `none-${n}` })),
      client(S3Client).send(new PutObjectCommand({ Bucket: `no-bucket-${n}`, Key: 'k', Body: 'x' })),
      client(SQSClient, there).send(new GetQueueAttributesCommand({ QueueUrl })),
      client(SNSClient, there).send(new GetTopicAttributesCommand({ TopicArn })),
      n % 2
        ? client(LambdaClient, there).send(new GetFunctionCommand({ FunctionName: 'none' }))
        : client(IAMClient, there).send(new GetUserCommand({ UserName: 'none' })),
    ]
  }).flat()
}

test('requests that are refused on made-up buckets, queues and accounts leave a namespace’s objects as they were', async () => {
  const aws = testClients()
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'kept' }))
  const before = await objects(aws)
  const ends = await Promise.allSettled(madeUp(aws))
  expect(ends.map(({ status }) => status)).toEqual(ends.map(() => 'rejected'))
  expect(await objects(aws)).toBe(before)
  expect((await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(1)
})

test('a namespace that has only refused is none, unless it was made', async () => {
  const [used, made] = [testClients(), testClients()]
  await made.admin('POST', '/_fakecloud/namespaces', { name: made.namespace })
  await Promise.allSettled([...madeUp(used), ...madeUp(made)])
  const { namespaces } = await used.admin<{ namespaces: string[] }>('GET', '/_fakecloud/namespaces')
  expect(namespaces).toContain(made.namespace)
  expect(namespaces).not.toContain(used.namespace)
})

test('what is refused while the same bucket is made, or before it, does not undo it', async () => {
  const aws = testClients()
  const s3 = aws.client(S3Client)
  for (let n = 0; n < 5; n += 1) {
    const Bucket = `made-${n}`
    const head = () => s3.send(new HeadBucketCommand({ Bucket })).catch(() => undefined)
    await Promise.all([head(), head(), s3.send(new CreateBucketCommand({ Bucket })), head(), head()])
    await s3.send(new PutObjectCommand({ Bucket, Key: 'k', Body: 'x' }))
  }
  expect(await objects(aws)).toBe(6)
})

test('a user who was denied something where nothing is yet can ask why', async () => {
  const { aws, user } = await enforcing()
  const ada = await user('ada')
  const denied = ada.client(SQSClient, { region: 'eu-west-3' }).send(new ListQueuesCommand({}))
  await expect(denied).rejects.toMatchObject({ name: expect.stringContaining('AccessDenied') })
  const { decisions } = await aws.admin<{ decisions: { action: string }[] }>('GET', '/_fakecloud/iam/explain')
  expect(decisions.map(({ action }) => action)).toContain('sqs:ListQueues')
})

const secret = 'a-secret-of-this-deployment'
let hosted: Emulator
beforeAll(async () => {
  hosted = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'warn', secret })
})
afterAll(() => hosted.stop())

test('nor does anything in a closed namespace come of what a stranger asks', async () => {
  const ask = (request: Unsigned) => send(hosted.url, request)
  const path = '/_fakecloud/namespaces'
  const make = async (name: string): Promise<Key> => {
    const body = JSON.stringify({ name, verifySigv4: true, iam: 'strict' })
    return JSON.parse((await ask({ method: 'POST', path, headers: { authorization: `Bearer ${secret}` }, body })).body)
      .credentials
  }
  const [root, mine] = [await make('theirs'), await make('mine')]
  const count = async () =>
    JSON.parse((await ask({ method: 'GET', path: `${path}/theirs`, headers: bearer(root) })).body).objects
  const before = await count()
  const host = new URL(hosted.url).host
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  const requests = Array.from({ length: 10 }, (_, n) => {
    const get = { method: 'GET', path: `/_ns/theirs/none-${n}/key` }
    const list = { method: 'POST', path: '/_ns/theirs/', headers: form, body: 'Action=ListQueues&Version=2012-11-05' }
    const TopicArn = `arn:aws:sns:us-east-1:${account(n)}:none`
    const leave = `Action=Unsubscribe&Version=2010-03-31&SubscriptionArn=${TopicArn}:${crypto.randomUUID()}`
    const confirm = `Action=ConfirmSubscription&Version=2010-03-31&TopicArn=${TopicArn}&Token=x`
    const key = { accessKeyId: newAccessKeyId('AKIA', account(n)), secretAccessKey: 'x' }
    const anyone = { accessKeyId: account(n), secretAccessKey: 'test' }
    return [
      get,
      { ...get, method: 'PUT', body: 'x' },
      { ...get, method: 'OPTIONS', headers: { origin: 'http://x', 'access-control-request-method': 'GET' } },
      list,
      { ...list, body: leave },
      { ...list, body: confirm },
      { method: 'GET', path: `/_ns/theirs/?${leave}` },
      ...[mine, key, anyone].flatMap(each => [
        sign(host, get, { key: each, service: 's3' }),
        sign(host, list, { key: each, service: 'sqs', region: REGIONS[n % REGIONS.length] ?? '' }),
      ]),
    ]
  }).flat()
  const answers = await Promise.all(requests.map(ask))
  const known = answers.filter(({ body }) => !body.includes('<UnsubscribeResponse'))
  for (const { status, body } of known) expect(status, body).toBeGreaterThanOrEqual(400)
  expect(await count()).toBe(before)
})
