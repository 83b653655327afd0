import { GetScheduleCommand, UpdateScheduleCommand } from '@aws-sdk/client-scheduler'
import { LambdaClient, PutFunctionConcurrencyCommand } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { EventBridgeClient, PutRuleCommand, PutTargetsCommand } from '@aws-sdk/client-eventbridge'
import { SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { JournalResponse } from '../../sdk/index.ts'
import type { TestClients } from '../support/clients.ts'
import { create as createFunction, ECHO, invocations } from '../support/lambda.ts'
import { OFF, ROLE, setUpScheduler } from '../support/scheduler.ts'
import { makeQueue, refusal, type TestQueue } from '../support/sqs.ts'

const TIME = '<aws.scheduler.scheduled-time>'
const scheduleArn = (name: string) => `arn:aws:scheduler:us-east-1:123456789012:schedule/default/${name}`
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:work'

async function setUp(at: string) {
  const parts = await setUpScheduler(at)
  const queue = await makeQueue(parts.aws, 'jobs')
  return { ...parts, queue, Target: { Arn: queue.arn, Input: TIME } }
}

/** Every message's body, in the order of its arrival, received or not. */
async function arrived(aws: TestClients, name = 'jobs'): Promise<string[]> {
  type Queues = { queues: { queueName: string; messages: { body: string }[] }[] }
  const { queues } = await aws.admin<Queues>('GET', '/_fakecloud/sqs/messages')
  return queues.find(({ queueName }) => queueName === name)?.messages.map(({ body }) => body) ?? []
}

const hops = async (aws: TestClients, arn: string) =>
  (await aws.admin<JournalResponse>('GET', `/_fakecloud/journal?arn=${arn}`)).hops

async function deadLetters(queue: TestQueue) {
  const messages = await queue.receive({ MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] })
  return messages.map(({ Body = '', MessageAttributes = {} }) => ({
    body: JSON.parse(Body) as unknown,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
  }))
}

describe('M36 EventBridge Scheduler: cron, rate, at', () => {
  test('fire their target at their times, each under a trace of its own', async () => {
    const { aws, create, advance, queue, Target } = await setUp('2030-01-01T00:00:30Z')
    await create('cron', 'cron(0 0/6 * * ? *)', { Target: { ...Target, Input: `cron ${TIME}` } })
    await create('rate', 'rate(8 hours)', { Target: { ...Target, Input: `rate ${TIME}` } })
    await create('at', 'at(2030-01-01T13:00:00)', {
      Target: { ...Target, Input: `at ${TIME}` },
      ScheduleExpressionTimezone: 'Europe/Vienna',
      ActionAfterCompletion: 'DELETE',
    })
    await create('off', 'rate(1 hour)', { Target, State: 'DISABLED' })
    await advance({ seconds: 86_400 })
    expect(await arrived(aws)).toEqual([
      'rate 2030-01-01T00:00:30Z',
      'cron 2030-01-01T06:00:00Z',
      'rate 2030-01-01T08:00:30Z',
      'cron 2030-01-01T12:00:00Z',
      'at 2030-01-01T12:00:00Z',
      'rate 2030-01-01T16:00:30Z',
      'cron 2030-01-01T18:00:00Z',
      'cron 2030-01-02T00:00:00Z',
      'rate 2030-01-02T00:00:30Z',
    ])
    const fired = await hops(aws, scheduleArn('cron'))
    expect(fired.map(({ to, outcome, at, event }) => ({ to, outcome, at, event }))).toContainEqual({
      to: queue.arn,
      outcome: 'delivered',
      at: '2030-01-01T06:00:00.000Z',
      event: 'schedule/default/cron at 2030-01-01T06:00:00Z',
    })
    expect(new Set(fired.map(({ traceId }) => traceId)).size).toBe(4)
    const shown = await aws.admin<{ schedules: { name: string }[] }>('GET', '/_fakecloud/scheduler/schedules')
    expect(shown.schedules.map(({ name }) => name)).toEqual(['cron', 'rate', 'off'])
  })

  test('thirty days of a cron run in one advance, in order and in seconds', async () => {
    const { aws, create, advance, Target } = await setUp('2030-01-01T00:30:00Z')
    await create('hourly', 'cron(0 * * * ? *)', { Target, ScheduleExpressionTimezone: 'America/New_York' })
    const began = Date.now()
    await advance({ seconds: 30 * 86_400 })
    expect(Date.now() - began).toBeLessThan(60_000)
    const expected = Array.from({ length: 720 }, (_, hour) => new Date(Date.UTC(2030, 0, 1, hour + 1)).toISOString())
    const fired = await hops(aws, scheduleArn('hourly'))
    expect(fired.map(({ outcome, at }) => `${outcome} ${at}`)).toEqual(expected.map(at => `delivered ${at}`))
    // A queue keeps its messages for four days.
    const kept = expected.slice(-96).map(at => at.replace('.000Z', 'Z'))
    expect((await arrived(aws)).slice(-kept.length)).toEqual(kept)
  }, 120_000)

  test('the wall clock decides when daylight saving begins and ends', async () => {
    const { aws, create, advance, Target } = await setUp('2030-03-09T12:00:00Z')
    const ScheduleExpressionTimezone = 'America/New_York'
    // 10 March 2030 has no 02:30, 3 November 2030 has 01:30 twice.
    await create('skipped', 'cron(30 2 * * ? *)', { Target, ScheduleExpressionTimezone })
    await advance({ to: '2030-03-12T12:00:00Z' })
    expect(await arrived(aws)).toEqual(['2030-03-11T06:30:00Z', '2030-03-12T06:30:00Z'])

    const autumn = await setUp('2030-11-02T12:00:00Z')
    await autumn.create('repeated', 'cron(30 1 * * ? *)', { Target, ScheduleExpressionTimezone })
    await autumn.advance({ to: '2030-11-05T00:00:00Z' })
    expect(await arrived(autumn.aws)).toEqual(['2030-11-03T05:30:00Z', '2030-11-04T06:30:00Z'])
  })

  test('StartDate, EndDate and the flexible window bound it, and an update takes effect', async () => {
    const { aws, scheduler, create, advance, Target } = await setUp('2030-01-01T00:00:00Z')
    const [StartDate, EndDate] = [new Date('2030-01-02T00:10:00Z'), new Date('2030-01-02T02:10:00Z')]
    await create('bounded', 'rate(1 hour)', { Target, StartDate, EndDate, ActionAfterCompletion: 'DELETE' })
    await advance({ seconds: 3 * 86_400 })
    expect(await arrived(aws)).toEqual(['2030-01-02T00:10:00Z', '2030-01-02T01:10:00Z', '2030-01-02T02:10:00Z'])
    expect(await refusal(scheduler.send(new GetScheduleCommand({ Name: 'bounded' })))).toMatch(/does not exist/)

    const FlexibleTimeWindow = { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 60 } as const
    await create('flexible', 'cron(0 12 * * ? *)', { Target, FlexibleTimeWindow })
    await advance({ seconds: 86_400 })
    const { 0: hop } = await hops(aws, scheduleArn('flexible'))
    const late = Date.parse(hop?.at ?? '') - Date.parse('2030-01-04T12:00:00Z')
    expect(late).toBeGreaterThanOrEqual(0)
    expect(late).toBeLessThan(3_600_000)
    expect((await arrived(aws)).at(-1)).toBe('2030-01-04T12:00:00Z')
    const changed = { Name: 'flexible', ScheduleExpression: 'at(2030-01-05T06:00:00)', FlexibleTimeWindow: OFF }
    await scheduler.send(new UpdateScheduleCommand({ ...changed, Target: { RoleArn: ROLE, ...Target } }))
    await advance({ seconds: 3 * 86_400 })
    expect((await arrived(aws)).slice(-2)).toEqual(['2030-01-04T12:00:00Z', '2030-01-05T06:00:00Z'])
  })

  test('SQS FIFO gets its message group, Lambda an event, with and without an input', async () => {
    const { aws, create, advance } = await setUp('2030-01-01T00:00:00Z')
    const fifo = await makeQueue(aws, 'jobs.fifo', { FifoQueue: 'true', ContentBasedDeduplication: 'true' })
    await createFunction(aws.client(LambdaClient), ECHO)
    await create('fifo', 'at(2030-01-01T01:00:00)', {
      Target: { Arn: fifo.arn, Input: 'go', SqsParameters: { MessageGroupId: 'nightly' } },
    })
    await create('usual', 'at(2030-01-01T01:00:00)', { Target: { Arn: FUNCTION_ARN } })
    const context = ['schedule-arn', 'scheduled-time', 'execution-id', 'attempt-number']
    const Input = JSON.stringify(context.map(name => `<aws.scheduler.${name}>`))
    await create('input', 'at(2030-01-01T02:00:00)', { Target: { Arn: FUNCTION_ARN, Input } })
    await advance({ seconds: 3 * 3600 })
    const [message] = await fifo.receive({ MessageSystemAttributeNames: ['MessageGroupId'] })
    expect(message).toMatchObject({ Body: 'go', Attributes: { MessageGroupId: 'nightly' } })
    const [usual, input] = await invocations(aws)
    expect(usual).toMatchObject({
      source: 'aws:scheduler',
      event: {
        version: '0',
        'detail-type': 'Scheduled Event',
        source: 'aws.scheduler',
        account: '123456789012',
        time: '2030-01-01T01:00:00Z',
        region: 'us-east-1',
        resources: [scheduleArn('usual')],
        detail: '{}',
      },
    })
    expect(input?.event).toEqual([
      scheduleArn('input'),
      '2030-01-01T02:00:00Z',
      expect.stringMatching(/^[0-9a-f]{16}$/),
      '1',
    ])
    const traces = (await hops(aws, scheduleArn('input'))).map(({ traceId }) => traceId)
    expect(traces).toEqual([input?.traceId])
  })

  test('SNS and EventBridge pass on what they get from it', async () => {
    const { aws, create, advance, queue } = await setUp('2030-01-01T00:00:00Z')
    const { TopicArn = '' } = await aws.client(SNSClient).send(new CreateTopicCommand({ Name: 'news' }))
    const RawMessageDelivery = { RawMessageDelivery: 'true' }
    await aws
      .client(SNSClient)
      .send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn, Attributes: RawMessageDelivery }))
    const events = aws.client(EventBridgeClient)
    await events.send(new PutRuleCommand({ Name: 'jobs', EventPattern: JSON.stringify({ source: ['my.jobs'] }) }))
    await events.send(new PutTargetsCommand({ Rule: 'jobs', Targets: [{ Id: 'queue', Arn: queue.arn }] }))
    const Policy = JSON.stringify({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: queue.arn }],
    })
    await aws.client(SQSClient).send(new SetQueueAttributesCommand({ QueueUrl: queue.url, Attributes: { Policy } }))
    await create('topic', 'at(2030-01-01T01:00:00)', { Target: { Arn: TopicArn, Input: `at ${TIME}` } })
    await create('bus', 'at(2030-01-01T02:00:00)', {
      Target: {
        Arn: 'arn:aws:events:us-east-1:123456789012:event-bus/default',
        Input: JSON.stringify({ at: TIME }),
        EventBridgeParameters: { DetailType: 'Job', Source: 'my.jobs' },
      },
    })
    await advance({ seconds: 3 * 3600 })
    const [published, event = ''] = await arrived(aws)
    expect(published).toBe('at 2030-01-01T01:00:00Z')
    expect(JSON.parse(event)).toMatchObject({
      source: 'my.jobs',
      'detail-type': 'Job',
      time: '2030-01-01T02:00:00Z',
      resources: [scheduleArn('bus')],
      detail: { at: '2030-01-01T02:00:00Z' },
    })
    const [first] = await hops(aws, scheduleArn('bus'))
    const chain = await aws.admin<JournalResponse>('GET', `/_fakecloud/journal/traces/${first?.traceId}`)
    expect(chain.hops.filter(({ outcome }) => outcome === 'delivered').map(({ to }) => to)).toContain(queue.arn)
  })

  test('a universal target is any operation, its members in AWS’s case', async () => {
    const { aws, create, advance, queue } = await setUp('2030-01-01T00:00:00Z')
    const s3 = aws.client(S3Client)
    await s3.send(new CreateBucketCommand({ Bucket: 'reports' }))
    const universal = (action: string, input: object) => ({
      Target: { Arn: `arn:aws:scheduler:::aws-sdk:${action}`, Input: JSON.stringify(input) },
    })
    const message = { QueueUrl: queue.url, MessageBody: `at ${TIME}` }
    await create('send', 'at(2030-01-01T01:00:00)', universal('sqs:sendMessage', message))
    const object = { Bucket: 'reports', Key: 'daily', Body: 'all is well', Metadata: { by: 'scheduler' } }
    await create('put', 'at(2030-01-01T01:00:00)', universal('s3:putObject', object))
    const group = { LogGroupName: 'made-by-schedule' }
    await create('logs', 'at(2030-01-01T01:00:00)', universal('cloudwatchlogs:createLogGroup', group))
    await advance({ seconds: 3600 })
    expect(await queue.bodies()).toEqual(['at 2030-01-01T01:00:00Z'])
    const { Body, Metadata } = await s3.send(new GetObjectCommand({ Bucket: 'reports', Key: 'daily' }))
    expect(await Body?.transformToString()).toBe('all is well')
    expect(Metadata).toEqual({ by: 'scheduler' })
    expect((await hops(aws, scheduleArn('logs'))).map(({ outcome }) => outcome)).toEqual(['delivered'])
  })

  test('what cannot be delivered becomes a dead letter, with AWS’s attributes', async () => {
    const { aws, create, advance } = await setUp('2030-01-01T00:00:00Z')
    const dead = await makeQueue(aws, 'dead')
    const missing = 'arn:aws:sqs:us-east-1:123456789012:missing'
    await create('lost', 'at(2030-01-01T01:00:00)', {
      Target: { Arn: missing, Input: 'Hello, world!', DeadLetterConfig: { Arn: dead.arn } },
      ActionAfterCompletion: 'DELETE',
    })
    await advance({ seconds: 3600 })
    expect(await deadLetters(dead)).toEqual([
      {
        body: { MessageBody: 'Hello, world!', QueueUrl: 'https://sqs.us-east-1.amazonaws.com/123456789012/missing' },
        attributes: {
          ERROR_CODE: 'AWS.SimpleQueueService.NonExistentQueue',
          ERROR_MESSAGE: 'The specified queue does not exist.',
          EXECUTION_ID: expect.stringMatching(/^[0-9a-f]{16}$/),
          IS_PAYLOAD_TRUNCATED: 'false',
          RETRY_ATTEMPTS: '0',
          SCHEDULED_TIME: '2030-01-01T01:00:00Z',
          SCHEDULE_ARN: scheduleArn('lost'),
          TARGET_ARN: 'arn:aws:scheduler:::aws-sdk:sqs:sendMessage',
        },
      },
    ])
    const chain = await hops(aws, scheduleArn('lost'))
    expect(chain.map(({ to, outcome }) => [to, outcome])).toEqual([
      [missing, 'refused'],
      [dead.arn, 'delivered'],
    ])
    expect(new Set(chain.map(({ traceId }) => traceId)).size).toBe(1)
    const { reasons } = await aws.admin<{ reasons: string[] }>(
      'GET',
      `/_fakecloud/journal/why?arn=${scheduleArn('lost')}`,
    )
    expect(reasons.join()).toMatch(/QueueDoesNotExist/)
  })

  test('a target that fails for a while is retried on the clock, as its retry policy says', async () => {
    const { aws, create, advance } = await setUp('2030-01-01T00:00:00Z')
    const dead = await makeQueue(aws, 'dead')
    const lambda = aws.client(LambdaClient)
    await createFunction(lambda, ECHO)
    const limit = (ReservedConcurrentExecutions: number) =>
      lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions }))
    await limit(0)
    const Input = JSON.stringify({ FunctionName: 'work', Payload: '"<aws.scheduler.attempt-number>"' })
    const Target = { Arn: 'arn:aws:scheduler:::aws-sdk:lambda:invoke', Input, DeadLetterConfig: { Arn: dead.arn } }
    const at = 'at(2030-01-01T01:00:00)'
    await create('attempts', at, { Target: { ...Target, RetryPolicy: { MaximumRetryAttempts: 2 } } })
    await create('age', at, { Target: { ...Target, RetryPolicy: { MaximumEventAgeInSeconds: 60 } } })
    await advance({ seconds: 3602 })
    expect(await deadLetters(dead)).toEqual([])
    await advance({ seconds: 100 })
    const letters = await deadLetters(dead)
    const told = letters.map(
      ({ attributes: { SCHEDULE_ARN, RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION, ERROR_CODE } }) =>
        [SCHEDULE_ARN, RETRY_ATTEMPTS, EXHAUSTED_RETRY_CONDITION, ERROR_CODE].join(' '),
    )
    expect(told).toEqual([
      `${scheduleArn('attempts')} 2 MaximumRetryAttempts TooManyRequestsException`,
      `${scheduleArn('age')} 5 MaximumEventAgeInSeconds TooManyRequestsException`,
    ])
    await create('late', 'at(2030-01-01T03:00:00)', { Target })
    await advance({ to: '2030-01-01T03:00:00.500Z' })
    await limit(1)
    await advance({ seconds: 1 })
    expect((await invocations(aws)).map(({ event }) => event)).toEqual(['2'])
  })
})

test('an input that its context attributes make too long is given up with a reason, and becomes a dead letter', async () => {
  const { aws, create, advance, queue } = await setUp('2030-01-01T00:00:00Z')
  const letters = await makeQueue(aws, 'letters')
  const Input = '<aws.scheduler.schedule-arn>'.repeat(9000)
  await create('long', 'at(2030-01-01T00:01:00)', {
    Target: { Arn: queue.arn, Input, DeadLetterConfig: { Arn: letters.arn } },
  })
  await advance({ seconds: 120 })
  expect(await arrived(aws)).toEqual([])
  const message = 'The input is longer than 262144 bytes with its context attributes'
  const found = await hops(aws, scheduleArn('long'))
  expect(found.map(({ to, outcome, reason }) => [to, outcome, reason])).toContainEqual([queue.arn, 'refused', message])
  const [letter] = await letters.receive({ MessageAttributeNames: ['All'] })
  expect(letter?.MessageAttributes?.ERROR_MESSAGE?.StringValue).toBe(message)
})
