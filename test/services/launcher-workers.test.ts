import { Agent, get } from 'node:http'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LambdaClient } from '@aws-sdk/client-lambda'
import {
  CreateQueueCommand,
  GetQueueAttributesCommand,
  ListQueuesCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { EmulatorOptions } from '../../node-runner/settings.ts'
import { startEmulator } from '../../node-runner/start.ts'
import { FakeCloud } from '../../sdk/index.ts'
import { eventually } from '../support/clients.ts'
import { create, invoke, zip } from '../support/lambda.ts'

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fakecloud-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

async function start(options: EmulatorOptions = {}) {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'error', workers: 2, ...options })
  onTestFinished(emulator.stop)
  return { emulator, cloud: new FakeCloud({ url: emulator.url, secret: options.secret }) }
}

const PLACE = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  maxAttempts: 1,
}

const sqsIn = (url: string, namespace: string) => new SQSClient({ endpoint: `${url}/_ns/${namespace}`, ...PLACE })

/** A queue of the namespace's own name. */
async function queueIn(url: string, namespace: string) {
  const sqs = sqsIn(url, namespace)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: namespace }))
  const send = () => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'x' }))
  const count = async () => {
    const AttributeNames = ['ApproximateNumberOfMessages' as const]
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
    return Number(Attributes?.ApproximateNumberOfMessages)
  }
  return { send, count }
}

async function queuesIn(url: string, namespace: string): Promise<string[]> {
  const { QueueUrls = [] } = await sqsIn(url, namespace).send(new ListQueuesCommand({}))
  return QueueUrls.map(each => each.split('/').at(-1) ?? '')
}

/** The next namespace comes to the other worker. */
async function startWithTwo(options: EmulatorOptions = {}) {
  const { emulator, cloud } = await start(options)
  const one = await queueIn(emulator.url, 'one')
  const two = await queueIn(emulator.url, 'two')
  return { emulator, cloud, one, two }
}

describe('with several workers', () => {
  it('namespaces live in processes of their own, and each is found however it is addressed', async () => {
    const { emulator } = await startWithTwo()
    expect(emulator.workerdPid('one')).not.toBe(emulator.workerdPid('two'))
    expect(await queuesIn(emulator.url, 'two')).toEqual(['two'])
    // One connection, on which requests to both follow each other.
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    onTestFinished(() => agent.destroy())
    const { hostname, port } = new URL(emulator.url)
    const ask = (path: string, headers: Record<string, string>) =>
      new Promise<string>((resolve, reject) => {
        get({ hostname, port, agent, path: `${path}/?Action=ListQueues&Version=2012-11-05`, headers }, response => {
          let text = ''
          response.on('data', piece => {
            text += piece
          })
          response.once('end', () => resolve(/<QueueUrl>[^<]*\/(\w+)<\/QueueUrl>/.exec(text)?.[1] ?? text))
        }).once('error', reject)
      })
    expect(await ask('/_ns/one', {})).toBe('one')
    expect(await ask('', { 'x-fakecloud-namespace': 'two' })).toBe('two')
    expect(await ask('/_ns/one', { 'x-fakecloud-namespace': 'two' })).toBe('one')
    expect(await ask('', { host: 'two.fakecloud.localhost' })).toBe('two')
  })

  it('the one that has no namespace yet is not started', async () => {
    const { emulator, cloud } = await start({ workers: 4 })
    await queueIn(emulator.url, 'main')
    await cloud.health()
    expect(emulator.workerdPid('main')).toBeGreaterThan(0)
    expect((await cloud.namespaces.list()).namespaces).toEqual(['main'])
    await queueIn(emulator.url, 'other')
    expect(emulator.workerdPid('other')).not.toBe(emulator.workerdPid('main'))
  })

  it('all are seen in the list of namespaces, and what is done to one is done to it alone', async () => {
    const { emulator, cloud } = await startWithTwo()
    const made = await cloud.namespaces.create({ ttlSeconds: 1000 })
    const { namespaces } = await cloud.namespaces.list()
    const name = made.url.split('/').at(-1) ?? ''
    expect(namespaces).toEqual([name, 'one', 'two'].sort())
    expect(emulator.workerdPid(name)).toBeGreaterThan(0)
    expect((await cloud.namespaces.get(name)).expiresAt).toBeGreaterThan(Date.now())
    expect(await cloud.namespaces.get('two')).toMatchObject({ name: 'two', objects: 1 })
    await cloud.namespaces.reset('two')
    expect(await queuesIn(emulator.url, 'two')).toEqual([])
    expect(await queuesIn(emulator.url, 'one')).toEqual(['one'])
    await Promise.all(namespaces.map(each => cloud.namespaces.reset(each)))
    expect(await queuesIn(emulator.url, 'one')).toEqual([])
    await cloud.namespaces.delete('one')
    expect((await cloud.namespaces.list()).namespaces).toEqual([name, 'two'].sort())
  })

  it('a hosted emulator asks for its secret as with one', async () => {
    const secret = 'a-secret-of-some-length'
    const { emulator, cloud } = await start({ secret })
    await cloud.namespaces.create({ name: 'one' })
    await cloud.namespaces.create({ name: 'two' })
    expect((await cloud.namespaces.list()).namespaces).toEqual(['one', 'two'])
    expect((await fetch(`${emulator.url}/_fakecloud/namespaces`)).status).toBe(401)
    const body = JSON.stringify({ name: 'three' })
    expect((await fetch(`${emulator.url}/_fakecloud/namespaces`, { method: 'POST', body })).status).toBe(401)
  })

  it('one that is killed comes back with its state, and the other serves meanwhile', async () => {
    const { emulator, one, two } = await startWithTwo({ dataPath: directory() })
    await two.send()
    const [killed, spared] = [emulator.workerdPid('two'), emulator.workerdPid('one')]
    process.kill(killed, 'SIGKILL')
    let sent = 0
    while (emulator.workerdPid('two') === killed) {
      await one.send()
      sent += 1
    }
    await eventually(() => two.send())
    expect(await two.count()).toBe(2)
    expect(await one.count()).toBe(sent)
    expect(emulator.workerdPid('one')).toBe(spared)
  })

  it.each([1, 3])('all state is found when there are %i at the next start', async workers => {
    const dataPath = directory()
    const { emulator, one, two } = await startWithTwo({ dataPath })
    await one.send()
    await two.send()
    await emulator.stop()
    const { emulator: next, cloud } = await start({ dataPath, workers })
    expect((await cloud.namespaces.list()).namespaces).toEqual(['one', 'two'])
    expect(await queuesIn(next.url, 'one')).toEqual(['one'])
    expect(await queuesIn(next.url, 'two')).toEqual(['two'])
    expect(await (await queueIn(next.url, 'two')).count()).toBe(1)
    await queueIn(next.url, 'new')
    expect((await cloud.namespaces.list()).namespaces).toEqual(['new', 'one', 'two'])
    const homes = [next.workerdPid('one'), next.workerdPid('two')]
    expect(homes.includes(next.workerdPid('new'))).toBe(workers === 1)
  })

  it('a function calls AWS in its own namespace, whichever worker that lives in', async () => {
    const { emulator } = await startWithTwo()
    const code = `
      import { SQSClient, ListQueuesCommand } from '@aws-sdk/client-sqs'
      export const handler = async () => (await new SQSClient({}).send(new ListQueuesCommand({}))).QueueUrls`
    const made = ['one', 'two'].map(async namespace => {
      const lambda = new LambdaClient({ endpoint: `${emulator.url}/_ns/${namespace}`, ...PLACE })
      await create(lambda, code, { Code: { ZipFile: zip(code, 'index.mjs') } })
      const { payload } = await invoke(lambda)
      expect(JSON.stringify(payload)).toContain(`/${namespace}"`)
    })
    await Promise.all(made)
  })
})
