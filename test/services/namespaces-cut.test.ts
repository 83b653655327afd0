import { randomFillSync } from 'node:crypto'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CreateConnectionCommand, DescribeConnectionCommand, EventBridgeClient } from '@aws-sdk/client-eventbridge'
import {
  type GetLayerVersionCommandOutput,
  GetLayerVersionCommand,
  LambdaClient,
  PublishLayerVersionCommand,
} from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  GetObjectCommand,
  PutBucketCorsCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { zipSync } from 'fflate'
import { expect, onTestFinished, test } from 'vitest'
import { eventually, type TestClients, testClients } from '../support/clients.ts'
import { create, failure, invocations, invoke } from '../support/lambda.ts'

/** A body of which the end is sent when told. */
function slowBody() {
  const channel = new TransformStream<Uint8Array, Uint8Array>()
  const writer = channel.writable.getWriter()
  const send = (text: string) => writer.write(new TextEncoder().encode(text))
  return { body: channel.readable, send, end: () => writer.close() }
}

test('an upload whose bucket is erased meanwhile ends with a refusal, for a browser too', async () => {
  const aws = testClients()
  const s3 = aws.client(S3Client)
  const bucket = async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'cut' }))
    const CORSRules = [{ AllowedMethods: ['PUT'], AllowedOrigins: ['*'] }]
    await s3.send(new PutBucketCorsCommand({ Bucket: 'cut', CORSConfiguration: { CORSRules } }))
  }
  await bucket()
  const { body, send, end } = slowBody()
  const headers = { Origin: 'https://example.org', 'Content-Length': '3000001' }
  const init = { method: 'PUT', body, duplex: 'half', headers } as RequestInit
  const answer = fetch(`${aws.url}/cut/key`, init)
  await send('x'.repeat(3_000_000))
  await aws.admin('POST', '/_reset')
  await send('y')
  await end()
  const { status } = await answer
  // 404, should it come only after the reset.
  expect([404, 409]).toContain(status)
  await bucket()
  await expect(s3.send(new GetObjectCommand({ Bucket: 'cut', Key: 'key' }))).rejects.toThrow('not exist')
})

/** More than lies in sockets between two who do not read. */
const BYTES = randomFillSync(new Uint8Array(40 * 2 ** 20))

/** Reads the first piece of an answer, lets something happen, and reads the rest. */
async function cutOff(url: string, meanwhile: () => Promise<unknown>): Promise<number> {
  const reader = (await fetch(url)).body?.getReader()
  let size = (await reader?.read())?.value?.length ?? 0
  await meanwhile()
  for (;;) {
    const next = await reader?.read()
    if (!next || next.done) return size
    size += next.value.length
  }
}

test('a download whose object is erased meanwhile breaks off', async () => {
  const aws = testClients()
  const s3 = aws.client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'cut' }))
  await s3.send(new PutObjectCommand({ Bucket: 'cut', Key: 'key', Body: BYTES }))
  await expect(cutOff(`${aws.url}/cut/key`, () => aws.admin('POST', '/_reset'))).rejects.toThrow()
})

const layer = async (aws: TestClients, ZipFile: Uint8Array): Promise<GetLayerVersionCommandOutput> => {
  const lambda = aws.client(LambdaClient)
  const { Version } = await lambda.send(new PublishLayerVersionCommand({ LayerName: 'big', Content: { ZipFile } }))
  return await lambda.send(new GetLayerVersionCommand({ LayerName: 'big', VersionNumber: Version }))
}

test('so does that of a layer when Lambda alone is reset, and a layer made afterwards is whole', async () => {
  const aws = testClients()
  const location = async (zip: Uint8Array) => (await layer(aws, zip)).Content?.Location ?? ''
  const url = await location(zipSync({ data: BYTES }, { level: 0 }))
  await expect(cutOff(url, () => aws.admin('POST', '/_fakecloud/reset/lambda'))).rejects.toThrow()
  const next = zipSync({ data: new Uint8Array(BYTES).fill(1) }, { level: 0 })
  const bytes = new Uint8Array(await (await fetch(await location(next))).arrayBuffer())
  expect(Buffer.compare(bytes, next)).toBe(0)
})

test('a run that is under way when Lambda alone is reset leaves no record among those made afterwards', async () => {
  const aws = testClients()
  const lambda = aws.client(LambdaClient)
  const slow = 'exports.handler = async ({ wait }) => { await new Promise(r => setTimeout(r, wait)); return wait }'
  await create(lambda, slow)
  await invoke(lambda, { wait: 0 })
  const cut = failure(invoke(lambda, { wait: 300 }))
  const queued = await invoke(lambda, { wait: 300 }, { InvocationType: 'Event' })
  expect(queued.StatusCode).toBe(202)
  await aws.admin('POST', '/_fakecloud/reset/lambda')
  await create(lambda, slow)
  await invoke(lambda, { wait: 600 })
  await cut
  expect((await invocations(aws)).map(({ result }) => result)).toEqual([600])
})

test('what a service awaited when it alone was reset changes nothing that is made afterwards', async () => {
  const aws = testClients()
  const events = aws.client(EventBridgeClient)
  const waiting: ServerResponse[] = []
  const server = createServer((_, response) => {
    if (waiting.push(response) > 1) response.end('{"access_token":"t"}')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo // it listens on TCP
  const ClientParameters = { ClientID: 'me', ClientSecret: 'hush' }
  const AuthorizationEndpoint = `http://127.0.0.1:${port}/token`
  const OAuthParameters = { ClientParameters, AuthorizationEndpoint, HttpMethod: 'POST' } as const
  const connection = { Name: 'c', AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS' } as const
  const make = () => events.send(new CreateConnectionCommand({ ...connection, AuthParameters: { OAuthParameters } }))
  const authorized = async () =>
    expect(await events.send(new DescribeConnectionCommand({ Name: 'c' }))).toMatchObject({
      ConnectionState: 'AUTHORIZED',
    })
  await make()
  await eventually(async () => expect(waiting).toHaveLength(1))
  await aws.admin('POST', '/_fakecloud/reset/events')
  await make()
  await eventually(authorized)
  waiting[0]?.writeHead(403).end()
  await aws.admin('POST', '/_fakecloud/settle')
  await authorized()
})
