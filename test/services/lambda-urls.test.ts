import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionUrlConfigCommand,
  type CreateFunctionUrlConfigCommandInput,
  DeleteFunctionUrlConfigCommand,
  GetFunctionUrlConfigCommand,
  type LambdaClient,
  ListFunctionUrlConfigsCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionUrlConfigCommand,
} from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { askUrl } from '../support/function-urls.ts'
import { create, failure, invocations, setUp } from '../support/lambda.ts'

const ECHO_EVENT = 'exports.handler = async event => event'
const FORBIDDEN =
  '{"Message":"Forbidden. For troubleshooting Function URL authorization issues, see: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"}'

/** Opens a function URL to everybody, with the two statements that AWS asks for. */
async function open(lambda: LambdaClient, Qualifier?: string) {
  const base = { FunctionName: 'work', Principal: '*', Qualifier }
  await lambda.send(
    new AddPermissionCommand({
      ...base,
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      FunctionUrlAuthType: 'NONE',
    }),
  )
  await lambda.send(
    new AddPermissionCommand({
      ...base,
      StatementId: 'function',
      Action: 'lambda:InvokeFunction',
      InvokedViaFunctionUrl: true,
    }),
  )
}

async function makeUrl(code: string, settings: Partial<CreateFunctionUrlConfigCommandInput> = {}) {
  const { aws, lambda } = setUp()
  await create(lambda, code)
  const made = await lambda.send(
    new CreateFunctionUrlConfigCommand({ FunctionName: 'work', AuthType: 'NONE', ...settings }),
  )
  await open(lambda)
  return { aws, lambda, url: made.FunctionUrl ?? '', made }
}

describe('a function URL', () => {
  it('brings the whole request to the function, as payload format 2.0', async () => {
    const { aws, url } = await makeUrl(ECHO_EVENT)
    const id = new URL(url).hostname.split('.')[0] ?? ''
    const reply = await askUrl(url, {
      method: 'POST',
      path: 'my/path%20x?a=1&a=2&b=%C3%A9&empty=',
      headers: {
        'Content-Type': 'application/json',
        Cookie: 'one=1; two=2',
        'X-Custom': 'yes',
        'User-Agent': 'test/1',
      },
      body: '{"n":"é"}',
    })
    expect(reply.status).toBe(200)
    expect(reply.headers['content-type']).toBe('application/json')
    const event = JSON.parse(reply.body)
    expect(id).toMatch(/^[a-z2-7]{32}$/)
    const { hostname, host, port } = new URL(url)
    expect(event).toEqual({
      version: '2.0',
      routeKey: '$default',
      rawPath: '/my/path%20x',
      rawQueryString: 'a=1&a=2&b=%C3%A9&empty=',
      cookies: ['one=1', 'two=2'],
      headers: {
        host,
        'content-type': 'application/json',
        'content-length': '10',
        'x-custom': 'yes',
        'user-agent': 'test/1',
        'x-amzn-trace-id': expect.stringMatching(/^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$/),
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-port': port,
        'x-forwarded-proto': 'http',
        connection: expect.any(String),
      },
      queryStringParameters: { a: '1,2', b: 'é', empty: '' },
      requestContext: {
        accountId: 'anonymous',
        apiId: id,
        domainName: hostname,
        domainPrefix: id,
        http: {
          method: 'POST',
          path: '/my/path%20x',
          protocol: 'HTTP/1.1',
          sourceIp: '127.0.0.1',
          userAgent: 'test/1',
        },
        requestId: reply.headers['x-amzn-requestid'],
        routeKey: '$default',
        stage: '$default',
        time: expect.stringMatching(/^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/),
        timeEpoch: expect.any(Number),
      },
      body: '{"n":"é"}',
      isBase64Encoded: false,
    })
    const [record] = await invocations(aws)
    expect(record).toMatchObject({ source: 'function-url', status: 'success', event })
  })

  it('hands on bodies that are no text in base64', async () => {
    const { url } = await makeUrl('exports.handler = async e => [e.body, e.isBase64Encoded]')
    const reply = await askUrl(url, { method: 'POST', body: new Uint8Array([0, 255, 1]) })
    expect(JSON.parse(reply.body)).toEqual(['AP8B', true])
    const none = await askUrl(url)
    expect(JSON.parse(none.body)).toEqual([null, false])
  })

  it('answers with the status, headers, cookies and bytes that the function gives', async () => {
    const { url } = await makeUrl(`exports.handler = async () => ({ statusCode: 201, isBase64Encoded: true,
      headers: { 'Content-Type': 'image/png', 'X-Number': 7 }, cookies: ['a=1; Secure', 'b=2'], body: 'AAEC' })`)
    const reply = await askUrl(url)
    expect(reply.status).toBe(201)
    expect(reply.headers).toMatchObject({
      'content-type': 'image/png',
      'x-number': '7',
      'set-cookie': ['a=1; Secure', 'b=2'],
    })
    expect([...reply.bytes]).toEqual([0, 1, 2])
  })

  it.each([
    ['text as it is', '"hello"', 200, 'hello'],
    ['an object as JSON', '({ a: 1 })', 200, '{"a":1}'],
    ['a number', '7', 200, '7'],
    ['an object body as JSON', '({ statusCode: 200, body: { a: 1 } })', 200, '{"a":1}'],
    ['nothing', '({ statusCode: 204 })', 204, ''],
    ['an error as a bad gateway', '(() => { throw new Error("no") })()', 502, 'Internal Server Error'],
    ['what is no response as a bad gateway', '({ statusCode: "x" })', 502, 'Internal Server Error'],
    [
      'a header that cannot be sent as a bad gateway',
      '({ statusCode: 200, headers: { "a b": "1" } })',
      502,
      'Internal Server Error',
    ],
  ])('answers %s', async (_what, result, status, body) => {
    const { url } = await makeUrl(`exports.handler = async () => ${result}`)
    expect(await askUrl(url)).toMatchObject({ status, body })
  })

  it('is closed to everybody until the function’s policy opens it, and says why in the journal', async () => {
    const { aws, lambda } = setUp()
    const { FunctionArn } = await create(lambda, ECHO_EVENT)
    const { FunctionUrl = '' } = await lambda.send(
      new CreateFunctionUrlConfigCommand({ FunctionName: 'work', AuthType: 'NONE' }),
    )
    const closed = await askUrl(FunctionUrl)
    expect(closed).toMatchObject({ status: 403, body: FORBIDDEN })
    expect(closed.headers['x-amzn-errortype']).toBe('AccessDeniedException')
    const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?arn=${FunctionArn}`)
    expect(reasons.join()).toContain("no statement of the function's policy allows lambda:InvokeFunctionUrl")
    expect(await invocations(aws)).toEqual([])
    await open(lambda)
    expect((await askUrl(FunctionUrl)).status).toBe(200)
  })

  it('with IAM takes signed requests alone, and tells the function who signed', async () => {
    const { lambda, url } = await makeUrl(ECHO_EVENT, { AuthType: 'AWS_IAM' })
    expect(await askUrl(url)).toMatchObject({ status: 403, body: FORBIDDEN })
    const sign = (key: string) => ({
      authorization: `AWS4-HMAC-SHA256 Credential=${key}/20260101/us-east-1/lambda/aws4_request, SignedHeaders=host, Signature=00`,
    })
    const reply = await askUrl(url, { headers: sign('123456789012') })
    expect(reply.status).toBe(200)
    expect(JSON.parse(reply.body).requestContext).toMatchObject({
      accountId: '123456789012',
      authorizer: {
        iam: { accessKey: '123456789012', accountId: '123456789012', userArn: 'arn:aws:iam::123456789012:root' },
      },
    })
    expect((await askUrl(url, { headers: sign('111111111111') })).status).toBe(403)
    for (const [StatementId, Action] of [
      ['other-url', 'lambda:InvokeFunctionUrl'],
      ['other', 'lambda:InvokeFunction'],
    ]) {
      await lambda.send(
        new AddPermissionCommand({ FunctionName: 'work', StatementId, Action, Principal: '111111111111' }),
      )
    }
    expect((await askUrl(url, { headers: sign('111111111111') })).status).toBe(200)
  })

  it('answers browsers’ preflights by its CORS settings, and adds them to answers', async () => {
    const Cors = {
      AllowOrigins: ['https://app.example.com'],
      AllowMethods: ['GET', 'POST'],
      AllowHeaders: ['x-token'],
      ExposeHeaders: ['x-count'],
      AllowCredentials: true,
      MaxAge: 60,
    }
    const { aws, url } = await makeUrl('exports.handler = async () => ({ statusCode: 200, body: "ok" })', { Cors })
    const origin = 'https://app.example.com'
    const preflight = (from: string) =>
      askUrl(url, { method: 'OPTIONS', headers: { origin: from, 'access-control-request-method': 'POST' } })
    const allowed = await preflight(origin)
    expect(allowed.status).toBe(200)
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET,POST',
      'access-control-allow-headers': 'x-token',
      'access-control-allow-credentials': 'true',
      'access-control-max-age': '60',
    })
    expect((await preflight('https://evil.example.com')).headers['access-control-allow-origin']).toBeUndefined()
    expect(await invocations(aws)).toEqual([])
    const reply = await askUrl(url, { headers: { origin } })
    expect(reply.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': 'x-count',
      vary: 'Origin',
    })
  })

  it('streams what the function writes, with the head that it sets', async () => {
    const { url } = await makeUrl(
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        const out = awslambda.HttpResponseStream.from(stream, { statusCode: 418, headers: { 'X-Kind': 'tea' }, cookies: ['a=1'] })
        out.write('one '); await new Promise(r => setTimeout(r, 50)); out.write('two'); out.end() })`,
      { InvokeMode: 'RESPONSE_STREAM' },
    )
    const reply = await askUrl(url)
    expect(reply).toMatchObject({ status: 418, body: 'one two' })
    expect(reply.headers).toMatchObject({
      'x-kind': 'tea',
      'set-cookie': ['a=1'],
      'content-type': 'application/octet-stream',
    })
  })

  it('streams without a head of its own, and fails as a bad gateway before the first byte', async () => {
    const { url } = await makeUrl(
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        if (event.rawPath === '/fail') throw new Error('no')
        stream.setContentType('text/plain'); stream.write('plain'); stream.end() })`,
      { InvokeMode: 'RESPONSE_STREAM' },
    )
    const reply = await askUrl(url)
    expect(reply).toMatchObject({ status: 200, body: 'plain' })
    expect(reply.headers['content-type']).toBe('text/plain')
    expect(await askUrl(url, { path: 'fail' })).toMatchObject({ status: 502, body: 'Internal Server Error' })
  })

  it('is reached by path where its host cannot be resolved', async () => {
    const { aws, url } = await makeUrl('exports.handler = async e => [e.rawPath, e.requestContext.domainName]')
    const id = new URL(url).hostname.split('.')[0]
    const response = await fetch(`${aws.url}/_fakecloud/lambda-url/us-east-1/${id}/some/where?x=1`)
    expect(await response.json()).toEqual(['/some/where', `${id}.lambda-url.us-east-1.on.aws`])
    const unknown = await fetch(`${aws.url}/_fakecloud/lambda-url/us-east-1/nothing/`)
    expect([unknown.status, await unknown.text()]).toEqual([404, '{"Message":null}'])
  })

  it('is throttled with its function, and gone once deleted', async () => {
    const { lambda, url } = await makeUrl('exports.handler = async () => 1')
    const reserve = { FunctionName: 'work', ReservedConcurrentExecutions: 0 }
    await lambda.send(new PutFunctionConcurrencyCommand(reserve))
    expect(await askUrl(url)).toMatchObject({ status: 429, body: '{"Message":"Rate Exceeded."}' })
    await lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'work' }))
    expect(await askUrl(url)).toMatchObject({ status: 404 })
  })
})

describe('function URL configurations', () => {
  it('give back what was put, for the function and each alias', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO_EVENT, { Publish: true })
    await lambda.send(new CreateAliasCommand({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' }))
    const Cors = {
      AllowCredentials: true,
      AllowHeaders: ['a'],
      AllowMethods: ['GET'],
      AllowOrigins: ['https://a.example'],
      ExposeHeaders: ['b'],
      MaxAge: 5,
    }
    const put = { FunctionName: 'work', AuthType: 'AWS_IAM', InvokeMode: 'RESPONSE_STREAM', Cors } as const
    const made = await lambda.send(new CreateFunctionUrlConfigCommand(put))
    const read = await lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: 'work' }))
    expect(read).toMatchObject({
      AuthType: 'AWS_IAM',
      InvokeMode: 'RESPONSE_STREAM',
      Cors,
      FunctionUrl: made.FunctionUrl,
    })
    await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'work', Qualifier: 'live', AuthType: 'NONE' }))
    await lambda.send(new UpdateFunctionUrlConfigCommand({ FunctionName: 'work', AuthType: 'NONE' }))
    const { FunctionUrlConfigs } = await lambda.send(new ListFunctionUrlConfigsCommand({ FunctionName: 'work' }))
    expect(FunctionUrlConfigs?.map(({ FunctionArn, AuthType }) => [FunctionArn, AuthType])).toEqual([
      ['arn:aws:lambda:us-east-1:123456789012:function:work', 'NONE'],
      ['arn:aws:lambda:us-east-1:123456789012:function:work:live', 'NONE'],
    ])
    expect(await failure(lambda.send(new CreateFunctionUrlConfigCommand(put)))).toEqual({
      name: 'ResourceConflictException',
      message:
        'Failed to create function url config for [functionArn = arn:aws:lambda:us-east-1:123456789012:function:work]. Error message:  FunctionUrlConfig exists for this Lambda function',
      status: 409,
    })
    await lambda.send(new DeleteFunctionUrlConfigCommand({ FunctionName: 'work' }))
    expect(await failure(lambda.send(new GetFunctionUrlConfigCommand({ FunctionName: 'work' })))).toEqual({
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      status: 404,
    })
  })
})
