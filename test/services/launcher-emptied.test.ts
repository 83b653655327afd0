import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ListQueuesCommand, CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'

test('what was deleted is gone from a --persist directory with the next start, and nothing else is', async () => {
  const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-test-'))
  onTestFinished(() => rmSync(dataPath, { recursive: true, force: true }))
  const start = async () => {
    const emulator = await startEmulator({ host: '127.0.0.1', port: 0, dataPath, logLevel: 'error' })
    onTestFinished(emulator.stop)
    return emulator
  }
  const files = () =>
    readdirSync(dataPath, { recursive: true, encoding: 'utf8' }).filter(name =>
      /objects(?:-\d+)?\/do\/.*\/[0-9a-f]{64}\.sqlite(?:-wal|-shm)?$/.test(name),
    )
  const sqs = (url: string, namespace: string) =>
    new SQSClient({
      endpoint: `${url}/_ns/${namespace}`,
      region: 'us-east-1',
      credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    })
  const first = await start()
  for (const namespace of ['kept', 'gone', 'also-gone']) {
    await sqs(first.url, namespace).send(new CreateQueueCommand({ QueueName: namespace }))
  }
  const queues = files().filter(name => name.endsWith('.sqlite')).length
  for (const namespace of ['gone', 'also-gone']) {
    await fetch(`${first.url}/_fakecloud/namespaces/${namespace}`, { method: 'DELETE' })
  }
  await first.stop()
  const second = await start()
  // A namespace and its place each.
  expect(files().filter(name => name.endsWith('.sqlite'))).toHaveLength(queues - 4)
  const listed = async (namespace: string) =>
    (await sqs(second.url, namespace).send(new ListQueuesCommand({}))).QueueUrls?.length ?? 0
  expect(await Promise.all(['kept', 'gone'].map(listed))).toEqual([1, 0])
  await sqs(second.url, 'gone').send(new CreateQueueCommand({ QueueName: 'again' }))
  await second.stop()
  const third = await start()
  const { QueueUrls } = await sqs(third.url, 'gone').send(new ListQueuesCommand({}))
  expect(QueueUrls).toEqual([expect.stringMatching(/\/again$/)])
})
