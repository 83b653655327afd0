import { CreateQueueCommand, ReceiveMessageCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { type TestClients, testClients } from '../support/clients.ts'

type Clock = { now: string; frozen: boolean; offsetMs: number; timers?: number }

const clock = (aws: TestClients, verb: string, body: unknown = {}) =>
  aws.admin<Clock>('POST', `/_fakecloud/clock/${verb}`, body)

async function setUp() {
  const aws = testClients()
  const sqs = aws.client(SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'orders' }))
  const send = (MessageBody: string, DelaySeconds = 0) =>
    sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, DelaySeconds }))
  const receive = async (WaitTimeSeconds = 0) =>
    (await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds, MaxNumberOfMessages: 10 }))).Messages?.map(
      ({ Body }) => Body,
    ) ?? []
  return { aws, send, receive }
}

test('the clock runs on real time until it is stopped', async () => {
  const aws = testClients()
  const before = Date.now()
  const shown = await aws.admin<Clock>('GET', '/_fakecloud/clock')
  expect(shown).toMatchObject({ frozen: false, offsetMs: 0 })
  expect(Date.parse(shown.now)).toBeGreaterThanOrEqual(before - 1)
  const frozen = await clock(aws, 'freeze')
  expect(frozen.frozen).toBe(true)
  expect((await aws.admin<Clock>('GET', '/_fakecloud/clock')).now).toBe(frozen.now)
})

test('a stopped clock shows the time at which it was stopped, and moves only when it is told to', async () => {
  const { aws, send, receive } = await setUp()
  expect(await clock(aws, 'freeze', { at: '2030-01-01T00:00:00Z' })).toMatchObject({ now: '2030-01-01T00:00:00.000Z' })
  await send('later', 60)
  expect(await receive()).toEqual([])
  expect(await clock(aws, 'advance', { seconds: 59 })).toMatchObject({ now: '2030-01-01T00:00:59.000Z', frozen: true })
  expect(await receive()).toEqual([])
  await clock(aws, 'advance', { ms: 1000 })
  expect(await receive()).toEqual(['later'])
})

test('an advance wakes whoever waits for a time', async () => {
  const { aws, send, receive } = await setUp()
  await send('later', 900)
  const waiting = receive(20)
  await clock(aws, 'advance', { seconds: 901 })
  expect(await waiting).toEqual(['later'])
})

test('days go by in one advance, and what falls due on the way has happened', async () => {
  const { aws, send, receive } = await setUp()
  await send('kept for four days')
  await clock(aws, 'advance', { seconds: 4 * 86_400 - 60 })
  await send('fresh')
  await clock(aws, 'advance', { seconds: 120 })
  expect(await receive()).toEqual(['fresh'])
})

test('a resumed clock runs on from where it is, or on real time again', async () => {
  const aws = testClients()
  await clock(aws, 'freeze', { at: '2030-01-01T00:00:00Z' })
  const running = await clock(aws, 'resume')
  expect(running.frozen).toBe(false)
  expect(running.now.slice(0, 16)).toBe('2030-01-01T00:00')
  expect(await clock(aws, 'resume', { real: true })).toMatchObject({ frozen: false, offsetMs: 0 })
})

test('one namespace’s clock is no other’s', async () => {
  const [one, two] = [testClients(), testClients()]
  await clock(one, 'freeze', { at: '2030-01-01T00:00:00Z' })
  expect(await two.admin<Clock>('GET', '/_fakecloud/clock')).toMatchObject({ frozen: false, offsetMs: 0 })
})

test('the clock does not run backwards, and takes no nonsense', async () => {
  const aws = testClients()
  await clock(aws, 'freeze', { at: '2030-01-01T00:00:00Z' })
  await expect(clock(aws, 'advance', { to: '2029-01-01T00:00:00Z' })).rejects.toThrow('does not run backwards')
  for (const body of [{}, { seconds: -1 }, { seconds: 1, ms: 1 }, { to: 'soon' }, { seconds: 1e300 }]) {
    await expect(clock(aws, 'advance', body)).rejects.toThrow('400')
  }
  await expect(clock(aws, 'freeze', { at: 'now' })).rejects.toThrow('400')
  expect(await aws.admin<Clock>('GET', '/_fakecloud/clock')).toMatchObject({ now: '2030-01-01T00:00:00.000Z' })
})
