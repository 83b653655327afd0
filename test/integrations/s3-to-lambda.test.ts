import {
  type NotificationConfiguration,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { AddPermissionCommand, LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { create as createFunction, ECHO, invocations } from '../support/lambda.ts'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'my-bucket'
const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:work'

async function setUp() {
  const { aws, s3, create } = setUpS3()
  const lambda = aws.client(LambdaClient)
  await Promise.all([create(Bucket), createFunction(lambda, ECHO)])
  const permit = () =>
    lambda.send(
      new AddPermissionCommand({
        FunctionName: 'work',
        StatementId: 's3',
        Action: 'lambda:InvokeFunction',
        Principal: 's3.amazonaws.com',
        SourceArn: `arn:aws:s3:::${Bucket}`,
        SourceAccount: '123456789012',
      }),
    )
  const configure = (
    configuration: Partial<NonNullable<NotificationConfiguration['LambdaFunctionConfigurations']>[0]>,
  ) =>
    s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: {
          LambdaFunctionConfigurations: [
            { LambdaFunctionArn: FUNCTION_ARN, Events: ['s3:ObjectCreated:*'], ...configuration },
          ],
        },
      }),
    )
  const put = (Key: string) => s3.send(new PutObjectCommand({ Bucket, Key, Body: 'hi' }))
  return { aws, lambda, permit, configure, put }
}

type S3Event = { Records: { eventName: string; s3: { configurationId: string; object: { key: string } } }[] }

test('M02 S3 → Lambda: an upload runs the function once, with AWS’s record', async () => {
  const { aws, permit, configure, put } = await setUp()
  await permit()
  const Filter = { Key: { FilterRules: [{ Name: 'prefix' as const, Value: 'uploads/' }] } }
  await configure({ Id: 'on-upload', Filter })
  await put('uploads/hello.txt')
  await put('elsewhere/hello.txt')
  const runs = await invocations(aws)
  expect(runs).toHaveLength(1)
  expect(runs[0]).toMatchObject({ functionArn: FUNCTION_ARN, source: 'aws:s3', error: null })
  const [record] = (runs[0]?.event as S3Event | undefined)?.Records ?? []
  expect(record?.eventName).toBe('ObjectCreated:Put')
  expect(record?.s3).toMatchObject({ configurationId: 'on-upload', object: { key: 'uploads/hello.txt', size: 2 } })
})

test('a function that is not there, or does not let the bucket in, is refused as a destination', async () => {
  const { configure } = await setUp()
  expect(await refused(configure({}))).toMatchObject({
    name: 'InvalidArgument',
    message: 'Unable to validate the following destination configurations',
    fields: {
      ArgumentName1: `${FUNCTION_ARN}, null`,
      ArgumentValue1: `Not authorized to invoke function [${FUNCTION_ARN}]`,
    },
  })
  const missing = `${FUNCTION_ARN}-missing`
  expect(await refused(configure({ LambdaFunctionArn: missing }))).toMatchObject({
    fields: { ArgumentName1: `${missing}, null`, ArgumentValue1: 'The destination Lambda does not exist' },
  })
})

test('a function that takes the permission back does not run, and the journal says why', async () => {
  const { aws, lambda, permit, configure, put } = await setUp()
  await permit()
  await configure({})
  await lambda.send(new RemovePermissionCommand({ FunctionName: 'work', StatementId: 's3' }))
  await put('secret')
  expect(await invocations(aws)).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', '/_fakecloud/journal/why?event=secret')
  expect(reasons.join()).toMatch(/was refused: AccessDenied.*not authorized to perform: lambda:InvokeFunction/)
})
