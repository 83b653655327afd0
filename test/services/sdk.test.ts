import { CloudWatchLogsClient, CreateLogGroupCommand, PutIndexPolicyCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateAccessKeyCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, inject, test } from 'vitest'
import { FakeCloud, FakeCloudError } from '../../sdk/index.ts'
import { test as withFakeCloud } from '../../sdk/vitest.ts'

const sqsOf = (fc: FakeCloud) =>
  new SQSClient({
    endpoint: fc.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  })

test('a client of a namespace sees what is in it, and a clock and a reset of its own', async () => {
  const root = new FakeCloud(`${inject('emulatorUrl')}//`)
  const fc = await root.namespaces.create({ ttlSeconds: 600 })
  const { QueueUrl } = await sqsOf(fc).send(new CreateQueueCommand({ QueueName: 'orders' }))
  await sqsOf(fc).send(new SendMessageCommand({ QueueUrl, MessageBody: 'one' }))
  const { queues } = await fc.sqs.getMessages()
  expect(queues).toMatchObject([{ queueName: 'orders', messages: [{ body: 'one', receiveCount: 0, inFlight: false }] }])
  await fc.clock.freeze(new Date('2030-01-01T00:00:00Z'))
  const moved = await fc.clock.advance({ to: new Date('2030-01-06T00:00:00Z') })
  expect(moved).toMatchObject({ now: '2030-01-06T00:00:00.000Z', frozen: true })
  expect((await fc.sqs.getMessages()).queues[0]?.messages).toEqual([])
  expect(await fc.reset()).toEqual({ status: 'ok' })
  expect((await fc.sqs.getMessages()).queues).toEqual([])
  expect(await root.namespaces.delete(fc.url.split('/').at(-1) ?? '')).toHaveProperty('deleted')
})

test('a namespace that verifies and enforces tells its root’s key once, and explains what was decided', async () => {
  const fc = await new FakeCloud(inject('emulatorUrl')).namespaces.create({ iam: 'strict', verifySigv4: true })
  const { rootKey } = fc
  if (!rootKey) throw new Error('no root key')
  const client = { endpoint: fc.url, region: 'us-east-1' }
  const iam = new IAMClient({ ...client, credentials: rootKey })
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const { AccessKey: key } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  const credentials = { accessKeyId: key?.AccessKeyId ?? '', secretAccessKey: key?.SecretAccessKey ?? '' }
  const sqs = new SQSClient({ ...client, credentials, maxAttempts: 1 })
  const refused = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' })).catch((error: Error) => error)
  expect(String(refused)).toContain('is not authorized to perform: sqs:createqueue')
  const { decisions } = await fc.iam.decisions()
  const arn = 'arn:aws:iam::123456789012:user/alice'
  expect(decisions.at(-1)).toMatchObject({ principal: arn, action: 'sqs:CreateQueue', decision: 'implicitDeny' })
  const resource = 'arn:aws:sqs:us-east-1:123456789012:orders'
  expect(await fc.iam.explain({ principal: arn, action: 'sqs:SendMessage', resource })).toMatchObject({
    decision: 'implicitDeny',
    statements: [],
  })
})

test('log groups tell which fields they index, and unknown ones are refused', async () => {
  const fc = new FakeCloud(inject('emulatorUrl')).namespaces.in('sdk-logs')
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const logs = new CloudWatchLogsClient({ endpoint: fc.url, region: 'us-east-1', credentials })
  await logs.send(new CreateLogGroupCommand({ logGroupName: '/web/site' }))
  const policyDocument = JSON.stringify({ Fields: ['status'] })
  await logs.send(new PutIndexPolicyCommand({ logGroupIdentifier: '/web/site', policyDocument }))
  const { logGroupName, indexes } = await fc.logs.getFieldIndexes('/web/site')
  expect({ logGroupName, fields: indexes.flatMap(({ fields }) => fields) }).toMatchObject({
    logGroupName: '/web/site',
    fields: expect.arrayContaining(['status']),
  })
  expect(await fc.logs.getDeliveryConfig()).toEqual({ configurations: [] })
  await expect(fc.logs.getFieldIndexes('none')).rejects.toMatchObject({ status: 404 })
})

test('a tick of the lifecycles tells what they did', async () => {
  const fc = new FakeCloud(inject('emulatorUrl')).namespaces.in('sdk-lifecycles')
  expect(await fc.s3.tickLifecycle()).toEqual({ processedBuckets: 0, expiredObjects: 0, transitionedObjects: 0 })
})

test('a refusal is a FakeCloudError with its status and body', async () => {
  const fc = new FakeCloud(inject('emulatorUrl')).namespaces.in('sdk-refusals')
  const refused = await fc.resetService('nothing').catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(FakeCloudError)
  expect(refused).toMatchObject({ name: 'FakeCloudError', status: 404, body: '{"error":"Unknown service: nothing"}' })
  expect(String(refused)).toContain('404')
})

test('waitFor answers what the check found, and gives its last error as the cause when it gives up', async () => {
  const fc = new FakeCloud(inject('emulatorUrl')).namespaces.in('sdk-waits')
  let tries = 0
  expect(await fc.waitFor(() => (++tries === 3 ? 'found' : undefined))).toBe('found')
  const late = fc.waitFor(() => Promise.reject(new Error('still wrong')), { boundMs: 50, what: 'the order' })
  await expect(late).rejects.toMatchObject({
    message: 'the order did not come true within 50 ms',
    cause: { message: 'still wrong' },
  })
})

test('an emulator starts in the test’s own process on a free port, and stops', async () => {
  const fc = await FakeCloud.start()
  const { url } = fc
  try {
    expect(await fc.health()).toMatchObject({ status: 'ok' })
    await sqsOf(fc).send(new CreateQueueCommand({ QueueName: 'orders' }))
    expect((await fc.sqs.getMessages()).queues).toHaveLength(1)
  } finally {
    await fc.stop()
  }
  await expect(fetch(`${url}/_fakecloud/health`)).rejects.toThrow()
})

withFakeCloud('the fixture gives a file its own namespace', async ({ fc }) => {
  expect(fc.url).toMatch(/\/_ns\/ns-[0-9a-f]{12}$/)
  await sqsOf(fc).send(new CreateQueueCommand({ QueueName: 'of-this-file' }))
  expect((await fc.sqs.getMessages()).queues).toMatchObject([{ queueName: 'of-this-file' }])
})

withFakeCloud('and all tests of the file share it', async ({ fc }) => {
  expect((await fc.sqs.getMessages()).queues).toMatchObject([{ queueName: 'of-this-file' }])
})
