import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { CreateQueueCommand, GetQueueUrlCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, inject, test } from 'vitest'
import { testClients } from '../support/clients.ts'

type Described = { name: string; createdAt: number; expiresAt: number | null; objects: number }

const root = () => inject('emulatorUrl')

async function post(path: string, body: unknown): Promise<{ status: number; body: Record<string, unknown> }> {
  const response = await fetch(root() + path, { method: 'POST', body: JSON.stringify(body) })
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** Posts a form to a host of the emulator: Node.js resolves no names under localhost, and its fetch sets no Host. */
function askHost(host: string, body: string): Promise<string> {
  const { hostname, port } = new URL(root())
  const headers = { host, 'content-type': 'application/x-www-form-urlencoded' }
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method: 'POST', headers }, response => text(response).then(resolve, reject))
    sent.on('error', reject).end(body)
  })
}

test('two namespaces see nothing of each other', async () => {
  const [one, two] = [testClients(), testClients()]
  await one.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'orders' }))
  await expect(two.client(SQSClient).send(new GetQueueUrlCommand({ QueueName: 'orders' }))).rejects.toMatchObject({
    name: 'QueueDoesNotExist',
  })
  expect((await two.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
})

test('a namespace is named by path prefix, by header or by host label', async () => {
  const aws = testClients()
  const { namespace } = aws
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'orders' }))
  const body = new URLSearchParams({ Action: 'ListQueues', Version: '2012-11-05' })
  const { port } = new URL(root())
  const ask = async (url: string, headers: Record<string, string>) =>
    (await fetch(url, { method: 'POST', body, headers })).text()
  expect(await ask(`${root()}/_ns/${namespace}/`, {})).toContain('/orders</QueueUrl>')
  expect(await ask(root(), { 'x-fakecloud-namespace': namespace })).toContain('/orders</QueueUrl>')
  expect(await askHost(`${namespace}.fakecloud.localhost:${port}`, body.toString())).toContain('/orders</QueueUrl>')
  expect(await ask(root(), { 'x-fakecloud-namespace': `${namespace}-2` })).not.toContain('/orders</QueueUrl>')
})

test('a namespace is made with a lifetime, listed, described and deleted with all that is in it', async () => {
  const name = testClients().namespace
  const made = await post('/_fakecloud/namespaces', { name, ttlSeconds: 600 })
  expect(made.status).toBe(201)
  const { createdAt, expiresAt } = made.body as Described
  expect(expiresAt).toBeGreaterThan(createdAt + 590_000)
  const aws = testClients(name)
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'orders' }))
  expect(await aws.admin<{ namespaces: string[] }>('GET', '/_fakecloud/namespaces')).toMatchObject({
    namespaces: expect.arrayContaining([name]),
  })
  expect(await aws.admin<Described>('GET', `/_fakecloud/namespaces/${name}`)).toMatchObject({ name, objects: 1 })
  expect(await aws.admin('DELETE', `/_fakecloud/namespaces/${name}`)).toEqual({ deleted: name })
  await expect(aws.admin('GET', `/_fakecloud/namespaces/${name}`)).rejects.toThrow('404')
  expect((await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
})

test('a namespace whose lifetime is over is gone', async () => {
  const name = testClients().namespace
  await post('/_fakecloud/namespaces', { name, ttlSeconds: 1 })
  const aws = testClients(name)
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'orders' }))
  await expect
    .poll(async () => (await fetch(`${root()}/_fakecloud/namespaces/${name}`)).status, { timeout: 10_000 })
    .toBe(404)
})

test('a reset empties one namespace and no other', async () => {
  const [one, two] = [testClients(), testClients()]
  for (const aws of [one, two]) await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'orders' }))
  expect(await one.admin('POST', '/_reset')).toEqual({ status: 'ok' })
  expect((await one.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
  expect((await two.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(1)
})

test('a name that is no DNS label is refused, and nothing is made', async () => {
  for (const name of ['Upper', '-x', 'a.b', '', 'a'.repeat(64)]) {
    const { status, body } = await post('/_fakecloud/namespaces', { name })
    expect(status).toBe(400)
    expect(body.error).toContain('a name is letters a-z, digits and hyphens, 63 at most')
  }
  expect((await post('/_fakecloud/namespaces', { ttlSeconds: -1 })).status).toBe(400)
  expect((await post('/_fakecloud/namespaces', { nonsense: 1 })).status).toBe(400)
  const refused = await fetch(`${root()}/_ns/NOT_ONE/`, { headers: { 'x-amz-target': 'AmazonSQS.ListQueues' } })
  expect(refused.status).toBe(400)
  expect(await refused.text()).toContain('is not a namespace')
})
