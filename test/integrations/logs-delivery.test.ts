import {
  CloudWatchLogsClient,
  CreateDeliveryCommand,
  type CreateDeliveryCommandInput,
  DeleteDeliveryCommand,
  DeleteDeliveryDestinationCommand,
  DeleteDeliveryDestinationPolicyCommand,
  DeleteDeliverySourceCommand,
  DescribeConfigurationTemplatesCommand,
  DescribeDeliveriesCommand,
  DescribeDeliveryDestinationsCommand,
  DescribeDeliverySourcesCommand,
  GetDeliveryCommand,
  GetDeliveryDestinationCommand,
  GetDeliveryDestinationPolicyCommand,
  GetDeliverySourceCommand,
  ListTagsForResourceCommand,
  type OutputFormat,
  PutDeliveryDestinationCommand,
  PutDeliveryDestinationPolicyCommand,
  PutDeliverySourceCommand,
  TagResourceCommand,
  UpdateDeliveryConfigurationCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { CreateBucketCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3'
import { gunzipSync } from 'node:zlib'
import { CreateEventBusCommand } from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { setUpEvents } from '../support/events.ts'
import { failure } from '../support/lambda.ts'
import { LOGS_ARN, testLogs } from '../support/logs.ts'

const resourceArn = 'arn:aws:cloudfront::123456789012:distribution/E123'
const record = { date: '2026-01-02', time: '03:04:05', 'cs-method': 'GET', 'cs-uri-stem': '/a', 'sc-status': 200 }

function setUp() {
  const kit = testLogs()
  const { aws, logs } = kit
  const source = (name = 'cdn', more = {}) =>
    logs.send(new PutDeliverySourceCommand({ name, resourceArn, logType: 'ACCESS_LOGS', ...more }))
  const destination = (name: string, destinationResourceArn: string, outputFormat?: OutputFormat) =>
    logs.send(
      new PutDeliveryDestinationCommand({
        name,
        deliveryDestinationConfiguration: { destinationResourceArn },
        ...(outputFormat ? { outputFormat } : {}),
      }),
    )
  const deliver = async (name: string, more: Partial<CreateDeliveryCommandInput> = {}) => {
    const deliveryDestinationArn = `${LOGS_ARN}:delivery-destination:${name}`
    const input = { deliverySourceName: 'cdn', deliveryDestinationArn, ...more }
    return (await logs.send(new CreateDeliveryCommand(input))).delivery
  }
  const vend = (...records: object[]) =>
    aws.admin('POST', '/_fakecloud/logs/vend', { resourceArn, logType: 'ACCESS_LOGS', records })
  return { ...kit, source, destination, deliver, vend }
}

test('M10 Logs delivery: a resource’s vended logs reach the log group of its delivery', async () => {
  const { aws, group, source, destination, deliver, vend, found } = setUp()
  await group('cdn-logs')
  await source()
  await destination('to-group', `${LOGS_ARN}:log-group:cdn-logs:*`, 'json')
  await vend(record)
  await deliver('to-group', { recordFields: ['sc-status', 'cs-uri-stem'] })
  await vend(record)
  await aws.admin('POST', '/_fakecloud/settle')
  expect(await found({ logGroupName: 'cdn-logs', logStreamNames: ['CloudFront_E123'] })).toEqual([
    '{"sc-status":200,"cs-uri-stem":"/a"}',
  ])
  const { hops } = await aws.admin<{ hops: { from: string; to: string; outcome: string }[] }>(
    'GET',
    '/_fakecloud/journal?event=ACCESS_LOGS',
  )
  expect(new Set(hops.map(({ from, to, outcome }) => `${outcome} ${from} → ${to}`))).toEqual(
    new Set([
      `delivered ${LOGS_ARN}:delivery-source:cdn → ${LOGS_ARN}:delivery-destination:to-group`,
      `delivered ${LOGS_ARN}:delivery-destination:to-group → ${LOGS_ARN}:log-group:cdn-logs:*`,
    ]),
  )
})

test('M10 Logs delivery: objects of a bucket under AWS’s keys, in W3C’s form, and a bucket that is gone is told', async () => {
  const { aws, source, destination, deliver, vend } = setUp()
  const s3 = aws.client(S3Client)
  await s3.send(new CreateBucketCommand({ Bucket: 'cdn-logs' }))
  await source()
  await destination('to-bucket', 'arn:aws:s3:::cdn-logs/site', 'w3c')
  const suffixPath = '{DistributionId}/{yyyy}/{MM}'
  const recordFields = ['date', 'cs-method', 'sc-status', 'cs(Referer)']
  await deliver('to-bucket', { recordFields, s3DeliveryConfiguration: { suffixPath, enableHiveCompatiblePath: false } })
  await vend(record, record)
  await aws.admin('POST', '/_fakecloud/settle')
  const { Contents = [] } = await s3.send(new ListObjectsV2Command({ Bucket: 'cdn-logs' }))
  const month = new Date().toISOString().slice(0, 7).replace('-', '/')
  expect(Contents.map(({ Key }) => Key)).toEqual([
    expect.stringMatching(
      new RegExp(
        `^site/AWSLogs/123456789012/CloudFront/E123/${month}/123456789012_cloudfront_E123_\\d{8}T\\d{4}Z_\\w+\\.log\\.gz$`,
      ),
    ),
  ])
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'cdn-logs', Key: Contents[0]?.Key }))
  const line = '2026-01-02\tGET\t200\t-\n'
  expect(gunzipSync((await Body?.transformToByteArray()) ?? '').toString()).toBe(
    `#Version: 1.0\n#Fields: date cs-method sc-status cs(Referer)\n${line}${line}`,
  )
  await destination('nowhere', 'arn:aws:s3:::no-such-bucket-here')
  await deliver('nowhere')
  await vend(record)
  const { reasons } = await aws.admin<{ reasons: string[] }>('GET', '/_fakecloud/journal/why?event=ACCESS_LOGS')
  expect(reasons.join()).toMatch(/no-such-bucket-here was refused: NoSuchBucket/)
})

test('M10 Logs delivery: a bus of EventBridge logs what it does with its events, each level to its own source', async () => {
  const { aws, logs, group, destination, found } = setUp()
  const { events, put, rule } = setUpEvents(aws)
  const LogConfig = { Level: 'INFO' as const, IncludeDetail: 'FULL' as const }
  await events.send(new CreateEventBusCommand({ Name: 'orders', LogConfig }))
  await group('bus-logs')
  await destination('to-group', `${LOGS_ARN}:log-group:bus-logs`)
  const bus = 'arn:aws:events:us-east-1:123456789012:event-bus/orders'
  for (const level of ['ERROR', 'INFO', 'TRACE']) {
    await logs.send(new PutDeliverySourceCommand({ name: level, resourceArn: bus, logType: `${level}_LOGS` }))
    const deliveryDestinationArn = `${LOGS_ARN}:delivery-destination:to-group`
    await logs.send(new CreateDeliveryCommand({ deliverySourceName: level, deliveryDestinationArn }))
  }
  const missing = 'arn:aws:sqs:us-east-1:123456789012:missing'
  await rule('r', [{ Id: 'q', Arn: missing }], { EventBusName: 'orders' })
  const id = await put({ order: 7 }, { EventBusName: 'orders' })
  await put({}, { EventBusName: 'orders', Source: 'other' })
  await aws.admin('POST', '/_fakecloud/settle')
  const records = (await found({ logGroupName: 'bus-logs' })).map(text => JSON.parse(text ?? ''))
  expect(records.map(({ log_level, message_type }) => `${log_level} ${message_type}`).sort()).toEqual([
    'ERROR INVOCATION_ATTEMPT_PERMANENT_FAILURE',
    'ERROR INVOCATION_FAILURE',
    'INFO EVENT_RECEIPT',
    'INFO EVENT_RECEIPT',
    'INFO NO_STANDARD_RULES_MATCHED',
    'INFO RULE_MATCH',
  ])
  expect(records.find(({ message_type }) => message_type === 'EVENT_RECEIPT')).toMatchObject({
    resource_arn: bus,
    event_bus_name: 'orders',
    event_id: id,
    details: { source: 'shop', detail_type: 'Order Placed', event_detail: { order: 7 } },
  })
  expect(records.find(({ message_type }) => message_type === 'INVOCATION_FAILURE')).toMatchObject({
    event_id: id,
    details: { target_arn: missing },
    error: { http_status_code: 400, aws_service: 'sqs' },
  })
})

test('a delivery and its ends come back as they were put, page by page', async () => {
  const { aws, logs, source, destination, deliver } = setUp()
  const { deliverySource } = await source('cdn', { tags: { team: 'web' } })
  expect(deliverySource).toEqual({
    name: 'cdn',
    arn: `${LOGS_ARN}:delivery-source:cdn`,
    resourceArns: [resourceArn],
    service: 'cloudfront',
    logType: 'ACCESS_LOGS',
    tags: { team: 'web' },
    status: 'ACTIVE',
  })
  expect((await logs.send(new GetDeliverySourceCommand({ name: 'cdn' }))).deliverySource).toEqual(deliverySource)
  const { deliveryDestination } = await destination('b', 'arn:aws:s3:::bucket', 'plain')
  expect(deliveryDestination).toEqual({
    name: 'b',
    arn: `${LOGS_ARN}:delivery-destination:b`,
    deliveryDestinationType: 'S3',
    outputFormat: 'plain',
    deliveryDestinationConfiguration: { destinationResourceArn: 'arn:aws:s3:::bucket' },
  })
  expect((await logs.send(new GetDeliveryDestinationCommand({ name: 'b' }))).deliveryDestination).toEqual(
    deliveryDestination,
  )
  await destination('a', 'arn:aws:firehose:us-east-1:123456789012:deliverystream/s')
  const settings = {
    recordFields: ['date', 'time'],
    fieldDelimiter: ',',
    s3DeliveryConfiguration: { suffixPath: '{yyyy}', enableHiveCompatiblePath: true },
  }
  const delivery = await deliver('b', settings)
  expect(delivery).toEqual({
    id: expect.stringMatching(/^[A-Za-z0-9]{16}$/),
    arn: `${LOGS_ARN}:delivery:${delivery?.id}`,
    deliverySourceName: 'cdn',
    deliveryDestinationArn: `${LOGS_ARN}:delivery-destination:b`,
    deliveryDestinationType: 'S3',
    ...settings,
  })
  const id = delivery?.id ?? ''
  await logs.send(new UpdateDeliveryConfigurationCommand({ id, fieldDelimiter: ' ' }))
  const updated = { ...delivery, fieldDelimiter: ' ' }
  expect((await logs.send(new GetDeliveryCommand({ id }))).delivery).toEqual(updated)
  expect((await logs.send(new DescribeDeliveriesCommand({}))).deliveries).toEqual([updated])
  expect((await logs.send(new DescribeDeliverySourcesCommand({}))).deliverySources).toEqual([deliverySource])
  const first = await logs.send(new DescribeDeliveryDestinationsCommand({ limit: 1 }))
  expect(first.deliveryDestinations?.map(({ name }) => name)).toEqual(['a'])
  const second = await logs.send(new DescribeDeliveryDestinationsCommand({ limit: 1, nextToken: first.nextToken }))
  expect(second.deliveryDestinations).toEqual([deliveryDestination])
  expect(second.nextToken).toBeUndefined()
  await logs.send(new TagResourceCommand({ resourceArn: delivery?.arn, tags: { a: '1' } }))
  const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn: delivery?.arn }))
  expect(tags).toEqual({ a: '1' })
  const { configurations } = await aws.admin<{ configurations: unknown[] }>('GET', '/_fakecloud/logs/delivery-config')
  expect(configurations).toEqual([
    {
      id,
      name: id,
      deliveryDestinationArn: `${LOGS_ARN}:delivery-destination:b`,
      deliverySourceName: 'cdn',
      logType: 'ACCESS_LOGS',
      ...settings,
      fieldDelimiter: ' ',
      createdAt: expect.any(Number),
    },
  ])
})

test('deliveries end before their sources and destinations; what contradicts is refused in AWS’s words', async () => {
  const { logs, source, destination, deliver } = setUp()
  await source()
  await destination('b', 'arn:aws:s3:::bucket', 'json')
  const conflict = (message: string) => ({ name: 'ConflictException', message, status: 400 })
  expect(await failure(source('cdn', { tags: { a: 'b' } }))).toEqual(
    conflict('Tags can only be provided when a resource is being created, not updated.'),
  )
  expect(await failure(source('other'))).toEqual(
    conflict('This ResourceId has already been used in another Delivery Source in this account'),
  )
  expect(await failure(source('cdn', { resourceArn: `${resourceArn}4` }))).toEqual(
    conflict(
      'Update to existing Delivery Source with new ResourceId is not allowed. Please create a new Delivery Source instead.',
    ),
  )
  expect(await failure(source('x', { logType: 'ERROR_LOGS' }))).toMatchObject({ name: 'ValidationException' })
  expect(await failure(destination('q', 'arn:aws:sqs:us-east-1:123456789012:q'))).toMatchObject({
    name: 'ValidationException',
  })
  expect(await failure(deliver('none'))).toMatchObject({
    name: 'ResourceNotFoundException',
    message: 'The specified delivery destination does not exist.',
  })
  expect(await failure(deliver('b', { deliverySourceName: 'none' }))).toMatchObject({
    message: 'The specified delivery source does not exist.',
  })
  expect(await failure(deliver('b', { recordFields: ['colour'] }))).toMatchObject({ name: 'ValidationException' })
  const delivery = await deliver('b')
  expect(delivery?.recordFields?.slice(0, 3)).toEqual(['date', 'time', 'x-edge-location'])
  expect(await failure(deliver('b'))).toMatchObject({ name: 'ConflictException' })
  const steps = [
    () => logs.send(new DeleteDeliverySourceCommand({ name: 'cdn' })),
    () => logs.send(new DeleteDeliveryDestinationCommand({ name: 'b' })),
  ]
  for (const step of steps) expect(await failure(step())).toMatchObject({ name: 'ConflictException' })
  await logs.send(new DeleteDeliveryCommand({ id: delivery?.id }))
  for (const step of steps) await step()
  for (const step of steps) expect(await failure(step())).toMatchObject({ name: 'ResourceNotFoundException' })
})

test('another account delivers to a destination whose policy lets it', async () => {
  const { aws, logs, source, destination, deliver } = setUp()
  const credentials = { accessKeyId: '222222222222', secretAccessKey: 'x' }
  const other = aws.client(CloudWatchLogsClient, { credentials })
  const name = 'theirs'
  const arn = `arn:aws:logs:us-east-1:222222222222:delivery-destination:${name}`
  await other.send(
    new PutDeliveryDestinationCommand({
      name,
      deliveryDestinationConfiguration: { destinationResourceArn: 'arn:aws:s3:::bucket' },
    }),
  )
  await source()
  await destination('b', 'arn:aws:s3:::bucket')
  const open = () => deliver('b', { deliveryDestinationArn: arn })
  expect(await failure(open())).toMatchObject({
    name: 'AccessDeniedException',
    message: `User with accountId: 123456789012 is not authorized to perform: logs:CreateDelivery on resource: ${arn}`,
  })
  const read = () => other.send(new GetDeliveryDestinationPolicyCommand({ deliveryDestinationName: name }))
  expect(await failure(read())).toMatchObject({ name: 'ResourceNotFoundException' })
  const put = (deliveryDestinationPolicy: string) =>
    other.send(new PutDeliveryDestinationPolicyCommand({ deliveryDestinationName: name, deliveryDestinationPolicy }))
  expect(await failure(put('{'))).toMatchObject({
    name: 'ValidationException',
    message: 'Invalid Delivery Destination resource Policy is provided.',
  })
  const statement = {
    Effect: 'Allow',
    Principal: { AWS: '123456789012' },
    Action: 'logs:CreateDelivery',
    Resource: arn,
  }
  const text = JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
  await put(text)
  expect((await read()).policy).toEqual({ deliveryDestinationPolicy: text })
  expect((await open())?.deliveryDestinationType).toBe('S3')
  await other.send(new DeleteDeliveryDestinationPolicyCommand({ deliveryDestinationName: name }))
  expect(await failure(read())).toMatchObject({ name: 'ResourceNotFoundException' })
  expect((await logs.send(new DescribeDeliveriesCommand({}))).deliveries).toHaveLength(1)
})

test('templates say what a delivery of each service may have', async () => {
  const { logs } = setUp()
  const input = { service: 'events', logTypes: ['TRACE_LOGS'], deliveryDestinationTypes: ['S3' as const] }
  const { configurationTemplates } = await logs.send(new DescribeConfigurationTemplatesCommand(input))
  expect(configurationTemplates).toMatchObject([
    { service: 'events', resourceType: 'event-bus', logType: 'TRACE_LOGS', deliveryDestinationType: 'S3' },
  ])
  const all: unknown[] = []
  let nextToken: string | undefined
  do {
    const page = await logs.send(
      new DescribeConfigurationTemplatesCommand({ limit: 5, ...(nextToken && { nextToken }) }),
    )
    all.push(...(page.configurationTemplates ?? []))
    nextToken = page.nextToken
  } while (nextToken)
  expect(all).toHaveLength(12)
})
