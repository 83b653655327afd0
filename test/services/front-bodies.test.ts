import { connect } from 'node:net'
import { CreateBucketCommand, CreateMultipartUploadCommand, S3Client } from '@aws-sdk/client-s3'
import { beforeAll, describe, expect, inject, it } from 'vitest'
import { create, ECHO, setUp } from '../support/lambda.ts'

/*
 * Every operation that streams its body or takes it as bytes, in every way in which one arrives.
 */

const TYPES = ['application/octet-stream', 'application/x-www-form-urlencoded', 'application/json', undefined]
const BIG = JSON.stringify({ big: 'x'.repeat(300_000) })

/** A body as it is sent: its headers, its bytes, and whether all of it comes. */
type Arrival = { headers: Record<string, string>; bytes: string; cut?: true }

const httpChunks = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n0\r\n\r\n`
const awsChunks = (text: string) => (text === '' ? '0\r\n\r\n' : httpChunks(text))
const framed = (text: string) => ({
  'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'content-encoding': 'aws-chunked',
  'x-amz-decoded-content-length': `${text.length}`,
})

const ARRIVALS: Record<string, (text: string) => Arrival> = {
  'with its length': text => ({ headers: { 'content-length': `${text.length}` }, bytes: text }),
  'in chunks': text => ({ headers: { 'transfer-encoding': 'chunked' }, bytes: httpChunks(text) }),
  empty: () => ({ headers: { 'content-length': '0' }, bytes: '' }),
  'in no chunks': () => ({ headers: { 'transfer-encoding': 'chunked' }, bytes: '0\r\n\r\n' }),
  'with no word on it': () => ({ headers: {}, bytes: '' }),
  'large, with its length': () => ({ headers: { 'content-length': `${BIG.length}` }, bytes: BIG }),
  'large, in chunks': () => ({ headers: { 'transfer-encoding': 'chunked' }, bytes: httpChunks(BIG) }),
  'in aws-chunked': text => {
    const bytes = awsChunks(text)
    return { headers: { ...framed(text), 'content-length': `${bytes.length}` }, bytes }
  },
  'in aws-chunked, in chunks': text => ({
    headers: { ...framed(text), 'transfer-encoding': 'chunked' },
    bytes: httpChunks(awsChunks(text)),
  }),
  'in aws-chunked that breaks off': text => {
    const bytes = awsChunks(text).slice(0, -6)
    return { headers: { ...framed(text), 'content-length': `${bytes.length}` }, bytes }
  },
  'cut off': text => ({ headers: { 'content-length': `${text.length + 9}` }, bytes: text, cut: true }),
  'cut off, in chunks': text => ({
    headers: { 'transfer-encoding': 'chunked' },
    bytes: httpChunks(text).slice(0, -5),
    cut: true,
  }),
}

type Target = { service: string; method: string; path: string; headers?: Record<string, string> }

let namespace = ''
let targets: Record<string, Target> = {}

beforeAll(async () => {
  const { aws, lambda } = setUp()
  namespace = aws.namespace
  const s3 = aws.client(S3Client)
  await create(lambda, ECHO)
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))
  const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ Bucket: 'bucket', Key: 'parts' }))
  const route = { 'x-amz-request-route': 'none', 'x-amz-request-token': 'none' }
  targets = {
    PutObject: { service: 's3', method: 'PUT', path: '/bucket/key' },
    UploadPart: { service: 's3', method: 'PUT', path: `/bucket/parts?partNumber=1&uploadId=${UploadId}` },
    PostObject: { service: 's3', method: 'POST', path: '/bucket' },
    WriteGetObjectResponse: {
      service: 's3-object-lambda',
      method: 'POST',
      path: '/WriteGetObjectResponse',
      headers: route,
    },
    Invoke: { service: 'lambda', method: 'POST', path: '/2015-03-31/functions/work/invocations' },
    InvokeAsync: { service: 'lambda', method: 'POST', path: '/2014-11-13/functions/work/invoke-async' },
    InvokeWithResponseStream: {
      service: 'lambda',
      method: 'POST',
      path: '/2021-11-15/functions/work/response-streaming-invocations',
    },
  }
})

/** The status of the answer, 0 where none came. */
function send({ service, method, path, headers = {} }: Target, arrival: Arrival, given: Record<string, string>) {
  const { hostname, port } = new URL(inject('emulatorUrl'))
  const signed = `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request, SignedHeaders=host, Signature=0`
  const all = { host: 'x', authorization: signed, connection: 'close', ...headers, ...given, ...arrival.headers }
  const kept = Object.entries(all).filter(([, value]) => value !== '')
  const lines = [`${method} /_ns/${namespace}${path} HTTP/1.1`, ...kept.map(([name, value]) => `${name}: ${value}`)]
  return new Promise<{ status: number; text: string }>(resolve => {
    let text = ''
    const socket = connect(Number(port), hostname, () => {
      socket.write(`${lines.join('\r\n')}\r\n\r\n${arrival.bytes}`)
      if (arrival.cut) socket.end()
    })
    socket.on('data', piece => {
      text += piece
    })
    socket.on('error', () => {})
    socket.on('close', () => resolve({ status: Number(/^HTTP\/1.1 (\d+)/.exec(text)?.[1] ?? 0), text }))
  })
}

const OPERATIONS = [
  'PutObject',
  'UploadPart',
  'PostObject',
  'WriteGetObjectResponse',
  'Invoke',
  'InvokeAsync',
  'InvokeWithResponseStream',
]

describe.each(OPERATIONS)('the body of %s', name => {
  it.each(Object.keys(ARRIVALS))('may come %s, of whatever type, signed or not', async way => {
    const target = targets[name] as Target // each of the list has one
    const arrival = ARRIVALS[way]?.('{"a":1}') as Arrival // likewise
    for (const type of TYPES) {
      for (const credentials of [{}, { authorization: '' }]) {
        const { status, text } = await send(target, arrival, { ...(type && { 'content-type': type }), ...credentials })
        const what = JSON.stringify({ way, type, credentials, text: text.slice(-300) })
        expect(status, what).toBeLessThan(500)
        if (!arrival.cut) expect(status, what).toBeGreaterThan(199)
      }
    }
  })
})

it.each([
  ['InvokeAsync', 202],
  ['Invoke', 200],
  ['PutObject', 200],
  ['UploadPart', 200],
])('%s takes a whole body, however it comes', async (name, expected) => {
  const target = targets[name] as Target // each of the list has one
  for (const way of ['with its length', 'in chunks', 'in aws-chunked', 'in aws-chunked, in chunks', 'empty']) {
    for (const type of TYPES) {
      const arrival = ARRIVALS[way]?.('{"a":1}') as Arrival // likewise
      // S3 wants a length, of the body or within its framing.
      if (way === 'in chunks' && target.service === 's3') continue
      const { status, text } = await send(target, arrival, type ? { 'content-type': type } : {})
      expect(status, `${way} ${type} ${text}`).toBe(expected)
    }
  }
})
