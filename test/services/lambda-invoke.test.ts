import { CloudWatchLogsClient, FilterLogEventsCommand } from '@aws-sdk/client-cloudwatch-logs'
import { type InvokeCommandInput, InvokeWithResponseStreamCommand } from '@aws-sdk/client-lambda'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, invocations, invoke, setUp } from '../support/lambda.ts'

describe('an invocation', () => {
  it('answers what the handler returns, with the log’s tail when asked', async () => {
    const { lambda } = setUp()
    await create(lambda, ECHO)
    const answer = await invoke(lambda, { n: 1 }, { LogType: 'Tail' })
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST', payload: { event: { n: 1 } } })
    expect(answer.FunctionError).toBeUndefined()
    const id = answer.payload.id
    expect(id).toBe(answer.$metadata.requestId)
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
    expect(log).toMatch(new RegExp(`^START RequestId: ${id} Version: \\$LATEST\n`))
    expect(log).toContain(`\t${id}\tINFO\tgot { n: 1 }\n`)
    expect(log).toMatch(
      new RegExp(
        `END RequestId: ${id}\nREPORT RequestId: ${id}\tDuration: [\\d.]+ ms\tBilled Duration: \\d+ ms\tMemory Size: 128 MB\t`,
      ),
    )
    expect(log).toContain('Init Duration: ')
  })

  it('leaves a record of itself, and its log in the function’s group', async () => {
    const { aws, lambda } = setUp()
    const { FunctionArn } = await create(lambda, ECHO)
    const first = await invoke(lambda, { n: 1 })
    await invoke(lambda, { n: 2 })
    const records = await invocations(aws)
    expect(records).toHaveLength(2)
    expect(records[0]).toMatchObject({
      functionArn: FunctionArn,
      event: { n: 1 },
      payload: '{"n":1}',
      source: 'invoke',
      cold: true,
      status: 'success',
      error: null,
      result: { event: { n: 1 } },
      requestId: first.$metadata.requestId,
    })
    expect(records[1]).toMatchObject({ event: { n: 2 }, cold: false })
    expect(records[1]?.logTail).not.toContain('Init Duration')
    const logs = aws.client(CloudWatchLogsClient)
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/aws/lambda/work' }))
    expect(events?.filter(event => event.message?.startsWith('REPORT'))).toHaveLength(2)
    expect(new Set(events?.map(event => event.logStreamName)).size).toBe(1)
    expect(events?.[0]?.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/\[\$LATEST\][0-9a-f]{32}$/)
  })

  it('leaves whole records of the longest events and answers', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, 'exports.handler = async event => event')
    const payload = { text: '€😀x'.repeat(500_000) }
    await invoke(lambda, payload)
    const [record] = await invocations(aws)
    expect(record?.event).toEqual(payload)
    expect(record?.result).toEqual(payload)
    expect(record?.payload).toBe(JSON.stringify(payload))
  })

  it('logs as JSON where the function asks for it, by level', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, 'exports.handler = async () => { console.debug("quiet"); console.warn("loud"); return 1 }', {
      LoggingConfig: {
        LogFormat: 'JSON',
        ApplicationLogLevel: 'WARN',
        SystemLogLevel: 'INFO',
        LogGroup: '/shared/group',
      },
    })
    const { $metadata } = await invoke(lambda)
    await invocations(aws)
    const logs = aws.client(CloudWatchLogsClient)
    const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: '/shared/group' }))
    const lines = (events ?? []).map(event => JSON.parse(event.message ?? ''))
    expect(lines.map(line => line.type ?? line.message)).toEqual(['platform.start', 'loud', 'platform.report'])
    expect(lines[1]).toMatchObject({ level: 'WARN', requestId: $metadata.requestId })
    expect(lines[2].record).toMatchObject({ requestId: $metadata.requestId, status: 'success' })
    expect(events?.[0]?.logStreamName).toMatch(/^\d{4}\/\d\d\/\d\d\/work\[\$LATEST\][0-9a-f]{32}$/)
  })

  it('sees the function’s environment and AWS’s own', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async () => process.env', {
      Environment: { Variables: { TABLE: 'orders' } },
      MemorySize: 256,
    })
    const { payload } = await invoke(lambda)
    expect(payload).toMatchObject({
      TABLE: 'orders',
      AWS_REGION: 'us-east-1',
      AWS_DEFAULT_REGION: 'us-east-1',
      AWS_LAMBDA_FUNCTION_NAME: 'work',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/work',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x',
      _HANDLER: 'index.handler',
      LAMBDA_TASK_ROOT: '/var/task',
      TZ: ':UTC',
    })
    expect(payload.AWS_ACCESS_KEY_ID).toMatch(/^ASIA/)
    expect(payload.AWS_SESSION_TOKEN).toBeTruthy()
  })

  it('fails as Unhandled when the handler throws, and the sandbox lives on', async () => {
    const { aws, lambda } = setUp()
    await create(
      lambda,
      'let n = 0; exports.handler = async () => { n += 1; if (n === 1) throw new TypeError("no good"); return n }',
    )
    const failed = await invoke(lambda)
    expect(failed).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' })
    expect(failed.payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no good' })
    expect(failed.payload.trace[0]).toBe('TypeError: no good')
    expect((await invoke(lambda)).payload).toBe(2)
    expect((await invocations(aws)).map(record => record.error?.errorMessage ?? null)).toEqual(['no good', null])
  })

  it('times out, even when the handler never yields', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async () => { for (;;); }', { Timeout: 1 })
    const answer = await invoke(lambda, {}, { LogType: 'Tail' })
    expect(answer.FunctionError).toBe('Unhandled')
    expect(answer.payload).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${answer.$metadata.requestId} Error: Task timed out after 1.00 seconds`,
    })
    const log = Buffer.from(answer.LogResult ?? '', 'base64').toString()
    expect(log).toContain('Task timed out after 1.00 seconds')
    expect(log).toContain('Status: timeout')
  })

  it('fails with ExitError when the process exits, and a new sandbox takes the next', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async event => { if (event.exit) process.exit(3); return "here" }')
    const exited = await invoke(lambda, { exit: true })
    expect(exited.payload).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${exited.$metadata.requestId} Error: Runtime exited with error: exit status 3`,
    })
    expect((await invoke(lambda)).payload).toBe('here')
  })

  it('is only tried by a dry run', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO)
    expect((await invoke(lambda, {}, { InvocationType: 'DryRun' })).StatusCode).toBe(204)
    expect(await invocations(aws)).toEqual([])
  })

  it('takes the client’s context', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async (event, context) => context.clientContext')
    const ClientContext = btoa(JSON.stringify({ custom: { a: '1' } }))
    expect((await invoke(lambda, {}, { ClientContext })).payload).toEqual({ custom: { a: '1' } })
  })

  it('goes by name, partial ARN and ARN, with or without a qualifier', async () => {
    const { lambda } = setUp()
    const { FunctionArn } = await create(
      lambda,
      'exports.handler = async (event, context) => context.invokedFunctionArn',
      {
        Publish: true,
      },
    )
    const names = [
      'work',
      'work:1',
      '123456789012:function:work',
      `${FunctionArn}`,
      `${FunctionArn}:1`,
      `${FunctionArn}:$LATEST`,
    ]
    for (const FunctionName of names) {
      const { payload } = await invoke(lambda, {}, { FunctionName })
      const qualifier = /:(1|\$LATEST)$/.exec(FunctionName)?.[0] ?? ''
      expect(payload).toBe(FunctionArn + qualifier)
    }
  })

  it('is refused when it cannot be', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO)
    const arn = 'arn:aws:lambda:us-east-1:123456789012:function'
    const cases: [Partial<InvokeCommandInput>, string, number, string | RegExp][] = [
      [{ FunctionName: 'none' }, 'ResourceNotFoundException', 404, `Function not found: ${arn}:none`],
      [{ Qualifier: 'live' }, 'ResourceNotFoundException', 404, `Function not found: ${arn}:work:live`],
      [{ Qualifier: '7' }, 'ResourceNotFoundException', 404, `Function not found: ${arn}:work:7`],
      [{ Payload: 'hello' }, 'InvalidRequestContentException', 400, /^Could not parse request body into json: /],
      [
        { FunctionName: 'arn:aws:lambda:eu-west-1:123456789012:function:work' },
        'ResourceNotFoundException',
        404,
        "Functions from 'eu-west-1' are not reachable in this region ('us-east-1')",
      ],
      [
        { FunctionName: 'work:1', Qualifier: '2' },
        'InvalidParameterValueException',
        400,
        'The derived qualifier from the function name does not match the specified qualifier.',
      ],
      [
        { Payload: JSON.stringify('x'.repeat(1_048_576)), InvocationType: 'Event' },
        'RequestEntityTooLargeException',
        413,
        '1048578 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
      ],
    ]
    for (const [settings, name, status, message] of cases) {
      const refused = await failure(invoke(lambda, {}, settings))
      expect(refused).toMatchObject({ name, status })
      if (typeof message === 'string') expect(refused?.message).toBe(message)
      else expect(refused?.message).toMatch(message)
    }
    expect(await invocations(aws)).toEqual([])
  })

  it('says that no runner is connected for a runtime that isolates cannot run', async () => {
    const { lambda } = setUp()
    await create(lambda, 'def handler(event, context): return 1', { Runtime: 'python3.13' })
    const refused = await failure(invoke(lambda))
    expect(refused).toMatchObject({ name: 'InvalidRuntimeException', status: 502 })
    expect(refused?.message).toContain('no runner is connected that runs python3.13')
  })

  it('streams its response', async () => {
    const { lambda } = setUp()
    await create(
      lambda,
      `exports.handler = awslambda.streamifyResponse(async (event, stream) => {
        stream.write('one '); stream.write('two'); stream.end() })`,
    )
    const { EventStream } = await lambda.send(
      new InvokeWithResponseStreamCommand({ FunctionName: 'work', LogType: 'Tail' }),
    )
    let text = ''
    let complete: unknown
    for await (const event of EventStream ?? []) {
      if (event.PayloadChunk?.Payload) text += new TextDecoder().decode(event.PayloadChunk.Payload)
      if (event.InvokeComplete) complete = event.InvokeComplete
    }
    expect(text).toBe('one two')
    expect(complete).toMatchObject({ LogResult: expect.any(String) })
  })
})
