import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  DeleteEventSourceMappingCommand,
  type LambdaClient,
  PutFunctionConcurrencyCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import type { TestClients } from '../support/clients.ts'
import { create, ECHO, type Invocation, invocations, setUp } from '../support/lambda.ts'
import { makeQueue, type TestQueue } from '../support/sqs.ts'

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:work'

type SqsEvent = { Records: { messageId: string; body: string; attributes: Record<string, string> }[] }
type Hop = { from: string; to: string; outcome: string; reason: string | null; event: string | null; traceId: string }

const map = (lambda: LambdaClient, EventSourceArn: string, more: Partial<CreateEventSourceMappingCommandInput> = {}) =>
  lambda.send(new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'work', ...more }))

const recordsOf = (run: Invocation | undefined) => (run?.event as SqsEvent | undefined)?.Records ?? []
const bodiesOf = (runs: Invocation[]) => runs.map(run => recordsOf(run).map(({ body }) => body))
const advance = (aws: TestClients, seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
const hopsOf = async (aws: TestClients, arn: string) =>
  (await aws.admin<{ hops: Hop[] }>('GET', `/_fakecloud/journal?arn=${arn}`)).hops

/** How many messages are left in a queue: to receive, and in flight. */
async function left(queue: TestQueue): Promise<(string | undefined)[]> {
  const found = await queue.attributes('ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible')
  return [found.ApproximateNumberOfMessages, found.ApproximateNumberOfMessagesNotVisible]
}

async function sendAll(aws: TestClients, queue: TestQueue, bodies: string[]) {
  const sqs = aws.client(SQSClient)
  for (let at = 0; at < bodies.length; at += 10) {
    const Entries = bodies.slice(at, at + 10).map((MessageBody, n) => ({ Id: String(n), MessageBody }))
    await sqs.send(new SendMessageBatchCommand({ QueueUrl: queue.url, Entries }))
  }
}

/** A queue, the function `work` and a mapping between them. */
async function wired(
  code = ECHO,
  mapping: Partial<CreateEventSourceMappingCommandInput> = {},
  attributes: Record<string, string> = {},
) {
  const { aws, lambda } = setUp()
  const name = attributes.FifoQueue ? 'jobs.fifo' : 'jobs'
  const [queue] = await Promise.all([makeQueue(aws, name, attributes), create(lambda, code)])
  const { UUID = '' } = await map(lambda, queue.arn, mapping)
  return { aws, lambda, queue, UUID }
}

describe('M05 SQS → Lambda: what a function gets', () => {
  test('M05 SQS → Lambda: a queue made again after a reset of SQS alone is read as before', async () => {
    const { aws, queue } = await wired()
    await aws.admin('POST', '/_fakecloud/reset/sqs')
    await makeQueue(aws, 'jobs')
    await queue.send('again')
    expect(bodiesOf(await invocations(aws))).toEqual([['again']])
  })

  test('M05 SQS → Lambda: a message runs the function with AWS’s record, and is deleted', async () => {
    const { aws, queue } = await wired()
    const { MessageId } = await queue.send('hello', {
      MessageAttributes: {
        kind: { DataType: 'String', StringValue: 'greeting' },
        raw: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 3]) },
      },
    })
    const runs = await invocations(aws)
    expect(runs).toHaveLength(1)
    expect(runs[0]).toMatchObject({ functionArn: FUNCTION_ARN, source: 'aws:sqs', error: null })
    expect(runs[0]?.event).toEqual({
      Records: [
        {
          messageId: MessageId,
          receiptHandle: expect.stringMatching(/^AQEB/),
          body: 'hello',
          attributes: {
            ApproximateReceiveCount: '1',
            SentTimestamp: expect.stringMatching(/^\d{13}$/),
            SenderId: expect.any(String),
            ApproximateFirstReceiveTimestamp: expect.stringMatching(/^\d{13}$/),
          },
          messageAttributes: {
            kind: { stringValue: 'greeting', stringListValues: [], binaryListValues: [], dataType: 'String' },
            raw: { binaryValue: 'AQID', stringListValues: [], binaryListValues: [], dataType: 'Binary' },
          },
          md5OfBody: '5d41402abc4b2a76b9719d911017c592',
          md5OfMessageAttributes: expect.stringMatching(/^[0-9a-f]{32}$/),
          eventSource: 'aws:sqs',
          eventSourceARN: queue.arn,
          awsRegion: 'us-east-1',
        },
      ],
    })
    expect(await left(queue)).toEqual(['0', '0'])
  })

  test('M05 SQS → Lambda: messages that wait already are read when the mapping is made, up to ten at once', async () => {
    const { aws, lambda } = setUp()
    const queue = await makeQueue(aws, 'jobs')
    const bodies = Array.from({ length: 25 }, (_, n) => `job ${n}`)
    await sendAll(aws, queue, bodies)
    await create(lambda, ECHO)
    await map(lambda, queue.arn)
    const got = bodiesOf(await invocations(aws))
    expect(got.map(batch => batch.length)).toEqual([10, 10, 5])
    expect(got.flat().sort()).toEqual(bodies.sort())
  })

  test('M05 SQS → Lambda: a FIFO queue’s record has group, deduplication id and sequence number', async () => {
    const { aws, queue } = await wired(ECHO, {}, { FifoQueue: 'true' })
    await queue.send('one', { MessageGroupId: 'g', MessageDeduplicationId: 'd' })
    expect(recordsOf((await invocations(aws))[0])[0]?.attributes).toMatchObject({
      MessageGroupId: 'g',
      MessageDeduplicationId: 'd',
      SequenceNumber: expect.stringMatching(/^\d{20}$/),
    })
  })

  test('M05 SQS → Lambda: a delayed message comes when its delay is over', async () => {
    const { aws, queue } = await wired()
    await queue.send('later', { DelaySeconds: 60 })
    expect(await invocations(aws)).toEqual([])
    await advance(aws, 61)
    expect(bodiesOf(await invocations(aws))).toEqual([['later']])
  })
})

describe('M05 SQS → Lambda: filters', () => {
  const filter = (pattern: object) => ({ FilterCriteria: { Filters: [{ Pattern: JSON.stringify(pattern) }] } })

  test('M05 SQS → Lambda: FilterCriteria drops what does not match, and the journal says which part did not', async () => {
    const { aws, queue } = await wired(ECHO, filter({ body: { kind: ['order'], total: [{ numeric: ['>', 10] }] } }))
    await queue.send('{"kind":"order","total":20}')
    const { MessageId } = await queue.send('{"kind":"order","total":5}')
    await queue.send('not json')
    expect(bodiesOf(await invocations(aws))).toEqual([['{"kind":"order","total":20}']])
    expect(await left(queue)).toEqual(['0', '0'])
    const hops = await hopsOf(aws, queue.arn)
    expect(hops.filter(({ outcome }) => outcome === 'filtered')).toHaveLength(2)
    const filtered = hops.find(({ event }) => event === `message ${MessageId}`)
    expect(filtered).toMatchObject({ from: queue.arn, to: FUNCTION_ARN, outcome: 'filtered' })
    expect(filtered?.reason).toBe('body.total is 5, and the pattern wants [{"numeric":[">",10]}]')
  })

  test('M05 SQS → Lambda: filters may ask of plain text, and of attributes, and any of them will do', async () => {
    const Filters = [{ body: ['ping'] }, { messageAttributes: { kind: { stringValue: ['x'] } } }]
    const { aws, queue } = await wired(ECHO, {
      BatchSize: 1,
      FilterCriteria: { Filters: Filters.map(each => ({ Pattern: JSON.stringify(each) })) },
    })
    await queue.send('ping')
    await queue.send('pong')
    await queue.send('{}', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'x' } } })
    expect(
      bodiesOf(await invocations(aws))
        .flat()
        .sort(),
    ).toEqual(['ping', '{}'])
  })
})

describe('M05 SQS → Lambda: batches', () => {
  test('M05 SQS → Lambda: the batching window holds a partial batch, on the namespace’s clock', async () => {
    const { aws, queue } = await wired(ECHO, { BatchSize: 100, MaximumBatchingWindowInSeconds: 20 })
    await aws.admin('POST', '/_fakecloud/clock/freeze', {})
    await queue.send('a')
    await advance(aws, 10)
    await queue.send('b')
    expect(await invocations(aws)).toEqual([])
    await advance(aws, 9)
    expect(await invocations(aws)).toEqual([])
    await advance(aws, 1)
    expect(bodiesOf(await invocations(aws))).toEqual([['a', 'b']])
    expect(await left(queue)).toEqual(['0', '0'])
  })

  test('M05 SQS → Lambda: a batch that is full does not wait for the window', async () => {
    const mapping = { BatchSize: 30, MaximumBatchingWindowInSeconds: 300 }
    const { aws, queue } = await wired(ECHO, mapping, { VisibilityTimeout: '600' })
    await sendAll(
      aws,
      queue,
      Array.from({ length: 70 }, (_, n) => String(n)),
    )
    expect((await invocations(aws)).map(run => recordsOf(run).length)).toEqual([30, 30])
    await advance(aws, 301)
    expect((await invocations(aws)).map(run => recordsOf(run).length)).toEqual([30, 30, 10])
  })

  test('M05 SQS → Lambda: a batch ends before its payload reaches six megabytes', async () => {
    const { aws, queue } = await wired('exports.handler = async event => event.Records.length', {
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 5,
    })
    const body = 'x'.repeat(1_000_000)
    for (let n = 0; n < 8; n++) await queue.send(body)
    await advance(aws, 6)
    expect((await invocations(aws)).map(({ result }) => result).sort()).toEqual([2, 6])
  })
})

describe('M05 SQS → Lambda: failures', () => {
  const PARTIAL = { FunctionResponseTypes: ['ReportBatchItemFailures' as const] }
  const failing = (what: string) => `exports.handler = async event => (${what})`
  const FAIL_BAD = failing(
    '{ batchItemFailures: event.Records.filter(r => r.body === "bad").map(r => ({ itemIdentifier: r.messageId })) }',
  )

  test('M05 SQS → Lambda: a batch whose function fails comes again after the visibility timeout, then goes to the queue’s DLQ', async () => {
    const { aws, lambda } = setUp()
    const dead = await makeQueue(aws, 'dead')
    const queue = await makeQueue(aws, 'jobs', {
      RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 2 }),
    })
    await create(lambda, 'exports.handler = async () => { throw new TypeError("no") }')
    await map(lambda, queue.arn)
    const { MessageId } = await queue.send('poison')
    expect(await invocations(aws)).toHaveLength(1)
    expect(await left(queue)).toEqual(['0', '1'])
    await advance(aws, 31)
    const runs = await invocations(aws)
    expect(runs.map(run => recordsOf(run)[0]?.attributes.ApproximateReceiveCount)).toEqual(['1', '2'])
    await advance(aws, 31)
    expect(await invocations(aws)).toHaveLength(2)
    expect(await dead.bodies()).toEqual(['poison'])
    const hops = await hopsOf(aws, queue.arn)
    const retried = hops.filter(({ event, outcome }) => event === `message ${MessageId}` && outcome === 'retried')
    expect(retried).toHaveLength(2)
    expect(retried[0]?.reason).toMatch(/the function failed: .*TypeError/)
  })

  test('M05 SQS → Lambda: ReportBatchItemFailures brings back the messages that it names, and no others', async () => {
    const { aws, queue } = await wired(FAIL_BAD, PARTIAL)
    await sendAll(aws, queue, ['good', 'bad', 'fine'])
    await invocations(aws)
    expect(await left(queue)).toEqual(['0', '1'])
    await advance(aws, 31)
    expect(bodiesOf(await invocations(aws))).toEqual([['good', 'bad', 'fine'], ['bad']])
  })

  test('M05 SQS → Lambda: without it the function’s answer says nothing', async () => {
    const { aws, queue } = await wired(FAIL_BAD)
    await queue.send('bad')
    await invocations(aws)
    expect(await left(queue)).toEqual(['0', '0'])
  })

  test.each([
    ['nothing', 'undefined', '0'],
    ['null', 'null', '0'],
    ['an empty object', '{}', '0'],
    ['an empty list', '{ batchItemFailures: [] }', '0'],
    ['null for the list', '{ batchItemFailures: null }', '0'],
    ['an empty identifier', '{ batchItemFailures: [{ itemIdentifier: "" }] }', '2'],
    ['null for an identifier', '{ batchItemFailures: [{ itemIdentifier: null }] }', '2'],
    ['a wrong name', '{ batchItemFailures: [{ id: event.Records[0].messageId }] }', '2'],
    ['an unknown identifier', '{ batchItemFailures: [{ itemIdentifier: "other" }] }', '2'],
    ['text', '"ok"', '2'],
  ])('M05 SQS → Lambda: an answer of %s', async (_what, answer, failed) => {
    const { aws, queue } = await wired(failing(answer), PARTIAL)
    await sendAll(aws, queue, ['a', 'b'])
    expect(await invocations(aws)).toHaveLength(1)
    expect(await left(queue)).toEqual(['0', failed])
  })

  test('M05 SQS → Lambda: a FIFO group waits for the message that failed, and goes on in order', async () => {
    const code = `exports.handler = async event => {
      const at = event.Records.findIndex(r => r.body === "b" && r.attributes.ApproximateReceiveCount === "1")
      const failed = at < 0 ? [] : event.Records.slice(at)
      return { batchItemFailures: failed.map(r => ({ itemIdentifier: r.messageId })) }
    }`
    const mapping = { ...PARTIAL, BatchSize: 3, Enabled: false }
    const { aws, lambda, queue, UUID } = await wired(code, mapping, { FifoQueue: 'true' })
    const send = (body: string, MessageGroupId: string) =>
      queue.send(body, { MessageGroupId, MessageDeduplicationId: body })
    for (const body of ['a', 'b', 'c', 'd']) await send(body, 'letters')
    await send('1', 'numbers')
    await lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled: true }))
    // Groups do not wait for each other.
    expect(bodiesOf(await invocations(aws)).toSorted()).toEqual([['1'], ['a', 'b', 'c']])
    await advance(aws, 31)
    expect(bodiesOf(await invocations(aws)).at(-1)).toEqual(['b', 'c', 'd'])
    expect(await left(queue)).toEqual(['0', '0'])
  })

  test('M05 SQS → Lambda: a throttled batch is tried again, and runs once there is concurrency', async () => {
    const { aws, lambda, queue } = await wired()
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions: 0 }))
    await queue.send('patient')
    expect(await invocations(aws)).toEqual([])
    expect(await left(queue)).toEqual(['0', '1'])
    await advance(aws, 5)
    expect(await invocations(aws)).toEqual([])
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions: 1 }))
    const runs = await invocations(aws)
    expect(recordsOf(runs[0])[0]?.attributes.ApproximateReceiveCount).toBe('1')
    expect(await left(queue)).toEqual(['0', '0'])
  })

  test('M05 SQS → Lambda: what stays throttled goes back to the queue, and from there to its DLQ', async () => {
    const { aws, lambda } = setUp()
    const dead = await makeQueue(aws, 'dead')
    const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 1 })
    const queue = await makeQueue(aws, 'jobs', { RedrivePolicy })
    await create(lambda, ECHO)
    await map(lambda, queue.arn)
    await lambda.send(new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions: 0 }))
    await queue.send('never')
    await advance(aws, 120)
    expect(await invocations(aws)).toEqual([])
    expect(await dead.bodies()).toEqual(['never'])
  })
})

describe('M05 SQS → Lambda: while it runs', () => {
  const SLOW = `let at = 0
    exports.handler = async () => { await new Promise(r => setTimeout(r, 150)); return Date.now() }`

  test('M05 SQS → Lambda: no more than MaximumConcurrency run at once', async () => {
    const { aws, queue } = await wired(SLOW, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } })
    await sendAll(aws, queue, ['1', '2', '3', '4', '5', '6'])
    const ends = (await invocations(aws)).map(({ result }) => Number(result)).sort((a, b) => a - b)
    expect(ends).toHaveLength(6)
    expect(Number(ends[2]) - Number(ends[0])).toBeGreaterThan(100)
    expect(Number(ends[4]) - Number(ends[2])).toBeGreaterThan(100)
  })

  test('M05 SQS → Lambda: disabled it reads nothing, enabled again it takes up what waits', async () => {
    const { aws, lambda, queue, UUID } = await wired()
    const enable = (Enabled: boolean) => lambda.send(new UpdateEventSourceMappingCommand({ UUID, Enabled }))
    expect((await enable(false)).State).toBe('Disabling')
    await queue.send('waits')
    expect(await invocations(aws)).toEqual([])
    expect(await left(queue)).toEqual(['1', '0'])
    expect((await enable(true)).State).toBe('Enabling')
    expect(bodiesOf(await invocations(aws))).toEqual([['waits']])
  })

  test('M05 SQS → Lambda: deleted while an invocation runs, that one ends as ever and no other begins', async () => {
    const { aws, lambda, queue, UUID } = await wired(SLOW, { BatchSize: 1, ScalingConfig: { MaximumConcurrency: 2 } })
    await sendAll(aws, queue, ['1', '2', '3', '4'])
    await new Promise(resolve => setTimeout(resolve, 50))
    await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))
    expect(await invocations(aws)).toHaveLength(2)
    expect(await left(queue)).toEqual(['2', '0'])
  })

  test('M05 SQS → Lambda: it costs nothing while there are no messages', async () => {
    const { aws, queue } = await wired()
    await queue.send('the last for now')
    expect(await invocations(aws)).toHaveLength(1)
    await advance(aws, 120)
    expect(await advance(aws, 24 * 3600)).toMatchObject({ timers: 0 })
    await queue.send('and one more')
    expect(await invocations(aws)).toHaveLength(2)
  })

  test('M05 SQS → Lambda: an update of its function holds from the next batch on', async () => {
    const { aws, lambda, queue, UUID } = await wired()
    await create(lambda, ECHO, { FunctionName: 'other' })
    await queue.send('first')
    await invocations(aws)
    const { FunctionArn } = await lambda.send(new UpdateEventSourceMappingCommand({ UUID, FunctionName: 'other' }))
    await queue.send('second')
    const runs = await invocations(aws)
    expect(runs.map(({ functionArn }) => functionArn)).toEqual([FUNCTION_ARN, FunctionArn])
  })

  test('M05 SQS → Lambda: two mappings of one queue share its messages', async () => {
    const { aws, lambda, queue } = await wired()
    await create(lambda, ECHO, { FunctionName: 'other' })
    await map(lambda, queue.arn, { FunctionName: 'other' })
    const bodies = Array.from({ length: 40 }, (_, n) => String(n))
    await sendAll(aws, queue, bodies)
    expect(
      bodiesOf(await invocations(aws))
        .flat()
        .sort(),
    ).toEqual(bodies.sort())
  })
})

describe('M05 SQS → Lambda: the trace', () => {
  const TRACE = 'Root=1-67891233-abcdef012345678912345678;Parent=463ac35c9f6413ad;Sampled=1'
  const SHOW = 'exports.handler = async () => process.env._X_AMZN_TRACE_ID'

  test('M05 SQS → Lambda: a message’s AWSTraceHeader carries its trace into the function and the journal', async () => {
    const { aws, queue } = await wired(SHOW)
    const { MessageId } = await queue.send('traced', {
      MessageSystemAttributes: { AWSTraceHeader: { DataType: 'String', StringValue: TRACE } },
    })
    const [run] = await invocations(aws)
    expect(recordsOf(run)[0]?.attributes.AWSTraceHeader).toBe(TRACE)
    expect(run?.traceId).toBe('1-67891233-abcdef012345678912345678')
    expect(run?.result).toMatch(
      /^Root=1-67891233-abcdef012345678912345678;Parent=[0-9a-f]{16};Sampled=1;Lineage=1:[0-9a-f]{8}:1$/,
    )
    const { hops } = await aws.admin<{ hops: Hop[] }>('GET', `/_fakecloud/journal/traces/${run?.traceId}`)
    expect(hops).toContainEqual(
      expect.objectContaining({
        from: queue.arn,
        to: FUNCTION_ARN,
        outcome: 'delivered',
        event: `message ${MessageId}`,
      }),
    )
  })

  test('M05 SQS → Lambda: what a function sends on stays in the chain', async () => {
    const { aws, lambda } = setUp()
    const [first, second] = await Promise.all([makeQueue(aws, 'first'), makeQueue(aws, 'second')])
    await create(lambda, ECHO)
    const code = `const { SQSClient, SendMessageCommand } = require("@aws-sdk/client-sqs")
      exports.handler = async event => {
        const sent = { QueueUrl: ${JSON.stringify(second.url)}, MessageBody: event.Records[0].body }
        await new SQSClient().send(new SendMessageCommand(sent))
      }`
    await create(lambda, code, { FunctionName: 'relay', Timeout: 20 })
    await map(lambda, first.arn, { FunctionName: 'relay' })
    await map(lambda, second.arn)
    await first.send('round')
    const runs = await invocations(aws)
    expect(runs.map(({ functionArn }) => functionArn.split(':').at(-1))).toEqual(['relay', 'work'])
    expect(runs[1]?.traceId).toBe(runs[0]?.traceId)
    expect(recordsOf(runs[1])[0]?.attributes.AWSTraceHeader).toMatch(/Lineage=1:[0-9a-f]{8}:1$/)
  })
})
