import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { create, ECHO, invocations } from '../support/lambda.ts'
import { hopsOf, isGenuine, makeOpenQueue, makeTopic, type Notification, read, settle } from '../support/sns.ts'

const FUNCTION = 'arn:aws:lambda:us-east-1:123456789012:function:work'

async function setUp() {
  const aws = testClients()
  const lambda = aws.client(LambdaClient)
  const [topic] = await Promise.all([makeTopic(aws, 'news'), create(lambda, ECHO)])
  const permit = () =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName: 'work',
        StatementId: 'sns',
        Action: 'lambda:InvokeFunction',
        Principal: 'sns.amazonaws.com',
        SourceArn: topic.arn,
      }),
    )
  return { aws, lambda, topic, permit }
}

type Event = { Records: { Sns: Notification }[] }

test('M01 SNS → Lambda: a message runs the function once, with AWS’s event', async () => {
  const { aws, topic, permit } = await setUp()
  await permit()
  const subscription = await topic.subscribe('lambda', FUNCTION)
  const MessageAttributes = { a: { DataType: 'String', StringValue: 'x' } }
  const { MessageId } = await topic.publish('hello', { MessageAttributes })
  const runs = await invocations(aws)
  expect(runs).toHaveLength(1)
  expect(runs[0]).toMatchObject({ functionArn: FUNCTION, source: 'aws:sns', error: null })
  expect(runs[0]?.event).toEqual({
    Records: [
      {
        EventSource: 'aws:sns',
        EventVersion: '1.0',
        EventSubscriptionArn: subscription,
        Sns: {
          Type: 'Notification',
          MessageId,
          TopicArn: topic.arn,
          Subject: null,
          Message: 'hello',
          Timestamp: expect.stringMatching(/Z$/),
          SignatureVersion: '1',
          Signature: expect.any(String),
          SigningCertUrl: `${aws.url}/_fakecloud/sns/cert.pem`,
          UnsubscribeUrl: `${aws.url}/?Action=Unsubscribe&SubscriptionArn=${subscription}`,
          MessageAttributes: { a: { Type: 'String', Value: 'x' } },
        },
      },
    ],
  })
  const { Subject: _null, ...signed } = (runs[0]?.event as Event | undefined)?.Records[0]?.Sns ?? {}
  expect(await isGenuine(signed as Notification)).toBe(true)
  const [hop] = await hopsOf(aws, FUNCTION)
  expect(hop).toMatchObject({ from: topic.arn, outcome: 'delivered', traceId: runs[0]?.traceId })
})

test('M01 SNS → Lambda: without the function’s leave the message goes to the dead-letter queue, as a queue would have got it', async () => {
  const { aws, topic } = await setUp()
  const dead = await makeOpenQueue(aws, 'dead', topic.arn)
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: dead.arn })
  const subscription = await topic.subscribe('lambda', FUNCTION, { RedrivePolicy })
  await topic.publish('hello', { Subject: 'Hi', MessageAttributes: { n: { DataType: 'Number', StringValue: '1' } } })
  await settle(aws)
  const [body] = await dead.bodies()
  const letter = read(body)
  expect(Object.keys(letter)).toEqual([
    'Type',
    'MessageId',
    'TopicArn',
    'Subject',
    'Message',
    'Timestamp',
    'SignatureVersion',
    'Signature',
    'SigningCertURL',
    'UnsubscribeURL',
    'MessageAttributes',
  ])
  expect(letter).toMatchObject({ Message: 'hello', MessageAttributes: { n: { Type: 'Number', Value: '1' } } })
  expect(letter.UnsubscribeURL).toContain(subscription)
  expect(await isGenuine(letter)).toBe(true)
  expect(await invocations(aws)).toEqual([])
  expect((await hopsOf(aws, FUNCTION)).map(({ outcome }) => outcome)).toEqual(['refused', 'dead-lettered'])
})

test('M01 SNS → Lambda: a filtered message does not run the function', async () => {
  const { aws, topic, permit } = await setUp()
  await permit()
  await topic.subscribe('lambda', FUNCTION, { FilterPolicy: '{"kind":["news"]}' })
  await topic.publish('other', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'gossip' } } })
  expect(await invocations(aws)).toEqual([])
  expect((await hopsOf(aws, FUNCTION)).map(({ outcome }) => outcome)).toEqual(['filtered'])
})

const PUBLISHES = `
const { SNSClient, PublishCommand } = require('@aws-sdk/client-sns')
exports.handler = async event => {
  const Message = 'on ' + event.Records[0].Sns.Message
  await new SNSClient().send(new PublishCommand({ TopicArn: process.env.NEXT, Message }))
}`

test('M01 SNS → Lambda: what the function publishes in turn goes on to its own subscribers, in the same chain', async () => {
  const aws = testClients()
  const [first, next] = await Promise.all([makeTopic(aws, 'first'), makeTopic(aws, 'next')])
  const lambda = aws.client(LambdaClient)
  await create(lambda, PUBLISHES, { Environment: { Variables: { NEXT: next.arn } } })
  await lambda.send(
    new AddPermissionCommand({
      FunctionName: 'work',
      StatementId: 'sns',
      Action: 'lambda:InvokeFunction',
      Principal: 'sns.amazonaws.com',
    }),
  )
  const queue = await makeOpenQueue(aws, 'last', next.arn)
  await Promise.all([first.subscribe('lambda', FUNCTION), next.subscribe('sqs', queue.arn)])
  await first.publish('hello')
  await settle(aws)
  const [body] = await queue.bodies()
  const last = read(body)
  expect(last.Message).toBe('on hello')
  // It was published from inside; its links lead to where everybody else reaches the emulator.
  expect(last.UnsubscribeURL).toContain(aws.url.replace(/^.*:/, ''))
  const hops = [...(await hopsOf(aws, first.arn)), ...(await hopsOf(aws, next.arn))]
  expect(hops.map(({ from, to }) => ({ from, to }))).toEqual([
    { from: first.arn, to: FUNCTION },
    { from: FUNCTION, to: next.arn },
    { from: next.arn, to: queue.arn },
  ])
  expect(new Set(hops.map(({ traceId }) => traceId)).size).toBe(1)
})
