import { once } from 'node:events'
import { connect, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http2'
import { connect as dial } from 'node:net'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { NodeHttp2Handler } from '@smithy/node-http-handler'
import { describe, expect, it, onTestFinished } from 'vitest'
import { testClients } from '../support/clients.ts'

type Reply = { headers: IncomingHttpHeaders; body: string; continued: boolean }

/** A connection in HTTP/2 to the emulator's port. */
function open(protocol: 'http:' | 'https:' = 'http:') {
  const { url } = testClients()
  const session = connect(url.replace('http:', protocol), { rejectUnauthorized: false })
  onTestFinished(() => session.destroy())
  const start = (headers: OutgoingHttpHeaders, endStream = false) => session.request(headers, { endStream })
  const ask = async (headers: OutgoingHttpHeaders, body?: string | Buffer): Promise<Reply> => {
    const stream = start(headers, body === undefined)
    let continued = false
    stream.once('continue', () => {
      continued = true
    })
    if (body !== undefined) stream.end(body)
    const [answered] = (await once(stream, 'response')) as [IncomingHttpHeaders] // as `response` gives it
    let text = ''
    stream.setEncoding('utf8').on('data', piece => {
      text += piece
    })
    await once(stream, 'close')
    return { headers: answered, body: text, continued }
  }
  return { path: new URL(url).pathname, session, start, ask }
}

/** The bytes of a GET on a connection of its own: https://www.rfc-editor.org/rfc/rfc9113#section-4.1 */
function asked(path: string): Buffer {
  const least = path.length - 127
  const length = [127, (least % 128) | 128, least >> 7]
  // `:method: GET`, `:scheme: http`, `:authority: x`, and the path.
  const block = Buffer.concat([Buffer.from([0x82, 0x86, 0x01, 1, 0x78, 0x04, ...length]), Buffer.from(path)])
  const frame = (type: number, flags: number, stream: number, size: number) =>
    Buffer.from([0, size >> 8, size & 255, type, flags, 0, 0, 0, stream])
  const preface = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
  return Buffer.concat([preface, frame(4, 0, 0, 0), frame(1, 5, 1, block.length), block])
}

describe('in HTTP/2', () => {
  it.each(['http:', 'https:'] as const)('AWS’s SDK is served, by %s', async protocol => {
    const { url, client } = testClients()
    const sqs = client(SQSClient, { endpoint: url.replace('http:', protocol) })
    onTestFinished(() => sqs.destroy())
    sqs.config.requestHandler = new NodeHttp2Handler({ nodeHttp2ConnectOptions: { rejectUnauthorized: false } })
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }))
    expect(QueueUrl).toMatch(protocol === 'http:' ? /^http:/ : /^https:/)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'by HTTP/2' }))
    const { Messages } = await sqs.send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages).toMatchObject([{ Body: 'by HTTP/2' }])
  })

  it('large bodies stream both ways, beside each other on one connection', async () => {
    const { client } = testClients()
    const s3 = client(S3Client as new (config: object) => S3Client, {}) // its config is a union
    s3.config.requestHandler = new NodeHttp2Handler()
    onTestFinished(() => s3.destroy())
    const Bucket = 'photos'
    await s3.send(new CreateBucketCommand({ Bucket }))
    const bodies = [1, 2, 3].map(n => Buffer.alloc(3_000_000, String(n)))
    const copy = async (Body: Buffer, n: number) => {
      const Key = `k${n}`
      await s3.send(new PutObjectCommand({ Bucket, Key, Body }))
      const { Body: got } = await s3.send(new GetObjectCommand({ Bucket, Key }))
      return Buffer.from((await got?.transformToByteArray()) ?? []).equals(Body)
    }
    expect(await Promise.all(bodies.map(copy))).toEqual([true, true, true])
  })

  it.each(['http:', 'https:'] as const)('requests are what they are in HTTP/1.1, by %s', async protocol => {
    const { path, ask } = open(protocol)
    const health = await ask({ ':path': `${path}/_fakecloud/health` })
    expect(health.headers[':status']).toBe(200)
    expect(JSON.parse(health.body)).toMatchObject({ status: 'ok' })
    const head = await ask({ ':path': `${path}/none`, ':method': 'HEAD' })
    expect([head.headers[':status'], head.body]).toEqual([404, ''])
    const post = { ':path': `${path}/_fakecloud/clock/freeze`, ':method': 'POST' }
    expect((await ask({ ...post, expect: '100-continue' }, '{}')).continued).toBe(true)
    const frozen = await ask({ ':path': `${path}/_fakecloud/clock` })
    expect(JSON.parse(frozen.body)).toMatchObject({ frozen: true })
  })

  it('what only the front may say is taken off, and what cannot be HTTP/1.1 is refused', async () => {
    const { path, ask } = open()
    const forged = await ask({
      ':path': `${path}/_fakecloud/clock`,
      'x-fakecloud-internal': 'x',
      'x-fakecloud-host': 'y',
    })
    expect(forged.headers[':status']).toBe(200)
    await expect(ask({ ':path': `${path}/a b` })).rejects.toThrow('PROTOCOL_ERROR')
    const tunnel = await ask({ ':method': 'CONNECT', ':authority': 'example.com:80' })
    expect(tunnel.headers[':status']).toBe(501)
    expect((await ask({ ':path': `${path}/_fakecloud/clock` })).headers[':status']).toBe(200)
  })

  it('a request that its client gives up ends in the emulator too', async () => {
    const { namespace, client } = testClients()
    const { QueueUrl } = await client(SQSClient).send(new CreateQueueCommand({ QueueName: 'work' }))
    const { start } = open()
    const long = `?Action=ReceiveMessage&Version=2012-11-05&WaitTimeSeconds=20&QueueUrl=${encodeURIComponent(QueueUrl ?? '')}`
    const stream = start({ ':path': `/_ns/${namespace}/${long}` }, true)
    stream.on('error', () => {})
    const { session } = stream
    stream.close()
    await once(stream, 'close')
    // What the client said before, the emulator has heard by then.
    await new Promise(resolve => session?.ping(resolve))
    // What nobody waits for any more takes no message.
    await client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'for the next' }))
    const { Messages } = await client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }))
    expect(Messages).toMatchObject([{ Body: 'for the next' }])
  })

  it('so does one whose client dies, and its connection', async () => {
    const { namespace, client, url } = testClients()
    const { QueueUrl } = await client(SQSClient).send(new CreateQueueCommand({ QueueName: 'work' }))
    const long = `?Action=ReceiveMessage&Version=2012-11-05&WaitTimeSeconds=20&QueueUrl=${encodeURIComponent(QueueUrl ?? '')}`
    const socket = dial({ port: Number(new URL(url).port), host: '127.0.0.1', allowHalfOpen: true })
    onTestFinished(() => void socket.destroy())
    const closed = once(socket, 'end')
    // What the operating system does for a process that is no more.
    socket.resume().end(asked(`/_ns/${namespace}/${long}`))
    await closed
    await client(SQSClient).send(new SendMessageCommand({ QueueUrl, MessageBody: 'for the next' }))
    const { Messages } = await client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }))
    expect(Messages).toMatchObject([{ Body: 'for the next' }])
  })
})
