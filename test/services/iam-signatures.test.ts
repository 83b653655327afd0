import {
  CreateAccessKeyCommand,
  CreateRoleCommand,
  CreateUserCommand,
  IAMClient,
  ListUsersCommand,
  UpdateAccessKeyCommand,
} from '@aws-sdk/client-iam'
import { CreateFunctionCommand, LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda'
import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3'
import { CreateQueueCommand, ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs'
import { AssumeRoleCommand, GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { zip } from '../support/lambda.ts'
import { refusalIn, sign, type Signed, type Signing, type Unsigned } from '../support/signing.ts'
import { refusal } from '../support/sqs.ts'
import { type Verifying, verifying } from '../support/verifying.ts'

/** A request that would change something, in each wire form, and what would show that it has. */
type Form = { unsigned: Unsigned; service: string; traces: (at: Verifying) => Promise<unknown> }

const json = (target: string, input: object): Unsigned => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': target },
  body: JSON.stringify(input),
})
const query = (body: string): Unsigned => ({
  method: 'POST',
  path: '/',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body,
})
const root = ({ root: { accessKeyId, secretAccessKey, sessionToken } }: Verifying) => ({
  credentials: { accessKeyId, secretAccessKey, ...(sessionToken && { sessionToken }) },
})

const queues = async (at: Verifying) =>
  (await at.aws.client(SQSClient, root(at)).send(new ListQueuesCommand({}))).QueueUrls ?? []
const FORMS = {
  json: { unsigned: json('AmazonSQS.CreateQueue', { QueueName: 'made' }), service: 'sqs', traces: queues },
  'json of an older service': {
    unsigned: { ...json('Logs_20140328.CreateLogGroup', { logGroupName: 'made' }) },
    service: 'logs',
    traces: async () => [],
  },
  query: {
    unsigned: query('Action=CreateUser&Version=2010-05-08&UserName=made'),
    service: 'iam',
    traces: async at => (await at.aws.client(IAMClient, root(at)).send(new ListUsersCommand({}))).Users,
  },
  'rest-json': {
    unsigned: {
      method: 'POST',
      path: '/2015-03-31/functions',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        FunctionName: 'made',
        Role: 'arn:aws:iam::123456789012:role/any',
        Runtime: 'nodejs22.x',
        Handler: 'index.handler',
        Code: { ZipFile: Buffer.from(zip('exports.handler = async () => 1')).toString('base64') },
      }),
    },
    service: 'lambda',
    traces: async at => (await at.aws.client(LambdaClient, root(at)).send(new ListFunctionsCommand({}))).Functions,
  },
  'rest-xml': {
    unsigned: { method: 'PUT', path: '/made' },
    service: 's3',
    traces: async at => (await at.aws.client(S3Client, root(at)).send(new ListBucketsCommand({}))).Buckets,
  },
} satisfies Record<string, Form>
type FormName = keyof typeof FORMS

const INVALID = 'The security token included in the request is invalid.'
const MISMATCH = 'The request signature we calculated does not match the signature you provided. Check your'
const UNKNOWN_KEY: Record<FormName, string> = {
  json: `403 UnrecognizedClientException: ${INVALID}`,
  'json of an older service': `400 UnrecognizedClientException: ${INVALID}`,
  query: `403 InvalidClientTokenId: ${INVALID}`,
  'rest-json': `403 UnrecognizedClientException: ${INVALID}`,
  'rest-xml': '403 InvalidAccessKeyId: The AWS Access Key Id you provided does not exist in our records.',
}
const FORGED: Record<FormName, string> = {
  json: `403 InvalidSignatureException: ${MISMATCH} AWS Secret Access Key and signing method.`,
  'json of an older service': `400 InvalidSignatureException: ${MISMATCH} AWS Secret Access Key and signing method.`,
  query: `403 SignatureDoesNotMatch: ${MISMATCH} AWS Secret Access Key and signing method.`,
  'rest-json': `403 InvalidSignatureException: ${MISMATCH} AWS Secret Access Key and signing method.`,
  'rest-xml': `403 SignatureDoesNotMatch: ${MISMATCH} key and signing method.`,
}
const EXPIRED: Record<FormName, string> = {
  json: '403 InvalidSignatureException: Signature expired: ',
  'json of an older service': '400 InvalidSignatureException: Signature expired: ',
  query: '403 SignatureDoesNotMatch: Signature expired: ',
  'rest-json': '403 InvalidSignatureException: Signature expired: ',
  'rest-xml': '403 RequestTimeTooSkewed: The difference between the request time and the current time is too large.',
}
const MISSING: Record<FormName, string> = {
  json: '403 MissingAuthenticationTokenException: ',
  'json of an older service': '400 MissingAuthenticationTokenException: ',
  query: '403 MissingAuthenticationToken: Request is missing Authentication Token',
  'rest-json': '403 MissingAuthenticationTokenException: Missing Authentication Token',
  'rest-xml': '403 AccessDenied: Access Denied',
}
const INCOMPLETE: Record<FormName, string> = {
  json: '403 IncompleteSignatureException: ',
  'json of an older service': '400 IncompleteSignatureException: ',
  query: "403 IncompleteSignature: Authorization header requires 'Signature' parameter. ",
  'rest-json': '403 IncompleteSignatureException: ',
  'rest-xml':
    '400 AuthorizationHeaderMalformed: The authorization header is malformed; the authorization header requires three components',
}

const MINUTE = 60_000
const forms = Object.keys(FORMS) as FormName[] // the table's own keys

describe.each(forms)('where signatures are verified, in %s', name => {
  const form: Form = FORMS[name]
  const unchanged = async (at: Verifying) => expect(await form.traces(at)).toHaveLength(0)
  const refuse = async (
    at: Verifying,
    signing: Partial<Signing> = {},
    tamper: (signed: Signed) => Unsigned = signed => signed,
  ) => refusalIn(await at.sent(tamper(at.signed(form.unsigned, { service: form.service, ...signing }))))

  test('what its own key signs is done', async () => {
    const at = await verifying()
    const { status, body } = await at.sent(at.signed(form.unsigned, { service: form.service }))
    expect([status, body]).toEqual([status < 300 ? status : 200, body])
  })

  test('a key that nobody has, one of another namespace, and one that is not active are unknown', async () => {
    const [at, other] = [await verifying(), await verifying()]
    const secretAccessKey = 'x'.repeat(40)
    expect(await refuse(at, { key: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey } })).toBe(UNKNOWN_KEY[name])
    expect(await refuse(at, { key: other.root })).toBe(UNKNOWN_KEY[name])
    const iam = at.aws.client(IAMClient, root(at))
    await iam.send(new CreateUserCommand({ UserName: 'alice' }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
    const AccessKeyId = AccessKey?.AccessKeyId ?? ''
    await iam.send(new UpdateAccessKeyCommand({ UserName: 'alice', AccessKeyId, Status: 'Inactive' }))
    const key = { accessKeyId: AccessKeyId, secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
    expect(await refuse(at, { key })).toBe(UNKNOWN_KEY[name])
    if (form.service !== 'iam') await unchanged(at)
  })

  test('a forged signature, and whatever was changed after it was signed, do not match', async () => {
    const at = await verifying()
    const forged = FORGED[name]
    const forge = { key: { ...at.root, secretAccessKey: 'guess' } }
    expect(await refuse(at, forge)).toContain(forged)
    const header = (more: Record<string, string>) => (signed: Signed) => ({
      ...signed,
      headers: { ...signed.headers, ...more },
    })
    const signed = {
      ...form,
      unsigned: { ...form.unsigned, headers: { ...form.unsigned.headers, 'x-amz-meta-a': '1' } },
    }
    const original = at.signed(signed.unsigned, { service: form.service })
    expect(refusalIn(await at.sent(header({ 'x-amz-meta-a': '2' })(original)))).toContain(forged)
    expect(await refuse(at, {}, sent => ({ ...sent, query: { ...sent.query, more: '1' } }))).toContain(forged)
    if (form.service !== 's3') {
      expect(await refuse(at, {}, sent => ({ ...sent, body: String(sent.body).replace('made', 'mode') }))).toContain(
        forged,
      )
    }
    const path = (sent: Signed) => ({ ...sent, path: `${sent.path}${form.service === 's3' ? '2' : '/'}` })
    if (form.unsigned.path !== '/') expect(await refuse(at, {}, path)).toContain(forged)
    await unchanged(at)
  })

  test('a signature is for now', async () => {
    const at = await verifying()
    expect(await refuse(at, { time: Date.now() - 16 * MINUTE })).toContain(EXPIRED[name])
    const early = await refuse(at, { time: Date.now() + 16 * MINUTE })
    expect(early).toContain(form.service === 's3' ? EXPIRED[name] : 'Signature not yet current: ')
    const other = (sent: Signed) => ({ ...sent, headers: { ...sent.headers, 'x-amz-date': '20200101T000000Z' } })
    expect(await refuse(at, {}, other)).toMatch(
      form.service === 's3' ? /Invalid credential date/ : /Date in Credential scope does not match YYYYMMDD/,
    )
    await unchanged(at)
    const { status } = await at.sent(
      at.signed(form.unsigned, { service: form.service, time: Date.now() - 14 * MINUTE }),
    )
    expect(status).toBeLessThan(300)
  })

  test('no signature, or half of one, is none', async () => {
    const at = await verifying()
    const without = ({ headers, ...sent }: Signed) => {
      const { authorization, ...rest } = headers
      return { ...sent, headers: authorization === undefined ? {} : rest }
    }
    // Without it nothing says for which service a request in REST JSON is.
    if (name !== 'rest-json') expect(await refuse(at, {}, without)).toContain(MISSING[name])
    const half = (sent: Signed) => ({
      ...sent,
      headers: { ...sent.headers, authorization: (sent.headers.authorization ?? '').replace(/, Signature=.*/, '') },
    })
    expect(await refuse(at, {}, half)).toContain(INCOMPLETE[name])
    await unchanged(at)
  })

  test('a session’s key is nothing without its token, and the token nothing with another key', async () => {
    const at = await verifying()
    const iam = at.aws.client(IAMClient, root(at))
    const AssumeRolePolicyDocument = JSON.stringify({
      Version: '2012-10-17',
      Statement: { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'sts:AssumeRole' },
    })
    const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument }))
    const sts = at.aws.client(STSClient, root(at))
    const { Credentials } = await sts.send(new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'it' }))
    const key = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken,
    }
    expect(await refuse(at, { key: { ...key, sessionToken: undefined } })).toBe(UNKNOWN_KEY[name])
    const strange =
      form.service === 's3'
        ? '400 InvalidToken: The provided token is malformed or otherwise invalid.'
        : UNKNOWN_KEY[name]
    expect(await refuse(at, { key: { ...key, sessionToken: `${key.sessionToken}x` } })).toBe(strange)
    expect(await refuse(at, { key: { ...at.root, sessionToken: key.sessionToken } })).toBe(strange)
    await unchanged(at)
    await at.aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3601 })
    const expired: Record<string, string> = {
      s3: '400 ExpiredToken: The provided token has expired.',
      iam: '403 ExpiredToken: The security token included in the request is expired',
    }
    expect(await refuse(at, { key })).toMatch(expired[form.service] ?? /ExpiredTokenException: The security token/)
    await unchanged(at)
  })
})

test('signatures name their region: global services’ us-east-1, a host its own', async () => {
  const at = await verifying()
  const users = query('Action=ListUsers&Version=2010-05-08')
  const elsewhere = await at.sent(at.signed(users, { service: 'iam', region: 'eu-west-1' }))
  expect(refusalIn(elsewhere)).toBe(
    "403 SignatureDoesNotMatch: Credential should be scoped to a valid region, not 'eu-west-1'. ",
  )
  const host = 'sqs.eu-west-1.amazonaws.com'
  const unsigned = json('AmazonSQS.ListQueues', {})
  const ask = async (region: string) => {
    const path = `/_ns/${at.aws.namespace}/`
    return refusalIn(await at.sent(sign(host, { ...unsigned, path }, { key: at.root, service: 'sqs', region })))
  }
  expect(await ask('us-east-1')).toContain("Credential should be scoped to a valid region, not 'us-east-1'.")
  expect(await ask('eu-west-1')).toContain('200 undefined')
})

test('a signature for another service is no signature for this one', async () => {
  const at = await verifying()
  const { unsigned } = FORMS.json
  const reply = refusalIn(await at.sent(at.signed(unsigned, { service: 'sns' })))
  expect(reply).toContain("Credential should be scoped to correct service: 'sqs'. ")
  expect(await queues(at)).toEqual([])
})

test('the official clients are let in as users, as sessions and as root', async () => {
  const at = await verifying()
  const iam = at.aws.client(IAMClient, root(at))
  await iam.send(new CreateUserCommand({ UserName: 'alice' }))
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: 'alice' }))
  const credentials = { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  const alice = at.aws.client(STSClient, { credentials })
  expect((await alice.send(new GetCallerIdentityCommand({}))).Arn).toBe('arn:aws:iam::123456789012:user/alice')
  const made = await at.aws.client(SQSClient, { credentials }).send(new CreateQueueCommand({ QueueName: 'hers' }))
  expect(made.QueueUrl).toContain('/hers')
  const guess = { credentials: { ...credentials, secretAccessKey: 'guess' } }
  expect(await refusal(at.aws.client(SQSClient, guess).send(new ListQueuesCommand({})))).toContain(
    'SignatureDoesNotMatch',
  )
  expect(await refusal(at.aws.client(STSClient, guess).send(new GetCallerIdentityCommand({})))).toContain(
    'SignatureDoesNotMatch',
  )
  const code = { ZipFile: zip('exports.handler = async () => 1') }
  const lambda = at.aws.client(LambdaClient, { credentials })
  const Role = 'arn:aws:iam::123456789012:role/any'
  const rest = { Runtime: 'nodejs22.x', Handler: 'index.handler' } as const
  await lambda.send(new CreateFunctionCommand({ FunctionName: 'hers', Role, Code: code, ...rest }))
})

test('FAKECLOUD_VERIFY_SIGV4 holds in every namespace that does not say otherwise', async () => {
  const { url, stop } = await startEmulator({ host: '127.0.0.1', port: 0, logLevel: 'warn', verifySigv4: true })
  onTestFinished(stop)
  const list = async (namespace: string, secretAccessKey: string) => {
    const credentials = { accessKeyId: 'test', secretAccessKey }
    const endpoint = `${url}/_ns/${namespace}`
    return refusal(
      new SQSClient({ endpoint, region: 'us-east-1', credentials, maxAttempts: 1 }).send(new ListQueuesCommand({})),
    )
  }
  expect(await list('any', 'test')).toMatch('not refused')
  expect(await list('any', 'guess')).toMatch('SignatureDoesNotMatch')
  const make = async (body: object) => {
    const reply = await fetch(`${url}/_fakecloud/namespaces`, { method: 'POST', body: JSON.stringify(body) })
    return (await reply.json()) as { credentials?: { secretAccessKey: string } } // the endpoint's documented shape
  }
  expect((await make({ name: 'open', verifySigv4: false })).credentials).toBeUndefined()
  expect(await list('open', 'guess')).toMatch('not refused')
  expect((await make({ name: 'own' })).credentials?.secretAccessKey).toMatch(/^\w{40}$/)
  expect(await list('own', 'test')).toMatch('SignatureDoesNotMatch')
})

test('a signature that cannot be read is refused by the service that the form is for', async () => {
  const at = await verifying()
  const form = query('Action=ListUsers&Version=2010-05-08')
  const headers = { ...form.headers, authorization: 'AWS4-HMAC-SHA256 garbage' }
  const path = `/_ns/${at.aws.namespace}/`
  expect(refusalIn(await at.sent({ ...form, path, headers }))).toMatch(
    /^403 IncompleteSignature: 'garbage' not a valid key=value pair \(missing equal-sign\) in Authorization header/,
  )
})
