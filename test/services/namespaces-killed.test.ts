import { setTimeout as sleep } from 'node:timers/promises'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { FakeCloud } from '../../sdk/index.ts'
import { eventually } from '../support/clients.ts'

const ACCOUNTS = Array.from({ length: 12 }, (_, n) => `1111111111${10 + n}`)
/** Milliseconds after which a reset is killed: somewhere on its way. */
const KILLED_AFTER = [2, 4, 8]

test('what a killed reset or removal has left behind goes with the next one', async () => {
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'error' })
  onTestFinished(() => emulator.stop())
  const fc = new FakeCloud(emulator.url)
  const clients = ACCOUNTS.map(
    accessKeyId =>
      new SQSClient({
        endpoint: emulator.url,
        region: 'us-east-1',
        credentials: { accessKeyId, secretAccessKey: 'test' },
      }),
  )
  const left = async () => {
    const lists = await Promise.all(clients.map(sqs => sqs.send(new ListQueuesCommand({}))))
    return lists.flatMap(({ QueueUrls = [] }) => QueueUrls)
  }
  const ways = [() => fc.reset(), () => fc.namespaces.delete('main')]
  for (const way of ways) {
    for (const ms of KILLED_AFTER) {
      await eventually(() => Promise.all(clients.map(sqs => sqs.send(new CreateQueueCommand({ QueueName: 'work' })))))
      const cut = way().catch(() => undefined)
      await sleep(ms)
      process.kill(emulator.workerdPid(), 'SIGKILL')
      await cut
      await eventually(() => fc.reset())
      expect(await left()).toEqual([])
    }
  }
})
