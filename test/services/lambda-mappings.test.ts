import {
  CreateEventSourceMappingCommand,
  type CreateEventSourceMappingCommandInput,
  CreateAliasCommand,
  DeleteEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  type LambdaClient,
  ListEventSourceMappingsCommand,
  ListTagsCommand,
  PublishVersionCommand,
  TagResourceCommand,
  UntagResourceCommand,
  UpdateEventSourceMappingCommand,
} from '@aws-sdk/client-lambda'
import { CreateRoleCommand, IAMClient, PutRolePolicyCommand } from '@aws-sdk/client-iam'
import { describe, expect, it } from 'vitest'
import { create, ECHO, failure, setUp } from '../support/lambda.ts'
import { makeQueue } from '../support/sqs.ts'

const FUNCTION_ARN = 'arn:aws:lambda:us-east-1:123456789012:function:work'
const ROLE = 'arn:aws:iam::123456789012:role/reader'

type Settings = Partial<CreateEventSourceMappingCommandInput>

const map = (lambda: LambdaClient, EventSourceArn: string, more: Settings = {}) =>
  lambda.send(new CreateEventSourceMappingCommand({ EventSourceArn, FunctionName: 'work', ...more }))

async function prepared() {
  const { aws, lambda } = setUp()
  const [queue] = await Promise.all([makeQueue(aws, 'jobs'), create(lambda, ECHO)])
  const get = (UUID: string) => lambda.send(new GetEventSourceMappingCommand({ UUID }))
  return { aws, lambda, queue, get }
}

const invalid = (message: string) => ({ name: 'InvalidParameterValueException', message, status: 400 })

describe('an event source mapping', () => {
  it('is made with AWS’s defaults, and told so', async () => {
    const { lambda, queue, get } = await prepared()
    const { $metadata, ...made } = await map(lambda, queue.arn)
    expect($metadata.httpStatusCode).toBe(202)
    expect(made).toEqual({
      UUID: expect.stringMatching(/^[0-9a-f-]{36}$/),
      BatchSize: 10,
      MaximumBatchingWindowInSeconds: 0,
      EventSourceArn: queue.arn,
      FunctionArn: FUNCTION_ARN,
      FunctionResponseTypes: [],
      LastModified: expect.any(Date),
      State: 'Creating',
      StateTransitionReason: 'USER_INITIATED',
      EventSourceMappingArn: `arn:aws:lambda:us-east-1:123456789012:event-source-mapping:${made.UUID}`,
    })
    expect(await get(made.UUID ?? '')).toMatchObject({ ...made, State: 'Enabled' })
  })

  it('keeps every setting, and an update changes what it names alone', async () => {
    const { lambda, queue, get } = await prepared()
    const settings = {
      BatchSize: 1000,
      MaximumBatchingWindowInSeconds: 60,
      FilterCriteria: { Filters: [{ Pattern: '{"body":{"a":[1]}}' }] },
      FunctionResponseTypes: ['ReportBatchItemFailures' as const],
      ScalingConfig: { MaximumConcurrency: 7 },
      MetricsConfig: { Metrics: ['EventCount' as const] },
      KMSKeyArn: 'arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555',
    }
    const { UUID = '' } = await map(lambda, queue.arn, { ...settings, Enabled: false, Tags: { team: 'a' } })
    expect(await get(UUID)).toMatchObject({ ...settings, State: 'Disabled' })
    const update = (more: object) => lambda.send(new UpdateEventSourceMappingCommand({ UUID, ...more }))
    expect(await update({ BatchSize: 20 })).toMatchObject({ ...settings, BatchSize: 20, State: 'Updating' })
    const cleared = await update({ FilterCriteria: {}, ScalingConfig: {}, FunctionResponseTypes: [], Enabled: true })
    expect(cleared).toMatchObject({ BatchSize: 20, FunctionResponseTypes: [], State: 'Enabling' })
    expect(cleared).not.toHaveProperty('FilterCriteria')
    expect(cleared).not.toHaveProperty('ScalingConfig')
    const pollers = { MinimumPollers: 3, MaximumPollers: 9 }
    expect(await update({ ProvisionedPollerConfig: pollers })).toMatchObject({ ProvisionedPollerConfig: pollers })
    expect(await get(UUID)).toMatchObject({ BatchSize: 20, State: 'Enabled' })
  })

  it('is listed by function, alias and queue, in pages', async () => {
    const { aws, lambda, queue } = await prepared()
    const other = await makeQueue(aws, 'other')
    await lambda.send(new PublishVersionCommand({ FunctionName: 'work' }))
    await lambda.send(new CreateAliasCommand({ FunctionName: 'work', Name: 'live', FunctionVersion: '1' }))
    const live = await map(lambda, queue.arn, { FunctionName: `${FUNCTION_ARN}:live` })
    expect(live.FunctionArn).toBe(`${FUNCTION_ARN}:live`)
    const plain = await map(lambda, queue.arn)
    const third = await map(lambda, other.arn)
    const list = async (input: object) => {
      const { EventSourceMappings = [], NextMarker } = await lambda.send(new ListEventSourceMappingsCommand(input))
      return { found: EventSourceMappings.map(({ UUID }) => UUID).sort(), NextMarker }
    }
    const ids = (...mappings: { UUID?: string | undefined }[]) => mappings.map(({ UUID }) => UUID).sort()
    expect((await list({})).found).toEqual(ids(live, plain, third))
    expect((await list({ EventSourceArn: queue.arn })).found).toEqual(ids(live, plain))
    expect((await list({ FunctionName: 'work' })).found).toEqual(ids(plain, third))
    expect((await list({ FunctionName: 'work:live' })).found).toEqual(ids(live))
    expect((await list({ FunctionName: 'nobody' })).found).toEqual([])
    const first = await list({ MaxItems: 2 })
    const second = await list({ MaxItems: 2, Marker: first.NextMarker })
    expect([...first.found, ...second.found].sort()).toEqual(ids(live, plain, third))
    expect(second.NextMarker).toBeUndefined()
  })

  it('has tags', async () => {
    const { lambda, queue } = await prepared()
    const { EventSourceMappingArn: Resource } = await map(lambda, queue.arn, { Tags: { team: 'a' } })
    await lambda.send(new TagResourceCommand({ Resource, Tags: { env: 'test' } }))
    expect((await lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ team: 'a', env: 'test' })
    await lambda.send(new UntagResourceCommand({ Resource, TagKeys: ['team'] }))
    expect((await lambda.send(new ListTagsCommand({ Resource }))).Tags).toEqual({ env: 'test' })
  })

  it('is gone once it is deleted', async () => {
    const { lambda, queue, get } = await prepared()
    const { UUID = '' } = await map(lambda, queue.arn)
    expect(await lambda.send(new DeleteEventSourceMappingCommand({ UUID }))).toMatchObject({ UUID, State: 'Deleting' })
    const gone = {
      name: 'ResourceNotFoundException',
      message: 'The resource you requested does not exist.',
      status: 404,
    }
    expect(await failure(get(UUID))).toEqual(gone)
    expect(await failure(lambda.send(new DeleteEventSourceMappingCommand({ UUID })))).toEqual(gone)
    expect(await failure(lambda.send(new UpdateEventSourceMappingCommand({ UUID, BatchSize: 1 })))).toEqual(gone)
  })

  it('is one a queue and function', async () => {
    const { lambda, queue } = await prepared()
    const { UUID } = await map(lambda, queue.arn)
    expect(await failure(map(lambda, queue.arn))).toEqual({
      name: 'ResourceConflictException',
      message: `An event source mapping with SQS arn (" ${queue.arn} ") and function (" work ") already exists. Please update or delete the existing mapping with UUID ${UUID}`,
      status: 409,
    })
  })
})

describe('an event source mapping is refused', () => {
  it('for a queue or a function that is not there', async () => {
    const { lambda, queue } = await prepared()
    expect(await failure(map(lambda, queue.arn, { FunctionName: 'nobody' }))).toEqual(
      invalid('Function does not exist'),
    )
    expect(await failure(map(lambda, `${queue.arn}-missing`))).toEqual(
      invalid(
        'Error occurred while ReceiveMessage. SQS Error Code: AWS.SimpleQueueService.NonExistentQueue. SQS Error Message: The specified queue does not exist.',
      ),
    )
  })

  it('for a queue that hides messages for less time than the function may take', async () => {
    const { aws, lambda } = await prepared()
    const short = await makeQueue(aws, 'short', { VisibilityTimeout: '2' })
    expect(await failure(map(lambda, short.arn))).toEqual(
      invalid('Queue visibility timeout: 2 seconds is less than Function timeout: 3 seconds'),
    )
  })

  it.each<[string, Settings]>([
    ['Invalid filter pattern definition.', { FilterCriteria: { Filters: [{ Pattern: '{"body":"x"}' }] } }],
    ['Invalid filter pattern definition.', { FilterCriteria: { Filters: [{ Pattern: 'no' }] } }],
    [
      'Maximum batch window in seconds must be greater than 0 if maximum batch size is greater than 10',
      { BatchSize: 11 },
    ],
    ['StartingPosition is not valid for SQS event sources.', { StartingPosition: 'LATEST' }],
    [
      'Unsupported BisectBatchOnFunctionError parameter for given event source mapping type.',
      { BisectBatchOnFunctionError: true },
    ],
    [
      'MinimumPollers should be between [2, 200] and MaximumPollers should be between [MinimumPollers, 2000]',
      { ProvisionedPollerConfig: { MinimumPollers: 20, MaximumPollers: 10 } },
    ],
    [
      'Provisioned mode for SQS ESM does not support maximum concurrency feature. Use MaximumPollers as the control mechanism and remove maximum concurrency.',
      { ProvisionedPollerConfig: { MinimumPollers: 2 }, ScalingConfig: { MaximumConcurrency: 2 } },
    ],
  ])('%s', async (message, settings) => {
    const { lambda, queue } = await prepared()
    expect(await failure(map(lambda, queue.arn, settings))).toEqual(invalid(message))
    expect((await lambda.send(new ListEventSourceMappingsCommand({}))).EventSourceMappings).toEqual([])
  })

  it.each<[string, Settings]>([
    ['batch size', { BatchSize: 0 }],
    ['batch size', { BatchSize: 10_001 }],
    ['window', { MaximumBatchingWindowInSeconds: 301 }],
    ['concurrency', { ScalingConfig: { MaximumConcurrency: 1 } }],
    ['concurrency', { ScalingConfig: { MaximumConcurrency: 1001 } }],
    ['response type', { FunctionResponseTypes: ['Other' as 'ReportBatchItemFailures'] }],
  ])('for a %s out of range', async (_what, settings) => {
    const { lambda, queue } = await prepared()
    expect(await failure(map(lambda, queue.arn, settings))).toMatchObject({ name: 'ValidationException', status: 400 })
  })

  it('for a window or a long batch of a FIFO queue', async () => {
    const { aws, lambda } = await prepared()
    const fifo = await makeQueue(aws, 'jobs.fifo', { FifoQueue: 'true' })
    expect(await failure(map(lambda, fifo.arn, { MaximumBatchingWindowInSeconds: 1 }))).toEqual(
      invalid('Batching window is not supported for FIFO queues'),
    )
    expect(await failure(map(lambda, fifo.arn, { BatchSize: 11 }))).toMatchObject({
      name: 'InvalidParameterValueException',
    })
  })

  it('for sources that there are not, and for none', async () => {
    const { lambda } = await prepared()
    const stream = 'arn:aws:kinesis:us-east-1:123456789012:stream/s'
    expect(await failure(map(lambda, stream, { StartingPosition: 'LATEST' }))).toEqual(
      invalid('Kinesis streams are no event source of this emulator yet: Amazon SQS is the one that there is.'),
    )
    const none = lambda.send(new CreateEventSourceMappingCommand({ FunctionName: 'work' }))
    expect(await failure(none)).toEqual(invalid('Unrecognized event source.'))
  })

  it('for a role that may not read the queue, where IAM is enforced', async () => {
    const { aws, lambda } = setUp()
    await aws.admin('POST', '/_fakecloud/namespaces', { name: aws.namespace, iam: 'strict' })
    const iam = aws.client(IAMClient)
    const trust = { Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }
    const document = (Statement: object) => JSON.stringify({ Version: '2012-10-17', Statement })
    await iam.send(new CreateRoleCommand({ RoleName: 'reader', AssumeRolePolicyDocument: document(trust) }))
    const permit = (...Action: string[]) =>
      iam.send(
        new PutRolePolicyCommand({
          RoleName: 'reader',
          PolicyName: 'read',
          PolicyDocument: document({ Effect: 'Allow', Action, Resource: '*' }),
        }),
      )
    const queue = await makeQueue(aws, 'jobs')
    await create(lambda, ECHO, { Role: ROLE })
    const refused = (operation: string) =>
      invalid(`The provided execution role does not have permissions to call ${operation} on SQS`)
    expect(await failure(map(lambda, queue.arn))).toEqual(refused('ReceiveMessage'))
    await permit('sqs:ReceiveMessage')
    expect(await failure(map(lambda, queue.arn))).toEqual(refused('DeleteMessage'))
    await permit('sqs:ReceiveMessage', 'sqs:DeleteMessage')
    expect(await failure(map(lambda, queue.arn))).toEqual(refused('GetQueueAttributes'))
    await permit('sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes')
    expect(await map(lambda, queue.arn)).toMatchObject({ State: 'Creating' })
  })
})
