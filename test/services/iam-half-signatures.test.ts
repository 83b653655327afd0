import { CloudWatchClient, ListDashboardsCommand } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient, DescribeLogGroupsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { EventBridgeClient, ListRulesCommand } from '@aws-sdk/client-eventbridge'
import { IAMClient, ListUsersCommand } from '@aws-sdk/client-iam'
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import {
  CreateBucketCommand,
  DeletePublicAccessBlockCommand,
  ListBucketsCommand,
  ListObjectsV2Command,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { ListScheduleGroupsCommand, SchedulerClient } from '@aws-sdk/client-scheduler'
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns'
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { describe, expect, test } from 'vitest'
import { ACCOUNT, enforcing, policy } from '../support/enforcing.ts'
import { type Key, type Reply, refusalIn, send, type Signed, type Unsigned } from '../support/signing.ts'
import { type Verifying, verifying } from '../support/verifying.ts'

/** A request that would do something, and how many things are there that it would have done. */
type Service = {
  name: string
  unsigned: Unsigned
  traces: (client: Client, at: Verifying) => Promise<number | undefined>
}
type Client = Verifying['aws']['client']

const json = (target: string, input: object): Unsigned => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
  body: JSON.stringify(input),
})
const query = (body: string): Unsigned => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
})
const rest = (method: string, path: string, input: object): Unsigned => ({
  method,
  path,
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(input),
})

const AccountId = ACCOUNT
const POINT = '<CreateAccessPointRequest><Bucket>photos</Bucket></CreateAccessPointRequest>'
const FUNCTION = {
  FunctionName: 'made',
  Role: `arn:aws:iam::${ACCOUNT}:role/any`,
  Runtime: 'nodejs22.x',
  Handler: 'index.handler',
  Code: { ZipFile: 'UEsFBgAAAAAAAAAAAAAAAAAAAAAAAA==' },
}

const SERVICES: Record<string, Service> = {
  'S3, a bucket': {
    name: 's3',
    unsigned: { method: 'PUT', path: '/made' },
    traces: async client => ((await client(S3Client).send(new ListBucketsCommand({}))).Buckets?.length ?? 0) - 1,
  },
  'S3, an object': {
    name: 's3',
    unsigned: { method: 'PUT', path: '/photos/made', body: 'x' },
    traces: async client => ((await objects(client)) ?? 0) - 1,
  },
  'S3, a deletion': {
    name: 's3',
    unsigned: { method: 'DELETE', path: '/photos/kept' },
    traces: async client => 1 - ((await objects(client)) ?? 0),
  },
  'S3, a reading': { name: 's3', unsigned: { method: 'GET', path: '/photos/kept' }, traces: async () => 0 },
  'S3 Control': {
    name: 's3',
    unsigned: {
      method: 'PUT',
      path: '/v20180820/accesspoint/made',
      headers: { 'x-amz-account-id': AccountId },
      body: POINT,
    },
    traces: async (_client, at) => {
      const list = { method: 'GET', path: '/v20180820/accesspoint', headers: { 'x-amz-account-id': AccountId } }
      const { status, body } = await at.sent(at.signed(list, { service: 's3' }))
      return status === 200 ? body.split('<AccessPointArn>').length - 1 : -1
    },
  },
  SQS: {
    name: 'sqs',
    unsigned: json('AmazonSQS.CreateQueue', { QueueName: 'made' }),
    traces: async client => (await client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls?.length,
  },
  'SQS, as a form': {
    name: 'sqs',
    unsigned: query('Action=CreateQueue&Version=2012-11-05&QueueName=made'),
    traces: async client => (await client(SQSClient).send(new ListQueuesCommand({}))).QueueUrls?.length,
  },
  SNS: {
    name: 'sns',
    unsigned: query('Action=CreateTopic&Version=2010-03-31&Name=made'),
    traces: async client => (await client(SNSClient).send(new ListTopicsCommand({}))).Topics?.length,
  },
  IAM: {
    name: 'iam',
    unsigned: query('Action=CreateUser&Version=2010-05-08&UserName=made'),
    traces: async client => (await client(IAMClient).send(new ListUsersCommand({}))).Users?.length,
  },
  STS: { name: 'sts', unsigned: query('Action=GetSessionToken&Version=2011-06-15'), traces: async () => 0 },
  Lambda: {
    name: 'lambda',
    unsigned: rest('POST', '/2015-03-31/functions', FUNCTION),
    traces: async client => (await client(LambdaClient).send(new ListFunctionsCommand({}))).Functions?.length,
  },
  Logs: {
    name: 'logs',
    unsigned: json('Logs_20140328.CreateLogGroup', { logGroupName: 'made' }),
    traces: async client =>
      (await client(CloudWatchLogsClient).send(new DescribeLogGroupsCommand({}))).logGroups?.length,
  },
  EventBridge: {
    name: 'events',
    unsigned: json('AWSEvents.PutRule', { Name: 'made', ScheduleExpression: 'rate(1 day)' }),
    traces: async client => (await client(EventBridgeClient).send(new ListRulesCommand({}))).Rules?.length,
  },
  CloudWatch: {
    name: 'monitoring',
    unsigned: query('Action=PutDashboard&Version=2010-08-01&DashboardName=made&DashboardBody=%7B%7D'),
    traces: async client =>
      (await client(CloudWatchClient).send(new ListDashboardsCommand({}))).DashboardEntries?.length,
  },
  Scheduler: {
    name: 'scheduler',
    unsigned: rest('POST', '/schedule-groups/made', {}),
    traces: async client =>
      ((await client(SchedulerClient).send(new ListScheduleGroupsCommand({}))).ScheduleGroups?.length ?? 0) - 1,
  },
}

const objects = async (client: Client) =>
  (await client(S3Client).send(new ListObjectsV2Command({ Bucket: 'photos' }))).KeyCount

/** A namespace that verifies, whose bucket has one object; clients by its root. */
async function setUp(modes: object) {
  const at = await verifying(modes)
  const { accessKeyId, secretAccessKey } = at.root
  const client: Client = (make, overrides = {}) =>
    at.aws.client(make, { credentials: { accessKeyId, secretAccessKey }, ...overrides })
  const s3 = client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'kept', Body: 'secret' }))
  const session = await sessionOf(at)
  return { at, client, s3, session }
}

async function sessionOf(at: Verifying): Promise<Key> {
  const { body } = await at.sent(
    at.signed(query('Action=GetSessionToken&Version=2011-06-15'), { service: 'sts', region: 'us-east-1' }),
  )
  const pick = (name: string) => new RegExp(`<${name}>([^<]*)<`).exec(body)?.[1] ?? ''
  return {
    accessKeyId: pick('AccessKeyId'),
    secretAccessKey: pick('SecretAccessKey'),
    sessionToken: pick('SessionToken'),
  }
}

type Half = (world: { at: Verifying; service: Service; session: Key }) => Unsigned[]

/** Every name that root goes by. */
const namesOf = (at: Verifying, session: Key) => [at.root.accessKeyId, ACCOUNT, 'test', session.accessKeyId]

const plain = (at: Verifying, { unsigned }: Service, more: Partial<Unsigned> = {}): Unsigned => ({
  ...unsigned,
  path: `/_ns/${at.aws.namespace}${unsigned.path}`,
  query: { ...unsigned.query, ...more.query },
  headers: { ...unsigned.headers, ...more.headers },
})

const without = (record: Record<string, string>, name: string) =>
  Object.fromEntries(Object.entries(record).filter(([key]) => key.toLowerCase() !== name.toLowerCase()))

const today = () => new Date().toISOString().slice(0, 10).replaceAll('-', '')
const credentialOf = (key: string, { name }: Service) => `${key}/${today()}/us-east-1/${name}/aws4_request`

const ALGORITHM = 'AWS4-HMAC-SHA256'
const PARAMETERS = ['Algorithm', 'Credential', 'Date', 'Expires', 'SignedHeaders', 'Signature']
const AFTER = String(Math.floor(Date.now() / 1000) + 600)

/** A request signed by header, with the header changed. */
function header(at: Verifying, service: Service, change: (authorization: string) => string): Unsigned {
  const signed: Signed = at.signed(service.unsigned, { service: service.name })
  return { ...signed, headers: { ...signed.headers, authorization: change(signed.headers.authorization ?? '') } }
}

const HALVES: Record<string, Half> = {
  'a key of version 2 in the query': ({ at, service, session }) =>
    namesOf(at, session).flatMap(AWSAccessKeyId =>
      [{}, { Expires: AFTER }, { Signature: 'x' }, { Signature: 'x', Expires: AFTER }].map(more =>
        plain(at, service, { query: { AWSAccessKeyId, ...more } }),
      ),
    ),
  'a key of version 4 in the query': ({ at, service, session }) =>
    namesOf(at, session).map(key => plain(at, service, { query: { 'X-Amz-Credential': credentialOf(key, service) } })),
  'a session’s key and token in the query': ({ at, service, session }) => [
    plain(at, service, {
      query: {
        'X-Amz-Credential': credentialOf(session.accessKeyId, service),
        'X-Amz-Security-Token': session.sessionToken ?? '',
      },
    }),
  ],
  'a presigned URL without one of its parameters': ({ at, service }) =>
    PARAMETERS.map(name => {
      const signed = at.signed(service.unsigned, { service: service.name, expires: 600 })
      return { ...signed, query: without(signed.query, `X-Amz-${name}`) }
    }),
  'a presigned URL with one of its parameters empty': ({ at, service }) =>
    PARAMETERS.map(name => {
      const signed = at.signed(service.unsigned, { service: service.name, expires: 600 })
      return { ...signed, query: { ...signed.query, [`X-Amz-${name}`]: '' } }
    }),
  'a header without one of its parts': ({ at, service }) => [
    ...['Credential', 'SignedHeaders', 'Signature'].map(part =>
      header(at, service, text => text.replace(new RegExp(`${part}=[^,]*(?:, )?`), '')),
    ),
    header(at, service, text => text.replace(/Signature=.*/, 'Signature=')),
    header(at, service, text => text.replace(/, SignedHeaders.*/, '')),
    header(at, service, () => ALGORITHM),
    header(at, service, () => ''),
  ],
  // Signed by somebody who may sign, under the name of somebody else.
  'a header that names two keys': ({ at, service, session }) => {
    const signed = at.signed(service.unsigned, { service: service.name, key: session })
    const named = `Credential=${credentialOf(at.root.accessKeyId, service)}`
    const { authorization = '', ...headers } = signed.headers
    return [`${ALGORITHM} ${named}, ${authorization.slice(ALGORITHM.length + 1)}`, `${authorization}, ${named}`].map(
      both => ({ ...signed, headers: { ...without(headers, 'x-amz-security-token'), authorization: both } }),
    )
  },
  'a header of version 2': ({ at, service, session }) =>
    namesOf(at, session).flatMap(key => [
      header(at, service, () => `AWS ${key}:`),
      header(at, service, () => `AWS ${key}:bm90IGl0`),
    ]),
  'a key in the fields of a form': ({ at, service, session }) => {
    const { headers = {}, body } = service.unsigned
    if (!headers['content-type']?.includes('form')) return []
    return namesOf(at, session).flatMap(key =>
      [`AWSAccessKeyId=${key}&Signature=x`, `X-Amz-Credential=${encodeURIComponent(credentialOf(key, service))}`].map(
        fields => ({ ...plain(at, service), body: `${body}&${fields}` }),
      ),
    )
  },
  'a session token alone': ({ at, service, session }) => {
    const token = session.sessionToken ?? ''
    return [
      plain(at, service, { headers: { 'x-amz-security-token': token } }),
      plain(at, service, { query: { 'X-Amz-Security-Token': token } }),
    ]
  },
  'chunks under a key in the query': ({ at, service }) =>
    ['STREAMING-AWS4-HMAC-SHA256-PAYLOAD', 'STREAMING-UNSIGNED-PAYLOAD-TRAILER'].flatMap(stated =>
      bodiesOf(service).map(body => {
        const length = String(body.length)
        const headers = {
          'x-amz-content-sha256': stated,
          'content-encoding': 'aws-chunked',
          'x-amz-decoded-content-length': length,
        }
        const chunks = `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`
        return { ...plain(at, service, { headers, query: { AWSAccessKeyId: ACCOUNT } }), body: chunks }
      }),
    ),
}

/** An object may be one that travels as bytes, or as a stream. */
function bodiesOf({ unsigned: { body } }: Service): string[] {
  if (body === undefined) return []
  return body === 'x' ? ['x', 'x'.repeat(300_000)] : [String(body)]
}

const CODES = {
  s3: /^(?:403 AccessDenied|403 SignatureDoesNotMatch|403 InvalidAccessKeyId|400 AuthorizationQueryParametersError|400 AuthorizationHeaderMalformed|400 InvalidRequest|400 InvalidArgument|400 InvalidToken): /,
  others:
    /^40[03] (?:MissingAuthenticationToken|IncompleteSignature|SignatureDoesNotMatch|InvalidSignature|InvalidClientTokenId|UnrecognizedClient)(?:Exception)?: /,
}

function expectRefused(reply: Reply, { name }: Service): void {
  const shown = refusalIn(reply)
  // Without a credential scope nothing tells a request in REST JSON from one for a bucket, which takes no POST.
  if (['lambda', 'scheduler'].includes(name) && shown.startsWith('405 MethodNotAllowed: ')) return
  const codes = name === 's3' ? CODES.s3 : CODES.others
  expect(shown).toMatch(reply.body.startsWith('<?xml') && ['lambda', 'scheduler'].includes(name) ? CODES.s3 : codes)
}

describe.each([
  ['strict', { iam: 'strict' }],
  ['off', { iam: 'off' }],
])('where signatures are verified and IAM is %s', (_, modes) => {
  test.each(Object.entries(SERVICES))('half a signature does nothing: %s', async (_name, service) => {
    const { at, client, session } = await setUp(modes)
    for (const [half, make] of Object.entries(HALVES)) {
      for (const request of make({ at, service, session })) {
        const reply = await at.sent(request)
        try {
          expectRefused(reply, service)
          expect(reply.body).not.toContain('secret')
        } catch (error) {
          throw new Error(`${half}: ${request.method} ${JSON.stringify(request.query)} ${reply.status} ${reply.body}`, {
            cause: error,
          })
        }
      }
    }
    expect((await service.traces(client, at)) ?? 0).toBe(0)
  })
})

describe('a browser’s form', () => {
  const form = (fields: Record<string, string>) => {
    const parts = Object.entries({ ...fields, file: 'x' }).map(
      ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
    )
    return `${parts.join('')}--b--\r\n`
  }

  test('with a policy and without a signature uploads nothing, whatever key stands beside it', async () => {
    const { at, client, session } = await setUp({ iam: 'strict' })
    const Policy = Buffer.from(JSON.stringify({ expiration: '2099-01-01T00:00:00Z', conditions: [] })).toString(
      'base64',
    )
    const service: Service = { name: 's3', unsigned: { method: 'POST', path: '/photos' }, traces: async () => 0 }
    const multipart = { 'content-type': 'multipart/form-data; boundary=b' }
    const signed = at.signed({ ...service.unsigned, headers: multipart }, { service: 's3' })
    for (const key of namesOf(at, session)) {
      const credential = credentialOf(key, service)
      const halves: Record<string, string>[] = [
        {},
        { AWSAccessKeyId: key },
        { AWSAccessKeyId: key, signature: 'x' },
        { 'x-amz-algorithm': ALGORITHM, 'x-amz-credential': credential },
        { 'x-amz-credential': credential, 'x-amz-security-token': session.sessionToken ?? '' },
      ]
      for (const fields of halves) {
        const body = form({ key: 'made', Policy, ...fields })
        for (const query of [{}, { AWSAccessKeyId: key }, { 'X-Amz-Credential': credential }] as const) {
          const reply = await at.sent({ ...plain(at, service, { headers: multipart, query: { ...query } }), body })
          expect(refusalIn(reply)).toMatch(CODES.s3)
        }
      }
    }
    expect(refusalIn(await at.sent({ ...signed, body: form({ key: 'made', Policy }) }))).toMatch(CODES.s3)
    expect(await objects(client)).toBe(1)
  })
})

test('what is public is anyone’s who names no key, and nobody’s who names one without proof', async () => {
  const { at, s3 } = await setUp({ iam: 'strict' })
  const Policy = policy({ Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::photos/*' })
  await s3.send(new DeletePublicAccessBlockCommand({ Bucket: 'photos' }))
  await s3.send(new PutBucketPolicyCommand({ Bucket: 'photos', Policy }))
  const path = `/_ns/${at.aws.namespace}/photos/kept`
  expect((await at.sent({ method: 'GET', path })).body).toBe('secret')
  const ask = async (query: Record<string, string>) => refusalIn(await at.sent({ method: 'GET', path, query }))
  expect(await ask({ AWSAccessKeyId: ACCOUNT })).toBe(
    '403 AccessDenied: Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
  )
  expect(await ask({ 'X-Amz-Credential': `${ACCOUNT}/${today()}/us-east-1/s3/aws4_request` })).toMatch(
    '400 AuthorizationQueryParametersError: Query-string authentication version 4 requires the X-Amz-Algorithm,',
  )
})

test('the words of the other services for half a presigned URL name what is missing', async () => {
  const { at } = await setUp({})
  const reply = await at.sent({
    method: 'GET',
    path: `/_ns/${at.aws.namespace}/`,
    query: {
      Action: 'ListUsers',
      Version: '2010-05-08',
      'X-Amz-Credential': `${ACCOUNT}/${today()}/us-east-1/iam/aws4_request`,
    },
  })
  expect(refusalIn(reply)).toBe(
    "403 IncompleteSignature: AWS query-string parameters must include 'X-Amz-Algorithm'. AWS query-string parameters must include 'X-Amz-Signature'. AWS query-string parameters must include 'X-Amz-SignedHeaders'. AWS query-string parameters must include 'X-Amz-Date'. Re-examine the query-string parameters.",
  )
})

test('where signatures are not verified, keys are taken at their word', async () => {
  const { aws } = await enforcing('strict')
  const s3 = aws.client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  await s3.send(new PutObjectCommand({ Bucket: 'photos', Key: 'kept', Body: 'secret' }))
  const kept = { method: 'GET', path: `/_ns/${aws.namespace}/photos/kept` }
  expect((await send(aws.url, { ...kept, query: { AWSAccessKeyId: ACCOUNT } })).body).toBe('secret')
  expect((await send(aws.url, kept)).status).toBe(403)
})
