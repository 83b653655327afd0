import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, inject, onTestFinished, test } from 'vitest'
import { type TestClients, testClients } from '../support/clients.ts'
import { makeHttpEndpoint } from '../support/http-endpoint.ts'
import { makeTopic, settle } from '../support/sns.ts'

const queues = async (aws: TestClients) =>
  (await aws.client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls?.length ?? 0

/** A namespace with a queue, which nothing that another namespace sends may touch. */
async function victim(): Promise<TestClients> {
  const aws = testClients()
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'kept' }))
  return aws
}

/** Addresses by which the emulator is reached on this machine. */
function addresses(): string[] {
  const { port } = new URL(inject('emulatorUrl'))
  return [`http://127.0.0.1:${port}`, `http://localhost:${port}`, `http://127.1:${port}`]
}

/** An endpoint that sends its callers on to another URL. */
async function redirecting(location: string): Promise<string> {
  const server = createServer((_, response) => response.writeHead(307, { location }).end())
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

const journal = async (aws: TestClients) =>
  (await aws.admin<{ hops: { to: string; outcome: string; reason: string | null }[] }>('GET', '/_fakecloud/journal'))
    .hops

test('a topic’s endpoint that is the emulator itself steers no namespace, by whatever address and on no redirect', async () => {
  const kept = await victim()
  const aws = testClients()
  const topic = await makeTopic(aws, 'news')
  const paths = [
    `/_fakecloud/namespaces/${kept.namespace}/reset`,
    `/_ns/${kept.namespace}/_reset`,
    `/_ns/${kept.namespace}/%5Freset`,
    `/_ns/${kept.namespace}/_fakecloud/reset/sqs`,
  ]
  const urls = addresses().flatMap(root => paths.map(path => root + path))
  urls.push(await redirecting(`${addresses()[0]}${paths[0]}`))
  for (const url of urls) await topic.subscribe('http', url)
  await settle(aws)
  expect(await queues(kept)).toBe(1)
  const hops = await journal(aws)
  for (const url of urls.slice(0, -1)) {
    expect(hops).toContainEqual(
      expect.objectContaining({ to: url, outcome: 'refused', reason: 'The endpoint answered 403' }),
    )
  }
})

test('an API destination that is the emulator itself does not speak to another namespace, or for its own', async () => {
  const kept = await victim()
  const aws = testClients()
  await aws.client(SQSClient).send(new CreateQueueCommand({ QueueName: 'own' }))
  const events = aws.client(EventBridgeClient)
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({
      Name: 'self',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x-fakecloud-out', ApiKeyValue: 'none' } },
    }),
  )
  const root = addresses()[0]
  const endpoints = [
    `${root}/_ns/${kept.namespace}/?Action=DeleteQueue&QueueUrl=kept`,
    `${root}/_ns/${kept.namespace}/_reset`,
    `${root}/_ns/${aws.namespace}/_reset`,
  ]
  await events.send(new PutRuleCommand({ Name: 'all', EventPattern: '{"source":["test"]}' }))
  for (const [n, InvocationEndpoint] of endpoints.entries()) {
    const { ApiDestinationArn: Arn = '' } = await events.send(
      new CreateApiDestinationCommand({ Name: `to-${n}`, ConnectionArn, InvocationEndpoint, HttpMethod: 'POST' }),
    )
    const target = { Id: String(n), Arn, RoleArn: 'arn:aws:iam::123456789012:role/caller' }
    await events.send(new PutTargetsCommand({ Rule: 'all', Targets: [target] }))
  }
  await events.send(new PutEventsCommand({ Entries: [{ Source: 'test', DetailType: 'x', Detail: '{}' }] }))
  await settle(aws)
  const refused = (await journal(aws)).filter(
    ({ outcome, to }) => outcome === 'refused' && to.includes('api-destination'),
  )
  expect(refused).toHaveLength(endpoints.length)
  expect([await queues(kept), await queues(aws)]).toEqual([1, 1])
})

test('what a namespace sends out says where it came from, and is answered at home', async () => {
  const aws = testClients()
  const [topic, endpoint] = await Promise.all([makeTopic(aws, 'news'), makeHttpEndpoint()])
  await topic.subscribe('http', endpoint.url)
  await settle(aws)
  const mark = String(endpoint.received[0]?.headers['x-fakecloud-out'])
  expect(mark).toMatch(new RegExp(`^${aws.namespace}\\.[\\w-]{43}$`))
  const other = testClients()
  const ask = async (url: string, header: string) =>
    (await fetch(`${url}/?Action=ListQueues&Version=2012-11-05`, { headers: { 'x-fakecloud-out': header } })).status
  expect(await ask(aws.url, mark)).toBe(200)
  expect(await ask(other.url, mark)).toBe(403)
  // Another emulator's mark says nothing here.
  expect(await ask(other.url, `${aws.namespace}.${'x'.repeat(43)}`)).toBe(200)
})
