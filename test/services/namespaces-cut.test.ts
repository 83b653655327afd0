import { randomFillSync } from 'node:crypto'
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
import { expect, test } from 'vitest'
import { type TestClients, testClients } from '../support/clients.ts'

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

const layer = async (aws: TestClients, data: Uint8Array): Promise<GetLayerVersionCommandOutput> => {
  const lambda = aws.client(LambdaClient)
  const ZipFile = zipSync({ data }, { level: 0 })
  const { Version } = await lambda.send(new PublishLayerVersionCommand({ LayerName: 'big', Content: { ZipFile } }))
  return await lambda.send(new GetLayerVersionCommand({ LayerName: 'big', VersionNumber: Version }))
}

test('so does that of a layer when Lambda alone is reset, and a layer made afterwards is whole', async () => {
  const aws = testClients()
  const location = async (data: Uint8Array) => (await layer(aws, data)).Content?.Location ?? ''
  const url = await location(BYTES)
  await expect(cutOff(url, () => aws.admin('POST', '/_fakecloud/reset/lambda'))).rejects.toThrow()
  const next = new Uint8Array(BYTES).fill(1)
  const bytes = new Uint8Array(await (await fetch(await location(next))).arrayBuffer())
  expect(Buffer.compare(bytes, zipSync({ data: next }, { level: 0 }))).toBe(0)
})
