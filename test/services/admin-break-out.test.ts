import { connect } from 'node:net'
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts'
import { beforeAll, describe, expect, inject, test } from 'vitest'
import {
  ACCOUNT,
  ADMIN,
  type Answer,
  answerOf,
  bearer,
  BROKEN,
  expectHarmless,
  expectRefused,
  type Victim,
  victimOf,
} from '../support/break-out.ts'
import { type Key, send, sign, type Unsigned } from '../support/signing.ts'
import { type Verifying, verifying } from '../support/verifying.ts'

/*
 * Attempts from outside to break into a namespace that verifies signatures and enforces IAM, by somebody who has the root's
 * key of another one. None reads or changes anything, and none is answered with an error of the emulator's own.
 */

let at: Verifying
let mine: Verifying
let victim: Victim
let before: string

const rootOf = ({ root }: Verifying) => ({ accessKeyId: root.accessKeyId, secretAccessKey: root.secretAccessKey })

beforeAll(async () => {
  ;[at, mine] = await Promise.all([verifying({ iam: 'strict' }), verifying({ iam: 'strict' })])
  const { aws } = at
  victim = await victimOf({
    ...aws,
    client: (make, overrides = {}) => aws.client(make, { credentials: rootOf(at), ...overrides }),
    describe: async () =>
      JSON.parse((await ask({ method: 'GET', path: OF(aws.namespace), headers: bearer(at.root) })).body),
  })
  before = await victim.digest()
})

const OF = (namespace: string) => `/_fakecloud/namespaces/${namespace}`
const ask = async (request: Unsigned): Promise<Answer> => answerOf(await send(inject('emulatorUrl'), request))

async function expectUnchanged(): Promise<void> {
  expect(await victim.digest()).toBe(before)
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const json = (target: string, body: object) => ({
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
  body: JSON.stringify(body),
})

/** What an attempt would do, at a path of its address: read and write, in every wire form that differs on the way in. */
const DEEDS: readonly { service: string; deed: Omit<Unsigned, 'path'> & { path: string } }[] = [
  { service: 'sqs', deed: { method: 'POST', path: '/', ...json('AmazonSQS.ListQueues', {}) } },
  { service: 'sqs', deed: { method: 'POST', path: '/', headers: FORM, body: 'Action=PurgeQueue&QueueUrl=kept' } },
  { service: 's3', deed: { method: 'GET', path: '/vault/kept' } },
  { service: 's3', deed: { method: 'PUT', path: `/vault/${BROKEN}`, body: 'x' } },
  { service: 'iam', deed: { method: 'POST', path: '/', headers: FORM, body: 'Action=ListUsers&Version=2010-05-08' } },
  { service: 'lambda', deed: { method: 'GET', path: '/2015-03-31/functions' } },
]

type Address = { prefix: string; headers?: Record<string, string> }

/** Each deed at an address: unsigned, and signed by the key of another namespace. */
async function tried({ prefix, headers = {} }: Address): Promise<[Unsigned, Answer][]> {
  const requests = DEEDS.flatMap(({ service, deed }) => {
    const unsigned = { ...deed, path: `${prefix}${deed.path}`, headers: { ...deed.headers, ...headers } }
    const signed = sign(headers.host ?? at.host, unsigned, { key: mine.root, service })
    return [unsigned, signed, sign(headers.host ?? at.host, unsigned, { key: mine.root, service, expires: 60 })]
  })
  return await Promise.all(requests.map(async request => [request, await ask(request)] as [Unsigned, Answer]))
}

const hostOf = (name: string) => `${name}.fakecloud.localhost`

describe('an address of another namespace', () => {
  const NAMED: Record<string, (theirs: string, own: string) => Address> = {
    'the path’s prefix': theirs => ({ prefix: `/_ns/${theirs}` }),
    'a prefix with a query behind it': theirs => ({ prefix: `/_ns/${theirs}//..` }),
    'a prefix and dot segments that end in it': theirs => ({ prefix: `/_ns/${theirs}/x/..` }),
    'the header': theirs => ({ prefix: '', headers: { 'x-fakecloud-namespace': theirs } }),
    'the host': theirs => ({ prefix: '', headers: { host: hostOf(theirs) } }),
    'the host, in capitals and with a port': theirs => ({
      prefix: '',
      headers: { host: `${hostOf(theirs).toUpperCase()}:4566` },
    }),
    'a bucket’s host': theirs => ({ prefix: '', headers: { host: `vault.s3.${hostOf(theirs)}` } }),
    'the prefix, beside a host of one’s own': (theirs, own) => ({
      prefix: `/_ns/${theirs}`,
      headers: { host: hostOf(own) },
    }),
    'the prefix, beside a header of one’s own': (theirs, own) => ({
      prefix: `/_ns/${theirs}`,
      headers: { 'x-fakecloud-namespace': own },
    }),
  }
  test.each(Object.entries(NAMED))('is refused to another’s key: %s', async (_, address) => {
    for (const [request, answer] of await tried(address(victim.namespace, mine.aws.namespace))) {
      expectRefused(answer, request)
    }
    await expectUnchanged()
  })

  const DISGUISED: Record<string, (theirs: string, own: string) => Address> = {
    'an encoded slash': theirs => ({ prefix: `/_ns%2f${theirs}` }),
    'an encoded slash behind the name': theirs => ({ prefix: `/_ns/${theirs}%2f` }),
    'an encoded underscore': theirs => ({ prefix: `/%5fns/${theirs}` }),
    'an encoded letter of the name': theirs => ({ prefix: `/_ns/%74${theirs.slice(1)}` }),
    'an encoded percent sign': theirs => ({ prefix: `/_ns%252f${theirs}` }),
    'two prefixes': (theirs, own) => ({ prefix: `/_ns/${own}/_ns/${theirs}` }),
    'dot segments out of one’s own': (theirs, own) => ({ prefix: `/_ns/${own}/../${theirs}` }),
    'dot segments out of one’s own, to the root': (theirs, own) => ({ prefix: `/_ns/${own}/../../_ns/${theirs}` }),
    'encoded dot segments': (theirs, own) => ({ prefix: `/_ns/${own}/%2e%2e/${theirs}` }),
    'encoded dots and slashes': (theirs, own) => ({ prefix: `/_ns/${own}/..%2f..%2f_ns%2f${theirs}` }),
    'a dot segment before it': theirs => ({ prefix: `/./_ns/${theirs}` }),
    'an empty segment before it': theirs => ({ prefix: `//_ns/${theirs}` }),
    'an empty segment within': theirs => ({ prefix: `/_ns//${theirs}` }),
    backslashes: theirs => ({ prefix: `/_ns\\${theirs}` }),
    'capitals in the prefix': theirs => ({ prefix: `/_NS/${theirs}` }),
    'capitals in the name': theirs => ({ prefix: `/_ns/${theirs.toUpperCase()}` }),
    'a parameter of the segment': theirs => ({ prefix: `/_ns/${theirs};x` }),
    'a zero byte': theirs => ({ prefix: `/_ns/${theirs}%00` }),
    'a line’s end in the name': theirs => ({ prefix: `/_ns/${theirs}%0d%0ax:y` }),
    'two names in the header': (theirs, own) => ({
      prefix: '',
      headers: { 'x-fakecloud-namespace': `${own}, ${theirs}` },
    }),
    'a header beside one’s own prefix': (theirs, own) => ({
      prefix: `/_ns/${own}`,
      headers: { 'x-fakecloud-namespace': theirs },
    }),
    'a host beside one’s own prefix': (theirs, own) => ({
      prefix: `/_ns/${own}`,
      headers: { host: hostOf(theirs) },
    }),
    'a host that ends in a dot': theirs => ({ prefix: '', headers: { host: `${hostOf(theirs)}.` } }),
    'a host of one’s own under its host': (theirs, own) => ({
      prefix: '',
      headers: { host: `${theirs}.${hostOf(own)}` },
    }),
    'a host that a proxy would have been asked by': theirs => ({
      prefix: '',
      headers: { 'x-forwarded-host': hostOf(theirs), forwarded: `host=${hostOf(theirs)}` },
    }),
    'a path that a proxy would have been asked by': theirs => ({
      prefix: '',
      headers: { 'x-original-url': `/_ns/${theirs}/`, 'x-rewrite-url': `/_ns/${theirs}/` },
    }),
    'what only the front says': theirs => ({
      prefix: '',
      headers: {
        'x-fakecloud-raw-path': `/_ns/${theirs}/`,
        'x-fakecloud-host': hostOf(theirs),
        'x-fakecloud-peer': '127.0.0.1',
        'x-fakecloud-inside': BROKEN,
      },
    }),
    'what only a function’s way out says': theirs => ({
      prefix: `/_ns/${theirs}`,
      headers: { 'x-fakecloud-internal': `${btoa(JSON.stringify({ namespace: theirs, source: ARN }))}.AAAA` },
    }),
    'what comes out of it': theirs => ({
      prefix: `/_ns/${theirs}`,
      headers: { 'x-fakecloud-out': `${theirs}.${'x'.repeat(43)}` },
    }),
  }
  const ARN = `arn:aws:lambda:us-east-1:${ACCOUNT}:function:f`
  test.each(Object.entries(DISGUISED))('is not read out of %s', async (_, address) => {
    for (const [request, answer] of await tried(address(victim.namespace, mine.aws.namespace))) {
      expectHarmless(answer, request)
    }
    await expectUnchanged()
  })

  test('is not read out of a request line with a host of its own, or out of two hosts', async () => {
    const body = 'Action=ListQueues&Version=2012-11-05'
    const head = (line: string, hosts: string[]) =>
      [line, ...hosts.map(host => `host: ${host}`), `content-type: ${FORM['content-type']}`].join('\r\n')
    const rest = `\r\ncontent-length: ${body.length}\r\nconnection: close\r\n\r\n${body}`
    const theirs = hostOf(victim.namespace)
    for (const said of [
      head(`POST http://${theirs}/ HTTP/1.1`, [at.host]),
      head(`POST http://${at.host}/ HTTP/1.1`, [theirs]),
      head('POST / HTTP/1.1', [at.host, theirs]),
      head(`POST /_ns/${victim.namespace}/ HTTP/1.0`, []),
    ]) {
      expectHarmless(await spoken(said + rest), said)
    }
    await expectUnchanged()
  })
})

/** What the emulator answers to bytes. */
async function spoken(text: string): Promise<Answer> {
  const { port } = new URL(inject('emulatorUrl'))
  const socket = connect(Number(port), '127.0.0.1')
  socket.end(text)
  let body = ''
  for await (const piece of socket) body += piece
  return { status: Number(/^HTTP\/1\.[01] (\d+)/.exec(body)?.[1]), body }
}

describe('what somebody else was given', () => {
  const get = (namespace: string) => ({ method: 'GET', path: `/_ns/${namespace}/vault/kept` })
  const list = (namespace: string) => ({
    method: 'GET',
    path: `/_ns/${namespace}/`,
    query: { Action: 'ListQueues', Version: '2012-11-05' },
  })

  /** A session of the other namespace's root. */
  async function session(): Promise<Key> {
    const sts = mine.aws.client(STSClient, { credentials: rootOf(mine) })
    const RoleArn = `arn:aws:iam::${ACCOUNT}:role/kept`
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn, RoleSessionName: 's' })).catch(() => ({
      Credentials: undefined,
    }))
    if (Credentials) {
      const { AccessKeyId = '', SecretAccessKey = '', SessionToken } = Credentials
      return { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken }
    }
    const { body } = await mine.sent(
      mine.signed(
        { method: 'POST', path: '/', headers: FORM, body: 'Action=GetSessionToken&Version=2011-06-15' },
        { service: 'sts' },
      ),
    )
    const pick = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? ''
    return {
      accessKeyId: pick('AccessKeyId'),
      secretAccessKey: pick('SecretAccessKey'),
      sessionToken: pick('SessionToken'),
    }
  }

  const GIVEN: Record<string, () => Promise<Unsigned[]>> = {
    'a presigned URL of one’s own namespace, under another’s prefix': async () =>
      [
        sign(at.host, get(mine.aws.namespace), { key: mine.root, service: 's3', expires: 600 }),
        sign(at.host, list(mine.aws.namespace), { key: mine.root, service: 'sqs', expires: 600 }),
      ].map(signed => ({ ...signed, path: signed.path.replace(mine.aws.namespace, victim.namespace) })),
    'a presigned URL of the root’s, for another key, method or host': async () => {
      const signed = sign(at.host, get(victim.namespace), { key: at.root, service: 's3', expires: 600 })
      const other = sign(
        at.host,
        { ...get(victim.namespace), path: `/_ns/${victim.namespace}/vault/other` },
        {
          key: at.root,
          service: 's3',
          expires: 600,
        },
      )
      return [
        { ...other, path: signed.path },
        { ...signed, method: 'DELETE' },
        { ...signed, method: 'PUT', body: 'x' },
        { ...signed, path: `/_ns/${victim.namespace}/vault/` },
        { ...signed, query: { ...signed.query, versionId: 'null' } },
        { ...signed, query: { ...signed.query, 'X-Amz-Expires': '604800' } },
      ]
    },
    'a session of one’s own namespace': async () => {
      const key = await session()
      return [
        sign(at.host, get(victim.namespace), { key, service: 's3' }),
        sign(at.host, get(victim.namespace), { key, service: 's3', expires: 60 }),
        sign(at.host, list(victim.namespace), { key, service: 'sqs' }),
      ]
    },
    'another’s key id under one’s own secret, with and without one’s own token': async () => {
      const { sessionToken } = await session()
      const key = { ...mine.root, accessKeyId: at.root.accessKeyId }
      return [key, { ...key, sessionToken }].map(each =>
        sign(at.host, get(victim.namespace), { key: each, service: 's3' }),
      )
    },
    'the keys that everybody knows': async () =>
      ['test', ACCOUNT, 'AKIAIOSFODNN7EXAMPLE', '000000000000'].flatMap(accessKeyId =>
        ['test', '', accessKeyId].map(secretAccessKey =>
          sign(at.host, get(victim.namespace), { key: { accessKeyId, secretAccessKey }, service: 's3' }),
        ),
      ),
    'halves of signatures': async () => [
      { ...get(victim.namespace), query: { AWSAccessKeyId: at.root.accessKeyId } },
      {
        ...get(victim.namespace),
        query: { 'X-Amz-Credential': `${at.root.accessKeyId}/20260101/us-east-1/s3/aws4_request` },
      },
      { ...get(victim.namespace), headers: { authorization: `AWS ${at.root.accessKeyId}:x` } },
      { ...get(victim.namespace), headers: { authorization: `AWS4-HMAC-SHA256 Credential=${at.root.accessKeyId}` } },
      { ...get(victim.namespace), headers: { 'x-amz-security-token': 'x' } },
      { ...get(victim.namespace), headers: bearer(mine.root) },
    ],
  }
  test.each(Object.entries(GIVEN))('opens nothing: %s', async (_, requests) => {
    for (const request of await requests()) expectRefused(await ask(request), request)
    await expectUnchanged()
  })
})

describe('our own endpoints', () => {
  const asked = (headers: Record<string, string> = {}) =>
    ADMIN.map(([method, path, body]) => ({
      method,
      path: `/_ns/${victim.namespace}${path}`,
      headers,
      ...(body && { body: JSON.stringify(body) }),
    }))
  const life = (headers: Record<string, string> = {}) => [
    { method: 'GET', path: OF(victim.namespace), headers },
    { method: 'DELETE', path: OF(victim.namespace), headers },
    { method: 'POST', path: `${OF(victim.namespace)}/reset`, headers },
    { method: 'DELETE', path: `/_ns/${mine.aws.namespace}${OF(victim.namespace)}`, headers },
    { method: 'POST', path: `/_ns/${mine.aws.namespace}${OF(victim.namespace)}/reset`, headers },
    { method: 'DELETE', path: `/_fakecloud/namespaces/%74${victim.namespace.slice(1)}`, headers },
    { method: 'DELETE', path: `/_fakecloud/namespaces/${mine.aws.namespace}/../${victim.namespace}`, headers },
    { method: 'DELETE', path: `/_ns/${mine.aws.namespace}/_fakecloud/%6eamespaces/${victim.namespace}`, headers },
    { method: 'POST', path: `/_ns/${victim.namespace}/%5freset`, headers },
    { method: 'POST', path: `/_reset`, headers: { ...headers, 'x-fakecloud-namespace': victim.namespace } },
    { method: 'POST', path: `/_reset`, headers: { ...headers, host: hostOf(victim.namespace) } },
    ...[{ ttlSeconds: 1 }, { iam: 'off' }, { verifySigv4: false }, {}].map(change => ({
      method: 'POST',
      path: '/_fakecloud/namespaces',
      headers,
      body: JSON.stringify({ name: victim.namespace, ...change }),
    })),
  ]
  const shown = (headers: Record<string, string>) => [...asked(headers), ...life(headers)]

  const ASKED: Record<string, () => Unsigned[]> = {
    'without a key': () => shown({}),
    'with another namespace’s key': () => shown(bearer(mine.root)),
    'with the key’s id and a guess': () => shown(bearer({ ...at.root, secretAccessKey: 'test' })),
    'with the keys that everybody knows': () => shown(bearer({ accessKeyId: 'test', secretAccessKey: 'test' })),
    'with an empty secret': () => shown({ 'x-fakecloud-secret': '' }),
    'with the secret that a developer’s emulator has': () => shown({ 'x-fakecloud-secret': 'fakecloud-development' }),
    'with a forged way out of the namespace itself': () =>
      shown({ 'x-fakecloud-out': `${victim.namespace}.${'A'.repeat(43)}` }),
    'with a forged word of a function in it': () =>
      shown({ 'x-fakecloud-internal': `${btoa(JSON.stringify({ namespace: victim.namespace }))}.x` }),
    'with the word of an isolate': () => shown({ 'x-fakecloud-code': BROKEN, 'x-fakecloud-inside': BROKEN }),
  }
  test.each(Object.entries(ASKED))('of another namespace are closed %s', async (_, requests) => {
    for (const request of requests()) expectRefused(await ask(request), request)
    await expectUnchanged()
  })

  test('by dot segments out of one’s own namespace lead to none but that', async () => {
    const path = `/_ns/${mine.aws.namespace}/../${victim.namespace}/_reset`
    expectHarmless(await ask({ method: 'POST', path, headers: bearer(mine.root) }))
    await expectUnchanged()
  })

  const PAGES: Record<string, Record<string, string>> = {
    'of another origin': { origin: 'https://example.com' },
    'of no origin': { origin: 'null' },
    'that came by a rebound name': { host: 'rebound.example:4566' },
    'that came by a rebound name which is its own origin': {
      host: 'rebound.example',
      origin: 'http://rebound.example',
    },
  }
  test.each(Object.entries(PAGES))('of an open namespace are closed to a page %s', async (_, headers) => {
    for (const [method, path, body] of ADMIN) {
      if (path.includes('_internal')) continue
      const request = { method, path, headers, ...(body && { body: JSON.stringify(body) }) }
      const answer = await ask(request)
      expect(answer.status, `${JSON.stringify(request)} ${answer.body}`).toBe(403)
    }
  })
})
