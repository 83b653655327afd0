import { CloudWatchClient, GetMetricStatisticsCommand, PutMetricDataCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, StartLiveTailCommand } from '@aws-sdk/client-cloudwatch-logs'
import { DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb'
import { CreateUserCommand, GetRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import {
  InvokeCommand,
  InvokeWithResponseStreamCommand,
  LambdaClient,
  GetFunctionCommand,
} from '@aws-sdk/client-lambda'
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns'
import { ReceiveMessageCommand, SendMessageBatchCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AwsQueryProtocol } from '@aws-sdk/core/protocols'
import { describe, expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { clientConfig, recorder, refusing } from './sdk-client.ts'
import type { Handlers } from './wire.ts'

describe('SQS', () => {
  const query = {
    protocol: new AwsQueryProtocol({
      defaultNamespace: 'com.amazonaws.sqs',
      xmlNamespace: 'http://queue.amazonaws.com/doc/2012-11-05/',
      version: '2012-11-05',
    }),
  }
  const message = {
    QueueUrl: 'http://localhost/1/q',
    MessageBody: 'a & b <c>',
    DelaySeconds: 5,
    MessageAttributes: { colour: { DataType: 'Binary', BinaryValue: new Uint8Array([1, 2, 255]) } },
  }

  test.each([
    ['JSON', {}],
    ['Query', query],
  ])('a message arrives whole by %s', async (_, extra) => {
    // No MD5: the client would check it.
    const { handlers, inputs } = recorder('sqs.SendMessage', { MessageId: 'm-1', SequenceNumber: '7' })
    const sqs = new SQSClient({ ...clientConfig(handlers, { validation: false }), ...extra, md5: false })
    const sent = await sqs.send(new SendMessageCommand(message))
    expect([sent.MessageId, sent.SequenceNumber]).toEqual(['m-1', '7'])
    expect(inputs[0]).toEqual(message)
  })

  test('a batch by Query is a list of its entries', async () => {
    const { handlers, inputs } = recorder('sqs.SendMessageBatch', {
      Successful: [{ Id: 'a', MessageId: '1' }],
      Failed: [],
    })
    const sqs = new SQSClient({ ...clientConfig(handlers), ...query, md5: false })
    const Entries = [
      { Id: 'a', MessageBody: 'x' },
      { Id: 'b', MessageBody: 'y', DelaySeconds: 0 },
    ]
    const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: 'u', Entries }))
    expect(inputs[0]).toEqual({ QueueUrl: 'u', Entries })
    expect(answer.Successful?.[0]?.Id).toBe('a')
  })

  test.each([
    ['JSON', {}],
    ['Query', query],
  ])('received attributes come out by %s', async (_, extra) => {
    const Attributes = { SentTimestamp: '1', ApproximateReceiveCount: '2' }
    const output = { Messages: [{ MessageId: 'm', Body: '<x>&\r\n', Attributes }] }
    const { handlers } = recorder('sqs.ReceiveMessage', output)
    const sqs = new SQSClient({ ...clientConfig(handlers), ...extra, md5: false })
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: 'u' }))
    expect(Messages).toEqual(output.Messages)
  })

  test.each([
    ['JSON', {}],
    ['Query', query],
  ])('a missing queue is the same error by %s', async (_, extra) => {
    const error = new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')
    const sqs = new SQSClient({ ...clientConfig(refusing('sqs.ReceiveMessage', error)), ...extra })
    const failure = sqs.send(new ReceiveMessageCommand({ QueueUrl: 'u' }))
    await expect(failure).rejects.toMatchObject({
      name: 'QueueDoesNotExist',
      message: 'The specified queue does not exist.',
      $metadata: { httpStatusCode: 400 },
    })
  })
})

describe('DynamoDB', () => {
  const Item = {
    id: { S: '1' },
    bytes: { B: new Uint8Array([0, 255]) },
    set: { SS: ['a', 'b'] },
    deep: { M: { list: { L: [{ N: '1' }, { NULL: true }, { BOOL: false }] } } },
  }

  test('an item with every type goes in and comes out', async () => {
    const { handlers, inputs } = recorder('dynamodb.PutItem', { Attributes: Item })
    const dynamodb = new DynamoDBClient(clientConfig(handlers))
    const { Attributes } = await dynamodb.send(new PutItemCommand({ TableName: 'table', Item }))
    expect(inputs[0]).toEqual({ TableName: 'table', Item })
    expect(Attributes).toEqual(Item)
  })

  test('an error carries its members', async () => {
    const error = new AwsError('ConditionalCheckFailedException', 'The conditional request failed', 0, { Item })
    const knobs = { errorNamespace: 'com.amazonaws.dynamodb.v20120810' }
    const dynamodb = new DynamoDBClient(clientConfig(refusing('dynamodb.GetItem', error), knobs))
    const failure = dynamodb.send(new GetItemCommand({ TableName: 'table', Key: { id: { S: '1' } } }))
    await expect(failure).rejects.toMatchObject({ name: 'ConditionalCheckFailedException', Item })
  })
})

describe('CloudWatch by CBOR', () => {
  test('metrics go in, compressed when they are many, and statistics come out', async () => {
    const { handlers, inputs } = recorder('cloudwatch.PutMetricData')
    const Timestamp = new Date(1_600_000_000_123)
    const statistics = recorder('cloudwatch.GetMetricStatistics', { Label: 'm', Datapoints: [{ Timestamp, Sum: 1.5 }] })
    const cloudwatch = new CloudWatchClient(clientConfig({ ...handlers, ...statistics.handlers }))
    const MetricData = Array.from({ length: 300 }, (_, index) => ({
      MetricName: `metric-${index}`,
      Value: index / 4,
      Timestamp,
    }))
    await cloudwatch.send(new PutMetricDataCommand({ Namespace: 'n', MetricData }))
    expect(inputs[0]).toEqual({ Namespace: 'n', MetricData })
    const period = { StartTime: new Date(0), EndTime: Timestamp, Period: 60, Statistics: ['Sum' as const] }
    const request = new GetMetricStatisticsCommand({ Namespace: 'n', MetricName: 'm', ...period })
    expect((await cloudwatch.send(request)).Datapoints).toEqual([{ Timestamp, Sum: 1.5 }])
    expect(statistics.inputs[0]).toMatchObject(period)
  })

  test('an error keeps its name', async () => {
    const error = new AwsError('InvalidParameterValueException', 'bad')
    const cloudwatch = new CloudWatchClient(clientConfig(refusing('cloudwatch.PutMetricData', error)))
    const failure = cloudwatch.send(new PutMetricDataCommand({ Namespace: 'n', MetricData: [] }))
    await expect(failure).rejects.toMatchObject({ name: /^InvalidParameterValue/, message: 'bad' })
  })
})

describe('Query', () => {
  test('IAM: lists in, nested structures and dates out', async () => {
    const CreateDate = new Date(1_600_000_000_000)
    const User = {
      Path: '/',
      UserName: 'u',
      UserId: 'AIDA',
      Arn: 'arn:aws:iam::1:user/u',
      CreateDate,
      Tags: [{ Key: 'k', Value: 'v' }],
    }
    const { handlers, inputs } = recorder('iam.CreateUser', { User })
    const iam = new IAMClient(clientConfig(handlers))
    const Tags = [
      { Key: 'k', Value: 'v' },
      { Key: 'l', Value: '' },
    ]
    expect((await iam.send(new CreateUserCommand({ UserName: 'u', Tags }))).User).toEqual(User)
    expect(inputs[0]).toEqual({ UserName: 'u', Tags })
  })

  test('IAM: an error has its wire code and its status', async () => {
    const error = new AwsError('NoSuchEntityException', 'The role with name r cannot be found.')
    const iam = new IAMClient(clientConfig(refusing('iam.GetRole', error)))
    await expect(iam.send(new GetRoleCommand({ RoleName: 'r' }))).rejects.toMatchObject({
      name: 'NoSuchEntityException',
      Code: 'NoSuchEntity',
      $metadata: { httpStatusCode: 404 },
    })
  })

  test('SNS: maps in', async () => {
    const { handlers, inputs } = recorder('sns.Publish', { MessageId: 'm' })
    const sns = new SNSClient(clientConfig(handlers))
    const message = {
      TopicArn: 'arn:aws:sns:eu-west-1:1:t',
      Message: 'x',
      MessageAttributes: { a: { DataType: 'String', StringValue: '1' }, b: { DataType: 'Number', StringValue: '2' } },
    }
    await sns.send(new PublishCommand(message))
    expect(inputs[0]).toEqual(message)
  })
})

describe('Lambda by REST JSON', () => {
  test('a payload in and out, with headers and the status', async () => {
    const Payload = new TextEncoder().encode('{"a":1}')
    const { handlers, inputs } = recorder('lambda.Invoke', { StatusCode: 200, Payload, FunctionError: 'Unhandled' })
    const lambda = new LambdaClient(clientConfig(handlers))
    const FunctionName = 'arn:aws:lambda:eu-west-1:111111111111:function:f'
    const answer = await lambda.send(new InvokeCommand({ FunctionName, Payload, InvocationType: 'RequestResponse' }))
    expect(inputs[0]).toEqual({ FunctionName, Payload, InvocationType: 'RequestResponse' })
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
    expect(answer.Payload?.transformToString()).toBe('{"a":1}')
  })

  test('an error says whose fault it is', async () => {
    const error = new AwsError('ResourceNotFoundException', 'Function not found: f')
    const lambda = new LambdaClient(clientConfig(refusing('lambda.GetFunction', error)))
    await expect(lambda.send(new GetFunctionCommand({ FunctionName: 'f' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Function not found: f',
      Type: 'User',
      $metadata: { httpStatusCode: 404 },
    })
  })

  test('a streamed response comes as events', async () => {
    const lines = ['{"PayloadChunk":{"Payload":"aGk="}}', '{"InvokeComplete":{"ErrorCode":"Unhandled"}}']
    const EventStream = new Blob([`${lines.join('\n')}\n`]).stream()
    const output = { StatusCode: 200, ExecutedVersion: '1', EventStream }
    const lambda = new LambdaClient(clientConfig(recorder('lambda.InvokeWithResponseStream', output).handlers))
    const answer = await lambda.send(new InvokeWithResponseStreamCommand({ FunctionName: 'f' }))
    expect(answer.ExecutedVersion).toBe('1')
    const events = await Array.fromAsync(answer.EventStream ?? [])
    expect(new TextDecoder().decode(events[0]?.PayloadChunk?.Payload)).toBe('hi')
    expect(events[1]?.InvokeComplete).toEqual({ ErrorCode: 'Unhandled' })
  })
})

test('Logs: a live tail comes as events after its initial response', async () => {
  async function* events() {
    yield { sessionStart: { requestId: 'r', sessionId: 's' } }
    yield { sessionUpdate: { sessionResults: [{ message: 'hello', timestamp: 5 }] } }
    yield { SessionTimeoutException: { message: 'over' } }
  }
  const handlers: Handlers = { 'logs.StartLiveTail': () => ({ responseStream: events() }) }
  // The client puts `streaming-` before the host.
  const logs = new CloudWatchLogsClient({ ...clientConfig(handlers), disableHostPrefix: true })
  const request = new StartLiveTailCommand({ logGroupIdentifiers: ['arn:aws:logs:eu-west-1:1:log-group:g'] })
  const { responseStream } = await logs.send(request)
  const seen: unknown[] = []
  const reading = (async () => {
    for await (const event of responseStream ?? []) seen.push(event)
  })()
  await expect(reading).rejects.toMatchObject({ name: 'SessionTimeoutException', message: 'over' })
  expect(seen).toMatchObject([
    { sessionStart: { sessionId: 's' } },
    { sessionUpdate: { sessionResults: [{ message: 'hello' }] } },
  ])
})
