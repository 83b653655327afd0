import { LambdaClient } from '@aws-sdk/client-lambda'
import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { DeleteQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import type { JournalResponse, JournalWhyResponse } from '../../sdk/index.ts'
import { testClients } from '../support/clients.ts'
import { create, invoke } from '../support/lambda.ts'
import { makeQueue } from '../support/sqs.ts'
import { verifying } from '../support/verifying.ts'

const ARN = 'arn:aws:sns:us-east-1:123456789012'

/** A topic with a queue that took one message, and then was gone. */
async function setUp(name: string, aws = testClients()) {
  const sns = aws.client(SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: name }))
  const queue = await makeQueue(aws, name)
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint: queue.arn }))
  await aws.client(SQSClient).send(new DeleteQueueCommand({ QueueUrl: queue.url }))
  const publish = () => sns.send(new PublishCommand({ TopicArn, Message: 'hi' }))
  await publish()
  await aws.admin('POST', '/_fakecloud/settle')
  return { aws, TopicArn, queue }
}

const why = (aws: ReturnType<typeof testClients>, query = '') =>
  aws.admin<JournalWhyResponse>('GET', `/_fakecloud/journal/why${query}`)

test('why without an ARN or an event lists all that went wrong, newest first', async () => {
  const { aws } = await setUp('one')
  await setUp('two', aws)
  const { reasons, hops } = await why(aws)
  expect(reasons).toHaveLength(2)
  expect(reasons[0]).toMatch(
    / from arn:aws:sns:us-east-1:123456789012:two to .*:two was refused: QueueDoesNotExist: The specified queue does not exist\.$/,
  )
  expect(reasons[1]).toMatch(
    / from arn:aws:sns:us-east-1:123456789012:one to .*:one was refused: QueueDoesNotExist: The specified queue does not exist\.$/,
  )
  expect(hops.map(({ from, outcome }) => [from, outcome])).toEqual([
    [`${ARN}:two`, 'refused'],
    [`${ARN}:one`, 'refused'],
  ])
})

test('why names no success: neither what was delivered nor what was called', async () => {
  const aws = testClients()
  const lambda = aws.client(LambdaClient)
  await create(
    lambda,
    `const { SQSClient, ListQueuesCommand } = require('@aws-sdk/client-sqs')
     exports.handler = async () => (await new SQSClient({}).send(new ListQueuesCommand({}))).QueueUrls ?? []`,
  )
  expect((await invoke(lambda)).payload).toEqual([])
  const from = encodeURIComponent('arn:aws:lambda:us-east-1:123456789012:function:work')
  const { reasons, hops } = await why(aws, `?arn=${from}`)
  expect(hops.map(({ outcome }) => outcome)).toContain('called')
  expect(reasons).toEqual([])
  expect((await why(aws)).reasons).toEqual([])
})

test('no journal tells of what the emulator asks itself to verify a signature', async () => {
  const { aws, root } = await verifying()
  const { accessKeyId, secretAccessKey } = root
  const lambda = aws.client(LambdaClient, { credentials: { accessKeyId, secretAccessKey } })
  await create(
    lambda,
    `const { SQSClient, ListQueuesCommand } = require('@aws-sdk/client-sqs')
     exports.handler = async () => (await new SQSClient({}).send(new ListQueuesCommand({}))).QueueUrls ?? []`,
  )
  expect((await invoke(lambda)).payload).toEqual([])
  const { hops } = await aws.admin<JournalResponse>('GET', '/_fakecloud/journal?event=ListQueues')
  expect(hops.map(({ outcome, reason }) => [outcome, reason])).toEqual([['called', null]])
})
