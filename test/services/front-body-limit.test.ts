import { request } from 'node:http'
import { connect } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { type Reply, refusalIn, sign, type Unsigned } from '../support/signing.ts'

const MOST = 1000
const KEY = { accessKeyId: 'test', secretAccessKey: 'test' }

async function setUp() {
  const { url, stop } = await startEmulator({
    host: '127.0.0.1',
    port: 0,
    logLevel: 'error',
    maxRequestBodyBytes: MOST,
  })
  onTestFinished(stop)
  const { hostname, port, host } = new URL(url)
  /** In one piece of a declared length, or in chunks of a hundred bytes. */
  const ask = (unsigned: Unsigned, service: string, chunks: boolean): Promise<Reply> => {
    const { method, path, headers, body } = sign(host, unsigned, { key: KEY, service, payload: 'UNSIGNED-PAYLOAD' })
    const text = String(body)
    return new Promise((resolve, reject) => {
      const sent = request({ hostname, port, method, path, headers }, reply => {
        let answer = ''
        reply.on('data', piece => {
          answer += piece
        })
        reply.once('end', () => resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: answer }))
      })
      sent.once('error', reject)
      if (!chunks) return sent.setHeader('content-length', String(text.length)).end(text)
      for (let at = 0; at < text.length; at += 100) sent.write(text.slice(at, at + 100))
      return sent.end()
    })
  }
  return { url, ask }
}

const put = (key: string, size: number): Unsigned => ({ method: 'PUT', path: `/photos/${key}`, body: 'x'.repeat(size) })
const queue = (size: number): Unsigned => {
  const body = JSON.stringify({ QueueName: 'made' })
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.CreateQueue' }
  return { method: 'POST', path: '/', headers, body: body + ' '.repeat(size - body.length) }
}
const user = (size: number): Unsigned => {
  const body = 'Action=CreateUser&Version=2010-05-08&UserName=made&Pad='
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  return { method: 'POST', path: '/', headers, body: body + 'x'.repeat(size - body.length) }
}

test.each([
  ['of a declared length', false],
  ['in chunks', true],
])('a body over --max-request-body-bytes is refused in its service’s words, %s', async (_, chunks) => {
  const { url, ask } = await setUp()
  await ask({ method: 'PUT', path: '/photos' }, 's3', false)
  const large = await ask(put('large', MOST + 1), 's3', chunks)
  expect(refusalIn(large)).toBe('400 EntityTooLarge: Your proposed upload exceeds the maximum allowed size')
  expect(large.body).toContain(`<MaxSizeAllowed>${MOST}</MaxSizeAllowed>`)
  expect(large.body.includes(`<ProposedSize>${MOST + 1}</ProposedSize>`)).toBe(!chunks)
  expect((await ask({ method: 'GET', path: '/photos/large' }, 's3', false)).status).toBe(404)
  expect(refusalIn(await ask(queue(MOST + 1), 'sqs', chunks))).toBe(
    '413 RequestEntityTooLarge: Request Entity Too Large',
  )
  expect(refusalIn(await ask(user(MOST + 1), 'iam', chunks))).toBe(
    '413 RequestEntityTooLarge: Request Entity Too Large',
  )
  const admin = { method: 'POST', path: '/_fakecloud/namespaces', body: ' '.repeat(MOST + 1) }
  expect((await ask(admin, 's3', chunks)).status).toBe(413)
  const list = await (await fetch(`${url}/_fakecloud/sqs/messages`)).text()
  expect(list).not.toContain('made')
  for (const fits of [put('fits', MOST), queue(MOST), user(MOST)]) {
    const service = fits.method === 'PUT' ? 's3' : fits.headers?.['x-amz-target'] ? 'sqs' : 'iam'
    // S3 wants to know how long an object is.
    expect((await ask(fits, service, chunks)).status).toBe(chunks && service === 's3' ? 411 : 200)
  }
})

test('a client that waits for 100 Continue is refused before it sends what would be too much', async () => {
  const { url } = await setUp()
  const { hostname, port } = new URL(url)
  const answer = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(Number(port), hostname, () =>
      socket.write(`PUT /photos/k HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: ${MOST + 1}\r\n\r\n`),
    )
    socket.on('data', piece => {
      text += piece
    })
    socket.on('end', () => resolve(text))
    socket.on('error', reject)
  })
  expect(answer).toMatch(/^HTTP\/1\.1 400 .*<Code>EntityTooLarge</s)
})
