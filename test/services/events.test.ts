import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  EventBridgeClient,
  ListEventBusesCommand,
  ListRuleNamesByTargetCommand,
  ListRulesCommand,
  ListTagsForResourceCommand,
  ListTargetsByRuleCommand,
  PutPermissionCommand,
  PutRuleCommand,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  TagResourceCommand,
  type Target,
  UntagResourceCommand,
  UpdateEventBusCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { ACCOUNT, busArn, PATTERN, ruleArn, setUpEvents } from '../support/events.ts'
import { refusal } from '../support/sqs.ts'

const QUEUE = `arn:aws:sqs:us-east-1:${ACCOUNT}:orders`

test('the default bus is always there, and others are made, listed, changed and deleted', async () => {
  const { events } = setUpEvents()
  const { EventBuses } = await events.send(new ListEventBusesCommand({}))
  expect(EventBuses).toEqual([
    { Name: 'default', Arn: busArn('default'), CreationTime: expect.any(Date), LastModifiedTime: expect.any(Date) },
  ])
  const made = await events.send(new CreateEventBusCommand({ Name: 'shop', Description: 'orders' }))
  expect(made).toMatchObject({ EventBusArn: busArn('shop'), Description: 'orders' })
  const KmsKeyIdentifier = 'alias/orders'
  await events.send(new UpdateEventBusCommand({ Name: 'shop', KmsKeyIdentifier }))
  const { $metadata: _, ...described } = await events.send(new DescribeEventBusCommand({ Name: busArn('shop') }))
  expect(described).toEqual({
    Name: 'shop',
    Arn: busArn('shop'),
    Description: 'orders',
    KmsKeyIdentifier,
    CreationTime: expect.any(Date),
    LastModifiedTime: expect.any(Date),
  })
  await events.send(new CreateEventBusCommand({ Name: 'shop-2' }))
  const first = await events.send(new ListEventBusesCommand({ NamePrefix: 'shop', Limit: 1 }))
  const { NextToken } = first
  const second = await events.send(new ListEventBusesCommand({ NamePrefix: 'shop', Limit: 1, NextToken }))
  expect([first, second].map(page => page.EventBuses?.map(({ Name }) => Name))).toEqual([['shop'], ['shop-2']])
  expect(second.NextToken).toBeUndefined()
  await events.send(new DeleteEventBusCommand({ Name: 'shop' }))
  expect(await refusal(events.send(new DescribeEventBusCommand({ Name: 'shop' })))).toBe(
    'ResourceNotFoundException: Event bus shop does not exist.',
  )
  await events.send(new DeleteEventBusCommand({ Name: 'shop' }))
})

test('buses that cannot be are refused in AWS’s words', async () => {
  const { events } = setUpEvents()
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  expect(await refusal(events.send(new CreateEventBusCommand({ Name: 'shop' })))).toBe(
    'ResourceAlreadyExistsException: Event bus shop already exists.',
  )
  expect(await refusal(events.send(new DeleteEventBusCommand({ Name: 'default' })))).toBe(
    'ValidationException: Cannot delete event bus default.',
  )
  expect(await refusal(events.send(new CreateEventBusCommand({ Name: 'a b' })))).toMatch(
    /^ValidationException: 1 validation error detected: Value 'a b' at 'name' failed to satisfy constraint/,
  )
  await events.send(new PutRuleCommand({ Name: 'all', EventBusName: 'shop', EventPattern: PATTERN }))
  expect(await refusal(events.send(new DeleteEventBusCommand({ Name: 'shop' })))).toBe(
    "ValidationException: Event bus can't be deleted since it has rules.",
  )
})

test('a bus’s policy grows by statements, or is put and removed whole', async () => {
  const { events } = setUpEvents()
  const grant = { Action: 'events:PutEvents', Principal: '111111111111', StatementId: 'one' }
  await events.send(new PutPermissionCommand(grant))
  const Condition = { Type: 'StringEquals', Key: 'aws:PrincipalOrgID', Value: 'o-1234567890' }
  await events.send(new PutPermissionCommand({ ...grant, Principal: '*', StatementId: 'two', Condition }))
  const policy = async () => JSON.parse((await events.send(new DescribeEventBusCommand({}))).Policy ?? 'null')
  const Resource = busArn('default')
  expect(await policy()).toEqual({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'one',
        Effect: 'Allow',
        Principal: { AWS: 'arn:aws:iam::111111111111:root' },
        Action: 'events:PutEvents',
        Resource,
      },
      {
        Sid: 'two',
        Effect: 'Allow',
        Principal: '*',
        Action: 'events:PutEvents',
        Resource,
        Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1234567890' } },
      },
    ],
  })
  await events.send(new RemovePermissionCommand({ StatementId: 'one' }))
  expect((await policy()).Statement).toHaveLength(1)
  expect(await refusal(events.send(new RemovePermissionCommand({ StatementId: 'one' })))).toBe(
    'ResourceNotFoundException: Statement with the provided id does not exist.',
  )
  await events.send(new RemovePermissionCommand({ RemoveAllPermissions: true }))
  expect(await policy()).toBeNull()
  expect(await refusal(events.send(new RemovePermissionCommand({ StatementId: 'one' })))).toBe(
    'ResourceNotFoundException: EventBus does not have a policy.',
  )
  const whole = {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Principal: '*', Action: 'events:*', Resource }],
  }
  await events.send(new PutPermissionCommand({ Policy: JSON.stringify(whole) }))
  expect(await policy()).toEqual(whole)
  expect(await refusal(events.send(new PutPermissionCommand({ Policy: '{"Statement":1}' })))).toBe(
    'ValidationException: Parameter Policy is not valid.',
  )
})

test('a rule is put, described, put again, disabled, enabled, listed and deleted', async () => {
  const { events } = setUpEvents()
  const { RuleArn } = await events.send(
    new PutRuleCommand({
      Name: 'orders',
      EventPattern: PATTERN,
      Description: 'all orders',
      RoleArn: 'arn:aws:iam::1:role/r',
    }),
  )
  expect(RuleArn).toBe(ruleArn('orders'))
  const describe = async () => {
    const { $metadata: _, ...rule } = await events.send(new DescribeRuleCommand({ Name: 'orders' }))
    return rule
  }
  const rule = { Name: 'orders', Arn: ruleArn('orders'), EventBusName: 'default', CreatedBy: ACCOUNT }
  expect(await describe()).toEqual({
    ...rule,
    EventPattern: PATTERN,
    State: 'ENABLED',
    Description: 'all orders',
    RoleArn: 'arn:aws:iam::1:role/r',
  })
  await events.send(new PutRuleCommand({ Name: 'orders', ScheduleExpression: 'rate(5 minutes)', State: 'DISABLED' }))
  expect(await describe()).toEqual({ ...rule, ScheduleExpression: 'rate(5 minutes)', State: 'DISABLED' })
  await events.send(new EnableRuleCommand({ Name: 'orders' }))
  expect((await describe()).State).toBe('ENABLED')
  await events.send(new DisableRuleCommand({ Name: 'orders' }))
  expect((await describe()).State).toBe('DISABLED')
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  const custom = { Name: 'orders', EventBusName: 'shop', EventPattern: PATTERN }
  expect((await events.send(new PutRuleCommand(custom))).RuleArn).toBe(ruleArn('shop/orders'))
  const { Rules } = await events.send(new ListRulesCommand({ EventBusName: busArn('shop'), NamePrefix: 'or' }))
  expect(Rules).toEqual([{ ...custom, Arn: ruleArn('shop/orders'), State: 'ENABLED' }])
  await events.send(new DeleteRuleCommand({ Name: 'orders' }))
  await events.send(new DeleteRuleCommand({ Name: 'orders' }))
  expect(await refusal(describe())).toBe('ResourceNotFoundException: Rule orders does not exist on EventBus default.')
})

test('rules that cannot be are refused in AWS’s words', async () => {
  const { events } = setUpEvents()
  await events.send(new CreateEventBusCommand({ Name: 'shop' }))
  const put = (more: object) => refusal(events.send(new PutRuleCommand({ Name: 'orders', ...more })))
  expect(await put({})).toBe('ValidationException: Parameter(s) EventPattern or ScheduleExpression must be specified.')
  expect(await put({ EventBusName: 'shop', ScheduleExpression: 'rate(1 minute)' })).toBe(
    'ValidationException: ScheduleExpression is supported only on the default event bus.',
  )
  expect(await put({ EventBusName: 'none', EventPattern: PATTERN })).toBe(
    'ResourceNotFoundException: Event bus none does not exist.',
  )
  for (const ScheduleExpression of ['rate(1 minutes)', 'cron(* * * * * *)', 'at(2030-01-01T00:00:00)', 'soon']) {
    expect(await put({ ScheduleExpression })).toBe('ValidationException: Parameter ScheduleExpression is not valid.')
  }
  const patterns = {
    '{': 'Invalid JSON',
    '{"source":"shop"}': '"source" must be an object or an array',
    '{"source":[]}': 'Empty arrays are not allowed',
    '{"detail":{"n":[{"numeric":[">",0,">",0]}]}}': 'Bad numeric range operator: >',
    '{"detail":{"n":[{"EXISTS":true}]}}': 'Unrecognized match type EXISTS',
  }
  for (const [EventPattern, reason] of Object.entries(patterns)) {
    expect(await put({ EventPattern })).toBe(
      `InvalidEventPatternException: Event pattern is not valid. Reason: ${reason}`,
    )
  }
})

test('targets are put, replaced by their id, listed page by page, found by their ARN and removed', async () => {
  const { events } = setUpEvents()
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: PATTERN }))
  const put = (...Targets: Target[]) => events.send(new PutTargetsCommand({ Rule: 'orders', Targets }))
  const { $metadata: _, ...answer } = await put({ Id: 'a', Arn: QUEUE }, { Id: 'b', Arn: QUEUE, Input: '{"b":1}' })
  expect(answer).toEqual({ FailedEntryCount: 0, FailedEntries: [] })
  const RetryPolicy = { MaximumRetryAttempts: 2, MaximumEventAgeInSeconds: 60 }
  await put({ Id: 'a', Arn: `${QUEUE}-2`, InputPath: '$.detail', RetryPolicy })
  const list = (more = {}) => events.send(new ListTargetsByRuleCommand({ Rule: 'orders', ...more }))
  expect((await list()).Targets).toEqual([
    { Id: 'a', Arn: `${QUEUE}-2`, InputPath: '$.detail', RetryPolicy },
    { Id: 'b', Arn: QUEUE, Input: '{"b":1}' },
  ])
  const { NextToken, Targets } = await list({ Limit: 1 })
  expect(Targets).toHaveLength(1)
  expect((await list({ NextToken })).Targets?.map(({ Id }) => Id)).toEqual(['b'])
  expect((await events.send(new ListRuleNamesByTargetCommand({ TargetArn: QUEUE }))).RuleNames).toEqual(['orders'])
  expect(await refusal(events.send(new DeleteRuleCommand({ Name: 'orders' })))).toBe(
    "ValidationException: Rule can't be deleted since it has targets.",
  )
  const removed = await events.send(new RemoveTargetsCommand({ Rule: 'orders', Ids: ['a', 'b'] }))
  expect(removed).toMatchObject({ FailedEntryCount: 0, FailedEntries: [] })
  expect((await list()).Targets).toEqual([])
  await events.send(new DeleteRuleCommand({ Name: 'orders' }))
  expect(await refusal(list())).toBe('ResourceNotFoundException: Rule orders does not exist on EventBus default.')
})

test('targets that cannot be are refused in AWS’s words, and none of the request is put', async () => {
  const { events } = setUpEvents()
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: PATTERN }))
  const put = (target: Partial<Target>) =>
    refusal(
      events.send(
        new PutTargetsCommand({
          Rule: 'orders',
          Targets: [
            { Id: 'ok', Arn: QUEUE },
            { Id: 't', Arn: QUEUE, ...target },
          ],
        }),
      ),
    )
  expect(await put({ Arn: 'orders' })).toBe(
    'ValidationException: Parameter orders is not valid. Reason: Provided Arn is not in correct format.',
  )
  expect(await put({ Arn: `${QUEUE}.fifo` })).toBe(
    'ValidationException: Parameter(s) SqsParameters must be specified for target: t.',
  )
  const stream = `arn:aws:kinesis:us-east-1:${ACCOUNT}:stream/orders`
  expect(await put({ Arn: stream })).toBe(`ValidationException: RoleArn is required for target ${stream}.`)
  expect(await put({ Input: '{', InputPath: '$' })).toBe(
    'ValidationException: Only one of Input, InputPath, or InputTransformer must be provided for target t.',
  )
  expect(await put({ Input: '{' })).toBe('ValidationException: Input for target t is not a valid JSON text.')
  const InputTransformer = { InputPathsMap: { id: '$.id' }, InputTemplate: '"<id> <name>"' }
  expect(await put({ InputTransformer })).toBe(
    'ValidationException: InputTemplate for target t contains invalid placeholder name.',
  )
  expect((await events.send(new ListTargetsByRuleCommand({ Rule: 'orders' }))).Targets).toEqual([])
  const six = Array.from({ length: 6 }, (_, i) => ({ Id: `t${i}`, Arn: QUEUE }))
  expect(await refusal(events.send(new PutTargetsCommand({ Rule: 'orders', Targets: six })))).toBe(
    'LimitExceededException: The requested resource exceeds the maximum number allowed.',
  )
  expect(await refusal(events.send(new PutTargetsCommand({ Rule: 'none', Targets: six })))).toBe(
    'ResourceNotFoundException: Rule none does not exist on EventBus default.',
  )
})

test('rules and buses have tags', async () => {
  const { events } = setUpEvents()
  const Tags = [{ Key: 'team', Value: 'shop' }]
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: PATTERN, Tags }))
  const ResourceARN = ruleArn('orders')
  const tags = async (arn = ResourceARN) =>
    (await events.send(new ListTagsForResourceCommand({ ResourceARN: arn }))).Tags
  expect(await tags()).toEqual(Tags)
  await events.send(new TagResourceCommand({ ResourceARN, Tags: [{ Key: 'stage', Value: 'test' }] }))
  await events.send(new UntagResourceCommand({ ResourceARN, TagKeys: ['team'] }))
  expect(await tags()).toEqual([{ Key: 'stage', Value: 'test' }])
  await events.send(new CreateEventBusCommand({ Name: 'shop', Tags }))
  expect(await tags(busArn('shop'))).toEqual(Tags)
  expect(await refusal(tags(ruleArn('none')))).toBe(
    'ResourceNotFoundException: Rule none does not exist on EventBus default.',
  )
})

test('rules of one account and region are not those of another', async () => {
  const { aws, events } = setUpEvents()
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: PATTERN }))
  const elsewhere = aws.client(EventBridgeClient, { region: 'eu-west-1' })
  expect((await elsewhere.send(new ListRulesCommand({}))).Rules).toEqual([])
})
