import { type IncomingHttpHeaders, request } from 'node:http'
import { text } from 'node:stream/consumers'
import { CreateFunctionCommand, GetFunctionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { type Emulator, startEmulator } from '../../node-runner/start.ts'
import { FakeCloud } from '../../sdk/index.ts'
import { testClients } from '../support/clients.ts'
import { ECHO, Role, zip } from '../support/lambda.ts'
import { verifying } from '../support/verifying.ts'

type Reply = { status: number; body: string; headers: IncomingHttpHeaders }

/** Asks as a client does that names its own Host: Node's fetch sets none. */
function ask(url: string, method = 'GET', headers: Record<string, string> = {}, body = ''): Promise<Reply> {
  const { hostname, port, pathname, search } = new URL(url)
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, path: pathname + search, method, headers }, async response => {
      resolve({ status: response.statusCode ?? 0, body: await text(response), headers: response.headers })
    })
    sent.on('error', reject).end(body)
  })
}

const status = async (...asked: Parameters<typeof ask>) => (await ask(...asked)).status

type Key = { accessKeyId: string; secretAccessKey: string }
const bearer = ({ accessKeyId, secretAccessKey }: Key) => ({
  authorization: `Bearer ${accessKeyId}:${secretAccessKey}`,
})
const basic = ({ accessKeyId, secretAccessKey }: Key) => ({
  authorization: `Basic ${btoa(`${accessKeyId}:${secretAccessKey}`)}`,
})

/** Endpoints of one namespace: what they would do, somebody without its key must not. */
const OF_ONE = [
  ['POST', '/_reset'],
  ['GET', '/_fakecloud/sqs/messages'],
  ['POST', '/_fakecloud/clock/freeze'],
  ['GET', '/_fakecloud/journal'],
  ['POST', '/_fakecloud/iam/create-admin'],
  ['GET', '/_fakecloud/credentials'],
] as const

describe('on a developer’s machine', () => {
  test('the endpoints are open, but not to pages of other origins or by names that are not the emulator’s', async () => {
    const { url, namespace } = testClients()
    const { host, port } = new URL(url)
    const list = `${inject('emulatorUrl')}/_fakecloud/namespaces`
    for (const name of [host, `localhost:${port}`, `fakecloud:${port}`, `${namespace}.fakecloud.localhost:${port}`]) {
      expect([name, await status(list, 'GET', { host: name })]).toEqual([name, 200])
    }
    expect(await status(list, 'GET', { host: `rebound.example:${port}` })).toBe(403)
    for (const origin of [`http://${host}`, 'http://localhost:3000']) {
      expect(await status(`${url}/_reset`, 'POST', { host, origin })).toBe(200)
    }
    for (const origin of ['https://example.com', 'null', `http://rebound.example:${port}`]) {
      expect(await status(`${url}/_reset`, 'POST', { host, origin })).toBe(403)
    }
    expect(await status(`${url}/_fakecloud/health`, 'GET', { host: 'rebound.example', origin: 'null' })).toBe(200)
  })

  test('a namespace that verifies signatures is its root’s own, also at the endpoints', async () => {
    const { aws, root } = await verifying()
    const own = `${inject('emulatorUrl')}/_fakecloud/namespaces/${aws.namespace}`
    const asked = [
      ...OF_ONE.map(([method, path]) => [aws.url + path, method] as const),
      [own, 'GET'],
      [`${own}/reset`, 'POST'],
      [own, 'DELETE'],
    ] as const
    for (const [url, method] of asked) {
      expect([url, await status(url, method)]).toEqual([url, 401])
      for (const key of [
        { ...root, secretAccessKey: 'wrong' },
        { accessKeyId: 'test', secretAccessKey: 'test' },
      ]) {
        expect([url, await status(url, method, bearer(key))]).toEqual([url, 403])
      }
    }
    expect(await status(own, 'GET', bearer(root))).toBe(200)
    expect(await status(own, 'DELETE', basic(root))).toBe(200)
  })

  test('a namespace that verifies signatures is not made anew without its key, so it is never opened or ended so', async () => {
    const { aws, root } = await verifying()
    const all = `${inject('emulatorUrl')}/_fakecloud/namespaces`
    const again = JSON.stringify({ name: aws.namespace, iam: 'off', verifySigv4: false, ttlSeconds: 1 })
    expect(await ask(all, 'POST', {}, again)).toMatchObject({ status: 409 })
    expect(await status(all, 'POST', bearer({ ...root, secretAccessKey: 'wrong' }), again)).toBe(409)
    const described = await ask(`${all}/${aws.namespace}`, 'GET', bearer(root))
    expect(JSON.parse(described.body)).toMatchObject({ expiresAt: null, settings: { verifySigv4: true } })
    const longer = JSON.stringify({ name: aws.namespace, ttlSeconds: 3600 })
    const changed = await ask(all, 'POST', bearer(root), longer)
    expect(changed.status).toBe(201)
    expect(JSON.parse(changed.body)).toMatchObject({
      settings: { verifySigv4: true },
      expiresAt: expect.any(Number),
    })
    expect(changed.body).not.toContain('secretAccessKey')
  })

  test('the SDK shows the key of the namespace that it has made', async () => {
    const fc = await new FakeCloud(inject('emulatorUrl')).namespaces.create({ verifySigv4: true })
    expect(fc.url).not.toContain('@')
    expect(await fc.reset()).toEqual({ status: 'ok' })
    await expect(new FakeCloud(fc.url).reset()).rejects.toMatchObject({ status: 401 })
    const again = new FakeCloud({ url: fc.url, credentials: fc.rootKey })
    expect((await again.sqs.getMessages()).queues).toEqual([])
  })
})

describe('hosted', () => {
  const secret = 'a-secret-of-this-deployment'
  let emulator: Emulator
  beforeAll(async () => {
    emulator = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'warn', secret })
  })
  afterAll(() => emulator.stop())

  const withSecret = { authorization: `Bearer ${secret}` }
  const make = async (body: object = {}) => {
    const made = await ask(`${emulator.url}/_fakecloud/namespaces`, 'POST', withSecret, JSON.stringify(body))
    expect(made.status).toBe(201)
    const { name, credentials } = JSON.parse(made.body) as { name: string; credentials: Key }
    return { name, credentials, url: `${emulator.url}/_ns/${name}` }
  }
  const clientOf = <C>(Client: new (config: object) => C, endpoint: string) =>
    new Client({
      endpoint,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
      maxAttempts: 1,
    })

  test('namespaces are listed and made by who has the deployment’s secret', async () => {
    const all = `${emulator.url}/_fakecloud/namespaces`
    const { name, credentials } = await make()
    expect([await status(all), await status(all, 'POST')]).toEqual([401, 401])
    const wrong = { authorization: 'Bearer fakecloud-development' }
    expect([await status(all, 'GET', wrong), await status(all, 'POST', wrong)]).toEqual([403, 403])
    expect(await status(all, 'GET', bearer(credentials))).toBe(403)
    expect(await status(all, 'POST', bearer(credentials), '{"name":"another"}')).toBe(403)
    expect((await ask(all, 'GET', { 'x-fakecloud-secret': secret })).body).toContain(name)
    expect(await status(`${emulator.url}/_fakecloud/health`)).toBe(200)
    expect(await status(`${emulator.url}/_localstack/health`)).toBe(200)
  })

  test('a namespace is steered by its root’s key or by the deployment’s secret, and by nobody else’s', async () => {
    const [one, two] = [await make(), await make()]
    for (const [method, path] of OF_ONE) {
      const body = path.endsWith('create-admin') ? '{"accountId":"123456789012","userName":"ada"}' : ''
      const asked = (headers: Record<string, string>) => status(one.url + path, method, headers, body)
      expect([path, await asked({})]).toEqual([path, 401])
      expect([path, await asked(bearer(two.credentials))]).toEqual([path, 403])
      expect([path, await asked(bearer({ accessKeyId: 'test', secretAccessKey: 'test' }))]).toEqual([path, 403])
      expect([path, await asked(bearer(one.credentials))]).toEqual([path, 200])
      expect([path, await asked(withSecret)]).toEqual([path, 200])
    }
    const own = `${emulator.url}/_fakecloud/namespaces/${one.name}`
    expect(await status(own, 'DELETE', bearer(two.credentials))).toBe(403)
    expect(await status(own, 'DELETE', bearer(one.credentials))).toBe(200)
  })

  test('what is used first, and so has no key of its own, is steered by the deployment’s secret alone', async () => {
    const sqs = clientOf(SQSClient, `${emulator.url}/_ns/first-use`)
    await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
    const reset = `${emulator.url}/_ns/first-use/_reset`
    expect(await status(reset, 'POST', bearer({ accessKeyId: 'test', secretAccessKey: 'test' }))).toBe(403)
    expect((await sqs.send(new ListQueuesCommand({}))).QueueUrls).toHaveLength(1)
    expect(await status(reset, 'POST', withSecret)).toBe(200)
  })

  test('the link to a function’s code is good without more, and for nothing else', async () => {
    const [one, two] = [await make(), await make()]
    const lambda = clientOf(LambdaClient, one.url)
    const settings = { FunctionName: 'work', Runtime: 'nodejs22.x', Handler: 'index.handler', Role } as const
    await lambda.send(new CreateFunctionCommand({ ...settings, Code: { ZipFile: zip(ECHO) } }))
    const { Code } = await lambda.send(new GetFunctionCommand({ FunctionName: 'work' }))
    const link = Code?.Location ?? ''
    expect(await status(link)).toBe(200)
    expect(await status(link.replace('/work/', '/other/'))).toBe(401)
    expect(await status(link.replace(one.name, two.name))).toBe(401)
    expect(await status(link.split('&X-Fakecloud-')[0] ?? '')).toBe(401)
  })

  test('nothing is sent to private addresses', async () => {
    const { url, credentials } = await make()
    const sns = clientOf(SNSClient, url)
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
    const endpoints = [
      'http://127.0.0.1:1/',
      'http://169.254.169.254/latest/',
      'http://[::1]:1/',
      'http://localhost:1/',
    ]
    for (const Endpoint of endpoints) {
      await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }))
    }
    const { hops } = await new FakeCloud({ url, credentials }).journal.list()
    for (const endpoint of endpoints) {
      const reason = expect.stringContaining('is a private address')
      expect(hops).toContainEqual(expect.objectContaining({ to: endpoint, outcome: 'refused', reason }))
    }
  })

  test('the SDK shows the secret that it was given, or the key', async () => {
    const cloud = new FakeCloud({ url: emulator.url, secret })
    const fc = await cloud.namespaces.create()
    expect(fc.rootKey).toBeDefined()
    expect(await fc.settle()).toBe(true)
    await expect(new FakeCloud(emulator.url).namespaces.list()).rejects.toMatchObject({ status: 401 })
    expect((await cloud.namespaces.list()).namespaces).toContain(fc.url.split('/').at(-1))
  })
})
