import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, inject, it } from 'vitest'
import { testClients } from '../support/clients.ts'
import { create, invoke, setUp } from '../support/lambda.ts'

/** A function that sends one request, and says how it was answered. */
const ASKS = `exports.handler = async ({ url, method = 'POST', headers = {}, body }) => {
  try {
    const response = await fetch(url, { method, headers, body })
    return { status: response.status, body: await response.text() }
  } catch (error) {
    return { error: String(error) }
  }
}`

/** A function that speaks HTTP by itself, over a socket. */
const SPEAKS = `const net = require('net')
exports.handler = ({ host, port, text }) => new Promise(resolve => {
  let heard = ''
  const socket = net.connect(port, host, () => socket.write(text))
  socket.on('data', piece => { heard += piece })
  socket.on('error', error => resolve({ error: String(error) }))
  socket.on('close', () => resolve({ heard }))
  setTimeout(() => resolve({ heard }), 1500)
})`

const LIST = 'Action=ListQueues&Version=2012-11-05'
const FORM = { 'content-type': 'application/x-www-form-urlencoded' }
const JSON_LIST = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ListQueues' }

const port = () => Number(new URL(inject('emulatorUrl')).port)

/** A function in one namespace, and a queue in another that it must not see. */
async function neighbours(code: string) {
  const { aws, lambda } = setUp()
  const other = testClients()
  await other.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'secret' }))
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'own' }))
  await create(lambda, code, { Timeout: 10 })
  return { aws, other, lambda }
}

it('a function reaches no other namespace, by path, header or host, whatever host of the emulator it asks', async () => {
  const { aws, other, lambda } = await neighbours(ASKS)
  const path = `/_ns/${other.namespace}/`
  const asked = [
    { url: `http://localhost:${port()}${path}` },
    { url: `http://127.0.0.1:${port()}${path}` },
    { url: `http://2130706433:${port()}${path}` },
    { url: `http://[::ffff:127.0.0.1]:${port()}${path}` },
    { url: `http://[::1]:${port()}${path}` },
    { url: `http://localhost.:${port()}${path}` },
    { url: `http://localtest.me:${port()}${path}` },
    { url: `https://sqs.us-east-1.amazonaws.com${path}` },
    { url: `http://localhost:${port()}/`, headers: { 'x-fakecloud-namespace': other.namespace } },
    { url: `http://${other.namespace}.fakecloud.localhost:${port()}/` },
    { url: `http://localhost:${port()}/`, headers: { 'x-fakecloud-raw-path': path } },
    { url: `http://localhost:${port()}/`, headers: { 'x-fakecloud-host': `${other.namespace}.fakecloud.localhost` } },
  ]
  for (const request of asked) {
    const { payload } = await invoke(lambda, { body: LIST, ...request, headers: { ...FORM, ...request.headers } })
    expect(payload.body, JSON.stringify(request)).not.toContain('secret')
    const named = !Object.keys(request.headers ?? {}).some(name => /raw-path|host$/.test(name))
    expect(payload.status, JSON.stringify([request, payload])).toBe(named ? 403 : 200)
    if (named) expect(payload.body).toContain(`of the namespace ${aws.namespace}`)
  }
})

it('is refused in the wire form that it speaks', async () => {
  const { other, lambda } = await neighbours(ASKS)
  const url = `http://localhost:${port()}/_ns/${other.namespace}/`
  const { payload } = await invoke(lambda, { url, headers: JSON_LIST, body: '{}' })
  expect(payload.status).toBe(403)
  expect(JSON.parse(payload.body)).toMatchObject({ __type: expect.stringContaining('AccessDeniedException') })
})

it('may name its own namespace, in every way', async () => {
  const { aws, lambda } = await neighbours(ASKS)
  for (const request of [
    { url: `http://localhost:${port()}/_ns/${aws.namespace}/` },
    { url: `https://sqs.us-east-1.amazonaws.com/_ns/${aws.namespace}/` },
    { url: `http://localhost:${port()}/`, headers: { 'x-fakecloud-namespace': aws.namespace } },
    { url: `http://${aws.namespace}.fakecloud.localhost:${port()}/` },
    { url: 'https://sqs.us-east-1.amazonaws.com/' },
  ]) {
    const { payload } = await invoke(lambda, { body: LIST, ...request, headers: { ...FORM, ...request.headers } })
    expect(payload, JSON.stringify(request)).toMatchObject({ status: 200, body: expect.stringContaining('/own<') })
  }
})

it('reaches none of our own endpoints but those that it was handed', async () => {
  const { aws, other, lambda } = await neighbours(ASKS)
  const root = `http://localhost:${port()}`
  for (const [method, path] of [
    ['POST', '/_reset'],
    ['POST', `/_fakecloud/namespaces/${other.namespace}/reset`],
    ['DELETE', `/_fakecloud/namespaces/${other.namespace}`],
    ['GET', '/_fakecloud/namespaces'],
    ['GET', '/_fakecloud/sqs/messages'],
    ['POST', `/_ns/${other.namespace}/_reset`],
    ['POST', `/_ns/${aws.namespace}/_reset`],
    ['GET', '/_fakecloud/lambda/_internal/code/123456789012/us-east-1/abc.zip'],
  ]) {
    expect((await invoke(lambda, { method, url: root + path })).payload, path).toMatchObject({ status: 403 })
  }
  const certificate = await invoke(lambda, { method: 'GET', url: `${root}/_fakecloud/sns/cert.pem` })
  expect(certificate.payload.status).toBe(200)
  const queues = await other.client(SQSClient).send(new ListQueuesCommand({}))
  expect(queues.QueueUrls).toHaveLength(1)
})

it('speaks to the emulator by no socket of its own', async () => {
  const { other, lambda } = await neighbours(SPEAKS)
  const text = `POST /_ns/${other.namespace}/ HTTP/1.1\r\nHost: localhost\r\nContent-Type: ${FORM['content-type']}\r\nContent-Length: ${LIST.length}\r\nConnection: close\r\n\r\n${LIST}`
  for (const host of ['127.0.0.1', 'localhost', '127.1', '0x7f000001', '::1', '::ffff:127.0.0.1', '0.0.0.0']) {
    const { payload } = await invoke(lambda, { host, port: port(), text })
    expect(JSON.stringify(payload), host).not.toContain('secret')
    expect(JSON.stringify(payload), host).not.toContain('HTTP/1.1')
  }
})

it('what outsiders say of the inside is not believed', async () => {
  const { aws, lambda } = await neighbours(ASKS)
  await invoke(lambda, { url: 'https://sqs.us-east-1.amazonaws.com/', headers: FORM, body: LIST })
  const claim = Buffer.from(JSON.stringify({ namespace: aws.namespace, source: 'arn' })).toString('base64url')
  const headers = { ...FORM, 'x-fakecloud-internal': `${claim}.AAAA`, 'x-fakecloud-host': 'elsewhere' }
  const response = await fetch(inject('emulatorUrl'), { method: 'POST', headers, body: LIST })
  expect(await response.text()).not.toContain('/own<')
  const code = await fetch(`${aws.url}/_fakecloud/lambda/_internal/code/123456789012/us-east-1/abc.zip`, { headers })
  expect(code.status).toBe(403)
})
