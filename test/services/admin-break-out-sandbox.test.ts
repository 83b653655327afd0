import { type LambdaClient, LambdaClient as Lambda } from '@aws-sdk/client-lambda'
import { createServer, type AddressInfo } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isPrivateHost } from '../../durable-objects/shared/private-hosts.ts'
import { type Emulator, startEmulator } from '../../node-runner/start.ts'
import { answerOf, bearer, SECRET, type Victim, victimOf } from '../support/break-out.ts'
import type { TestClients } from '../support/clients.ts'
import { create, invoke, zip } from '../support/lambda.ts'
import { family, portsOf } from '../support/ports.ts'
import { type Key, send } from '../support/signing.ts'

/*
 * Attempts of a function in a hosted emulator to break out of its sandbox: to the machine's files and programs, to what
 * the emulator keeps to itself, to the ports by which its parts speak to each other, and to another function's sandbox.
 */

const secret = 'a-secret-of-this-deployment'

/** Does what it is asked for, in order, and says what came of each. */
const CODE = `import net from 'node:net'
import tls from 'node:tls'
import http from 'node:http'
const cut = (socket, text) => new Promise((resolve, reject) => {
  let body = ''
  setTimeout(() => resolve(body || 'silence'), 700)
  socket.on('data', piece => { body += piece })
  socket.on('error', reject)
  socket.on('close', () => resolve(body))
  socket.on('connect', () => socket.write(text))
  socket.on('secureConnect', () => socket.write(text))
})
// What is evaluated is not seen when the function is unpacked.
const evaluated = code => (0, eval)(code)
const ways = {
  evaluate: async ({ code }) => await evaluated('(async () => {' + code + '})()'),
  load: async ({ name }) => [await import(name).catch(String), await evaluated('import(' + JSON.stringify(name) + ')').catch(String)],
  net: ({ host, port, path, text }) => cut(net.connect(path ? { path } : { host, port }), text),
  tls: ({ host, port, text }) => cut(tls.connect({ host, port }), text),
  cloudflare: async ({ host, port, text }) => {
    const { connect } = await evaluated("import('cloudflare:sockets')")
    const socket = connect({ hostname: host, port })
    const writer = socket.writable.getWriter()
    await writer.write(new TextEncoder().encode(text))
    const reader = socket.readable.getReader()
    let body = ''
    const late = new Promise(resolve => setTimeout(resolve, 700, { done: true }))
    for (let next; !(next = await Promise.race([reader.read(), late])).done;) body += new TextDecoder().decode(next.value)
    return body
  },
  fetch: async ({ url, method = 'GET', headers, body }) => {
    const response = await fetch(url, { method, headers, body })
    return response.status + ' ' + await response.text()
  },
  http: ({ host, port, path, method, headers }) => new Promise((resolve, reject) => {
    http.request({ host, port, path, method, headers }, async response => {
      let body = ''
      for await (const piece of response) body += piece
      resolve(response.statusCode + ' ' + body)
    }).on('error', reject).end()
  }),
}
export const handler = async asked => {
  const said = []
  for (const { way, ...rest } of asked) {
    const late = new Promise((_, reject) => setTimeout(reject, 1500, new Error('silence')))
    try {
      said.push(JSON.stringify(await Promise.race([ways[way](rest), late])) ?? 'undefined')
    } catch (error) {
      said.push('refused: ' + error)
    }
  }
  return said
}`

type Asked = { way: string; [name: string]: unknown }

let emulator: Emulator
let lambda: LambdaClient
let other: LambdaClient
let victim: Victim
let before: string
let inner: number[]

beforeAll(async () => {
  const linux = process.platform === 'linux'
  const already = new Set(linux ? portsOf(family(process.pid)) : [])
  emulator = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'error', secret })
  const [theirs, mine, third] = [await make('victim'), await make('mine'), await make('third')]
  victim = await victimOf({
    namespace: 'victim',
    url: `${emulator.url}/_ns/victim`,
    client: clientOf('victim', theirs),
    describe: async () =>
      JSON.parse((await ask({ method: 'GET', path: '/_fakecloud/namespaces/victim', headers: bearer(theirs) })).body),
  })
  before = await victim.digest()
  const settings = { Timeout: 60, Handler: 'index.handler', Code: { ZipFile: zip(CODE, 'index.mjs') } }
  ;[lambda, other] = [clientOf('mine', mine)(Lambda), clientOf('third', third)(Lambda)]
  await Promise.all([lambda, other].map(each => create(each, CODE, settings)))
  await said([{ way: 'evaluate', code: 'return 1' }])
  const { port } = new URL(emulator.url)
  const now = linux ? portsOf(family(process.pid)) : []
  inner = now.filter(each => !already.has(each) && each !== Number(port))
})
afterAll(() => emulator.stop())

const ask = async (request: Parameters<typeof send>[1]) => answerOf(await send(emulator.url, request))

async function make(name: string): Promise<Key> {
  const headers = { authorization: `Bearer ${secret}` }
  const body = JSON.stringify({ name, verifySigv4: true, iam: 'strict' })
  return JSON.parse((await ask({ method: 'POST', path: '/_fakecloud/namespaces', headers, body })).body).credentials
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

/** What the function says of each thing that it is asked to do: nothing that is not its own. */
async function said(asked: Asked[], by = lambda): Promise<string[]> {
  const { payload } = await invoke(by, asked)
  expect(payload, JSON.stringify(payload)).toHaveLength(asked.length)
  const answers = payload as string[]
  for (const [n, answer] of answers.entries()) {
    const seen = `${JSON.stringify(asked[n])} ${answer.slice(0, 500)}`
    expect(answer, seen).not.toContain(SECRET)
    expect(answer, seen).not.toContain(secret)
    expect(answer, seen).not.toMatch(/root:|uid=\d|FAKECLOUD_SECRET|FAKECLOUD_INSIDE/)
  }
  return answers
}

/** A machine's public address is everybody's. */
const ownAddresses = () =>
  Object.values(networkInterfaces())
    .flat()
    .flatMap(each => (each?.family === 'IPv4' && isPrivateHost(each.address) ? [each.address] : []))

const unchanged = async () => expect(await victim.digest()).toBe(before)

describe('a function’s sandbox', () => {
  const DEEDS: Record<string, string> = {
    'its variables': 'return { ...process.env }',
    'the bindings of who made it': `const w = await import('cloudflare:workers'); return [w.env, Object.keys(w.exports ?? {}), Object.keys(w)]`,
    'the global object': 'return Object.getOwnPropertyNames(globalThis).map(name => [name, String(globalThis[name])])',
    'the arguments of the process': 'return [process.argv, process.execArgv, process.execPath, process.title]',
    'the memory of the process': `return String(process.report?.getReport?.() ?? process.binding?.('config'))`,
    'a heap snapshot': `const v8 = await import('node:v8'); return String(await v8.getHeapSnapshot?.().read?.())`,
    'an inspector': `const i = await import('node:inspector'); i.open(0, '127.0.0.1'); return i.url()`,
    'an internal binding': `return Object.keys(process.binding('natives'))`,
    'a shell': `const c = await import('node:child_process'); return c.execSync('id').toString()`,
    'a program': `const c = await import('node:child_process'); return await new Promise((ok, no) => { const p = c.spawn('/bin/cat', ['/etc/passwd']); p.stdout.on('data', d => ok(String(d))); p.on('error', no) })`,
    'a fork': `const c = await import('node:cluster'); c.fork(); return 'forked'`,
    'a thread': `const { Worker } = await import('node:worker_threads'); return await new Promise((ok, no) => { const w = new Worker("require('node:worker_threads').parentPort.postMessage(require('node:fs').readFileSync('/etc/passwd', 'utf8'))", { eval: true }); w.on('message', ok); w.on('error', no) })`,
    'a database file': `const { DatabaseSync } = await import('node:sqlite'); return new DatabaseSync('/tmp/x.sqlite').prepare('SELECT 1').all()`,
    WASI: `const { WASI } = await import('node:wasi'); return String(new WASI({ version: 'preview1', preopens: { '/': '/' } }))`,
    'a native library': `return process.dlopen({ exports: {} }, '/lib/x86_64-linux-gnu/libc.so.6')`,
    'a datagram': `const d = (await import('node:dgram')).createSocket('udp4'); await new Promise((ok, no) => { d.on('error', no); d.send('x', 53, '127.0.0.1', e => e ? no(e) : ok()) }); return 'sent'`,
    'a server': `const n = await import('node:net'); return await new Promise((ok, no) => n.createServer().on('error', no).listen(0, function () { ok(this.address()) }))`,
  }
  test.each(Object.entries(DEEDS))('gives nothing of the machine or the emulator by %s', async (_, code) => {
    await said([{ way: 'evaluate', code }])
    await unchanged()
  })

  test('has no files of the machine', async () => {
    const files = [
      '/proc/self/environ',
      '/proc/self/cmdline',
      '/proc/1/environ',
      `/proc/${process.pid}/environ`,
      '/proc/self/maps',
      '/proc/net/tcp',
      '/etc/passwd',
      '/etc/hostname',
      '/../../etc/passwd',
      '/dev/../etc/passwd',
      '/var/task/../../etc/passwd',
      'file:///etc/passwd',
    ]
    const read = (path: string) => `return require('node:fs').readFileSync(${path}, 'utf8')`
    const asked = files.map(file => `(await import('node:fs')).readFileSync(${JSON.stringify(file)}, 'utf8')`)
    const answers = await said([
      ...asked.map(code => ({ way: 'evaluate', code: `return ${code}` })),
      ...files.slice(-1).map(file => ({ way: 'evaluate', code: read(`new URL(${JSON.stringify(file)})`) })),
    ])
    for (const answer of answers) expect(answer).toMatch(/^"refused|^refused/)
  })

  test('loads no module that only the emulator may', async () => {
    const names = [
      'workerd:unsafe',
      'workerd:unsafe-eval',
      'cloudflare-internal:env',
      'node-internal:process',
      'internal:x',
    ]
    const answers = await said(names.map(name => ({ way: 'load', name })))
    for (const answer of answers) expect(JSON.parse(answer)).toEqual([expect.any(String), expect.any(String)])
  })

  test('shares no cache with another function', async () => {
    const put = `await caches.default.put('http://shared/x', new Response('${'mine'}', { headers: { 'cache-control': 'max-age=60' } })); return 'put'`
    const named = `const c = await caches.open('c'); await c.put('http://shared/x', new Response('mine', { headers: { 'cache-control': 'max-age=60' } })); return 'put'`
    const get = `return await (await caches.default.match('http://shared/x'))?.text()`
    const opened = `return await (await (await caches.open('c')).match('http://shared/x'))?.text()`
    await said([put, named].map(code => ({ way: 'evaluate', code })))
    const found = await said(
      [get, opened].map(code => ({ way: 'evaluate', code })),
      other,
    )
    for (const answer of found) expect(answer).not.toContain('"mine"')
  })
})

describe('a function’s sockets', () => {
  const text = (path: string, method = 'GET') =>
    `${method} ${path} HTTP/1.1\r\nhost: localhost\r\nx-fakecloud-inside: guess\r\nx-fakecloud-internal: guess\r\n` +
    `x-fakecloud-invocation: e30=\r\nauthorization: Bearer guess\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`
  const DEEDS = [
    ['GET', '/_ns/victim/vault/kept'],
    ['POST', '/_ns/victim/_reset'],
    ['GET', '/_fakecloud/namespaces'],
    ['POST', '/invoke'],
    ['POST', '/session'],
    ['POST', '/end'],
    ['GET', '/json/list'],
    ['POST', '/core/store-temp-file?extension=x&prefix=x'],
    ['GET', '/cdn-cgi/mf/scheduled'],
  ] as const

  test.skipIf(process.platform !== 'linux')(
    'are served by none of the emulator’s inner ports',
    async () => {
      expect(inner.length).toBeGreaterThan(0)
      for (const port of inner) {
        const asked = DEEDS.flatMap(([method, path]) => [
          ...['net', 'cloudflare'].map(way => ({ way, host: '127.0.0.1', port, text: text(path, method) })),
          { way: 'fetch', url: `http://127.0.0.1:${port}${path}`, method, headers: { 'x-fakecloud-inside': 'guess' } },
          { way: 'http', host: 'localhost', port, path, method, headers: { 'x-fakecloud-inside': 'guess' } },
        ])
        const answers = await said([...asked, { way: 'tls', host: '127.0.0.1', port, text: text('/') }])
        for (const [n, answer] of answers.entries()) {
          expect(answer, `${JSON.stringify(asked[n])} ${answer}`).not.toMatch(/^"?(?:HTTP\/1\.1 )?[23]\d\d/)
        }
      }
      await unchanged()
    },
    120_000,
  )

  test('do not speak to the emulator, whatever opens them', async () => {
    const port = Number(new URL(emulator.url).port)
    const hosts = ['127.0.0.1', 'localhost', '127.1', '[::ffff:127.0.0.1]', '0.0.0.0', '2130706433']
    const asked = hosts.flatMap(host =>
      ['net', 'tls', 'cloudflare'].map(way => ({ way, host, port, text: text('/_ns/victim/vault/kept') })),
    )
    for (const answer of await said(asked)) expect(answer).not.toContain('HTTP/1.1')
    await unchanged()
  })

  test('reach nothing of the machine or its network', async () => {
    let called = 0
    const server = createServer(socket => {
      called += 1
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
    })
    await new Promise<void>(resolve => server.listen(0, '::', resolve))
    const { port } = server.address() as AddressInfo // of a TCP server
    const hosts = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '[::ffff:127.0.0.1]', hostname(), ...ownAddresses()]
    const asked = hosts.flatMap(host => [
      ...['net', 'cloudflare'].map(way => ({ way, host, port, text: text('/') })),
      { way: 'http', host, port, path: '/', method: 'GET' },
      { way: 'fetch', url: `http://${host}:${port}/` },
    ])
    await said(asked)
    server.close()
    expect(called).toBe(0)
  })

  test('open no socket of the machine’s file system', async () => {
    const paths = ['/var/run/docker.sock', '/run/docker.sock', '/tmp/x.sock', '\0x']
    for (const answer of await said(paths.map(path => ({ way: 'net', path, text: text('/') })))) {
      expect(answer).not.toContain('HTTP/1.1')
    }
  })
})
