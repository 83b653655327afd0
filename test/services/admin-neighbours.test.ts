import { CreateEventBusCommand, EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge'
import { CloudWatchClient, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs'
import { CreateUserCommand, IAMClient } from '@aws-sdk/client-iam'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateScheduleGroupCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { ListTopicsCommand, PublishBatchCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { openQueue, setUpEvents } from '../support/events.ts'
import { makeOpenQueue, makeTopic } from '../support/sns.ts'
import { makeQueue, type TestQueue } from '../support/sqs.ts'

type Namespace = { objects: number }
type Hops = { hops: { from: string; to: string; outcome: string; reason: string | null }[] }

const bodies = (queue: TestQueue) => queue.bodies()

test('after a Publish the message is on the queue of the same place, without settling', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'news')
  const queues = await Promise.all(['a', 'b', 'c'].map(name => makeOpenQueue(aws, name, topic.arn)))
  for (const { arn } of queues) await topic.subscribe('sqs', arn, { RawMessageDelivery: 'true' })
  await topic.publish('here')
  for (const queue of queues) expect(await bodies(queue)).toEqual(['here'])
})

test('after PutEvents the event is where its rule sends it, without settling, and a chain of buses too', async () => {
  const { aws, events, rule, put } = setUpEvents()
  const queue = await openQueue(aws, 'orders')
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/shop'
  await rule('forward', [{ Id: 'b', Arn: bus, RoleArn: 'arn:aws:iam::123456789012:role/any' }])
  await rule('orders', [{ Id: 'q', Arn: queue.arn, InputPath: '$.detail' }], { EventBusName: 'shop' })
  await put({ n: 1 })
  expect(await bodies(queue)).toEqual(['{"n":1}'])
})

test('a neighbour that refuses undoes nothing but itself: the others have theirs, and the dead letter is there at once', async () => {
  const { aws, events, rule } = setUpEvents()
  const open = await openQueue(aws, 'open')
  const closed = await makeQueue(aws, 'closed')
  const dead = await openQueue(aws, 'dead')
  await rule('both', [
    { Id: 'closed', Arn: closed.arn, DeadLetterConfig: { Arn: dead.arn } },
    { Id: 'open', Arn: open.arn },
  ])
  const entry = { Source: 'shop', DetailType: 'x', Detail: '{}' }
  const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries: [entry] }))
  expect(FailedEntryCount).toBe(0)
  expect(await bodies(open)).toHaveLength(1)
  expect(await bodies(closed)).toHaveLength(0)
  expect(await bodies(dead)).toHaveLength(1)
  const { hops } = await aws.admin<Hops>('GET', `/_fakecloud/journal?arn=${closed.arn}&settle=0`)
  expect(hops.map(({ outcome }) => outcome)).toEqual(['refused', 'dead-lettered'])
  for (const { reason } of hops) expect(reason).toMatch(/AccessDenied/)
})

test('what one change sends to more neighbours than are done at once arrives all the same', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'wide')
  const queue = await makeOpenQueue(aws, 'all', topic.arn)
  const others = await Promise.all(Array.from({ length: 10 }, (_, i) => makeOpenQueue(aws, `q${i}`, topic.arn)))
  for (const { arn } of [queue, ...others]) await topic.subscribe('sqs', arn, { RawMessageDelivery: 'true' })
  const sns = aws.client(SNSClient)
  const entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), Message: `m${i}` }))
  await sns.send(new PublishBatchCommand({ TopicArn: topic.arn, PublishBatchRequestEntries: entries }))
  await aws.admin('POST', '/_fakecloud/settle')
  for (const each of [queue, ...others]) expect((await bodies(each)).toSorted()).toEqual(entries.map(e => e.Message))
})

test('a namespace that used ten services is at most four objects', async () => {
  const aws = testClients()
  await aws.client(SQSClient).send(new ListQueuesCommand({}))
  await aws.client(SNSClient).send(new ListTopicsCommand({}))
  await aws.client(LambdaClient).send(new ListFunctionsCommand({}))
  await aws.client(CloudWatchLogsClient).send(new CreateLogGroupCommand({ logGroupName: 'g' }))
  await aws.client(EventBridgeClient).send(new CreateEventBusCommand({ Name: 'b' }))
  await aws.client(SchedulerClient).send(new CreateScheduleGroupCommand({ Name: 'g' }))
  await aws
    .client(CloudWatchClient)
    .send(new PutMetricDataCommand({ Namespace: 'N', MetricData: [{ MetricName: 'm', Value: 1 }] }))
  await aws.client(IAMClient).send(new CreateUserCommand({ UserName: 'u' }))
  await aws.client(STSClient).send(new GetCallerIdentityCommand({}))
  await aws.client(S3Client).send(new CreateBucketCommand({ Bucket: 'one-bucket' }))
  const { objects } = await aws.admin<Namespace>('GET', `/_fakecloud/namespaces/${aws.namespace}`)
  expect(objects).toBeLessThanOrEqual(4)
})

test('a reset of one service leaves its neighbours, who find it new', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'kept')
  await makeQueue(aws, 'gone')
  await aws.admin('POST', '/_fakecloud/reset/sqs')
  expect((await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls ?? []).toEqual([])
  const { Topics = [] } = await aws.client(SNSClient).send(new ListTopicsCommand({}))
  expect(Topics).toEqual([{ TopicArn: topic.arn }])
  const queue = await makeOpenQueue(aws, 'gone', topic.arn)
  await topic.subscribe('sqs', queue.arn, { RawMessageDelivery: 'true' })
  await topic.publish('again')
  expect(await bodies(queue)).toEqual(['again'])
})

test('what is under way in a service that is reset ends with a refusal, never a fault of ours', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'busy')
  const queue = await makeOpenQueue(aws, 'listener', topic.arn)
  await topic.subscribe('sqs', queue.arn)
  const polls = Array.from({ length: 5 }, () => queue.receive({ WaitTimeSeconds: 10 }))
  const publishes = Array.from({ length: 40 }, (_, i) => topic.publish(`m${i}`))
  const ends = Promise.allSettled([...polls, ...publishes])
  await Promise.all([aws.admin('POST', '/_fakecloud/reset/sns'), aws.admin('POST', '/_fakecloud/reset/sqs')])
  const failures = (await ends).flatMap(end => (end.status === 'rejected' ? [end.reason] : []))
  for (const failure of failures) expect(failure.$metadata.httpStatusCode).toBeLessThan(500)
})
