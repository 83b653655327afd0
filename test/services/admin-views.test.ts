import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { FakeCloud } from '../../sdk/index.ts'
import { testClients } from '../support/clients.ts'
import { makeTopic } from '../support/sns.ts'

test('what a service shows comes page by page, across regions, where a limit asks for it', async () => {
  const aws = testClients()
  const bodies = ['one', 'two', 'three']
  for (const region of ['us-east-1', 'eu-west-1']) {
    const sqs = aws.client(SQSClient, { region })
    await sqs.send(new CreateQueueCommand({ QueueName: 'empty' }))
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
    for (const body of bodies) await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: `${region} ${body}` }))
  }
  const fc = new FakeCloud(aws.url)
  const whole = await fc.sqs.getMessages()
  expect(whole).not.toHaveProperty('next')
  expect(whole.queues).toHaveLength(4)
  const pages = []
  let next: string | undefined
  do {
    const page = await fc.sqs.getMessages({ limit: 2, ...(next !== undefined && { next }) })
    pages.push(page.queues)
    next = page.next
  } while (next !== undefined)
  const found = pages.map(queues => queues.flatMap(({ messages }) => messages.map(({ body }) => body)))
  expect(found.every(page => page.length <= 2)).toBe(true)
  const sent = ['eu-west-1', 'us-east-1'].flatMap(region => bodies.map(body => `${region} ${body}`))
  expect(found.flat()).toEqual(sent)
  const names = new Set(pages.flat().map(({ queueArn }) => queueArn))
  expect([...names].sort()).toEqual(whole.queues.map(({ queueArn }) => queueArn).sort())
})

test('pages of a log go on where they stopped, and show what came meanwhile', async () => {
  const aws = testClients()
  const topic = await makeTopic(aws, 'news')
  for (const message of ['one', 'two']) await topic.publish(message)
  const fc = new FakeCloud(aws.url)
  const first = await fc.sns.getMessages({ limit: 1 })
  await topic.publish('three')
  const second = await fc.sns.getMessages({ limit: 1, next: first.next ?? '' })
  const third = await fc.sns.getMessages({ limit: 1, next: second.next ?? '' })
  const read = [first, second, third].flatMap(({ messages }) => messages.map(({ message }) => message))
  expect(read).toEqual(['one', 'two', 'three'])
})

test('where nothing is, a view shows empty lists', async () => {
  const fc = new FakeCloud(testClients().url)
  expect(await fc.events.getHistory()).toEqual({ events: [], deliveries: { lambda: [], logs: [] } })
  expect(await fc.events.getHistory({ limit: 5 })).toEqual({ events: [], deliveries: { lambda: [], logs: [] } })
  expect(await fc.cloudwatch.getAlarms()).toEqual({ alarms: [] })
})

test('a page that nobody gave out is refused', async () => {
  const aws = testClients()
  await makeTopic(aws, 'news')
  const fc = new FakeCloud(aws.url)
  await expect(fc.sqs.getMessages({ next: 'nonsense' })).rejects.toMatchObject({
    status: 400,
    body: '{"error":"next is no token of this list"}',
  })
  for (const limit of [0, 2.5, 1e9]) await expect(fc.sqs.getMessages({ limit })).rejects.toMatchObject({ status: 400 })
})
