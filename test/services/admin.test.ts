import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { services } from '../../durable-objects/services/index.ts'
import { testClients } from '../support/clients.ts'
import { makeHttpEndpoint } from '../support/http-endpoint.ts'
import { makeTopic, settle } from '../support/sns.ts'

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

test('a name that every object has is no service, no operation and no view', async () => {
  const aws = testClients()
  for (const name of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
    const reset = await fetch(`${aws.url}/_fakecloud/reset/${name}`, { method: 'POST' })
    expect([name, reset.status, await reset.json()]).toEqual([name, 404, { error: `Unknown service: ${name}` }])
    const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `AmazonSQS.${name}` }
    const called = await fetch(`${aws.url}/`, { method: 'POST', headers, body: '{}' })
    expect([name, called.status < 500]).toEqual([name, true])
    const body = new URLSearchParams({ Action: name, Version: '2010-05-08' })
    expect([name, (await fetch(`${aws.url}/`, { method: 'POST', body })).status < 500]).toEqual([name, true])
  }
})

test('a query that is not what its endpoint takes is refused', async () => {
  const aws = testClients()
  for (const query of ['limit=2.5', 'limit=0', 'limit=x', 'limit=1e99', 'settle=x', 'settle=-1', 'settle=NaN']) {
    const response = await fetch(`${aws.url}/_fakecloud/journal?${query}`)
    expect([query, response.status]).toEqual([query, 400])
    expect(await response.json()).toEqual({ error: expect.stringContaining(query.split('=')[0] ?? '') })
  }
  expect((await fetch(`${aws.url}/_fakecloud/iam/explain?limit=2.5`)).status).toBe(400)
  const path = 'lambda/function-code/123456789012/x/1.zip?region=nowhere'
  expect((await fetch(`${aws.url}/_fakecloud/${path}`)).status).toBe(400)
  for (const query of ['limit=2', 'limit=', 'settle=0', 'settle=', 'settle=1e99']) {
    expect([query, (await fetch(`${aws.url}/_fakecloud/journal?${query}`)).status]).toEqual([query, 200])
  }
})

test('the journal shows no secret of an endpoint’s URL', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'news')
  const { url } = await makeHttpEndpoint()
  const endpoint = url.replace('http://', 'http://me:p4ssw0rd@')
  await topic.subscribe('http', `${endpoint}?token=t0ken&n=1`)
  await settle(aws)
  const journal = await aws.admin('GET', '/_fakecloud/journal')
  expect(JSON.stringify(journal)).not.toMatch(/p4ssw0rd|t0ken/)
  const arn = encodeURIComponent(`${endpoint}?token=t0ken&n=1`)
  const { hops } = await aws.admin<{ hops: { to: string }[] }>('GET', `/_fakecloud/journal?arn=${arn}`)
  expect(hops.map(({ to }) => to)).toEqual([`${url.replace('http://', 'http://***@')}?token=***&n=1`])
})
