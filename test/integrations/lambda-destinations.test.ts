import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateRoleCommand, DeleteRolePolicyCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  type PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, test } from 'vitest'
import type { TestClients } from '../support/clients.ts'
import { create, ECHO, failure, invocations, invoke, setUp } from '../support/lambda.ts'
import { makeOpenQueue, makeTopic, openQueuePolicy } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

const FAIL = 'exports.handler = async () => { throw new TypeError("never") }'
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:work'

async function configure(lambda: LambdaClient, settings: Partial<PutFunctionEventInvokeConfigCommandInput>) {
  await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'work', ...settings }))
}

const event = (lambda: LambdaClient, payload: unknown = { n: 1 }) =>
  invoke(lambda, payload, { InvocationType: 'Event' })

type Hop = { from: string; to: string; outcome: string; event: string | null; traceId: string }
const hopsOf = async (aws: TestClients, target: string) =>
  (await aws.admin<{ hops: Hop[] }>('GET', `/_fakecloud/journal?arn=${target}`)).hops

describe('M11 Lambda async destinations → what each gets', () => {
  test('M11 Lambda async destinations → SQS: a record of success, without any leave of the queue’s own policy', async () => {
    const { aws, lambda } = setUp()
    const queue = await makeQueue(aws, 'done')
    await create(lambda, 'exports.handler = async event => ({ got: event.n })')
    await configure(lambda, { DestinationConfig: { OnSuccess: { Destination: queue.arn } } })
    const { $metadata } = await event(lambda)
    await invocations(aws)
    const [message] = await queue.receive()
    expect(JSON.parse(message?.Body ?? '')).toEqual({
      version: '1.0',
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      requestContext: {
        requestId: $metadata.requestId,
        functionArn: `${arn}:$LATEST`,
        condition: 'Success',
        approximateInvokeCount: 1,
      },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      responsePayload: { got: 1 },
    })
  })

  test('M11 Lambda async destinations → SQS: a record of failure once the retries are exhausted, and none of success', async () => {
    const { aws, lambda } = setUp()
    const done = await makeQueue(aws, 'done')
    const failed = await makeQueue(aws, 'failed')
    await create(lambda, FAIL)
    await configure(lambda, {
      MaximumRetryAttempts: 1,
      DestinationConfig: { OnSuccess: { Destination: done.arn }, OnFailure: { Destination: failed.arn } },
    })
    await event(lambda)
    expect(await invocations(aws)).toHaveLength(1)
    expect(await failed.bodies()).toEqual([])
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3600 })
    expect(await invocations(aws)).toHaveLength(2)
    const [body = ''] = await failed.bodies()
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 2 },
      requestPayload: { n: 1 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'never', trace: expect.any(Array) },
    })
    expect(await done.bodies()).toEqual([])
  })

  test('M11 Lambda async destinations → Lambda: the other function runs with the record', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO, { FunctionName: 'next' })
    await create(lambda, 'exports.handler = async () => "first"')
    const Destination = 'arn:aws:lambda:us-east-1:123456789012:function:next'
    await configure(lambda, { DestinationConfig: { OnSuccess: { Destination } } })
    await event(lambda)
    const records = await invocations(aws)
    expect(records.map(record => record.source)).toEqual(['invoke', 'aws:lambda'])
    expect(records[1]).toMatchObject({ functionArn: Destination, event: { responsePayload: 'first' } })
    expect(records[1]?.traceId).toBe(records[0]?.traceId)
  })

  test('M11 Lambda async destinations → SQS: a record of an event that got no concurrency before it was too old', async () => {
    const { aws, lambda } = setUp()
    const failed = await makeQueue(aws, 'failed')
    const { FunctionName } = await create(lambda, ECHO)
    await configure(lambda, {
      MaximumEventAgeInSeconds: 60,
      DestinationConfig: { OnFailure: { Destination: failed.arn } },
    })
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 0 }))
    await event(lambda)
    await event(lambda, { n: 2 })
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 120 })
    const bodies = (await failed.bodies()).map(body => JSON.parse(body ?? ''))
    expect(bodies.map(({ requestPayload }) => requestPayload.n)).toEqual([1, 2])
    expect(bodies[0].requestContext).toMatchObject({ condition: 'EventAgeExceeded', approximateInvokeCount: 0 })
    expect(bodies[0]).not.toHaveProperty('responsePayload')
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions: 5 }))
    expect(await invocations(aws)).toEqual([])
  })

  test('M11 Lambda async destinations → S3: an object of its own for each failure', async () => {
    const { aws, lambda } = setUp()
    const s3 = aws.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'failures' }))
    await create(lambda, FAIL)
    const DestinationConfig = { OnFailure: { Destination: 'arn:aws:s3:::failures' } }
    await configure(lambda, { MaximumRetryAttempts: 0, DestinationConfig })
    await event(lambda)
    await invocations(aws)
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'failures' }))
    expect(Contents?.map(({ Key }) => Key)).toEqual([
      expect.stringMatching(
        /^aws\/lambda\/async\/work\/\d{4}\/\d\d\/\d\d\/\d{4}-\d\d-\d\dT\d\d\.\d\d\.\d\d-[0-9a-f-]{36}$/,
      ),
    ])
    const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'failures', Key: Contents?.[0]?.Key }))
    expect(JSON.parse((await Body?.transformToString()) ?? '')).toMatchObject({ requestPayload: { n: 1 } })
  })

  test('M11 Lambda async destinations → SQS: a queue that is gone leaves the reason in the journal', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO)
    const Destination = 'arn:aws:sqs:us-east-1:123456789012:nowhere'
    await configure(lambda, { DestinationConfig: { OnSuccess: { Destination } } })
    await event(lambda)
    const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${Destination}`)
    expect(reasons.join()).toMatch(/Success record of .* was refused: /)
  })
})

describe('M11 Lambda async destinations → dead letters', () => {
  test('M11 Lambda async destinations → DLQ: a queue gets the event itself, with what went wrong as attributes', async () => {
    const { aws, lambda } = setUp()
    const dead = await makeQueue(aws, 'dead')
    await create(lambda, FAIL, { DeadLetterConfig: { TargetArn: dead.arn } })
    await configure(lambda, { MaximumRetryAttempts: 0 })
    const { $metadata } = await event(lambda)
    await invocations(aws)
    const [message] = await dead.receive({ MessageAttributeNames: ['All'] })
    expect(message?.Body).toBe('{"n":1}')
    expect(message?.MessageAttributes).toEqual({
      RequestID: { DataType: 'String', StringValue: $metadata.requestId },
      ErrorCode: { DataType: 'Number', StringValue: '200' },
      ErrorMessage: { DataType: 'String', StringValue: 'never' },
    })
  })

  test('M11 Lambda async destinations → DLQ: it is taken off by an empty target', async () => {
    const { aws, lambda } = setUp()
    const dead = await makeQueue(aws, 'dead')
    const { DeadLetterConfig } = await create(lambda, FAIL, { DeadLetterConfig: { TargetArn: dead.arn } })
    expect(DeadLetterConfig).toEqual({ TargetArn: dead.arn })
    const off = new UpdateFunctionConfigurationCommand({ FunctionName: 'work', DeadLetterConfig: { TargetArn: '' } })
    expect((await lambda.send(off)).DeadLetterConfig).toBeUndefined()
    await configure(lambda, { MaximumRetryAttempts: 0 })
    await event(lambda)
    await invocations(aws)
    expect(await dead.bodies()).toEqual([])
  })
})

describe('M11 Lambda async destinations → retries, by the clock', () => {
  test('M11 Lambda async destinations → a failing event is tried again after one minute, and after two more', async () => {
    const { aws, lambda } = setUp()
    const failed = await makeQueue(aws, 'failed')
    await create(lambda, FAIL)
    await configure(lambda, { DestinationConfig: { OnFailure: { Destination: failed.arn } } })
    await aws.admin('POST', '/_fakecloud/clock/freeze', {})
    await event(lambda)
    const advance = (seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
    const count = async () => (await invocations(aws)).length
    expect(await count()).toBe(1)
    await advance(59)
    expect(await count()).toBe(1)
    await advance(1)
    expect(await count()).toBe(2)
    await advance(119)
    expect(await count()).toBe(2)
    expect(await failed.bodies()).toEqual([])
    await advance(1)
    const runs = await invocations(aws)
    expect(runs).toHaveLength(3)
    expect(new Set(runs.map(({ requestId }) => requestId)).size).toBe(1)
    const [body = ''] = await failed.bodies()
    expect(JSON.parse(body).requestContext).toMatchObject({
      condition: 'RetriesExhausted',
      approximateInvokeCount: 3,
    })
  })

  test('M11 Lambda async destinations → no retry comes after the event’s maximum age', async () => {
    const { aws, lambda } = setUp()
    const failed = await makeQueue(aws, 'failed')
    await create(lambda, FAIL)
    const DestinationConfig = { OnFailure: { Destination: failed.arn } }
    await configure(lambda, { MaximumEventAgeInSeconds: 90, DestinationConfig })
    await event(lambda)
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3600 })
    expect(await invocations(aws)).toHaveLength(2)
    const [body = ''] = await failed.bodies()
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded', approximateInvokeCount: 2 },
      responsePayload: { errorType: 'TypeError' },
    })
  })

  test('M11 Lambda async destinations → a throttled event waits six hours and no longer', async () => {
    const { aws, lambda } = setUp()
    const failed = await makeQueue(aws, 'failed')
    const { FunctionName } = await create(lambda, ECHO)
    await configure(lambda, { DestinationConfig: { OnFailure: { Destination: failed.arn } } })
    const reserve = (ReservedConcurrentExecutions: number) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName, ReservedConcurrentExecutions }))
    await reserve(0)
    await event(lambda, { n: 'in time' })
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 6 * 3600 - 60 })
    await reserve(1)
    expect((await invocations(aws)).map(run => run.event)).toEqual([{ n: 'in time' }])
    await reserve(0)
    await event(lambda, { n: 'too late' })
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 6 * 3600 + 60 })
    expect(await invocations(aws)).toHaveLength(1)
    const [body = ''] = await failed.bodies()
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { condition: 'EventAgeExceeded' },
      requestPayload: { n: 'too late' },
    })
  })
})

describe('M11 Lambda async destinations → topics and buses', () => {
  test('M11 Lambda async destinations → SNS: subscribers get the record, in the event’s own chain', async () => {
    const { aws, lambda } = setUp()
    const topic = await makeTopic(aws, 'done')
    const queue = await makeOpenQueue(aws, 'readers', topic.arn)
    await topic.subscribe('sqs', queue.arn, { RawMessageDelivery: 'true' })
    await create(lambda, ECHO)
    await configure(lambda, { DestinationConfig: { OnSuccess: { Destination: topic.arn } } })
    const { $metadata } = await event(lambda)
    const [run] = await invocations(aws)
    const [body = ''] = await queue.bodies()
    expect(JSON.parse(body)).toMatchObject({
      requestContext: { requestId: $metadata.requestId, condition: 'Success' },
      requestPayload: { n: 1 },
      responsePayload: { event: { n: 1 } },
    })
    const hops = (await aws.admin<{ hops: Hop[] }>('GET', `/_fakecloud/journal/traces/${run?.traceId}`)).hops
    expect(hops).toContainEqual(expect.objectContaining({ from: arn, to: topic.arn, outcome: 'delivered' }))
    expect(hops).toContainEqual(expect.objectContaining({ from: topic.arn, to: queue.arn, outcome: 'delivered' }))
  })

  test('M11 Lambda async destinations → DLQ: a topic gets the event, with what went wrong as attributes', async () => {
    const { aws, lambda } = setUp()
    const topic = await makeTopic(aws, 'dead')
    const queue = await makeOpenQueue(aws, 'readers', topic.arn)
    await topic.subscribe('sqs', queue.arn)
    await create(lambda, FAIL, { DeadLetterConfig: { TargetArn: topic.arn } })
    await configure(lambda, { MaximumRetryAttempts: 0 })
    const { $metadata } = await event(lambda)
    await invocations(aws)
    const [body = ''] = await queue.bodies()
    expect(JSON.parse(body)).toMatchObject({
      Message: '{"n":1}',
      MessageAttributes: {
        RequestID: { Type: 'String', Value: $metadata.requestId },
        ErrorCode: { Type: 'Number', Value: '200' },
        ErrorMessage: { Type: 'String', Value: 'never' },
      },
    })
  })

  test('M11 Lambda async destinations → EventBridge: a rule on the bus gets the record as its event’s detail', async () => {
    const { aws, lambda } = setUp()
    const events = aws.client(EventBridgeClient)
    const { EventBusArn: bus = '' } = await events.send(new CreateEventBusCommand({ Name: 'results' }))
    const rule = 'arn:aws:events:us-east-1:123456789012:rule/results/failures'
    const Policy = openQueuePolicy('arn:aws:sqs:us-east-1:123456789012:matched', rule, 'events.amazonaws.com')
    const queue = await makeQueue(aws, 'matched', { Policy })
    const EventPattern = JSON.stringify({ source: ['lambda'], detail: { requestContext: { condition: ['Success'] } } })
    await events.send(new PutRuleCommand({ Name: 'failures', EventBusName: 'results', EventPattern }))
    await events.send(
      new PutTargetsCommand({ Rule: 'failures', EventBusName: 'results', Targets: [{ Id: '1', Arn: queue.arn }] }),
    )
    await create(lambda, ECHO)
    await configure(lambda, { DestinationConfig: { OnSuccess: { Destination: bus } } })
    const { $metadata } = await event(lambda)
    await invocations(aws)
    const [body = ''] = await queue.bodies()
    expect(JSON.parse(body)).toMatchObject({
      source: 'lambda',
      account: '123456789012',
      'detail-type': 'Lambda Function Invocation Result - Success',
      resources: [bus, `${arn}:$LATEST`],
      detail: {
        version: '1.0',
        requestContext: { requestId: $metadata.requestId, functionArn: `${arn}:$LATEST`, condition: 'Success' },
        requestPayload: { n: 1 },
        responseContext: { statusCode: 200, executedVersion: '$LATEST' },
      },
    })
  })
})

describe('M11 Lambda async destinations → the function’s role', () => {
  test('M11 Lambda async destinations → SQS: must be allowed by the role where IAM is enforced, at once and when it comes to it', async () => {
    const { aws, lambda } = setUp()
    await aws.admin('POST', '/_fakecloud/namespaces', { name: aws.namespace, iam: 'strict' })
    const iam = aws.client(IAMClient)
    const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
    const RoleName = 'sender'
    const PolicyName = 'send'
    await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: document(trust) }))
    const queue = await makeQueue(aws, 'done')
    const Role = 'arn:aws:iam::123456789012:role/sender'
    const DeadLetterConfig = { TargetArn: queue.arn }
    expect(await failure(create(lambda, ECHO, { Role, DeadLetterConfig }))).toEqual({
      name: 'InvalidParameterValueException',
      message: 'The provided execution role does not have permissions to call SendMessage on SQS',
      status: 400,
    })
    await create(lambda, ECHO, { Role })
    const onSuccess = () => configure(lambda, { DestinationConfig: { OnSuccess: { Destination: queue.arn } } })
    expect(await failure(onSuccess())).toEqual({
      name: 'InvalidParameterValueException',
      message: `The function's execution role does not have permissions to call SendMessage on ${queue.arn}`,
      status: 400,
    })
    const allow = { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: queue.arn }
    await iam.send(new PutRolePolicyCommand({ RoleName, PolicyName, PolicyDocument: document(allow) }))
    await onSuccess()
    await event(lambda)
    await invocations(aws)
    expect(await queue.bodies()).toHaveLength(1)
    await iam.send(new DeleteRolePolicyCommand({ RoleName, PolicyName }))
    await event(lambda)
    await invocations(aws)
    expect(await queue.bodies()).toEqual([])
    const hops = await hopsOf(aws, queue.arn)
    expect(hops).toContainEqual(expect.objectContaining({ from: arn, to: queue.arn, outcome: 'refused' }))
  })
})
