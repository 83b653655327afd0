import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { services } from '../../durable-objects/services/index.ts'
import { testClients } from '../support/clients.ts'

test('health tells the version and the services, to migrants too', async () => {
  const aws = testClients()
  const health = await aws.admin<{ version: string }>('GET', '/_fakecloud/health')
  expect(health).toEqual({
    status: 'ok',
    version: expect.stringMatching(/^\d+\.\d+\.\d+/),
    services: Object.keys(services),
  })
  const localstack = await aws.admin('GET', '/_localstack/health')
  expect(localstack).toMatchObject({ services: { s3: 'running', sqs: 'running' }, version: health.version })
})

test('a reset of one service, or of one account of it, leaves the rest', async () => {
  const aws = testClients()
  const other = { credentials: { accessKeyId: '210987654321', secretAccessKey: 'test' } }
  const clients = [aws.client(SQSClient), aws.client(SQSClient, other), aws.client(SQSClient, { region: 'eu-west-1' })]
  for (const sqs of clients) await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  const counts = async () =>
    Promise.all(clients.map(async sqs => (await sqs.send(new ListQueuesCommand({}))).QueueUrls?.length ?? 0))
  expect(await aws.admin('POST', '/_fakecloud/reset/sqs/210987654321')).toEqual({ reset: 'sqs/210987654321' })
  expect(await counts()).toEqual([1, 0, 1])
  expect(await aws.admin('POST', '/_fakecloud/reset/lambda')).toEqual({ reset: 'lambda' })
  expect(await counts()).toEqual([1, 0, 1])
  expect(await aws.admin('POST', '/_fakecloud/reset/sqs')).toEqual({ reset: 'sqs' })
  expect(await counts()).toEqual([0, 0, 0])
})

test('what is not there, and what is not JSON, is refused as JSON', async () => {
  const aws = testClients()
  const ask = async (method: string, path: string, body?: string) => {
    const response = await fetch(aws.url + path, { method, ...(body === undefined ? {} : { body }) })
    return { status: response.status, body: await response.json() }
  }
  expect(await ask('GET', '/_fakecloud/nothing')).toEqual({
    status: 404,
    body: { error: 'There is no GET /_fakecloud/nothing' },
  })
  expect(await ask('POST', '/_fakecloud/reset/nothing')).toEqual({
    status: 404,
    body: { error: 'Unknown service: nothing' },
  })
  expect(await ask('POST', '/_fakecloud/clock/advance', '{')).toEqual({
    status: 400,
    body: { error: 'The body is not JSON' },
  })
})
