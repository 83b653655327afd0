import {
  PutAccountPolicyCommand,
  PutDestinationCommand,
  PutDestinationPolicyCommand,
  PutSubscriptionFilterCommand,
  type PutSubscriptionFilterCommandInput,
} from '@aws-sdk/client-cloudwatch-logs'
import { AddPermissionCommand, LambdaClient, RemovePermissionCommand } from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { create, ECHO, failure, invocations, invoke } from '../support/lambda.ts'
import { type Message, openFunction, testLogs, unpack } from '../support/logs.ts'

const GROUP_ARN = 'arn:aws:logs:us-east-1:123456789012:log-group:g:*'

type Hop = { from: string; to: string; outcome: string; event: string | null; reason: string | null; traceId: string }

function setUp() {
  const kit = testLogs()
  const { aws, logs } = kit
  const subscribe = (destinationArn: string, more: Partial<PutSubscriptionFilterCommandInput> = {}) =>
    logs.send(
      new PutSubscriptionFilterCommand({
        logGroupName: 'g',
        filterName: 'f',
        filterPattern: 'ERROR',
        destinationArn,
        ...more,
      }),
    )
  const messages = async (): Promise<Message[]> =>
    (await invocations(aws))
      .filter(({ source }) => source === 'aws:logs')
      .map(({ event }) => unpack((event as { awslogs: { data: string } }).awslogs.data))
  const hops = async (query: string) => (await aws.admin<{ hops: Hop[] }>('GET', `/_fakecloud/journal?${query}`)).hops
  return { ...kit, subscribe, messages, hops }
}

test('M09 Logs subscription filters → Lambda: matching events invoke the function once a batch, with AWS’s payload', async () => {
  const { aws, group, put, subscribe, messages, hops } = setUp()
  await group('g', 's')
  const arn = await openFunction(aws, 'shipper')
  await subscribe(arn)
  const now = Date.now()
  await put('g', 's', [now, 'ERROR one'], [now, 'fine'], [now + 1, 'ERROR two'])
  await put('g', 's', [now, 'all is well'])
  expect(await messages()).toEqual([
    {
      messageType: 'DATA_MESSAGE',
      owner: '123456789012',
      logGroup: 'g',
      logStream: 's',
      subscriptionFilters: ['f'],
      logEvents: [
        { id: expect.stringMatching(/^\d{56}$/), timestamp: now, message: 'ERROR one' },
        { id: expect.stringMatching(/^\d{56}$/), timestamp: now + 1, message: 'ERROR two' },
      ],
    },
  ])
  const seen = (await hops(`arn=${encodeURIComponent(arn)}`)).filter(({ from }) => from === GROUP_ARN)
  expect(seen.map(({ outcome, event, reason }) => ({ outcome, event, reason }))).toEqual([
    { outcome: 'delivered', event: 'DATA_MESSAGE g s (2 of 3 events by f)', reason: null },
    {
      outcome: 'filtered',
      event: 'DATA_MESSAGE g s',
      reason: "none of 1 event matches the filter pattern 'ERROR' of f",
    },
  ])
})

test('the id of a delivered event is the one that FilterLogEvents shows; fields of a delimited pattern go along', async () => {
  const { aws, group, put, subscribe, messages, logs } = setUp()
  await group('g', 's')
  await subscribe(await openFunction(aws, 'shipper'), {
    filterPattern: '[ip, user, status = 5*]',
    emitSystemFields: ['@aws.account'],
  })
  await put('g', 's', [Date.now(), '10.0.0.1 anna 200'], [Date.now(), '10.0.0.2 bert 503'])
  const { FilterLogEventsCommand } = await import('@aws-sdk/client-cloudwatch-logs')
  const { events } = await logs.send(new FilterLogEventsCommand({ logGroupName: 'g', filterPattern: 'bert' }))
  expect((await messages()).flatMap(({ logEvents }) => logEvents)).toEqual([
    {
      id: events?.[0]?.eventId,
      timestamp: expect.any(Number),
      message: '10.0.0.2 bert 503',
      extractedFields: { ip: '10.0.0.2', user: 'bert', status: '503', '@aws.account': '123456789012' },
    },
  ])
})

test('what a function logs reaches the subscriber of its group, in the same trace', async () => {
  const { aws, group, subscribe, messages, hops } = setUp()
  const lambda = aws.client(LambdaClient)
  await group('/aws/lambda/work')
  await create(lambda, ECHO)
  const arn = await openFunction(aws, 'shipper', 'exports.handler = async () => "shipped"')
  await subscribe(arn, { logGroupName: '/aws/lambda/work', filterPattern: 'got' })
  await invoke(lambda, { order: 7 })
  const [message] = await messages()
  expect(message?.logGroup).toBe('/aws/lambda/work')
  expect(message?.logEvents[0]?.message).toContain('got')
  const delivered = (await hops(`arn=${encodeURIComponent(arn)}`)).find(({ event }) =>
    event?.startsWith('DATA_MESSAGE'),
  )
  const chain = await hops(`trace=${delivered?.traceId}`)
  expect(chain.some(({ to }) => to.startsWith('arn:aws:logs:us-east-1:123456789012:log-group:/aws/lambda/work'))).toBe(
    true,
  )
})

test('a function that is not there, does not let the group in, or whose own log it is, is refused', async () => {
  const { aws, group, subscribe, put } = setUp()
  await group('g', 's')
  const lambda = aws.client(LambdaClient)
  const { FunctionArn = '' } = await create(lambda, ECHO, { FunctionName: 'shipper' })
  const message =
    'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.'
  const refusal = { name: 'InvalidParameterException', message, status: 400 }
  expect(await failure(subscribe(FunctionArn))).toEqual(refusal)
  expect(await failure(subscribe(`${FunctionArn}-none`))).toEqual(refusal)
  const permit = (StatementId: string, SourceArn: string) => {
    const statement = { Action: 'lambda:InvokeFunction', Principal: 'logs.us-east-1.amazonaws.com', SourceArn }
    return lambda.send(new AddPermissionCommand({ FunctionName: 'shipper', StatementId, ...statement }))
  }
  // AWS knows a log group as a source by the ARN that ends in `:*` alone.
  await permit('bare', GROUP_ARN.replace(/:\*$/, ''))
  expect(await failure(subscribe(FunctionArn))).toEqual(refusal)
  await permit('whole', GROUP_ARN)
  await subscribe(FunctionArn)
  await group('/aws/lambda/shipper')
  expect(await failure(subscribe(FunctionArn, { logGroupName: '/aws/lambda/shipper' }))).toMatchObject({
    message: 'The log group provided is reserved for the function log of the destination function.',
  })
  await lambda.send(new RemovePermissionCommand({ FunctionName: 'shipper', StatementId: 'whole' }))
  await put('g', 's', [Date.now(), 'ERROR'])
  expect(await invocations(aws)).toEqual([])
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', '/_fakecloud/journal/why?event=DATA_MESSAGE')
  expect(reasons.join()).toMatch(/was refused: AccessDenied.*not authorized to perform: lambda:InvokeFunction/)
})

test('an account’s subscription policy sends the events of all groups but those that it names, and never loops', async () => {
  const { aws, logs, group, put, messages } = setUp()
  await Promise.all([group('g', 's'), group('quiet', 's')])
  const DestinationArn = await openFunction(aws, 'shipper')
  await logs.send(
    new PutAccountPolicyCommand({
      policyName: 'all',
      policyType: 'SUBSCRIPTION_FILTER_POLICY',
      policyDocument: JSON.stringify({ DestinationArn, FilterPattern: '' }),
      selectionCriteria: 'LogGroupName NOT IN ["quiet"]',
      scope: 'ALL',
    }),
  )
  await put('quiet', 's', [Date.now(), 'nobody hears'])
  await put('g', 's', [Date.now(), 'hello'])
  expect(await messages()).toMatchObject([
    {
      policyLevel: 'ACCOUNT_LEVEL_POLICY',
      logGroup: 'g',
      subscriptionFilters: ['all'],
      logEvents: [{ message: 'hello' }],
    },
  ])
})

test('a destination of another account takes events when its policy lets the account in', async () => {
  const { aws, group, put, subscribe, hops } = setUp()
  await group('g', 's')
  const { CloudWatchLogsClient } = await import('@aws-sdk/client-cloudwatch-logs')
  const other = aws.client(CloudWatchLogsClient, { credentials: { accessKeyId: '222222222222', secretAccessKey: 'x' } })
  const arn = 'arn:aws:logs:us-east-1:222222222222:destination:d'
  expect(await failure(subscribe(arn))).toMatchObject({
    name: 'InvalidParameterException',
    message: 'Could not deliver test message to specified destination. Check if the destination is valid.',
  })
  const targetArn = 'arn:aws:kinesis:us-east-1:222222222222:stream/s'
  const roleArn = 'arn:aws:iam::222222222222:role/to-kinesis'
  await other.send(new PutDestinationCommand({ destinationName: 'd', targetArn, roleArn }))
  expect(await failure(subscribe(arn))).toMatchObject({
    name: 'AccessDeniedException',
    message: `User with accountId: 123456789012 is not authorized to perform: logs:PutSubscriptionFilter on resource: ${arn}`,
  })
  const accessPolicy = JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: { AWS: '123456789012' }, Action: 'logs:PutSubscriptionFilter', Resource: arn },
    ],
  })
  await other.send(new PutDestinationPolicyCommand({ destinationName: 'd', accessPolicy }))
  await subscribe(arn)
  await put('g', 's', [Date.now(), 'ERROR'])
  const [from, onward] = [
    await hops(`arn=${encodeURIComponent(GROUP_ARN)}`),
    await hops(`arn=${encodeURIComponent(targetArn)}`),
  ]
  expect(from).toMatchObject([{ to: arn, outcome: 'delivered', event: 'DATA_MESSAGE g s (1 of 1 events by f)' }])
  expect(onward).toMatchObject([{ from: arn, event: 'DATA_MESSAGE g s (1 of 1 events by f)' }])
})
