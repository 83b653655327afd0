import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { expect, it, onTestFinished } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { eventually } from '../support/clients.ts'
import { create, type Invocation, invoke } from '../support/lambda.ts'

const SLOW = 'exports.handler = async event => { await new Promise(r => setTimeout(r, event.wait)); return event.n }'

it('events that were accepted run once more when their process was killed, and every one leaves its record', async () => {
  const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-test-'))
  onTestFinished(() => rmSync(dataPath, { recursive: true, force: true }))
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, dataPath, logLevel: 'error' })
  onTestFinished(emulator.stop)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const lambda = new LambdaClient({ endpoint: emulator.url, region: 'us-east-1', credentials, maxAttempts: 5 })
  await create(lambda, SLOW)
  const answered = await invoke(lambda, { n: 0, wait: 0 })
  const accepted = await Promise.all(
    [1, 2, 3, 4].map(n => invoke(lambda, { n, wait: 700 }, { InvocationType: 'Event' })),
  )
  process.kill(emulator.workerdPid(), 'SIGKILL')
  const records = await eventually(async () => {
    const response = await fetch(`${emulator.url}/_fakecloud/lambda/invocations`)
    const { invocations } = (await response.json()) as { invocations: Invocation[] } // the endpoint's documented shape
    expect(invocations).toHaveLength(5)
    return invocations
  })
  const ids = [answered, ...accepted].map(answer => answer.$metadata.requestId)
  expect(records.map(({ requestId }) => requestId).sort()).toEqual(ids.sort())
  expect(records.map(({ result }) => result).sort()).toEqual([0, 1, 2, 3, 4])
})
