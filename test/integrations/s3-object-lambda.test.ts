import { GetObjectCommand, HeadObjectCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3'
import { DeleteRolePolicyCommand } from '@aws-sdk/client-iam'
import { DeleteFunctionCommand, UpdateFunctionConfigurationCommand } from '@aws-sdk/client-lambda'
import { describe, expect, test } from 'vitest'
import { FakeCloud } from '../../sdk/index.ts'
import { FUNCTION_ARN, setUpObjectLambda } from '../support/access-points.ts'
import { askUrl } from '../support/function-urls.ts'
import { invocations } from '../support/lambda.ts'
import { refused } from '../support/s3.ts'

const Key = 'dir/hello world.txt'

/** A function that answers with `answer`, an expression over `original` (a fetch's response) and `event`. */
const answering = (answer: string) => `
const { S3Client, WriteGetObjectResponseCommand } = require('@aws-sdk/client-s3')
exports.handler = async event => {
  const { inputS3Url, outputRoute: RequestRoute, outputToken: RequestToken } = event.getObjectContext
  const original = await fetch(inputS3Url)
  const answer = ${answer}
  await new S3Client({}).send(new WriteGetObjectResponseCommand({ RequestRoute, RequestToken, ...answer }))
  return { statusCode: 200 }
}`

const SHOUTING = answering(`{
  StatusCode: original.status,
  Body: (await original.text()).toUpperCase(),
  ContentType: 'text/loud',
  Metadata: { shouted: 'yes' },
  ETag: '"loud"',
}`)

describe('M03 S3 Object Lambda: GetObject invokes, WriteGetObjectResponse answers (status, headers, errors)', () => {
  test('by ARN, alias and host, with AWS’s event and a presigned URL that works', async () => {
    const { aws, s3, arn, alias, plain } = await setUpObjectLambda(SHOUTING, ['GetObject'], {
      payload: '{"loud":true}',
    })
    for (const Bucket of [arn, alias]) {
      const answer = await s3.send(new GetObjectCommand({ Bucket, Key, Range: 'bytes=0-3' }))
      expect(await answer.Body?.transformToString()).toBe('HELLO')
      expect(answer).toMatchObject({
        ContentType: 'text/loud',
        ContentLength: 5,
        Metadata: { shouted: 'yes' },
        ETag: '"loud"',
      })
    }
    const headers = { 'x-fakecloud-namespace': aws.namespace }
    for (const label of ['shouting-123456789012.s3-object-lambda', `${alias}.s3-object-lambda`, `${alias}.s3`]) {
      const reply = await askUrl(`http://${label}.us-east-1.amazonaws.com`, { path: encodeURI(Key), headers })
      expect(reply).toMatchObject({ status: 200, body: 'HELLO' })
    }
    const [run] = await invocations(aws)
    expect(run?.event).toEqual({
      xAmzRequestId: expect.any(String),
      getObjectContext: {
        inputS3Url: expect.stringContaining(`/${plain.Alias}/dir/hello%20world.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256`),
        outputRoute: expect.stringMatching(/^io-use1-\d{3}$/),
        outputToken: expect.any(String),
      },
      configuration: {
        accessPointArn: arn,
        supportingAccessPointArn: plain.AccessPointArn,
        payload: '{"loud":true}',
      },
      userRequest: {
        url: 'https://shouting-123456789012.s3-object-lambda.us-east-1.amazonaws.com/dir/hello%20world.txt',
        headers: expect.objectContaining({
          Host: 'shouting-123456789012.s3-object-lambda.us-east-1.amazonaws.com',
          Range: 'bytes=0-3',
        }),
      },
      userIdentity: expect.objectContaining({ type: 'Root', accountId: '123456789012', accessKeyId: 'test' }),
      protocolVersion: '1.00',
    })
    const { responses } = await new FakeCloud(aws.url).s3.getObjectLambdaResponses()
    expect(responses).toHaveLength(5)
    expect(responses[0]).toMatchObject({
      statusCode: 200,
      bodyBase64: Buffer.from('HELLO').toString('base64'),
      bodySize: 5,
      contentType: 'text/loud',
      metadata: { shouted: 'yes' },
    })
    const { hops } = await aws.admin<{ hops: { to: string; outcome: string }[] }>(
      'GET',
      `/_fakecloud/journal?arn=${arn}`,
    )
    expect(hops.map(({ to, outcome }) => [to, outcome])).toContainEqual([FUNCTION_ARN, 'called'])
  })

  test('errors and statuses are the function’s own', async () => {
    const { s3, arn: Bucket } = await setUpObjectLambda(
      answering(
        `original.status === 404
          ? { StatusCode: 404, ErrorCode: 'NotHere', ErrorMessage: 'Look elsewhere' }
          : { StatusCode: 206, ContentRange: 'bytes 0-1/5', Body: 'he' }`,
      ),
    )
    const part = await s3.send(new GetObjectCommand({ Bucket, Key }))
    expect(part).toMatchObject({ $metadata: { httpStatusCode: 206 }, ContentRange: 'bytes 0-1/5' })
    expect(await refused(s3.send(new GetObjectCommand({ Bucket, Key: 'none' })))).toMatchObject({
      name: 'NotHere',
      message: 'Look elsewhere',
      status: 404,
    })
  })

  test('a large body is streamed from the original to whoever asked', async () => {
    const {
      s3,
      aws,
      arn: Bucket,
    } = await setUpObjectLambda(
      answering(`{ Body: original.body, ContentLength: Number(original.headers.get('content-length')) }`).replace(
        'original.body',
        "require('stream').Readable.fromWeb(original.body)",
      ),
    )
    const Body = Buffer.alloc(3_000_000, 'abcdefg')
    await s3.send(new PutObjectCommand({ Bucket: 'originals', Key: 'big', Body }))
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key: 'big' }))
    expect(Buffer.from((await answer.Body?.transformToByteArray()) ?? []).equals(Body)).toBe(true)
    const { responses } = await new FakeCloud(aws.url).s3.getObjectLambdaResponses()
    expect(responses[0]?.bodySize).toBe(Body.length)
  })

  test('a function that fails, times out, never writes or is not there gives AWS’s errors', async () => {
    const code = `exports.handler = async ({ userRequest: { url } }) => {
      if (url.endsWith('/fails')) throw new Error('no')
      if (url.endsWith('/hangs')) await new Promise(resolve => setTimeout(resolve, 10_000))
      return { statusCode: 200 }
    }`
    const { s3, aws, lambda, arn: Bucket } = await setUpObjectLambda(code)
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'work', Timeout: 1 }))
    const error = async (key: string) => {
      const { name, message, status } = await refused(s3.send(new GetObjectCommand({ Bucket, Key: key })))
      return [status, name, message]
    }
    expect(await error('silent')).toEqual([
      500,
      'LambdaResponseNotReceived',
      'The Lambda exited without successfully calling WriteGetObjectResponse.',
    ])
    expect(await error('fails')).toEqual([500, 'LambdaRuntimeError', 'The Lambda function failed during execution.'])
    expect(await error('hangs')).toEqual([
      500,
      'LambdaTimeout',
      'The Lambda function did not respond in the allowed time.',
    ])
    await lambda.send(new DeleteFunctionCommand({ FunctionName: 'work' }))
    expect(await error('gone')).toEqual([
      404,
      'LambdaNotFound',
      expect.stringMatching(/^The AWS Lambda function was not found\./),
    ])
    const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${Bucket}`)
    expect(reasons.join('\n')).toMatch(/LambdaRuntimeError[\s\S]*LambdaNotFound/)
  })

  test('where signatures and policies are checked, the URL is good for the caller’s own rights', async () => {
    const { iam, s3, aws, arn: Bucket } = await setUpObjectLambda(SHOUTING, ['GetObject'], { locked: true })
    const answer = await s3.send(new GetObjectCommand({ Bucket, Key }))
    expect(await answer.Body?.transformToString()).toBe('HELLO')
    await iam.send(new DeleteRolePolicyCommand({ RoleName: 'not-in-iam', PolicyName: 'answer' }))
    expect(await refused(s3.send(new GetObjectCommand({ Bucket, Key })))).toMatchObject({ name: 'LambdaRuntimeError' })
    const last = (await invocations(aws)).at(-1)
    expect(last?.error?.errorMessage).toMatch(
      /not authorized to perform: s3-object-lambda:WriteGetObjectResponse on resource: "?arn:aws:s3-object-lambda:us-east-1:123456789012:accesspoint\/shouting/,
    )
  })

  test('HeadObject and ListObjectsV2 are answered by what the function returns, other actions by the bucket', async () => {
    const code = `exports.handler = async event => {
      if (event.headObjectContext) {
        const { headers, status } = await fetch(event.headObjectContext.inputS3Url, { method: 'HEAD' })
        return { statusCode: status, headers: { ...Object.fromEntries(headers), 'Content-Type': 'text/head', 'x-amz-meta-a': 'b' } }
      }
      const url = event.listObjectsV2Context.inputS3Url
      if (url.includes('prefix=forbidden')) return { statusCode: 403, errorCode: 'Forbidden', errorMessage: 'Not that' }
      const listResultXml = (await (await fetch(url)).text()).replaceAll('hello', 'goodbye')
      return { statusCode: 200, listResultXml }
    }`
    const { s3, arn: Bucket } = await setUpObjectLambda(code, ['HeadObject', 'ListObjectsV2'])
    expect(await s3.send(new HeadObjectCommand({ Bucket, Key }))).toMatchObject({
      ContentLength: 5,
      ContentType: 'text/head',
      Metadata: { a: 'b' },
    })
    const { Contents, KeyCount } = await s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'dir/' }))
    expect(Contents).toMatchObject([{ Key: 'dir/goodbye world.txt', Size: 5 }])
    expect(KeyCount).toBe(1)
    expect(await refused(s3.send(new ListObjectsV2Command({ Bucket, Prefix: 'forbidden' })))).toMatchObject({
      name: 'Forbidden',
      message: 'Not that',
      status: 403,
    })
    const original = await s3.send(new GetObjectCommand({ Bucket, Key }))
    expect(await original.Body?.transformToString()).toBe('hello')
  })
})
