import {
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  GetScheduleCommand,
  GetScheduleGroupCommand,
  ListScheduleGroupsCommand,
  ListSchedulesCommand,
  ListTagsForResourceCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler'
import { CreateRoleCommand, IAMClient } from '@aws-sdk/client-iam'
import { describe, expect, test } from 'vitest'
import { FakeCloud } from '../../sdk/index.ts'
import { OFF, ROLE, setUpScheduler } from '../support/scheduler.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

const ARN = 'arn:aws:scheduler:us-east-1:123456789012'
const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:jobs'
const Target = { Arn: QUEUE }

test('a schedule is made with AWS’s defaults, shown, changed as a whole and deleted', async () => {
  const { scheduler, create } = await setUpScheduler('2030-01-01T00:00:00Z')
  const made = await create('nightly', 'cron(0 3 * * ? *)', { Target, Description: 'every night' })
  expect(made.ScheduleArn).toBe(`${ARN}:schedule/default/nightly`)
  const { $metadata: _, ...shown } = await scheduler.send(new GetScheduleCommand({ Name: 'nightly' }))
  expect(shown).toEqual({
    Arn: `${ARN}:schedule/default/nightly`,
    GroupName: 'default',
    Name: 'nightly',
    ScheduleExpression: 'cron(0 3 * * ? *)',
    ScheduleExpressionTimezone: 'UTC',
    Description: 'every night',
    State: 'ENABLED',
    CreationDate: new Date('2030-01-01T00:00:00Z'),
    LastModificationDate: new Date('2030-01-01T00:00:00Z'),
    FlexibleTimeWindow: { Mode: 'OFF' },
    ActionAfterCompletion: 'NONE',
    Target: {
      Arn: QUEUE,
      RoleArn: ROLE,
      RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 185 },
    },
  })
  const KmsKeyArn = 'arn:aws:kms:us-east-1:123456789012:key/1234'
  await scheduler.send(
    new UpdateScheduleCommand({
      Name: 'nightly',
      ScheduleExpression: 'rate(1 hour)',
      State: 'DISABLED',
      StartDate: new Date('2030-02-01T00:00:00Z'),
      EndDate: new Date('2030-03-01T00:00:00Z'),
      KmsKeyArn,
      FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
      Target: { Arn: QUEUE, RoleArn: ROLE, RetryPolicy: { MaximumRetryAttempts: 2 } },
    }),
  )
  const changed = await scheduler.send(new GetScheduleCommand({ Name: 'nightly', GroupName: 'default' }))
  expect(changed).toMatchObject({
    State: 'DISABLED',
    StartDate: new Date('2030-02-01T00:00:00Z'),
    EndDate: new Date('2030-03-01T00:00:00Z'),
    KmsKeyArn,
    FlexibleTimeWindow: { Mode: 'FLEXIBLE', MaximumWindowInMinutes: 5 },
    Target: { RetryPolicy: { MaximumEventAgeInSeconds: 86_400, MaximumRetryAttempts: 2 } },
  })
  expect(changed.Description).toBeUndefined()
  await scheduler.send(new DeleteScheduleCommand({ Name: 'nightly' }))
  expect(await refusal(scheduler.send(new GetScheduleCommand({ Name: 'nightly' })))).toBe(
    'ResourceNotFoundException: Schedule nightly does not exist.',
  )
})

test('schedules are listed by group, prefix and state, page by page', async () => {
  const { scheduler, create } = await setUpScheduler()
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'team' }))
  for (const name of ['a-1', 'a-2', 'b-1']) await create(name, 'cron(0 3 * * ? *)', { Target })
  await create('a-1', 'cron(0 3 * * ? *)', { Target, GroupName: 'team', State: 'DISABLED' })
  const list = async (input = {}) => {
    const { Schedules = [], NextToken } = await scheduler.send(new ListSchedulesCommand(input))
    return { names: Schedules.map(({ GroupName, Name }) => `${GroupName}/${Name}`), NextToken }
  }
  expect((await list()).names).toEqual(['default/a-1', 'team/a-1', 'default/a-2', 'default/b-1'])
  expect((await list({ GroupName: 'team' })).names).toEqual(['team/a-1'])
  expect((await list({ NamePrefix: 'a-', State: 'ENABLED' })).names).toEqual(['default/a-1', 'default/a-2'])
  const first = await list({ MaxResults: 3 })
  expect(first.names).toHaveLength(3)
  expect(await list({ MaxResults: 3, NextToken: first.NextToken })).toEqual({ names: ['default/b-1'] })
  expect(await refusal(list({ NextToken: 'no token' }))).toBe('ValidationException: Invalid NextToken.')
  expect(await refusal(list({ GroupName: 'nowhere' }))).toBe(
    'ResourceNotFoundException: Schedule group nowhere does not exist.',
  )
})

test('groups have tags, and are DELETING before they go with their schedules', async () => {
  const { scheduler, create, advance } = await setUpScheduler('2030-01-01T00:00:00Z')
  const group = (Name: string) => scheduler.send(new GetScheduleGroupCommand({ Name }))
  expect(await group('default')).toMatchObject({ Arn: `${ARN}:schedule-group/default`, State: 'ACTIVE' })
  const Tags = [{ Key: 'team', Value: 'blue' }]
  const { ScheduleGroupArn: ResourceArn } = await scheduler.send(new CreateScheduleGroupCommand({ Name: 'team', Tags }))
  expect(ResourceArn).toBe(`${ARN}:schedule-group/team`)
  await scheduler.send(new TagResourceCommand({ ResourceArn, Tags: [{ Key: 'cost', Value: '1' }] }))
  await scheduler.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['team'] }))
  expect((await scheduler.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags).toEqual([
    { Key: 'cost', Value: '1' },
  ])
  await create('job', 'rate(1 day)', { Target, GroupName: 'team' })
  const { ScheduleGroups } = await scheduler.send(new ListScheduleGroupsCommand({ NamePrefix: 't' }))
  expect(ScheduleGroups?.map(({ Name }) => Name)).toEqual(['team'])
  await scheduler.send(new DeleteScheduleGroupCommand({ Name: 'team' }))
  expect(await group('team')).toMatchObject({ State: 'DELETING' })
  expect(await refusal(create('late', 'rate(1 day)', { Target, GroupName: 'team' }))).toBe(
    'ConflictException: Schedule group team is being deleted.',
  )
  await advance({ seconds: 2 })
  expect(await refusal(group('team'))).toBe('ResourceNotFoundException: Schedule group team does not exist.')
  expect((await scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([])
  for (const command of [CreateScheduleGroupCommand, DeleteScheduleGroupCommand]) {
    expect(await refusal(scheduler.send(new command({ Name: 'default' }) as CreateScheduleGroupCommand))).toBe(
      'ValidationException: This operation cannot be performed on schedule group default.',
    )
  }
})

test('the same request with the same token is done once; another with that token conflicts', async () => {
  const { scheduler, create } = await setUpScheduler()
  const request = { Target, ClientToken: 'token-1' }
  const first = await create('once', 'rate(1 day)', request)
  expect((await create('once', 'rate(1 day)', request)).ScheduleArn).toBe(first.ScheduleArn)
  expect(await refusal(create('once', 'rate(2 days)', request))).toMatch(/^ConflictException: /)
  expect(await refusal(create('once', 'rate(1 day)', { Target }))).toBe(
    'ConflictException: Schedule once already exists.',
  )
  const remove = () => scheduler.send(new DeleteScheduleCommand({ Name: 'once', ClientToken: 'token-2' }))
  await remove()
  await remove()
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'team', ClientToken: 'token-3' }))
  await scheduler.send(new CreateScheduleGroupCommand({ Name: 'team', ClientToken: 'token-3' }))
  expect(await refusal(scheduler.send(new CreateScheduleGroupCommand({ Name: 'team' })))).toBe(
    'ConflictException: Schedule group team already exists.',
  )
})

describe('refused, in AWS’s words', () => {
  const lambda = 'arn:aws:lambda:us-east-1:123456789012:function:work'
  const universal = (action: string) => `arn:aws:scheduler:::aws-sdk:${action}`
  const window = { Mode: 'FLEXIBLE' } as const

  test.each([
    ['every day', {}, 'Invalid Schedule Expression every day.'],
    ['rate(0 minutes)', {}, 'Invalid Schedule Expression rate(0 minutes).'],
    ['cron(0 3 * * * *)', {}, 'Invalid Schedule Expression cron(0 3 * * * *).'],
    ['at(2030-02-30T00:00:00)', {}, 'Invalid Schedule Expression at(2030-02-30T00:00:00).'],
    ['rate(1 day)', { ScheduleExpressionTimezone: 'Mars/Base' }, 'Invalid ScheduleExpressionTimezone Mars/Base.'],
    [
      'rate(1 day)',
      { FlexibleTimeWindow: window },
      'MaximumWindowInMinutes must be provided when FlexibleTimeWindowMode is set to FLEXIBLE.',
    ],
    [
      'rate(1 day)',
      { FlexibleTimeWindow: { ...OFF, MaximumWindowInMinutes: 5 } },
      'MaximumWindowInMinutes must not be provided when FlexibleTimeWindowMode is set to OFF.',
    ],
    [
      'rate(1 day)',
      { StartDate: new Date(2e12), EndDate: new Date(2e12) },
      'The StartDate you specify must come before the EndDate.',
    ],
    [
      'rate(1 day)',
      { StartDate: new Date(Date.now() - 400_000) },
      'The StartDate you specify cannot be earlier than 5 minutes ago.',
    ],
    ['rate(1 day)', { Target: { Arn: 'jobs' } }, 'Provided Arn is not in correct format.'],
    ['rate(1 day)', { Target: { Arn: 'arn:aws:s3:::b' } }, 's3 is not a supported service for a target.'],
    [
      'rate(1 day)',
      { Target: { Arn: lambda.replace('east', 'west') } },
      'The target ARN provided does not match the current region us-east-1.',
    ],
    ['rate(1 day)', { Target: { Arn: lambda, Input: 'hi' } }, 'JSON syntax error in input for the target.'],
    [
      'rate(1 day)',
      { Target: { Arn: lambda, SqsParameters: { MessageGroupId: 'a' } } },
      'Parameters SqsParameters not supported for the target.',
    ],
    ['rate(1 day)', { Target: { Arn: `${QUEUE}.fifo` } }, 'Parameters SqsParameters must be specified.'],
    [
      'rate(1 day)',
      { Target: { Arn: QUEUE, SqsParameters: { MessageGroupId: 'a' } } },
      'Parameters MessageGroupId not valid for the target.',
    ],
    [
      'rate(1 day)',
      { Target: { Arn: 'arn:aws:kinesis:us-east-1:123456789012:stream/s' } },
      'Parameters KinesisParameters must be specified.',
    ],
    [
      'rate(1 day)',
      { Target: { Arn: universal('sqs:getQueueUrl'), Input: '{}' } },
      'getQueueUrl API is not supported.',
    ],
    ['rate(1 day)', { Target: { Arn: universal('sqs:dance'), Input: '{}' } }, 'dance API is not supported.'],
    [
      'rate(1 day)',
      { Target: { Arn: universal('mars:landRover'), Input: '{}' } },
      'mars is not a supported service for a target.',
    ],
    [
      'rate(1 day)',
      { Target: { Arn: universal('sqs:sendMessage') } },
      'You must provide an input to set this target for your schedule.',
    ],
  ])('%s %j', async (expression, more, message) => {
    const { scheduler, create } = await setUpScheduler()
    expect(await refusal(create('bad', expression, { Target, ...more }))).toBe(`ValidationException: ${message}`)
    expect((await scheduler.send(new ListSchedulesCommand({}))).Schedules).toEqual([])
  })

  test('names that do not match their pattern, and groups that are not there', async () => {
    const { create } = await setUpScheduler()
    expect(await refusal(create('no spaces', 'rate(1 day)', { Target }))).toBe(
      "ValidationException: 1 validation error detected: Value 'no spaces' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [0-9a-zA-Z-_.]+",
    )
    expect(await refusal(create('job', 'rate(1 day)', { Target, GroupName: 'nowhere' }))).toBe(
      'ResourceNotFoundException: Schedule group nowhere does not exist.',
    )
  })

  test('a role that the Scheduler may not assume', async () => {
    const { aws, scheduler, create } = await setUpScheduler()
    const iam = aws.client(IAMClient)
    const role = async (RoleName: string, statement: object) => {
      const trust = { Effect: 'Allow', Action: 'sts:AssumeRole', ...statement }
      const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement: [trust] })
      await iam.send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument }))
      return { ...Target, RoleArn: `arn:aws:iam::123456789012:role/${RoleName}` }
    }
    const lambdas = await role('lambdas', { Principal: { Service: 'lambda.amazonaws.com' } })
    const refused =
      'ValidationException: The execution role you provide must allow AWS EventBridge Scheduler to assume the role.'
    expect(await refusal(create('job', 'rate(1 day)', { Target: lambdas }))).toBe(refused)
    const Principal = { Service: 'scheduler.amazonaws.com' }
    const condition = (arn: string) => ({ StringEquals: { 'aws:SourceAccount': '123456789012', 'aws:SourceArn': arn } })
    const ours = await role('ours', { Principal, Condition: condition(`${ARN}:schedule-group/default`) })
    await create('job', 'rate(1 day)', { Target: ours })
    const others = await role('others', { Principal, Condition: condition(`${ARN}:schedule-group/other`) })
    const change = new UpdateScheduleCommand({
      Name: 'job',
      ScheduleExpression: 'rate(2 days)',
      FlexibleTimeWindow: OFF,
      Target: others,
    })
    expect(await refusal(scheduler.send(change))).toBe(refused)
    expect(await scheduler.send(new GetScheduleCommand({ Name: 'job' }))).toMatchObject({
      ScheduleExpression: 'rate(1 day)',
      Target: ours,
    })
  })
})

test('a test sees its schedules and fires one by hand', async () => {
  const { aws, create } = await setUpScheduler('2030-01-01T00:00:00Z')
  const queue = await makeQueue(aws, 'jobs')
  const fc = new FakeCloud(aws.url)
  await create('nightly', 'cron(0 3 * * ? *)', { Target: { Arn: queue.arn, Input: 'go' } })
  const arn = `${ARN}:schedule/default/nightly`
  const shown = {
    accountId: '123456789012',
    region: 'us-east-1',
    groupName: 'default',
    name: 'nightly',
    arn,
    state: 'ENABLED',
    scheduleExpression: 'cron(0 3 * * ? *)',
    targetArn: queue.arn,
  }
  const nextFire = '2030-01-01T03:00:00.000Z'
  expect(await fc.scheduler.getSchedules()).toEqual({ schedules: [{ ...shown, lastFired: null, nextFire }] })
  expect(await fc.scheduler.fireSchedule('default', 'nightly')).toEqual({ scheduleArn: arn, targetArn: queue.arn })
  expect((await fc.scheduler.getSchedules()).schedules[0]).toMatchObject({
    lastFired: '2030-01-01T00:00:00.000Z',
    nextFire,
  })
  expect(await queue.bodies()).toEqual(['go'])
  await expect(fc.scheduler.fireScheduleIn('default', 'nightly', '999999999999')).rejects.toThrow('404')
  await create('once', 'at(2031-01-01T00:00:00)', { Target: { Arn: queue.arn }, ActionAfterCompletion: 'DELETE' })
  await fc.scheduler.fireSchedule('default', 'once')
  expect((await fc.scheduler.getSchedules()).schedules.map(({ name }) => name)).toEqual(['nightly'])
})
