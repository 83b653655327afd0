import { Readable } from 'node:stream'
import {
  CompleteMultipartUploadCommand,
  DeleteObjectsCommand,
  GetBucketAclCommand,
  GetBucketLocationCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { clientConfig, recorder, refusing } from './sdk-client.ts'
import type { Handlers } from './wire.ts'

const textOf = (body: unknown) => new Response(body as BodyInit).text()

const location = { Bucket: 'bucket', Key: 'some key/+&?=é' }

test('an object goes up with its headers and a checksum', async () => {
  const bodies: string[] = []
  const inputs: Record<string, unknown>[] = []
  const handlers: Handlers = {
    's3.PutObject': async (input, decoded) => {
      bodies.push(await textOf(input.Body))
      inputs.push({ ...input, Body: undefined, contentLength: decoded.contentLength })
      return { ETag: '"e"' }
    },
  }
  const s3 = new S3Client(clientConfig(handlers))
  const put = { ...location, Body: 'hello', ContentType: 'text/plain', Metadata: { a: 'b' } }
  expect((await s3.send(new PutObjectCommand(put))).ETag).toBe('"e"')
  expect(bodies).toEqual(['hello'])
  expect(inputs[0]).toMatchObject({ ...location, ContentType: 'text/plain', Metadata: { a: 'b' }, contentLength: 5 })
  expect(inputs[0]).toMatchObject({ ChecksumCRC32: expect.any(String) })
})

test('a stream goes up without its framing, and its trailer is told', async () => {
  const seen: unknown[] = []
  const handlers: Handlers = {
    's3.PutObject': async (input, decoded) => {
      seen.push(await textOf(input.Body), decoded.contentLength, Object.keys((await decoded.trailers) ?? {}))
      seen.push(input.ContentEncoding)
      return {}
    },
  }
  const s3 = new S3Client(clientConfig(handlers))
  const put = { ...location, Body: Readable.from(['hel', 'lo']), ContentLength: 5, ContentEncoding: 'gzip' }
  await s3.send(new PutObjectCommand(put))
  expect(seen).toEqual(['hello', 5, ['x-amz-checksum-crc32'], 'gzip'])
})

test('an object comes down with its metadata, also that which HTTP cannot carry', async () => {
  const output = {
    Body: 'hello',
    ContentLength: 5,
    LastModified: new Date(1_600_000_000_000),
    Metadata: { plain: 'x', umlaut: 'ü', 'no token': 'y' },
    ContentRange: 'bytes 0-4/10',
  }
  const s3 = new S3Client(clientConfig(recorder('s3.GetObject', output).handlers))
  const answer = await s3.send(new GetObjectCommand(location))
  expect(await answer.Body?.transformToString()).toBe('hello')
  expect(answer.LastModified).toEqual(output.LastModified)
  expect(answer.Metadata).toEqual({ plain: 'x', umlaut: '=?UTF-8?B?w7w=?=' })
  expect(answer.$metadata.httpStatusCode).toBe(206)
})

test('a listing escapes what XML cannot hold', async () => {
  const Contents = [{ Key: 'a&b<\r\n>"', Size: 3, LastModified: new Date(0), ETag: '"e"' }]
  const output = { Name: 'bucket', IsTruncated: false, KeyCount: 1, Contents, CommonPrefixes: [{ Prefix: 'p/' }] }
  const s3 = new S3Client(clientConfig(recorder('s3.ListObjectsV2', output).handlers))
  expect(await s3.send(new ListObjectsV2Command({ Bucket: 'bucket' }))).toMatchObject(output)
})

test('XML bodies are read: deletes, parts, notifications', async () => {
  const { handlers, inputs } = recorder('s3.DeleteObjects', { Deleted: [{ Key: 'a' }] })
  const parts = recorder('s3.CompleteMultipartUpload', { ETag: '"e"' })
  const notifications = recorder('s3.PutBucketNotificationConfiguration')
  const s3 = new S3Client(clientConfig({ ...handlers, ...parts.handlers, ...notifications.handlers }))
  const Delete = { Objects: [{ Key: 'a', VersionId: 'v' }, { Key: ' b\n' }], Quiet: true }
  await s3.send(new DeleteObjectsCommand({ Bucket: 'bucket', Delete }))
  expect(inputs[0]).toMatchObject({ Bucket: 'bucket', Delete })
  const MultipartUpload = { Parts: [{ ETag: '"1"', PartNumber: 1 }] }
  await s3.send(new CompleteMultipartUploadCommand({ ...location, UploadId: 'u', MultipartUpload }))
  expect(parts.inputs[0]).toEqual({ ...location, UploadId: 'u', MultipartUpload })
  const NotificationConfiguration = {
    LambdaFunctionConfigurations: [
      {
        LambdaFunctionArn: 'arn:aws:lambda:eu-west-1:111111111111:function:f',
        Events: ['s3:ObjectCreated:*' as const],
        Filter: { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'p/' }] } },
      },
    ],
  }
  await s3.send(new PutBucketNotificationConfigurationCommand({ Bucket: 'bucket', NotificationConfiguration }))
  expect(notifications.inputs[0]).toMatchObject({ Bucket: 'bucket', NotificationConfiguration })
})

test('answers whose XML is peculiar: a location without its wrapper, an attribute with a namespace', async () => {
  const Grants = [{ Grantee: { Type: 'CanonicalUser' as const, ID: 'id' }, Permission: 'FULL_CONTROL' as const }]
  const handlers: Handlers = {
    's3.GetBucketLocation': () => ({ LocationConstraint: 'eu-west-1' }),
    's3.GetBucketAcl': () => ({ Owner: { ID: 'id' }, Grants }),
  }
  const s3 = new S3Client(clientConfig(handlers))
  expect((await s3.send(new GetBucketLocationCommand({ Bucket: 'b' }))).LocationConstraint).toBe('eu-west-1')
  expect((await s3.send(new GetBucketAclCommand({ Bucket: 'b' }))).Grants).toEqual(Grants)
})

test('errors: with their fields on GET, without a body on HEAD', async () => {
  const error = new AwsError('NoSuchKey', 'The specified key does not exist.', 0, { Key: 'k' })
  const s3 = new S3Client(clientConfig({ ...refusing('s3.GetObject', error), ...refusing('s3.HeadObject', error) }))
  await expect(s3.send(new GetObjectCommand(location))).rejects.toMatchObject({ name: 'NoSuchKey', Key: 'k' })
  await expect(s3.send(new HeadObjectCommand(location))).rejects.toMatchObject({
    name: 'NotFound',
    $metadata: { httpStatusCode: 404 },
  })
})
