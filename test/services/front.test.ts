import { connect } from 'node:net'
import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { NodeHttpHandler } from '@smithy/node-http-handler'
import { describe, expect, it } from 'vitest'
import { testClients } from '../support/clients.ts'

/** Writes to the emulator's port, and answers what comes until the connection ends. */
function exchange(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve, reject) => {
    let answer = ''
    const socket = connect(Number(port), hostname, () => socket.write(text))
    socket.on('data', piece => {
      answer += piece
    })
    socket.on('end', () => resolve(answer))
    socket.on('error', reject)
  })
}

describe('the emulator’s port', () => {
  it('answers Expect: 100-continue at once, and the request after its body', async () => {
    const { url, namespace } = testClients()
    const head = `POST /_ns/${namespace}/_fakecloud/settle HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n`
    const answer = await exchange(url, `${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`)
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
  })

  it('takes two requests in one piece, and answers them in order', async () => {
    const { url, namespace } = testClients()
    const get = (path: string, fields = '') =>
      `GET /_ns/${namespace}${path} HTTP/1.1\r\nHost: localhost\r\n${fields}\r\n`
    const answer = await exchange(url, get('/_fakecloud/health') + get('/_fakecloud/clock', 'Connection: close\r\n'))
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
    expect(answer.indexOf('"status"')).toBeLessThan(answer.lastIndexOf('HTTP/1.1 200'))
  })

  it('does not let the outside pass for the inside', async () => {
    const { url } = testClients()
    const forged = 'GET /_fakecloud/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Fakecloud-Internal: x'
    expect(await exchange(url, `${forged}\nX-Fakecloud-Host: y\r\n\r\n`)).toMatch(/^HTTP\/1\.1 400 /)
  })

  it('serves AWS’s SDK over TLS, and gives out URLs that say https', async () => {
    const { url, client } = testClients()
    const sqs = client(SQSClient, { endpoint: url.replace('http:', 'https:') })
    sqs.config.requestHandler = new NodeHttpHandler({ httpsAgent: { rejectUnauthorized: false } })
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }))
    expect(QueueUrl).toMatch(/^https:\/\/127\.0\.0\.1:\d+\//)
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'over TLS' }))
    const { Messages } = await client(SQSClient).send(new ReceiveMessageCommand({ QueueUrl }))
    expect(Messages).toMatchObject([{ Body: 'over TLS' }])
  })
})
