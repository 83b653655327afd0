import {
  GetAccountSettingsCommand,
  GetFunctionConfigurationCommand,
  InvokeCommand,
  PublishLayerVersionCommand,
  PutFunctionConcurrencyCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { create, ECHO, invocations, invoke, setUp, zip } from '../support/lambda.ts'

describe('sandboxes', () => {
  it('take one invocation at a time, as many as run at once, and are used again', async () => {
    const { aws, lambda } = setUp()
    const code = `let n = 0
      exports.handler = async event => { n += 1; await new Promise(r => setTimeout(r, event.wait)); return { n, stream: process.env.AWS_LAMBDA_LOG_STREAM_NAME } }`
    await create(lambda, code)
    const together = await Promise.all([1, 2, 3].map(() => invoke(lambda, { wait: 300 })))
    expect(together.map(answer => answer.payload.n)).toEqual([1, 1, 1])
    expect(new Set(together.map(answer => answer.payload.stream)).size).toBe(3)
    expect((await invoke(lambda, { wait: 0 })).payload.n).toBe(2)
    type Containers = { containers: { functionName: string; runtime: string; lastUsedSecsAgo: number }[] }
    const { containers } = await aws.admin<Containers>('GET', '/_fakecloud/lambda/warm-containers')
    expect(containers).toHaveLength(3)
    expect(containers[0]).toMatchObject({ functionName: 'work', runtime: 'nodejs22.x' })
    expect(containers[0]?.lastUsedSecsAgo).toBeLessThan(60)
    expect(await aws.admin('POST', '/_fakecloud/lambda/work/evict-container')).toEqual({ evicted: true })
    expect(await aws.admin('POST', '/_fakecloud/lambda/work/evict-container')).toEqual({ evicted: false })
    expect((await invoke(lambda, { wait: 0 })).payload.n).toBe(1)
  })

  it('of old code and old configuration are never used', async () => {
    const { lambda } = setUp()
    await create(lambda, 'exports.handler = async () => ["one", process.env.STAGE]')
    expect((await invoke(lambda)).payload).toEqual(['one', null])
    const ZipFile = zip('exports.handler = async () => ["two", process.env.STAGE]')
    const updated = await lambda.send(new UpdateFunctionCodeCommand({ FunctionName: 'work', ZipFile }))
    expect(updated).toMatchObject({ LastUpdateStatus: 'InProgress', LastUpdateStatusReasonCode: 'Creating' })
    expect((await invoke(lambda)).payload).toEqual(['two', null])
    const Environment = { Variables: { STAGE: 'prod' } }
    await lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName: 'work', Environment }))
    expect((await invoke(lambda)).payload).toEqual(['two', 'prod'])
    const read = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))
    expect(read).toMatchObject({ LastUpdateStatus: 'Successful', Environment })
  })

  it('have the layers’ files under /opt', async () => {
    const { lambda } = setUp()
    const layer = zipSync({
      nodejs: { node_modules: { greet: { 'index.js': strToU8('module.exports = name => "hello " + name') } } },
    })
    const { LayerVersionArn } = await lambda.send(
      new PublishLayerVersionCommand({ LayerName: 'greetings', Content: { ZipFile: layer } }),
    )
    await create(lambda, 'exports.handler = async event => require("greet")(event.name)', {
      Layers: [LayerVersionArn ?? ''],
    })
    expect((await invoke(lambda, { name: 'you' })).payload).toBe('hello you')
    const { Layers } = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))
    expect(Layers).toEqual([{ Arn: LayerVersionArn, CodeSize: layer.length }])
  })
})

describe('an asynchronous invocation', () => {
  it('is accepted at once, and runs once', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO)
    const accepted = await invoke(lambda, { n: 1 }, { InvocationType: 'Event' })
    expect(accepted).toMatchObject({ StatusCode: 202, payload: undefined })
    const records = await invocations(aws)
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({ event: { n: 1 }, requestId: accepted.$metadata.requestId, status: 'success' })
  })

  it('that fails is tried twice more, after one minute and two', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, 'exports.handler = async () => { throw new Error("never") }')
    await invoke(lambda, {}, { InvocationType: 'Event' })
    expect(await invocations(aws)).toHaveLength(1)
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 61 })
    expect(await invocations(aws)).toHaveLength(2)
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3600 })
    const records = await invocations(aws)
    expect(records).toHaveLength(3)
    expect(new Set(records.map(record => record.requestId)).size).toBe(1)
  })

  it('waits for the function’s concurrency', async () => {
    const { aws, lambda } = setUp()
    await create(lambda, ECHO)
    const reserve = (n: number) =>
      new PutFunctionConcurrencyCommand({ FunctionName: 'work', ReservedConcurrentExecutions: n })
    await lambda.send(reserve(0))
    await invoke(lambda, {}, { InvocationType: 'Event' })
    expect(await invocations(aws)).toEqual([])
    const throttled = await lambda.send(new InvokeCommand({ FunctionName: 'work' })).catch(error => error)
    expect(throttled).toMatchObject({
      name: 'TooManyRequestsException',
      Reason: 'ReservedFunctionConcurrentInvocationLimitExceeded',
      message: 'Rate Exceeded.',
    })
    const { AccountLimit } = await lambda.send(new GetAccountSettingsCommand({}))
    expect(AccountLimit?.UnreservedConcurrentExecutions).toBe(1000)
    await lambda.send(reserve(1))
    expect(await invocations(aws)).toHaveLength(1)
  })
})
