import {
  DeleteFunctionEventInvokeConfigCommand,
  GetFunctionEventInvokeConfigCommand,
  type LambdaClient,
  ListFunctionEventInvokeConfigsCommand,
  PutFunctionConcurrencyCommand,
  PutFunctionEventInvokeConfigCommand,
  type PutFunctionEventInvokeConfigCommandInput,
  UpdateFunctionConfigurationCommand,
  UpdateFunctionEventInvokeConfigCommand,
} from '@aws-sdk/client-lambda'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, invocations, invoke, setUp } from '../support/lambda.ts'
import { makeQueue } from '../support/sqs.ts'

const FAIL = 'exports.handler = async () => { throw new TypeError("never") }'
const arn = 'arn:aws:lambda:us-east-1:123456789012:function:work'

async function configure(lambda: LambdaClient, settings: Partial<PutFunctionEventInvokeConfigCommandInput>) {
  await lambda.send(new PutFunctionEventInvokeConfigCommand({ FunctionName: 'work', ...settings }))
}

const event = (lambda: LambdaClient, payload: unknown = { n: 1 }) =>
  invoke(lambda, payload, { InvocationType: 'Event' })

describe('the destination of an asynchronous invocation', () => {
  it('gets a record of success, without any leave of the queue’s own policy', async () => {
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

  it('gets a record of failure once the retries are exhausted, and none of success', async () => {
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

  it('may be another function, which then runs with the record', async () => {
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

  it('hears of an event that got no concurrency before it was too old', async () => {
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

  it('may be a bucket for failures, which gets an object of its own for each', async () => {
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

  it('that is gone leaves the reason in the journal', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO)
    const Destination = 'arn:aws:sqs:us-east-1:123456789012:nowhere'
    await configure(lambda, { DestinationConfig: { OnSuccess: { Destination } } })
    await event(lambda)
    const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${Destination}`)
    expect(reasons.join()).toMatch(/Success record of .* was refused: /)
  })
})

describe('a dead-letter queue', () => {
  it('gets the event itself, with what went wrong as attributes', async () => {
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

  it('is taken off by an empty target', async () => {
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

describe('event invoke configurations', () => {
  it('give back what was put; an update keeps what it does not name', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO, { Publish: true })
    const queue = 'arn:aws:sqs:us-east-1:123456789012:q'
    const put = {
      MaximumRetryAttempts: 0,
      MaximumEventAgeInSeconds: 300,
      DestinationConfig: { OnSuccess: { Destination: queue }, OnFailure: { Destination: queue } },
    }
    await configure(lambda, put)
    await configure(lambda, { ...put, Qualifier: '1' })
    const FunctionName = 'work'
    const read = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(read).toMatchObject({ ...put, FunctionArn: `${arn}:$LATEST`, LastModified: expect.any(Date) })
    await lambda.send(new UpdateFunctionEventInvokeConfigCommand({ FunctionName, MaximumRetryAttempts: 2 }))
    const updated = await lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(updated).toMatchObject({ ...put, MaximumRetryAttempts: 2 })
    const listed = await lambda.send(new ListFunctionEventInvokeConfigsCommand({ FunctionName }))
    expect(listed.FunctionEventInvokeConfigs?.map(config => config.FunctionArn)).toEqual([`${arn}:$LATEST`, `${arn}:1`])
    await lambda.send(new DeleteFunctionEventInvokeConfigCommand({ FunctionName }))
    expect(await failure(lambda.send(new GetFunctionEventInvokeConfigCommand({ FunctionName })))).toEqual({
      name: 'ResourceNotFoundException',
      message: `The function ${arn}:$LATEST doesn't have an EventInvokeConfig`,
      status: 404,
    })
  })

  it('are refused with nothing to say, with a function as its own destination, and out of range', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO)
    expect(await failure(configure(lambda, {}))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: 'You must specify at least one of error handling or destination setting.',
    })
    expect(await failure(configure(lambda, { DestinationConfig: { OnSuccess: { Destination: arn } } }))).toMatchObject({
      name: 'InvalidParameterValueException',
      message: "You can't specify the function as a destination for itself.",
    })
    expect(await failure(configure(lambda, { MaximumRetryAttempts: 3 }))).toEqual({
      name: 'ValidationException',
      message:
        "1 validation error detected: Value '3' at 'maximumRetryAttempts' failed to satisfy constraint: Member must have value less than or equal to 2",
      status: 400,
    })
  })
})
