import { Readable } from 'node:stream'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { describe, expect, test } from 'vitest'
import { refused } from '../support/s3.ts'
import { chunked, refusalIn, type Reply, sha256, sign, type Signed, type Unsigned } from '../support/signing.ts'
import { type Verifying, verifying } from '../support/verifying.ts'

const MISMATCH =
  '403 SignatureDoesNotMatch: The request signature we calculated does not match the signature you provided. Check your key and signing method.'
const CHUNKS = 'STREAMING-AWS4-HMAC-SHA256-PAYLOAD'

async function setUp(region = 'us-east-1') {
  const at = await verifying()
  const { accessKeyId, secretAccessKey } = at.root
  const settings = { credentials: { accessKeyId, secretAccessKey }, region }
  const s3 = at.aws.client(S3Client, settings)
  // Presigning would make a checksum of no body a part of the URL.
  const presigner = at.aws.client(S3Client, { ...settings, requestChecksumCalculation: 'WHEN_REQUIRED' } as object)
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  const text = async (Key: string) =>
    (await s3.send(new GetObjectCommand({ Bucket: 'photos', Key }))).Body?.transformToString()
  const absent = async (Key: string) =>
    expect((await refused(s3.send(new HeadObjectCommand({ Bucket: 'photos', Key })))).status).toBe(404)
  return { at, s3, presigner, text, absent }
}

const put = (key: string, body: string, headers: Record<string, string> = {}): Unsigned => ({
  method: 'PUT',
  path: `/photos/${key}`,
  headers,
  body,
})

/** An upload in signed chunks, as the older SDKs and boto3 make them. */
function upload(at: Verifying, key: string, parts: string[], trailers?: Record<string, string>): Signed {
  const length = String(parts.join('').length)
  const headers = {
    'content-encoding': 'aws-chunked',
    'x-amz-decoded-content-length': length,
    ...(trailers && { 'x-amz-trailer': Object.keys(trailers).join(',') }),
  }
  const payload = trailers ? `${CHUNKS}-TRAILER` : CHUNKS
  const signed = at.signed(put(key, '', headers), { service: 's3', payload })
  return { ...signed, body: chunked(signed, parts, trailers) }
}

describe('a body in signed chunks', () => {
  // The first travels as bytes, the other as a stream.
  test.each([
    ['small', 1000],
    ['large', 400_000],
  ])('%s: is taken whole, and nothing of it when a chunk or the order was changed', async (_, size) => {
    const { at, text, absent } = await setUp()
    const parts = ['a'.repeat(size), 'b'.repeat(size), 'c']
    expect((await at.sent(upload(at, 'good', parts))).status).toBe(200)
    expect(await text('good')).toBe(parts.join(''))
    const signed = upload(at, 'bad', parts)
    const tampered = (change: (body: string) => string) => at.sent({ ...signed, body: change(String(signed.body)) })
    const changes: ((body: string) => string)[] = [
      body => body.replace('aab', 'abb').replace('aa\r\n', 'ab\r\n'),
      body => body.replace('bb\r\n', 'bd\r\n'),
      body => body.replace('c\r\n', 'd\r\n'),
      body => body.replace(/chunk-signature=[0-9a-f]{4}/, 'chunk-signature=0000'),
      body => body.replace(/;chunk-signature=[0-9a-f]{64}/g, ''),
      body => body.replace(/0;chunk-signature=[0-9a-f]{64}\r\n\r\n$/, `0;chunk-signature=${'0'.repeat(64)}\r\n\r\n`),
    ]
    for (const change of changes) expect(refusalIn(await tampered(change))).toBe(MISMATCH)
    const short = await tampered(body => body.slice(0, -100))
    expect(short.status).toBeGreaterThanOrEqual(400)
    await absent('bad')
  })

  test('its trailers are signed too', async () => {
    const { at, text, absent } = await setUp()
    const trailers = { 'x-amz-checksum-crc32': 'NhCmhg==' }
    expect(refusalIn(await at.sent(upload(at, 'good', ['hello'], trailers)))).toBe('200 undefined: undefined')
    expect(await text('good')).toBe('hello')
    const signed = upload(at, 'bad', ['hello'], trailers)
    for (const change of [
      (body: string) => body.replace('x-amz-checksum-crc32:NhCmhg==\r\n', ''),
      (body: string) => body.replace('x-amz-checksum-crc32', 'x-amz-checksum-crc32c'),
      (body: string) => body.replace(/x-amz-trailer-signature:[^\r]*\r\n/, ''),
      (body: string) => body.replace(/x-amz-trailer-signature:..../, 'x-amz-trailer-signature:0000'),
    ]) {
      expect(refusalIn(await at.sent({ ...signed, body: change(String(signed.body)) }))).toBe(MISMATCH)
    }
    await absent('bad')
  })
})

test('a body must be what its hash says', async () => {
  const { at, absent } = await setUp()
  for (const size of [5, 400_000]) {
    const signed = at.signed(put('bad', 'a'.repeat(size)), { service: 's3' })
    const reply = await at.sent({ ...signed, body: 'b'.repeat(size) })
    expect(refusalIn(reply)).toBe(
      "400 XAmzContentSHA256Mismatch: The provided 'x-amz-content-sha256' header does not match what was computed.",
    )
    expect(reply.body).toContain(`<ClientComputedContentSHA256>${sha256('a'.repeat(size))}<`)
  }
  const odd = at.signed(put('bad', 'x'), { service: 's3', payload: 'nonsense' })
  expect(refusalIn(await at.sent(odd))).toMatch(/^400 InvalidArgument: x-amz-content-sha256 must be UNSIGNED-PAYLOAD, /)
  await absent('bad')
})

test('what changes a request’s meaning must be signed', async () => {
  const { at, absent } = await setUp()
  const signed = at.signed(put('bad', 'x'), { service: 's3' })
  const reply = await at.sent({ ...signed, headers: { ...signed.headers, 'x-amz-acl': 'public-read' } })
  expect(refusalIn(reply)).toBe('403 AccessDenied: There were headers present in the request which were not signed')
  expect(reply.body).toContain('<HeadersNotSigned>x-amz-acl</HeadersNotSigned>')
  await absent('bad')
})

test('a mismatch tells what should have been signed', async () => {
  const { at } = await setUp()
  const key = { ...at.root, secretAccessKey: 'guess' }
  const { body } = await at.sent(at.signed(put('bad', 'x'), { service: 's3', key }))
  expect(body).toContain(`<AWSAccessKeyId>${at.root.accessKeyId}</AWSAccessKeyId><StringToSign>AWS4-HMAC-SHA256\n`)
  expect(body).toContain(`<CanonicalRequest>PUT\n/_ns/${at.aws.namespace}/photos/bad\n\nhost:`)
})

test('a bucket is of one region, and a signature for another names the right one', async () => {
  const { at } = await setUp('eu-west-1')
  const reply = await at.sent(at.signed(put('bad', 'x'), { service: 's3', region: 'us-east-1' }))
  expect(refusalIn(reply)).toBe(
    "400 AuthorizationHeaderMalformed: The authorization header is malformed; the region 'us-east-1' is wrong; expecting 'eu-west-1'",
  )
  expect(reply.body).toContain('<Region>eu-west-1</Region>')
  expect((await at.sent(at.signed(put('good', 'x'), { service: 's3', region: 'eu-west-1' }))).status).toBe(200)
})

test('who has not signed gets only what is public', async () => {
  const { at, s3 } = await setUp()
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'private', Body: 'x' }))
  const path = `/_ns/${at.aws.namespace}/photos/private`
  for (const method of ['GET', 'PUT', 'DELETE']) {
    expect(refusalIn(await at.sent({ method, path, body: method === 'PUT' ? 'y' : '' }))).toBe(
      '403 AccessDenied: Access Denied',
    )
  }
  expect((await at.sent({ method: 'HEAD', path })).status).toBe(403)
})

describe('a presigned URL', () => {
  const ask = (at: Verifying, url: URL | string, method = 'GET', body = ''): Promise<Reply> => {
    const { pathname, searchParams, host } = new URL(url)
    return at.sent({ method, path: pathname, query: Object.fromEntries(searchParams), headers: { host }, body })
  }

  test('of the official client is good for what it was made for, and for no longer', async () => {
    const { at, presigner, s3, text } = await setUp()
    const up = await getSignedUrl(presigner, new PutObjectCommand({ Bucket: 'photos', Key: 'a b+c' }), {
      expiresIn: 60,
    })
    expect((await ask(at, up, 'PUT', 'hello')).status).toBe(200)
    expect(await text('a b+c')).toBe('hello')
    const url = new URL(
      await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'photos', Key: 'a b+c' }), { expiresIn: 60 }),
    )
    expect((await ask(at, url)).body).toBe('hello')
    expect(refusalIn(await ask(at, url, 'DELETE'))).toBe(MISMATCH)
    const changed = new URL(url)
    changed.searchParams.set('X-Amz-Expires', '600')
    expect(refusalIn(await ask(at, changed))).toBe(MISMATCH)
    const elsewhere = new URL(url)
    elsewhere.pathname = elsewhere.pathname.replace('photos/', 'photos/other')
    expect(refusalIn(await ask(at, elsewhere))).toBe(MISMATCH)
    await at.aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 61 })
    const late = await ask(at, url)
    expect(refusalIn(late)).toBe('403 AccessDenied: Request has expired')
    expect(late.body).toMatch(/<X-Amz-Expires>60<\/X-Amz-Expires><Expires>\S+Z<\/Expires><ServerTime>\S+Z</)
  })

  test('ends by the clock even where signatures are not verified', async () => {
    const { at } = await setUp()
    await at.aws.admin('POST', '/_fakecloud/namespaces', { name: at.aws.namespace, verifySigv4: false })
    const signed = at.signed(
      { method: 'GET', path: '/photos' },
      { service: 's3', expires: 60, time: Date.now() - 61_000 },
    )
    expect(refusalIn(await at.sent(signed))).toBe('403 AccessDenied: Request has expired')
  })

  test('must state all that S3 asks for', async () => {
    const { at } = await setUp()
    const presign = (expires: number, time = Date.now()) =>
      at.signed({ method: 'GET', path: '/photos' }, { service: 's3', expires, time })
    const code = '400 AuthorizationQueryParametersError'
    expect(refusalIn(await at.sent(presign(604_801)))).toMatch(`${code}: X-Amz-Expires must be less than a week`)
    expect(refusalIn(await at.sent(presign(-1)))).toBe(`${code}: X-Amz-Expires must be non-negative`)
    const { query, ...rest } = presign(60)
    const { 'X-Amz-Date': _, ...undated } = query
    expect(refusalIn(await at.sent({ ...rest, query: undated }))).toMatch(
      `${code}: Query-string authentication version 4`,
    )
    const both = { ...rest, query, headers: { ...rest.headers, authorization: 'AWS4-HMAC-SHA256 x' } }
    expect(refusalIn(await at.sent(both))).toMatch('400 InvalidArgument: Only one auth mechanism allowed;')
    expect(refusalIn(await at.sent(presign(60, Date.now() + 1_000_000)))).toBe(
      '403 AccessDenied: Request is not valid yet',
    )
  })

  test('of a session needs its token', async () => {
    const { at, s3 } = await setUp()
    await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'k', Body: 'x' }))
    type Given = { AccessKeyId: string; SecretAccessKey: string; Token: string }
    const given = await at.aws.admin<Given>('GET', '/_fakecloud/credentials')
    const key = { accessKeyId: given.AccessKeyId, secretAccessKey: given.SecretAccessKey, sessionToken: given.Token }
    const get = { method: 'GET', path: '/photos/k' }
    expect((await at.sent(at.signed(get, { service: 's3', expires: 60, key }))).body).toBe('x')
    const without = at.signed(get, { service: 's3', expires: 60, key: { ...key, sessionToken: undefined } })
    expect(refusalIn(await at.sent(without))).toMatch('403 InvalidAccessKeyId')
  })

  test('of SQS is let in too', async () => {
    const { at } = await setUp()
    const query = { Action: 'ListQueues', Version: '2012-11-05' }
    const signed = at.signed({ method: 'GET', path: '/', query }, { service: 'sqs', expires: 60 })
    expect((await at.sent(signed)).body).toContain('<ListQueuesResult')
    const forged = { ...signed, query: { ...signed.query, Action: 'CreateQueue', QueueName: 'q' } }
    expect(refusalIn(await at.sent(forged))).toMatch('403 SignatureDoesNotMatch')
  })
})

describe('Signature Version 4a', () => {
  test('holds in each of its regions and in no other', async () => {
    const { at, text, absent } = await setUp('eu-west-1')
    const ask = async (key: string, regionSet: string, tamper: (signed: Signed) => Unsigned = signed => signed) =>
      refusalIn(await at.sent(tamper(at.signed(put(key, 'x'), { service: 's3', regionSet }))))
    for (const regions of ['*', 'eu-west-1', 'us-east-1,eu-west-1', 'eu-*']) {
      expect(await ask('good', regions)).toBe('200 undefined: undefined')
    }
    expect(await text('good')).toBe('x')
    expect(await ask('bad', 'us-east-1')).toMatch('400 AuthorizationHeaderMalformed')
    const header = (name: string, value: string) => (signed: Signed) => ({
      ...signed,
      headers: { ...signed.headers, [name]: value },
    })
    expect(await ask('bad', 'eu-west-1', header('x-amz-region-set', '*'))).toBe(MISMATCH)
    expect(await ask('bad', '*', signed => ({ ...signed, path: `${signed.path}2` }))).toBe(MISMATCH)
    const forged = at.signed(put('bad', 'x'), {
      service: 's3',
      regionSet: '*',
      key: { ...at.root, secretAccessKey: 'y' },
    })
    expect(refusalIn(await at.sent(forged))).toBe(MISMATCH)
    const presigned = at.signed({ method: 'GET', path: '/photos/good' }, { service: 's3', regionSet: '*', expires: 60 })
    expect((await at.sent(presigned)).body).toBe('x')
    await absent('bad')
    await absent('bad2')
  })

  test('signs chunks and trailers, too', async () => {
    const { at, text, absent } = await setUp()
    const payload = 'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER'
    const make = (key: string) => {
      const headers = {
        'content-encoding': 'aws-chunked',
        'x-amz-decoded-content-length': '5',
        'x-amz-trailer': 'x-amz-checksum-crc32',
      }
      const signed = at.signed(put(key, '', headers), { service: 's3', regionSet: '*', payload })
      return { ...signed, body: chunked(signed, ['hel', 'lo'], { 'x-amz-checksum-crc32': 'NhCmhg==' }) }
    }
    expect(refusalIn(await at.sent(make('good')))).toBe('200 undefined: undefined')
    expect(await text('good')).toBe('hello')
    const bad = make('bad')
    expect(refusalIn(await at.sent({ ...bad, body: bad.body.replace('lo', 'la') }))).toBe(MISMATCH)
    await absent('bad')
  })
})

test('buckets are addressed by path, by host and in a namespace’s own host', async () => {
  const { at, text } = await setUp()
  const port = new URL(at.aws.url).port
  const by = (host: string, unsigned: Unsigned) => at.sent(sign(host, unsigned, { key: at.root, service: 's3' }))
  const own = `${at.aws.namespace}.fakecloud.localhost:${port}`
  expect((await by(own, put('path', 'x'))).status).toBe(200)
  expect((await by(`photos.s3.${own}`, { method: 'PUT', path: '/host', body: 'y' })).status).toBe(200)
  expect([await text('path'), await text('host')]).toEqual(['x', 'y'])
  const aws = { method: 'GET', path: `/_ns/${at.aws.namespace}/host` }
  expect((await by('photos.s3.us-east-1.amazonaws.com', aws)).body).toBe('y')
  const signed = sign(
    `photos.s3.${own}`,
    { method: 'PUT', path: '/stolen', body: 'z' },
    { key: at.root, service: 's3' },
  )
  const moved = { ...signed, headers: { ...signed.headers, host: `music.s3.${own}` } }
  expect(refusalIn(await at.sent(moved))).toBe(MISMATCH)
})

test('the official client’s uploads are let in: buffers, and streams with trailers', async () => {
  const { s3, text } = await setUp()
  const location = { Bucket: 'photos', Key: 'big' }
  const large = 'x'.repeat(1024 * 1024)
  await s3.send(new PutObjectCommand({ ...location, Body: large }))
  expect((await text('big'))?.length).toBe(large.length)
  const stream = Readable.from(['stream', 'ed'])
  const put = {
    ...location,
    Key: 'stream',
    Body: stream,
    ContentLength: 8,
    ChecksumAlgorithm: 'CRC32',
  } as const
  await s3.send(new PutObjectCommand(put))
  expect(await text('stream')).toBe('streamed')
  const { s3: stranger } = await setUp()
  const theft = new PutObjectCommand({ Bucket: 'photos', Key: 'k', Body: large })
  const guess = { ...(await stranger.config.credentials()), secretAccessKey: 'guess' }
  stranger.config.credentials = async () => guess
  expect((await refused(stranger.send(theft))).name).toBe('SignatureDoesNotMatch')
})
