import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateApiDestinationCommand,
  type CreateApiDestinationCommandInput,
  CreateConnectionCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { GetSessionTokenCommand, STSClient } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Emulator, startEmulator } from '../../node-runner/start.ts'
import {
  ACCOUNT,
  ADMIN,
  type Answer,
  answerOf,
  bearer,
  BROKEN,
  expectHarmless,
  expectRefused,
  outcome,
  type Victim,
  victimOf,
} from '../support/break-out.ts'
import type { TestClients } from '../support/clients.ts'
import { family, portsOf } from '../support/ports.ts'
import { type Key, send, sign, type Unsigned } from '../support/signing.ts'

/*
 * Attempts to break into a namespace of a hosted emulator, by somebody who has a namespace of their own there, and to reach
 * by it what only the emulator's machine can reach.
 */

const secret = 'a-secret-of-this-deployment'
let emulator: Emulator
let root: Key
let mine: Key
let own: string
let victim: Victim
let before: string
/** On which this process and the emulator listen. */
let inner: number[]

/** A server on the emulator's machine, that nobody may make it call. */
let called = 0
const server = createServer((_, response) => {
  called += 1
  response.end()
})

beforeAll(async () => {
  const already = new Set(process.platform === 'linux' ? portsOf(family(process.pid)) : [])
  emulator = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'warn', secret })
  const { port } = new URL(emulator.url)
  const now = process.platform === 'linux' ? portsOf(family(process.pid)) : []
  inner = now.filter(each => !already.has(each) && each !== Number(port))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  const theirs = await make('victim')
  ;[root, mine, own] = [theirs, await make('mine'), 'mine']
  victim = await victimOf({
    namespace: 'victim',
    url: `${emulator.url}/_ns/victim`,
    client: clientOf('victim', theirs),
    describe: async () =>
      JSON.parse((await ask({ method: 'GET', path: '/_fakecloud/namespaces/victim', headers: bearer(theirs) })).body),
  })
  before = await victim.digest()
})
afterAll(async () => {
  server.close()
  await emulator.stop()
})

const ask = async (request: Unsigned): Promise<Answer> => answerOf(await send(emulator.url, request))
const unchanged = async () => expect(await victim.digest()).toBe(before)

async function make(name: string): Promise<Key> {
  const body = JSON.stringify({ name, verifySigv4: true, iam: 'strict' })
  const headers = { authorization: `Bearer ${secret}` }
  const made = await ask({ method: 'POST', path: '/_fakecloud/namespaces', headers, body })
  expect(made.status, made.body).toBe(201)
  return (JSON.parse(made.body) as { credentials: Key }).credentials
}

function clientOf(namespace: string, { accessKeyId, secretAccessKey }: Key): TestClients['client'] {
  return (Client, overrides = {}) =>
    new Client({
      endpoint: `${emulator.url}/_ns/${namespace}`,
      region: 'us-east-1',
      credentials: { accessKeyId, secretAccessKey },
      maxAttempts: 1,
      forcePathStyle: true,
      ...overrides,
    })
}

describe('our own endpoints, hosted', () => {
  const SHOWN: Record<string, () => Record<string, string>> = {
    nothing: () => ({}),
    'the key of another namespace': () => bearer(mine),
    'another’s key id and a guess': () => bearer({ ...root, secretAccessKey: 'test' }),
    'the keys that everybody knows': () => bearer({ accessKeyId: 'test', secretAccessKey: 'test' }),
    'an account and the usual secret': () => bearer({ accessKeyId: ACCOUNT, secretAccessKey: 'test' }),
    'a guess': () => ({ 'x-fakecloud-secret': 'fakecloud-development' }),
    'half of the secret': () => ({ 'x-fakecloud-secret': secret.slice(0, -1) }),
    'a forged word of a function': () => ({
      'x-fakecloud-internal': `${btoa(JSON.stringify({ namespace: 'victim', source: 'x' }))}.x`,
    }),
    'the machine’s own address, forged': () => ({ 'x-forwarded-for': '127.0.0.1', 'x-fakecloud-peer': '127.0.0.1' }),
  }
  test.each(Object.entries(SHOWN))('are closed to who shows %s', async (_, shown) => {
    const requests: Unsigned[] = ADMIN.map(([method, path, body]) => ({
      method,
      path: `/_ns/victim${path}`,
      headers: shown(),
      ...(body && { body: JSON.stringify(body) }),
    }))
    for (const path of ['victim', '%76ictim', 'mine/../victim', 'victim/']) {
      requests.push({ method: 'DELETE', path: `/_fakecloud/namespaces/${path}`, headers: shown() })
    }
    for (const prefix of ['', '/_ns/mine']) {
      requests.push({ method: 'POST', path: `${prefix}/_fakecloud/namespaces/victim/reset`, headers: shown() })
      requests.push({ method: 'GET', path: `${prefix}/_fakecloud/namespaces/victim`, headers: shown() })
      requests.push({ method: 'GET', path: `${prefix}/_fakecloud/namespaces`, headers: shown() })
    }
    for (const change of [{ ttlSeconds: 1 }, { iam: 'off' }, { verifySigv4: false }]) {
      const body = JSON.stringify({ name: 'victim', ...change })
      requests.push({ method: 'POST', path: '/_fakecloud/namespaces', headers: shown(), body })
    }
    requests.push({ method: 'POST', path: '/_fakecloud/namespaces', headers: shown(), body: '{"name":"another"}' })
    for (const request of requests) expectRefused(await ask(request), request)
    await unchanged()
  })
})

describe('a key of a namespace, hosted', () => {
  const get = { method: 'GET', path: '/_ns/victim/vault/kept' }
  const host = () => new URL(emulator.url).host
  test.each([
    ['another namespace', () => sign(host(), get, { key: mine, service: 's3' })],
    ['another namespace, presigned', () => sign(host(), get, { key: mine, service: 's3', expires: 60 })],
    [
      'another’s key id under one’s own secret',
      () => sign(host(), get, { key: { ...mine, accessKeyId: root.accessKeyId }, service: 's3' }),
    ],
    ['nothing at all', () => get],
    [
      'the keys that everybody knows',
      () => sign(host(), get, { key: { accessKeyId: 'test', secretAccessKey: 'test' }, service: 's3' }),
    ],
  ] as const)('opens nothing that is another’s: %s', async (_, request) => {
    expectRefused(await ask(request()), request())
    await unchanged()
  })

  test('and its sessions end with the namespace: one of the same name takes neither', async () => {
    const key = await make('short')
    const sts = clientOf('short', key)(STSClient)
    const { Credentials } = await sts.send(new GetSessionTokenCommand({}))
    const session = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken,
    }
    const path = '/_fakecloud/namespaces/short'
    expect(await ask({ method: 'DELETE', path, headers: bearer(key) })).toMatchObject({ status: 200 })
    await make('short')
    const queue = new CreateQueueCommand({ QueueName: BROKEN })
    expectRefused(await outcome(clientOf('short', key)(SQSClient).send(queue)))
    const body = 'Action=ListQueues&Version=2012-11-05'
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const list = { method: 'POST', path: '/_ns/short/', headers, body }
    expectRefused(await ask(sign(host(), list, { key: session, service: 'sqs' })))
    expectRefused(await ask({ method: 'DELETE', path, headers: bearer(key) }))
  })
})

describe('the emulator’s own requests, hosted', () => {
  const at = () => (server.address() as AddressInfo).port
  const PRIVATE = [
    '127.0.0.1',
    '127.1',
    '2130706433',
    '0x7f000001',
    '017700000001',
    '0.0.0.0',
    'localhost',
    'localhost.',
    'a.localhost',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
    '10.0.0.1',
    '172.16.0.1',
    '192.168.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '2852039166',
    '[fd00:ec2::254]',
    '[fe80::1]',
    'metadata.google.internal',
    'printer',
  ]

  /** Sends an event to a destination of that name. */
  async function sendTo(destination: CreateApiDestinationCommandInput & { Name: string }) {
    const events = clientOf('mine', mine)(EventBridgeClient)
    const { Name } = destination
    const { ApiDestinationArn: Arn } = await events.send(new CreateApiDestinationCommand(destination))
    await events.send(new PutRuleCommand({ Name, EventPattern: JSON.stringify({ source: [Name] }) }))
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/caller`
    const Targets = [{ Id: '1', Arn, RoleArn }]
    await events.send(new PutTargetsCommand({ Rule: Name, Targets }))
    await events.send(new PutEventsCommand({ Entries: [{ Source: Name, DetailType: 'x', Detail: '{}' }] }))
  }

  test.each(PRIVATE)('go to no subscription, destination or token’s endpoint at %s', async address => {
    const client = clientOf('mine', mine)
    const [sns, events] = [client(SNSClient), client(EventBridgeClient)]
    const [plain, tls] = [`http://${address}:${at()}/`, `https://${address}:${at()}/`]
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
    const answers = [
      await outcome(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint: plain }))),
      await outcome(sns.send(new SubscribeCommand({ TopicArn, Protocol: 'https', Endpoint: tls }))),
    ]
    const Name = `to-${crypto.randomUUID()}`
    const oauth = {
      AuthorizationEndpoint: tls,
      HttpMethod: 'POST',
      ClientParameters: { ClientID: 'x', ClientSecret: 'x' },
    } as const
    const AuthParameters = { OAuthParameters: oauth }
    const connection = { Name, AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS', AuthParameters } as const
    const made = await events.send(new CreateConnectionCommand(connection)).catch(() => undefined)
    const ApiKeyAuthParameters = { ApiKeyName: 'x', ApiKeyValue: 'x' }
    const keyed = { Name: `k${Name}`, AuthorizationType: 'API_KEY', AuthParameters: { ApiKeyAuthParameters } } as const
    const { ConnectionArn } = await events.send(new CreateConnectionCommand(keyed))
    // AWS takes no addresses in brackets there.
    if (made) await sendTo({ Name, ConnectionArn, InvocationEndpoint: tls, HttpMethod: 'POST' })
    for (const answer of answers) expectHarmless(answer, address)
    const settled = await ask({ method: 'POST', path: `/_ns/${own}/_fakecloud/settle`, headers: bearer(mine) })
    expect(settled.status, settled.body).toBe(200)
    const { body } = await ask({ method: 'GET', path: `/_ns/${own}/_fakecloud/journal`, headers: bearer(mine) })
    const { hops } = JSON.parse(body) as { hops: { to: string; outcome: string; reason: string | null }[] }
    const refused = hops.filter(({ outcome: how, reason }) => how === 'refused' && reason?.includes('private address'))
    const [to, destinations] = [refused.map(hop => hop.to), refused.filter(hop => hop.to.includes(Name))]
    expect(to).toEqual(expect.arrayContaining([plain, tls]))
    if (made) expect(destinations, JSON.stringify(hops.filter(hop => hop.to.includes(Name)))).toHaveLength(1)
    expect(called).toBe(0)
  })
})

describe('an inner port', () => {
  test.skipIf(process.platform !== 'linux')('serves nobody who guesses how the emulator speaks to it', async () => {
    expect(inner.length).toBeGreaterThan(0)
    const headers = {
      'x-fakecloud-inside': 'guess',
      'x-fakecloud-internal': 'guess',
      'x-fakecloud-invocation': btoa('{}'),
      authorization: `Bearer ${secret}`,
    }
    const deeds = [
      ['GET', '/_fakecloud/namespaces'],
      ['POST', '/_ns/victim/_reset'],
      ['GET', '/_ns/victim/vault/kept'],
      ...['/invoke', '/session', '/warm', '/end', '/ping'].map(path => ['POST', path] as const),
    ] as const
    for (const port of inner) {
      for (const [method, path] of deeds) {
        const answer = answerOf(await send(`http://127.0.0.1:${port}`, { method, path, headers }))
        expect(answer.status, `${port} ${path} ${answer.body}`).toBe(403)
      }
    }
    await unchanged()
  })
})

const NAMES = [
  '__proto__',
  'constructor',
  'toString',
  '*',
  '-',
  '.',
  '..',
  '../victim',
  '%2e%2e%2fvictim',
  'x'.repeat(300),
]

describe('a name that is none', () => {
  test.each(NAMES)('is refused as whatever it is given for: %s', async name => {
    const host = new URL(emulator.url).host
    const in_ = encodeURIComponent(name)
    const signed = (service: string, region: string, key = mine) =>
      sign(host, { method: 'GET', path: '/_ns/mine/' }, { key, service, region })
    const requests: Unsigned[] = [
      { method: 'GET', path: `/_ns/${in_}/` },
      { method: 'POST', path: `/_ns/${in_}/_reset`, headers: bearer(mine) },
      { method: 'GET', path: '/', headers: { 'x-fakecloud-namespace': name } },
      { method: 'DELETE', path: `/_fakecloud/namespaces/${in_}`, headers: bearer(mine) },
      { method: 'POST', path: '/_fakecloud/namespaces', headers: bearer(mine), body: JSON.stringify({ name }) },
      { method: 'POST', path: `/_ns/mine/_fakecloud/reset/${in_}`, headers: bearer(mine) },
      { method: 'POST', path: `/_ns/mine/_fakecloud/reset/sqs/${in_}`, headers: bearer(mine) },
      { method: 'GET', path: `/_ns/mine/_fakecloud/${in_}`, headers: bearer(mine) },
      {
        method: 'GET',
        path: `/_ns/mine/_fakecloud/journal?limit=${in_}&arn=${in_}&event=${in_}`,
        headers: bearer(mine),
      },
      { method: 'GET', path: `/_ns/mine/_fakecloud/lambda/invocations?limit=${in_}`, headers: bearer(mine) },
      signed(name, 'us-east-1'),
      signed('sqs', name),
      signed('sqs', 'us-east-1', { accessKeyId: name, secretAccessKey: 'x' }),
      sign(host, { method: 'GET', path: `/_ns/mine/${in_}/${in_}` }, { key: mine, service: 's3' }),
      { method: 'POST', path: '/_ns/mine/', headers: { 'x-amz-target': `AmazonSQS.${name}` }, body: '{}' },
      { method: 'POST', path: '/_ns/mine/', headers: { 'x-amz-target': `${name}.ListQueues` }, body: '{}' },
      { method: 'GET', path: `/_ns/mine/2015-03-31/functions/${in_}` },
    ]
    for (const request of requests) expectHarmless(await ask(request), request)
    await unchanged()
  })
})
