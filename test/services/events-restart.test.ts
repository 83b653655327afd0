import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { apiServer } from '../support/api-server.ts'
import { eventually } from '../support/clients.ts'
import { PATTERN } from '../support/events.ts'

test('a call of an API destination that was under way when its process was killed is made again', async () => {
  const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-test-'))
  onTestFinished(() => rmSync(dataPath, { recursive: true, force: true }))
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, dataPath, logLevel: 'error' })
  onTestFinished(emulator.stop)
  const never = new Promise<{ status: number }>(() => {})
  const { url, received } = await apiServer((_request, at) => (at === 1 ? never : { status: 200 }))
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const events = new EventBridgeClient({ endpoint: emulator.url, region: 'us-east-1', credentials, maxAttempts: 5 })
  const AuthParameters = { ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'v' } }
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({ Name: 'partner', AuthorizationType: 'API_KEY', AuthParameters }),
  )
  const settings = { Name: 'orders', ConnectionArn, InvocationEndpoint: url, HttpMethod: 'POST' as const }
  const { ApiDestinationArn: Arn } = await events.send(new CreateApiDestinationCommand(settings))
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: PATTERN }))
  const RoleArn = 'arn:aws:iam::123456789012:role/caller'
  await events.send(new PutTargetsCommand({ Rule: 'orders', Targets: [{ Id: 'api', Arn, RoleArn }] }))
  await events.send(new PutEventsCommand({ Entries: [{ Source: 'shop', DetailType: 'Order', Detail: '{}' }] }))
  await eventually(async () => expect(received).toHaveLength(1))
  process.kill(emulator.workerdPid(), 'SIGKILL')
  await eventually(async () => {
    await fetch(`${emulator.url}/_fakecloud/events/history?settle=0`)
    expect(received).toHaveLength(2)
  })
  expect(received[1]?.body).toBe(received[0]?.body)
})
