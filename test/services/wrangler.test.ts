import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateFunctionCommand, InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, onTestFinished, test } from 'vitest'
import { create, ECHO, invoke, Role, zip } from '../support/lambda.ts'
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

const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }

/** Sends to the queue that it is told of, and to one that it finds by itself. */
const SENDS = `const { SQSClient, GetQueueUrlCommand, SendMessageCommand } = require("@aws-sdk/client-sqs")
const sqs = new SQSClient()
exports.handler = async ({ QueueUrl, link }) => {
  await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "told" }))
  const found = await sqs.send(new GetQueueUrlCommand({ QueueName: "work" }))
  await sqs.send(new SendMessageCommand({ QueueUrl: found.QueueUrl, MessageBody: "found" }))
  const byHost = await fetch(QueueUrl.replace("localhost", "127.0.0.1"), { method: "POST", body: "Action=GetQueueAttributes&Version=2012-11-05", headers: { "content-type": "application/x-www-form-urlencoded" } })
  return [byHost.status, await (await fetch(link)).text(), process.env.AWS_ENDPOINT_URL]
}`

test('what wrangler dev hands out, on whatever port it listens, a function can use', { timeout: 120_000 }, async () => {
  const root = await wranglerDev()
  const endpoint = `${root}/_ns/elsewhere`
  const client = { endpoint, region: 'us-east-1', credentials, forcePathStyle: true }
  const [lambda, sqs, s3] = [new LambdaClient(client), new SQSClient(client), new S3Client(client)]
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'work' }))
  await s3.send(new CreateBucketCommand({ Bucket: 'bucket' }))
  await s3.send(new PutObjectCommand({ Bucket: 'bucket', Key: 'key', Body: 'linked' }))
  const link = await getSignedUrl(s3, new GetObjectCommand({ Bucket: 'bucket', Key: 'key' }))
  await create(lambda, SENDS, { Timeout: 20 })
  expect((await invoke(lambda, { QueueUrl, link })).payload).toEqual([200, 'linked', endpoint])
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['ApproximateNumberOfMessages'] }),
  )
  expect(Attributes).toEqual({ ApproximateNumberOfMessages: '2' })
})

test('wrangler dev serves the same files: a function is made and runs in an isolate', {
  timeout: 120_000,
}, async () => {
  const endpoint = await wranglerDev()
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
