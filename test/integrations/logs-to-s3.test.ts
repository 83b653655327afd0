import {
  CancelExportTaskCommand,
  CreateExportTaskCommand,
  type CreateExportTaskCommandInput,
  DescribeExportTasksCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { failure } from '../support/lambda.ts'
import { testLogs } from '../support/logs.ts'

const Bucket = 'exported'
const now = Date.UTC(2026, 0, 2, 3, 4, 5)

/** The policy of AWS's user guide. */
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: ['s3:GetBucketAcl', 's3:PutObject'].map(Action => ({
    Effect: 'Allow',
    Principal: { Service: 'logs.us-east-1.amazonaws.com' },
    Action,
    Resource: Action === 's3:PutObject' ? `arn:aws:s3:::${Bucket}/*` : `arn:aws:s3:::${Bucket}`,
    Condition: { StringEquals: { 'aws:SourceAccount': ['123456789012'] } },
  })),
})

async function setUp() {
  const kit = testLogs()
  const { aws, logs } = kit
  const s3 = aws.client(S3Client)
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: new Date(now).toISOString() })
  await s3.send(new CreateBucketCommand({ Bucket }))
  await kit.group('g', 'a/b', 'c')
  const start = async (more: Partial<CreateExportTaskCommandInput> = {}) => {
    const input = { logGroupName: 'g', from: now - 1000, to: now + 1000, destination: Bucket }
    return (await logs.send(new CreateExportTaskCommand({ ...input, ...more }))).taskId
  }
  const tasks = async (input = {}) => (await logs.send(new DescribeExportTasksCommand(input))).exportTasks ?? []
  const open = () => s3.send(new PutBucketPolicyCommand({ Bucket, Policy: POLICY }))
  const advance = () => aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 2 })
  const keys = async () =>
    ((await s3.send(new ListObjectsV2Command({ Bucket }))).Contents ?? []).map(({ Key = '' }) => Key)
  const text = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }))
    return (await Body?.transformToByteArray()) ?? new Uint8Array(0)
  }
  return { ...kit, s3, start, tasks, open, advance, keys, text }
}

test('an export task writes each stream’s events of its time as gzipped lines under AWS’s keys', async () => {
  const { put, start, tasks, open, advance, keys, text } = await setUp()
  await open()
  await put('g', 'a/b', [now - 2000, 'too early'], [now, 'one'], [now + 1, 'two\n'], [now + 5000, 'too late'])
  await put('g', 'c', [now, 'three'])
  const taskId = await start({ taskName: 'daily' })
  const task = {
    taskId,
    taskName: 'daily',
    logGroupName: 'g',
    from: now - 1000,
    to: now + 1000,
    destination: Bucket,
    destinationPrefix: 'exportedlogs',
  }
  expect(await tasks()).toEqual([{ ...task, status: { code: 'PENDING' }, executionInfo: { creationTime: now } }])
  expect(await keys()).toEqual(['exportedlogs/aws-logs-write-test'])
  expect(await failure(start())).toMatchObject({ name: 'LimitExceededException', message: 'Resource limit exceeded.' })
  await advance()
  expect(await tasks({ taskId })).toEqual([
    {
      ...task,
      status: { code: 'COMPLETED', message: 'Completed successfully' },
      executionInfo: { creationTime: now, completionTime: expect.any(Number) },
    },
  ])
  const folder = `exportedlogs/${taskId}`
  expect(await keys()).toEqual(
    [`${folder}/a-b/000000.gz`, `${folder}/c/000000.gz`, 'exportedlogs/aws-logs-write-test'].sort(),
  )
  expect(gunzipSync(await text(`${folder}/a-b/000000.gz`)).toString()).toBe(
    '2026-01-02T03:04:05.000Z one\n2026-01-02T03:04:05.001Z two\n',
  )
  expect(Buffer.from(await text('exportedlogs/aws-logs-write-test')).toString()).toBe('Permission Check Successful')
})

test('an export task can be cancelled before it ends, and fails when its bucket has gone', async () => {
  const { logs, s3, put, start, tasks, open, advance, keys } = await setUp()
  await open()
  await put('g', 'c', [now, 'three'])
  const taskId = await start({ destinationPrefix: 'p', logStreamNamePrefix: 'c' })
  const cancel = () => logs.send(new CancelExportTaskCommand({ taskId }))
  await cancel()
  await advance()
  expect(await keys()).toEqual(['p/aws-logs-write-test'])
  expect(await tasks({ statusCode: 'CANCELLED' })).toMatchObject([{ taskId, status: { code: 'CANCELLED' } }])
  expect(await failure(cancel())).toMatchObject({ name: 'InvalidOperationException' })
  await start({ destinationPrefix: 'p' })
  await s3.send(new DeleteObjectCommand({ Bucket, Key: 'p/aws-logs-write-test' }))
  await s3.send(new DeleteBucketCommand({ Bucket }))
  await advance()
  const [last] = await tasks({ limit: 1 })
  expect(last?.status).toEqual({ code: 'FAILED', message: expect.stringContaining('NoSuchBucket') })
})

test('a bucket that is not there, or does not let CloudWatch Logs in, is refused', async () => {
  const { start, tasks, logs } = await setUp()
  expect(await failure(start())).toMatchObject({
    name: 'InvalidParameterException',
    message:
      'GetBucketAcl call on the given bucket failed. Please check if CloudWatch Logs has been granted permission to perform this operation.',
  })
  expect(await failure(start({ destination: 'no-such-bucket-here' }))).toMatchObject({
    name: 'InvalidParameterException',
    message: 'The given bucket does not exist. Please provide a valid bucket name.',
  })
  expect(await failure(start({ logGroupName: 'none' }))).toMatchObject({
    message: 'The specified log group does not exist.',
  })
  expect(await failure(start({ to: now - 2000 }))).toMatchObject({ name: 'InvalidParameterException' })
  expect(await failure(logs.send(new CancelExportTaskCommand({ taskId: 'none' })))).toMatchObject({
    message: 'The specified export task does not exist.',
  })
  expect(await tasks()).toEqual([])
})
