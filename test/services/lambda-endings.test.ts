import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, it, onTestFinished } from 'vitest'
import { create, failure, invoke, setUp } from '../support/lambda.ts'

/** A server that never answers: who asks waits, and is heard when it goes. */
async function gate(): Promise<{ url: string; next(): Promise<IncomingMessage> }> {
  const asked: IncomingMessage[] = []
  const server = createServer(request => {
    asked.push(request)
    server.emit('asked')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const next = async (): Promise<IncomingMessage> => {
    for (;;) {
      const request = asked.shift()
      if (request) return request
      await once(server, 'asked')
    }
  }
  const { port } = server.address() as AddressInfo // of a server that listens on TCP
  return { url: `http://127.0.0.1:${port}/`, next }
}

const gone = (request: IncomingMessage) => (request.socket.destroyed ? undefined : once(request.socket, 'close'))

/** Waits at the gate, then makes a queue. */
const WAITS = `const { SQSClient, CreateQueueCommand } = require("@aws-sdk/client-sqs")
exports.handler = async ({ url }) => {
  await fetch(url).catch(() => {})
  await new SQSClient().send(new CreateQueueCommand({ QueueName: "late" }))
}`

/** Answers at once, and leaves something behind that waits at the gate. */
const LEAVES = `exports.handler = async ({ url }) => { fetch(url).catch(() => {}); return "answered" }`

const ENDS = [
  ['deleted', 'DELETE', (namespace: string) => `/_fakecloud/namespaces/${namespace}`],
  ['reset', 'POST', () => '/_reset'],
] as const

it.each(ENDS)('a run ends when its namespace is %s, and what waits for it is told', async (_, method, path) => {
  const { aws, lambda } = setUp()
  const { url, next } = await gate()
  await create(lambda, WAITS, { Timeout: 60 })
  const refused = failure(invoke(lambda, { url }))
  const waiting = await next()
  await aws.admin(method, path(aws.namespace))
  await gone(waiting)
  expect(await refused).toMatchObject({ name: 'ResourceNotFoundException', status: 404 })
  expect((await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls).toBeUndefined()
  const { invocations } = await aws.admin<{ invocations: unknown[] }>('GET', '/_fakecloud/lambda/invocations')
  expect(invocations).toEqual([])
})

it('an asynchronous run ends with its namespace, and is not tried again', async () => {
  const { aws, lambda } = setUp()
  const { url, next } = await gate()
  await create(lambda, WAITS, { Timeout: 60 })
  await invoke(lambda, { url }, { InvocationType: 'Event' })
  const waiting = await next()
  await aws.admin('DELETE', `/_fakecloud/namespaces/${aws.namespace}`)
  await gone(waiting)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 600 })
  const { invocations } = await aws.admin<{ invocations: unknown[] }>('GET', '/_fakecloud/lambda/invocations')
  expect(invocations).toEqual([])
})

it('what a function left running behind its answer ends with its namespace too', async () => {
  const { aws, lambda } = setUp()
  const { url, next } = await gate()
  await create(lambda, LEAVES)
  expect((await invoke(lambda, { url })).payload).toBe('answered')
  const waiting = await next()
  await aws.admin('DELETE', `/_fakecloud/namespaces/${aws.namespace}`)
  await gone(waiting)
})
