import { SQSClient, ListQueueTagsCommand } from '@aws-sdk/client-sqs'
import { XMLParser } from 'fast-xml-parser'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeQueue } from '../support/sqs.ts'

/** Calls an operation by the Query protocol, as older clients do, and answers its XML as an object. */
const setUp = () => {
  const aws = testClients()
  const call = async (Action: string, parameters: Record<string, string> = {}) => {
    const body = new URLSearchParams({ Action, Version: '2012-11-05', ...parameters })
    const response = await fetch(`${aws.url}/`, { method: 'POST', body })
    const xml = new XMLParser({ parseTagValue: false }).parse(await response.text())
    return { status: response.status, type: response.headers.get('content-type'), xml }
  }
  return { aws, call, sqs: aws.client(SQSClient) }
}

test('a queue made by Query is the one that JSON clients see', async () => {
  const { aws, call, sqs } = setUp()
  const { xml, type } = await call('CreateQueue', {
    QueueName: 'orders',
    'Attribute.1.Name': 'DelaySeconds',
    'Attribute.1.Value': '0',
    'Attribute.2.Name': 'VisibilityTimeout',
    'Attribute.2.Value': '77',
    'Tag.1.Key': 'team',
    'Tag.1.Value': 'blue',
  })
  const { QueueUrl } = xml.CreateQueueResponse.CreateQueueResult
  expect(QueueUrl).toBe(`${aws.url}/123456789012/orders`)
  expect(xml.CreateQueueResponse.ResponseMetadata.RequestId).toBeTruthy()
  expect(type).toContain('text/xml')
  expect((await sqs.send(new ListQueueTagsCommand({ QueueUrl }))).Tags).toEqual({ team: 'blue' })
  const read = await call('GetQueueAttributes', { QueueUrl, 'AttributeName.1': 'VisibilityTimeout' })
  expect(read.xml.GetQueueAttributesResponse.GetQueueAttributesResult).toEqual({
    Attribute: { Name: 'VisibilityTimeout', Value: '77' },
  })
})

test('messages go and come by Query with their attributes and MD5s', async () => {
  const { aws, call } = setUp()
  const { url: QueueUrl } = await makeQueue(aws, 'orders')
  const sent = await call('SendMessage', {
    QueueUrl,
    MessageBody: 'a < b & c',
    'MessageAttribute.1.Name': 'Hello',
    'MessageAttribute.1.Value.DataType': 'String',
    'MessageAttribute.1.Value.StringValue': 'World',
  })
  expect(sent.xml.SendMessageResponse.SendMessageResult).toMatchObject({
    MD5OfMessageAttributes: '7db7fb1ba7f41366a8ea5eb18220b26d',
    MessageId: expect.any(String),
  })
  const received = await call('ReceiveMessage', {
    QueueUrl,
    'AttributeName.1': 'ApproximateReceiveCount',
    'MessageAttributeName.1': 'All',
  })
  const { Message } = received.xml.ReceiveMessageResponse.ReceiveMessageResult
  expect(Message).toMatchObject({
    Body: 'a &lt; b &amp; c'.replace('&lt;', '<').replace('&amp;', '&'),
    Attribute: { Name: 'ApproximateReceiveCount', Value: '1' },
    MessageAttribute: { Name: 'Hello', Value: { DataType: 'String', StringValue: 'World' } },
  })
  const deleted = await call('DeleteMessage', { QueueUrl, ReceiptHandle: Message.ReceiptHandle })
  expect(deleted.status).toBe(200)
})

test('batches go by Query, entry by entry', async () => {
  const { aws, call } = setUp()
  const { url: QueueUrl, bodies } = await makeQueue(aws, 'orders')
  const { xml } = await call('SendMessageBatch', {
    QueueUrl,
    'SendMessageBatchRequestEntry.1.Id': 'a',
    'SendMessageBatchRequestEntry.1.MessageBody': 'one',
    'SendMessageBatchRequestEntry.2.Id': 'b',
    'SendMessageBatchRequestEntry.2.MessageBody': 'two',
    'SendMessageBatchRequestEntry.2.DelaySeconds': '901',
  })
  const result = xml.SendMessageBatchResponse.SendMessageBatchResult
  expect(result.SendMessageBatchResultEntry).toMatchObject({ Id: 'a' })
  expect(result.BatchResultErrorEntry).toMatchObject({ Id: 'b', Code: 'InvalidParameterValue', SenderFault: 'true' })
  expect(await bodies()).toEqual(['one'])
})

test.each([
  ['GetQueueUrl', { QueueName: 'nowhere' }, 'AWS.SimpleQueueService.NonExistentQueue'],
  ['CreateQueue', { QueueName: 'a.b' }, 'InvalidParameterValue'],
  ['SendMessage', { MessageBody: 'x' }, 'MissingParameter'],
  ['SendMessage', { QueueUrl: 'orders' }, 'AWS.SimpleQueueService.NonExistentQueue'],
])('%s with %j answers the code that Query clients know: %s', async (action, parameters, code) => {
  const { call } = setUp()
  const { status, xml } = await call(action, parameters)
  expect(status).toBe(400)
  expect(xml.ErrorResponse.Error).toMatchObject({ Type: 'Sender', Code: code })
})

test('a queue may be named by the path alone, in a form or in a URL', async () => {
  const { aws } = setUp()
  const { url, bodies } = await makeQueue(aws, 'orders')
  const parameters = new URLSearchParams({ Action: 'SendMessage', Version: '2012-11-05', MessageBody: 'hello' })
  expect((await fetch(url, { method: 'POST', body: parameters })).status).toBe(200)
  expect((await fetch(`${url}/?${parameters}`)).status).toBe(200)
  expect(await bodies()).toEqual(['hello', 'hello'])
})
