import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { ECHO, Role, zip } from '../support/lambda.ts'
import { send } from '../support/signing.ts'

const ROOT = join(import.meta.dirname, '../..')

/** Runs `wrangler dev` on a free port until the test is over; answers where it listens. */
async function wranglerDev(): Promise<string> {
  const state = await mkdtemp(join(tmpdir(), 'fakecloud-wrangler-'))
  const args = [
    'dev',
    '--port',
    '0',
    '--inspector-port',
    '0',
    '--persist-to',
    state,
    '--show-interactive-dev-session=false',
  ]
  const child = spawn(process.execPath, [join(ROOT, 'node_modules/wrangler/bin/wrangler.js'), ...args], { cwd: ROOT })
  onTestFinished(async () => {
    child.kill('SIGTERM')
    if (child.exitCode === null) await once(child, 'exit')
    await rm(state, { recursive: true, force: true })
  })
  let printed = ''
  return await new Promise((resolve, reject) => {
    const read = (chunk: Buffer) => {
      printed += chunk
      const url = /Ready on (http:\/\/[^\s]+)/.exec(printed)?.[1]
      if (url) resolve(url)
    }
    child.stdout.on('data', read)
    child.stderr.on('data', read)
    child.once('exit', code => reject(new Error(`wrangler dev ended with ${code}: ${printed}`)))
  })
}

test('wrangler dev serves the same files: a function is made and runs in an isolate', {
  timeout: 120_000,
}, async () => {
  const endpoint = await wranglerDev()
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const lambda = new LambdaClient({ endpoint, region: 'us-east-1', credentials })
  const settings = { FunctionName: 'work', Runtime: 'nodejs22.x', Handler: 'index.handler', Role } as const
  await lambda.send(new CreateFunctionCommand({ ...settings, Code: { ZipFile: zip(ECHO) } }))
  const { Payload } = await lambda.send(new InvokeCommand({ FunctionName: 'work', Payload: '{"on":"wrangler"}' }))
  expect(JSON.parse(Payload?.transformToString() ?? '')).toMatchObject({ event: { on: 'wrangler' } })
  await refusesOthers(endpoint)
})

/** It has no secret, and so serves its own machine alone. */
async function refusesOthers(endpoint: string): Promise<void> {
  const headers = { host: 'fakecloud.example.com' }
  const ask = async (path: string, more: Record<string, string> = {}) => {
    const { status, body } = await send(endpoint, { method: 'GET', path, headers: { ...headers, ...more } })
    return `${status} ${body}`
  }
  for (const path of ['/_fakecloud/health', '/_localstack/health', '/_reset', '/_ns/a/_fakecloud/namespaces']) {
    expect(await ask(path)).toMatch(/^403 \{"error":".*FAKECLOUD_SECRET"\}$/)
  }
  expect(await ask('/bucket/key')).toMatch(/^403 <\?xml.*\n?<Error><Code>AccessDenied<.*FAKECLOUD_SECRET/)
  const target = { 'x-amz-target': 'AmazonSQS.ListQueues', 'content-type': 'application/x-amz-json-1.0' }
  expect(await ask('/', target)).toMatch(/^403 \{"__type":"com.amazonaws.sqs#AccessDenied".*FAKECLOUD_SECRET/)
}
