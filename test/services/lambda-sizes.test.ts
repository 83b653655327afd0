import { randomFillSync } from 'node:crypto'
import { GetLayerVersionCommand, PublishLayerVersionCommand, UpdateFunctionCodeCommand } from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'
import { expect, it } from 'vitest'
import { create, failure, invoke, setUp } from '../support/lambda.ts'

const MEBIBYTE = 1024 * 1024

/** A zip of about that many bytes, which nothing makes smaller. */
function large(bytes: number): Uint8Array {
  const code = 'const { statSync } = require("fs"); exports.handler = async () => statSync("/var/task/data.bin").size'
  const data = randomFillSync(new Uint8Array(bytes))
  return zipSync({ 'index.js': strToU8(code), 'data.bin': data }, { level: 0 })
}

it('a zip of 36 MiB deploys and runs, as a function’s first code, as its next, and as a layer', async () => {
  const { lambda } = setUp()
  const ZipFile = large(36 * MEBIBYTE)
  const settings = { Timeout: 30, MemorySize: 512 }
  expect(await create(lambda, '', { ...settings, Code: { ZipFile } })).toMatchObject({ CodeSize: ZipFile.length })
  expect((await invoke(lambda)).payload).toBe(36 * MEBIBYTE)
  await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'work', ZipFile: large(35 * MEBIBYTE) }))
  expect((await invoke(lambda)).payload).toBe(35 * MEBIBYTE)
  const { Version } = await lambda.send(new PublishLayerVersionCommand({ LayerName: 'big', Content: { ZipFile } }))
  const layer = await lambda.send(new GetLayerVersionCommand({ LayerName: 'big', VersionNumber: Version }))
  expect(layer.Content).toMatchObject({ CodeSize: ZipFile.length })
  const bytes = await (await fetch(layer.Content?.Location ?? '')).arrayBuffer()
  expect(bytes.byteLength).toBe(ZipFile.length)
}, 60_000)

it('a zip of 50 MB or more is refused, whatever it is for', async () => {
  const { lambda } = setUp()
  await create(lambda, 'exports.handler = async () => "small"')
  const ZipFile = new Uint8Array(52_428_800)
  const refused = {
    name: 'RequestEntityTooLargeException',
    message: 'Zipped size must be smaller than 52428800 bytes',
    status: 413,
  }
  expect(await failure(create(lambda, '', { FunctionName: 'big', Code: { ZipFile } }))).toMatchObject(refused)
  const update = new UpdateFunctionCodeCommand({ FunctionName: 'work', ZipFile })
  expect(await failure(lambda.send(update))).toMatchObject(refused)
  const publish = new PublishLayerVersionCommand({ LayerName: 'big', Content: { ZipFile } })
  expect(await failure(lambda.send(publish))).toMatchObject(refused)
  expect((await invoke(lambda)).payload).toBe('small')
}, 60_000)

it('a request beyond what Lambda reads is refused by its operation’s name', async () => {
  const { aws, lambda } = setUp()
  await create(lambda, 'exports.handler = async () => "small"')
  const body = new Uint8Array(70_167_212).fill(0x20)
  const authorization =
    'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=0'
  for (const [method, path, operation] of [
    ['POST', '/2015-03-31/functions', 'CreateFunction'],
    ['POST', '/2018-10-31/layers/big/versions', 'PublishLayerVersion'],
  ] as const) {
    const response = await fetch(aws.url + path, { method, headers: { authorization }, body })
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([413, 'RequestEntityTooLargeException'])
    expect(await response.json()).toMatchObject({
      message: `Request must be smaller than 70167211 bytes for the ${operation} operation`,
    })
  }
}, 60_000)
