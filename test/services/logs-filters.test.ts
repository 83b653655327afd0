import {
  CreateLogGroupCommand,
  DeleteMetricFilterCommand,
  DeleteSubscriptionFilterCommand,
  DescribeLogGroupsCommand,
  DescribeMetricFiltersCommand,
  type DescribeMetricFiltersCommandInput,
  DescribeSubscriptionFiltersCommand,
  PutMetricFilterCommand,
  type PutMetricFilterCommandInput,
  PutSubscriptionFilterCommand,
  type PutSubscriptionFilterCommandInput,
  TestMetricFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { openFunction, testLogs } from '../support/logs.ts'
import { makeQueue } from '../support/sqs.ts'

const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:f'
const KINESIS = 'arn:aws:kinesis:us-east-1:123456789012:stream/s'
const ROLE = 'arn:aws:iam::123456789012:role/r'

const transformation = { metricName: 'errors', metricNamespace: 'app', metricValue: '1' }

function start() {
  const test = testLogs()
  const putMetric = (input: Partial<PutMetricFilterCommandInput> = {}) =>
    test.logs.send(
      new PutMetricFilterCommand({
        logGroupName: 'g',
        filterName: 'f',
        filterPattern: 'ERROR',
        metricTransformations: [transformation],
        ...input,
      }),
    )
  const putSubscription = (input: Partial<PutSubscriptionFilterCommandInput> = {}) =>
    test.logs.send(
      new PutSubscriptionFilterCommand({
        logGroupName: 'g',
        filterName: 'f',
        filterPattern: '',
        destinationArn: LAMBDA,
        ...input,
      }),
    )
  const metricFilters = async (input: DescribeMetricFiltersCommandInput = {}) =>
    (await test.logs.send(new DescribeMetricFiltersCommand(input))).metricFilters ?? []
  const subscriptions = async (filterNamePrefix?: string) => {
    const input = { logGroupName: 'g', ...(filterNamePrefix ? { filterNamePrefix } : {}) }
    return (await test.logs.send(new DescribeSubscriptionFiltersCommand(input))).subscriptionFilters ?? []
  }
  return { ...test, putMetric, putSubscription, metricFilters, subscriptions }
}

describe('a metric filter', () => {
  it('comes back as it was put, and is replaced by its name', async () => {
    const { group, putMetric, metricFilters, logs } = start()
    await group('g')
    const metricTransformations = [
      { ...transformation, metricValue: '$.latency', unit: 'Milliseconds' as const, dimensions: { path: '$.path' } },
    ]
    const filterPattern = '{ $.latency = * }'
    await putMetric({ filterPattern, metricTransformations, applyOnTransformedLogs: false })
    const expected = {
      filterName: 'f',
      filterPattern,
      metricTransformations,
      applyOnTransformedLogs: false,
      creationTime: expect.any(Number),
      logGroupName: 'g',
    }
    expect(await metricFilters({ logGroupName: 'g' })).toEqual([expected])
    await putMetric({ metricTransformations: [{ ...transformation, defaultValue: 0 }] })
    expect(await metricFilters()).toMatchObject([
      { filterPattern: 'ERROR', metricTransformations: [{ ...transformation, defaultValue: 0 }] },
    ])
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}))
    expect(logGroups?.[0]?.metricFilterCount).toBe(1)
    await logs.send(new DeleteMetricFilterCommand({ logGroupName: 'g', filterName: 'f' }))
    expect(await metricFilters()).toEqual([])
    await expect(
      logs.send(new DeleteMetricFilterCommand({ logGroupName: 'g', filterName: 'f' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified metric filter does not exist.',
    })
  })

  it('is found by group, prefix or metric, in pages', async () => {
    const { group, putMetric, metricFilters, logs } = start()
    await group('g')
    await group('h')
    const other = { metricName: 'other', metricNamespace: 'app', metricValue: '1' }
    for (const filterName of ['a1', 'a2', 'b1']) await putMetric({ filterName })
    await putMetric({ logGroupName: 'h', filterName: 'a1', metricTransformations: [other] })
    const names = async (input: DescribeMetricFiltersCommandInput) =>
      (await metricFilters(input)).map(({ logGroupName, filterName }) => `${logGroupName}/${filterName}`)
    expect(await names({ logGroupName: 'g', filterNamePrefix: 'a' })).toEqual(['g/a1', 'g/a2'])
    expect(await names({ metricName: 'other', metricNamespace: 'app' })).toEqual(['h/a1'])
    const first = await logs.send(new DescribeMetricFiltersCommand({ limit: 3 }))
    expect(first.metricFilters?.map(({ filterName }) => filterName)).toEqual(['a1', 'a1', 'a2'])
    expect(await names({ limit: 3, ...(first.nextToken ? { nextToken: first.nextToken } : {}) })).toEqual(['g/b1'])
    await expect(metricFilters({ metricName: 'other' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })

  it('is refused when its pattern, its transformation or its group is not valid', async () => {
    const { group, putMetric, metricFilters, logs } = start()
    await group('g')
    const refused = (input: Partial<PutMetricFilterCommandInput>) => expect(putMetric(input)).rejects
    await refused({ filterPattern: '{ $.a = ' }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid filter pattern',
    })
    await refused({ metricTransformations: [] }).toMatchObject({ name: 'InvalidParameterException' })
    await refused({ metricTransformations: [{ ...transformation, metricValue: 'one' }] }).toMatchObject({
      name: 'InvalidParameterException',
    })
    await refused({
      metricTransformations: [{ ...transformation, dimensions: { a: '$.a' }, defaultValue: 0 }],
    }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    })
    await refused({ logGroupName: 'none' }).toMatchObject({ name: 'ResourceNotFoundException' })
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'rare', logGroupClass: 'INFREQUENT_ACCESS' }))
    await refused({ logGroupName: 'rare' }).toMatchObject({ name: 'InvalidOperationException' })
    expect(await metricFilters()).toEqual([])
  })

  it('has a hundred in a group at most, and five with regular expressions', async () => {
    const { group, putMetric } = start()
    await group('g')
    await group('h')
    for (let i = 0; i < 5; i++) await putMetric({ logGroupName: 'h', filterName: `r${i}`, filterPattern: '%a+%' })
    await expect(putMetric({ logGroupName: 'h', filterName: 'r5', filterPattern: '%a+%' })).rejects.toMatchObject({
      name: 'LimitExceededException',
    })
    await Promise.all(Array.from({ length: 100 }, (_, i) => putMetric({ filterName: `f${i}` })))
    await expect(putMetric({ filterName: 'one more' })).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Resource limit exceeded.',
    })
    await putMetric({ filterName: 'f7', filterPattern: 'replaced' })
  })

  it('can be tried on messages', async () => {
    const { logs } = start()
    const { matches } = await logs.send(
      new TestMetricFilterCommand({
        filterPattern: '[ip, ..., status = 4*, bytes]',
        logEventMessages: ['10.0.0.1 - "GET /" 200 12', '10.0.0.2 - "GET /x" 404 7'],
      }),
    )
    expect(matches).toEqual([
      {
        eventNumber: 1,
        eventMessage: '10.0.0.2 - "GET /x" 404 7',
        extractedValues: { $ip: '10.0.0.2', $2: '-', $3: 'GET /x', $status: '404', $bytes: '7' },
      },
    ])
  })
})

describe('a subscription filter', () => {
  it('comes back as it was put, with what AWS adds', async () => {
    const { aws, group, putSubscription, subscriptions, logs } = start()
    await Promise.all([group('g'), openFunction(aws, 'f')])
    await putSubscription()
    const first = {
      filterName: 'f',
      logGroupName: 'g',
      filterPattern: '',
      destinationArn: LAMBDA,
      distribution: 'ByLogStream',
      applyOnTransformedLogs: false,
      creationTime: expect.any(Number),
    }
    expect(await subscriptions()).toEqual([first])
    const queue = await makeQueue(aws, 'errors')
    await putSubscription({
      filterName: 'k',
      destinationArn: queue.arn,
      roleArn: ROLE,
      distribution: 'Random',
      filterPattern: 'ERROR',
      emitSystemFields: ['@aws.account'],
      fieldSelectionCriteria: '@aws.region = "us-east-1"',
    })
    expect(await subscriptions('k')).toEqual([
      {
        ...first,
        filterName: 'k',
        destinationArn: queue.arn,
        roleArn: ROLE,
        distribution: 'Random',
        filterPattern: 'ERROR',
        emitSystemFields: ['@aws.account'],
        fieldSelectionCriteria: '@aws.region = "us-east-1"',
      },
    ])
    await logs.send(new DeleteSubscriptionFilterCommand({ logGroupName: 'g', filterName: 'f' }))
    await expect(
      logs.send(new DeleteSubscriptionFilterCommand({ logGroupName: 'g', filterName: 'f' })),
    ).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified subscription filter does not exist.',
    })
    expect(await subscriptions()).toHaveLength(1)
  })

  it('is one of two in a group at most; one of the same name is replaced', async () => {
    const { aws, group, putSubscription, subscriptions } = start()
    await Promise.all([group('g'), openFunction(aws, 'f')])
    await putSubscription({ filterName: 'a' })
    await putSubscription({ filterName: 'b' })
    await expect(putSubscription({ filterName: 'c' })).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Resource limit exceeded.',
    })
    await putSubscription({ filterName: 'a', filterPattern: 'ERROR' })
    expect((await subscriptions()).map(({ filterPattern }) => filterPattern)).toEqual(['ERROR', ''])
  })

  it('is refused with a destination that nothing can be sent to', async () => {
    const { group, putSubscription, subscriptions } = start()
    await group('g')
    const refused = (input: Partial<PutSubscriptionFilterCommandInput>) => expect(putSubscription(input)).rejects
    await refused({ destinationArn: 'arn:aws:s3:::bucket' }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'PutSubscriptionFilter operation cannot work with destinationArn for vendor s3',
    })
    await refused({ destinationArn: KINESIS }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'destinationArn for vendor kinesis cannot be used without roleArn',
    })
    await refused({ roleArn: ROLE }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'destinationArn for vendor lambda cannot be used with roleArn',
    })
    await refused({}).toMatchObject({
      name: 'InvalidParameterException',
      message:
        'Could not execute the lambda function. Make sure you have given CloudWatch Logs permission to execute your function.',
    })
    await refused({ destinationArn: 'arn:aws:sqs:us-east-1:123456789012:none' }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'Could not deliver test message to specified SQS queue. Check if the given queue exists.',
    })
    await refused({ fieldSelectionCriteria: '@aws.region IN "a"' }).toMatchObject({
      name: 'InvalidParameterException',
      message: 'The fieldSelectionCriteria is invalid.',
    })
    await refused({ filterPattern: '[a' }).toMatchObject({ name: 'InvalidParameterException' })
    await refused({ logGroupName: 'none' }).toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
    expect(await subscriptions()).toEqual([])
  })
})
