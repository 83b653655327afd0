import { CreateQueueCommand, GetQueueUrlCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'

test('a 12-digit access key id is the account, and the credential scope says the region', async () => {
  const aws = testClients()
  const credentials = { accessKeyId: '210987654321', secretAccessKey: 'test' }
  const sqs = aws.client(SQSClient, { credentials, region: 'ap-southeast-2' })
  await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  const { queues } = await aws.admin<{ queues: { queueArn: string }[] }>('GET', '/_fakecloud/sqs/messages')
  expect(queues.map(({ queueArn }) => queueArn)).toEqual(['arn:aws:sqs:ap-southeast-2:210987654321:orders'])
  const here = aws.client(SQSClient)
  await expect(here.send(new GetQueueUrlCommand({ QueueName: 'orders' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  })
})

test('any other key is of the default account', async () => {
  const aws = testClients()
  const credentials = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'test' }
  await aws.client(SQSClient, { credentials }).send(new CreateQueueCommand({ QueueName: 'orders' }))
  expect((await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(1)
})

test('an operation that is not built answers 501 and is named, in the client’s own wire form', async () => {
  const aws = testClients()
  await expect(aws.client(DynamoDBClient).send(new ListTablesCommand({}))).rejects.toMatchObject({
    name: 'NotImplemented',
    message: 'dynamodb.ListTables is not implemented',
    $metadata: { httpStatusCode: 501 },
  })
})

test('an unknown operation is AWS’s own error', async () => {
  const aws = testClients()
  const ask = async (init: RequestInit) => {
    const response = await fetch(aws.url, { method: 'POST', ...init })
    return { status: response.status, body: await response.text() }
  }
  const json = await ask({
    headers: { 'x-amz-target': 'AmazonSQS.Nothing', 'content-type': 'application/x-amz-json-1.0' },
    body: '{}',
  })
  expect(json.status).toBe(400)
  expect(json.body).toContain('UnknownOperationException')
  const query = await ask({ body: new URLSearchParams({ Action: 'Nothing', Version: '2010-05-08' }) })
  expect(query).toMatchObject({ status: 400, body: expect.stringContaining('<Code>InvalidAction</Code>') })
})
