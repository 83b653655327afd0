import type { LambdaClient } from '@aws-sdk/client-lambda'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import { ADMIN, expectHarmless, expectRefused, SECRET, type Victim, victimOf } from '../support/break-out.ts'
import { testClients } from '../support/clients.ts'
import { create, invoke, setUp } from '../support/lambda.ts'

/*
 * Attempts of a function to break out of its namespace into another, which is open to everybody else on this machine: by
 * requests, by sockets, and by what it says of itself.
 */

/** Sends requests, or speaks over sockets, and says what came of each. */
const CODE = `const net = require('net'), http = require('http'), tls = require('tls')
const ways = {
  fetch: async ({ url, method = 'GET', headers, body }) => {
    const response = await fetch(url, { method, headers, body, redirect: 'follow' })
    return { status: response.status, body: await response.text() }
  },
  http: ({ host, port, path, headers }) => new Promise((resolve, reject) => {
    http.get({ host, port, path, headers }, async response => {
      let body = ''
      for await (const piece of response) body += piece
      resolve({ status: response.statusCode, body })
    }).on('error', reject)
  }),
  socket: ({ host, port, text, secure }) => new Promise((resolve, reject) => {
    let body = ''
    const options = { host, port, rejectUnauthorized: false }
    const socket = secure ? tls.connect(options, () => socket.write(text)) : net.connect(options, () => socket.write(text))
    socket.on('data', piece => { body += piece })
    socket.on('error', reject)
    socket.on('close', () => resolve({ status: Number(/^HTTP\\/1.1 (\\d+)/.exec(body)?.[1] ?? 400), body }))
    setTimeout(() => reject(new Error('silence')), 1000)
  }),
}
exports.handler = requests => Promise.all(requests.map(async ({ way = 'fetch', ...request }) => {
  try {
    return await ways[way](request)
  } catch (error) {
    return { status: 0, body: String(error) }
  }
}))`

type Asked = { way?: 'fetch' | 'http' | 'socket'; [name: string]: unknown }
type Said = { status: number; body: string }

let lambda: LambdaClient
let victim: Victim
let before: string
let own: string

const port = () => Number(new URL(inject('emulatorUrl')).port)

beforeAll(async () => {
  const { aws, lambda: functions } = setUp()
  ;[lambda, own] = [functions, aws.namespace]
  const other = testClients()
  victim = await victimOf({
    ...other,
    describe: () => other.admin('GET', `/_fakecloud/namespaces/${other.namespace}`),
  })
  await create(lambda, CODE, { Timeout: 20 })
  before = await victim.digest()
})

async function said(requests: Asked[]): Promise<[Asked, Said][]> {
  const { payload } = await invoke(lambda, requests)
  expect(payload, JSON.stringify(payload)).toHaveLength(requests.length)
  return requests.map((request, n) => [request, (payload as Said[])[n] as Said])
}

const LIST = '?Action=ListQueues&Version=2012-11-05'
const object = (root: string, namespace: string) => `${root}/_ns/${namespace}/vault/kept`
const unchanged = async () => expect(await victim.digest()).toBe(before)

/** Every way to write this machine, and AWS's hosts. */
const HOSTS = [
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.b.localhost',
  '127.0.0.1',
  '127.1',
  '127.255.255.254',
  '2130706433',
  '0x7f000001',
  '0x7f.0.0.1',
  '017700000001',
  '0177.0.0.1',
  '0.0.0.0',
  '0',
  '[::1]',
  '[::]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:1]',
  '１２７.0.0.1',
  'localtest.me',
  'user:pass@localhost',
  'host.docker.internal',
] as const

describe('a function’s requests', () => {
  test.each(HOSTS)('reach no other namespace at %s', async host => {
    const root = `http://${host}:${port()}`
    const requests = [
      { url: object(root, victim.namespace) },
      { url: `${root}/_ns/${victim.namespace}/${LIST}` },
      { url: `${root}/${LIST}`, headers: { 'x-fakecloud-namespace': victim.namespace } },
      { url: `${root}/_ns/${own}/${LIST}`, headers: { 'x-fakecloud-namespace': victim.namespace } },
      { url: `${root}/_fakecloud/namespaces/${victim.namespace}`, method: 'DELETE' },
      { url: `${root}/_ns/${victim.namespace}/_reset`, method: 'POST' },
      {
        way: 'http' as const,
        host: host.replace(/^.*@/, ''),
        port: port(),
        path: `/_ns/${victim.namespace}/vault/kept`,
      },
    ]
    for (const [request, { status, body }] of await said(requests)) {
      expect(body, JSON.stringify(request)).not.toContain(SECRET)
      // A host that leads nowhere refuses in its own way.
      if (status !== 0) expectRefused({ status, body }, request)
    }
    await unchanged()
  })

  test.each([
    'https://sqs.us-east-1.amazonaws.com',
    'https://s3.amazonaws.com',
    'https://vault.s3.us-east-1.amazonaws.com',
    'http://169.254.169.254',
    'http://localhost.localstack.cloud:4566',
    'http://localstack:4566',
    'http://localhost:4566',
    'https://x.execute-api.us-east-1.amazonaws.com',
  ])('reach no other namespace at %s', async root => {
    const requests = [
      { url: object(root, victim.namespace) },
      { url: `${root}/${LIST}`, headers: { 'x-fakecloud-namespace': victim.namespace } },
      { url: `${root}/_ns/${victim.namespace}/_reset`, method: 'POST' },
    ]
    for (const [request, answer] of await said(requests)) expectRefused(answer, request)
    await unchanged()
  })

  const FORGED: Record<string, () => Record<string, string>> = {
    'x-forwarded-host': () => ({ 'x-forwarded-host': `${victim.namespace}.fakecloud.localhost` }),
    forwarded: () => ({ forwarded: `host=${victim.namespace}.fakecloud.localhost;for=127.0.0.1` }),
    host: () => ({ host: `${victim.namespace}.fakecloud.localhost` }),
    'x-fakecloud-host': () => ({ 'x-fakecloud-host': `${victim.namespace}.fakecloud.localhost` }),
    'x-fakecloud-internal': () => ({
      'x-fakecloud-internal': `${btoa(JSON.stringify({ namespace: victim.namespace, source: 'x' }))}.x`,
    }),
    'x-fakecloud-inside': () => ({ 'x-fakecloud-inside': 'guess', 'x-fakecloud-code': 'guess' }),
    'x-fakecloud-peer': () => ({ 'x-fakecloud-peer': '10.0.0.1', 'x-fakecloud-too-large': '1' }),
    'x-fakecloud-raw-path': () => ({ 'x-fakecloud-raw-path': `/_ns/${victim.namespace}/vault/kept` }),
    'x-fakecloud-out': () => ({ 'x-fakecloud-out': `${victim.namespace}.${'A'.repeat(43)}` }),
    'x-fakecloud-secret': () => ({ 'x-fakecloud-secret': 'fakecloud-development' }),
    'x-fakecloud-namespace, twice': () => ({ 'x-fakecloud-namespace': `${own}, ${victim.namespace}` }),
  }
  test.each(Object.entries(FORGED))('are not believed in what they say by %s', async (_, headers) => {
    const root = `http://localhost:${port()}`
    const plain = [
      { url: `${root}/vault/kept`, headers: headers() },
      { url: `${root}/${LIST}`, headers: headers() },
    ]
    for (const [request, answer] of await said(plain)) expectHarmless(answer, request)
    const named = [
      { url: object(root, victim.namespace), headers: headers() },
      { url: `${root}/_ns/${victim.namespace}/_reset`, method: 'POST', headers: headers() },
    ]
    for (const [request, answer] of await said(named)) expectRefused(answer, request)
    await unchanged()
  })

  test('steer nothing by any of our own endpoints, of their own namespace or another', async () => {
    // What it may read of its own: its credentials, and links that AWS's APIs hand out.
    const steering = ADMIN.filter(([, path]) => !/credentials|function-code|layer-content/.test(path))
    const requests = [own, victim.namespace].flatMap(namespace =>
      steering.map(([method, path, body]) => ({
        url: `http://localhost:${port()}/_ns/${namespace}${path}`,
        method,
        ...(body && { body: JSON.stringify(body) }),
      })),
    )
    for (const [request, { status, body }] of await said(requests)) {
      expect(status, `${JSON.stringify(request)} ${body}`).toBe(403)
    }
    await unchanged()
  })
})

describe('a function’s sockets', () => {
  const HEARS = ['127.0.0.1', 'localhost', '127.1', '0x7f000001', '2130706433', '0.0.0.0', '::1', '::ffff:127.0.0.1']
  test.each(HEARS)('do not speak to the emulator at %s, in the clear or by TLS', async host => {
    const text = `GET /_ns/${victim.namespace}/vault/kept HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`
    const requests = [false, true].map(secure => ({ way: 'socket' as const, host, port: port(), text, secure }))
    for (const [request, { body }] of await said(requests)) {
      expect(body, JSON.stringify(request)).not.toContain(SECRET)
      expect(body, JSON.stringify(request)).not.toContain('HTTP/1.1 ')
    }
    await unchanged()
  })
})
