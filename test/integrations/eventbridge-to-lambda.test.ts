import { AddPermissionCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { busArn, openQueue, ruleArn, setUpEvents } from '../support/events.ts'
import { create, ECHO, invocations } from '../support/lambda.ts'

type History = { deliveries: { lambda: { functionArn: string; payload: string }[] } }

async function setUp({ permitted = true } = {}) {
  const all = setUpEvents()
  const lambda = all.aws.client(LambdaClient)
  const { FunctionArn: Arn = '' } = await create(lambda, ECHO)
  const permission = {
    Action: 'lambda:InvokeFunction',
    Principal: 'events.amazonaws.com',
    SourceArn: ruleArn('orders'),
  }
  if (permitted) {
    await lambda.send(new AddPermissionCommand({ FunctionName: 'work', StatementId: 'rule', ...permission }))
  }
  return { ...all, Arn }
}

test('M04 EventBridge → Lambda: a function runs with the event as it is, in one chain', async () => {
  const { aws, rule, put, hops, Arn } = await setUp()
  await rule('orders', [{ Id: 'f', Arn }])
  const id = await put({ n: 1 })
  const [run, ...more] = await invocations(aws)
  expect(more).toEqual([])
  expect(run?.event).toMatchObject({ id, source: 'shop', detail: { n: 1 } })
  expect(run?.status).toBe('success')
  const found = await hops(`event=${id}`)
  expect(found.map(({ from, to, outcome }) => [from, to, outcome])).toEqual([
    [busArn('default'), ruleArn('orders'), 'delivered'],
    [ruleArn('orders'), Arn, 'delivered'],
  ])
  expect(run?.traceId).toBe(found[0]?.traceId)
  const { deliveries } = await aws.admin<History>('GET', '/_fakecloud/events/history')
  expect(deliveries.lambda).toEqual([{ functionArn: Arn, payload: run?.payload, timestamp: expect.any(String) }])
})

test('M04 EventBridge → Lambda: without a permission of the function’s the event is refused, and dead-lettered', async () => {
  const { aws, rule, put, Arn } = await setUp({ permitted: false })
  const dead = await openQueue(aws, 'dead')
  await rule('orders', [{ Id: 'f', Arn, DeadLetterConfig: { Arn: dead.arn } }])
  const id = await put({ n: 1 })
  expect((await dead.received()).map(body => JSON.parse(body).id)).toEqual([id])
  expect(await invocations(aws)).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', `/_fakecloud/journal/why?event=${id}`)
  expect(reasons.join()).toMatch(/AccessDenied.*lambda:InvokeFunction/)
})

test('M04 EventBridge → Lambda: a schedule runs a function by the clock, and fire-rule at once', async () => {
  const { aws, rule, Arn } = await setUp()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2030-01-01T00:00:00Z' })
  await rule('orders', [{ Id: 'f', Arn, InputPath: '$.time' }], {
    EventPattern: undefined,
    ScheduleExpression: 'rate(5 minutes)',
  })
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 900 })
  const fired = await aws.admin('POST', '/_fakecloud/events/fire-rule', { ruleName: 'orders' })
  expect(fired).toEqual({ targets: [{ type: 'lambda', arn: Arn }] })
  const times = ['05', '10', '15', '15'].map(minute => `2030-01-01T00:${minute}:00Z`)
  expect((await invocations(aws)).map(({ event }) => event)).toEqual(times)
  await expect(aws.admin('POST', '/_fakecloud/events/fire-rule', { ruleName: 'none' })).rejects.toThrow(/404/)
})
