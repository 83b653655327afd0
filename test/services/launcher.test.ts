import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, it, onTestFinished } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { eventually } from '../support/clients.ts'

const PROGRAM = join(import.meta.dirname, '../../bin/fakecloud.js')
const PLACE = { region: 'us-east-1', credentials: { accessKeyId: 'test', secretAccessKey: 'test' } }

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'fakecloud-test-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

/** Runs the command, and gathers what it says. */
function fakecloud(...args: string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  const said = { out: '', err: '' }
  child.stdout.on('data', piece => {
    said.out += piece
  })
  child.stderr.on('data', piece => {
    said.err += piece
  })
  const ended = once(child, 'close').then(([code]) => code as number | null) // as `close` gives it
  return { child, said, ended }
}

async function ready({ child, said }: { child: ChildProcess; said: { out: string } }): Promise<string> {
  while (!said.out.includes('Ready.')) await once(child.stdout ?? child, 'data')
  return /AWS_ENDPOINT_URL=(\S+)/.exec(said.out)?.[1] ?? ''
}

describe('the command', () => {
  it('prints where it listens and what to export, and ends with its state on SIGTERM', async () => {
    const program = fakecloud('--addr', '127.0.0.1:0', '--region', 'eu-west-1')
    const url = await ready(program)
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect(program.said.out).toContain(
      `export AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=eu-west-1 AWS_DEFAULT_REGION=eu-west-1\n`,
    )
    const address = new URL(url).host
    expect(await fakecloud('healthcheck', '--addr', address).ended).toBe(0)
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(0)
    expect(await fakecloud('healthcheck', '--addr', address).ended).toBe(1)
  })

  it('says what to do when the port is taken, or the directory in use', async () => {
    const path = directory()
    const { port, stop } = await startEmulator({ host: '127.0.0.1', port: 0, dataPath: path })
    onTestFinished(stop)
    const second = fakecloud('--addr', `127.0.0.1:${port}`)
    expect(await second.ended).toBe(1)
    expect(second.said.err).toContain(`Port ${port} is in use`)
    const third = fakecloud('--addr', '127.0.0.1:0', '--persist', path)
    expect(await third.ended).toBe(1)
    expect(third.said.err).toContain(`${path} is in use by another fakecloud`)
  })

  it('refuses a setting that cannot be', async () => {
    const { ended, said } = fakecloud('--account-id', '12')
    expect(await ended).toBe(1)
    expect(said.err).toBe('fakecloud: --account-id is "12": expected 12 digits\n')
  })
})

describe('an emulator with a directory', () => {
  it('finds its state when it is started again', async () => {
    const path = directory()
    const first = await startEmulator({ host: '127.0.0.1', port: 0, dataPath: path })
    const { QueueUrl } = await new SQSClient({ endpoint: first.url, ...PLACE }).send(
      new CreateQueueCommand({ QueueName: 'kept' }),
    )
    await first.stop()
    const second = await startEmulator({ host: '127.0.0.1', port: first.port, dataPath: path })
    onTestFinished(second.stop)
    const sqs = new SQSClient({ endpoint: second.url, ...PLACE })
    await expect(sqs.send(new GetQueueAttributesCommand({ QueueUrl }))).resolves.toBeDefined()
    expect(existsSync(join(path, 'secret'))).toBe(true)
  })

  it('serves on, with every acknowledged message, after its workerd was killed', async () => {
    const emulator = await startEmulator({ host: '127.0.0.1', port: 0, dataPath: directory(), logLevel: 'error' })
    onTestFinished(emulator.stop)
    const sqs = new SQSClient({ endpoint: emulator.url, maxAttempts: 1, ...PLACE })
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }))
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'before' }))
    const killed = emulator.workerdPid()
    process.kill(killed, 'SIGKILL')
    await eventually(() => sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: 'after' })))
    expect(emulator.workerdPid()).not.toBe(killed)
    const AttributeNames = ['ApproximateNumberOfMessages' as const]
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames }))
    expect(Attributes).toEqual({ ApproximateNumberOfMessages: '2' })
  })
})
