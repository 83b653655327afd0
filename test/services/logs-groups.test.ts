import {
  AssociateKmsKeyCommand,
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DeleteLogGroupCommand,
  DeleteLogStreamCommand,
  DeleteRetentionPolicyCommand,
  DescribeLogGroupsCommand,
  type DescribeLogGroupsCommandInput,
  DescribeLogStreamsCommand,
  type DescribeLogStreamsCommandInput,
  DisassociateKmsKeyCommand,
  ListLogGroupsCommand,
  type ListLogGroupsCommandInput,
  ListTagsForResourceCommand,
  ListTagsLogGroupCommand,
  PutLogEventsCommand,
  PutLogGroupDeletionProtectionCommand,
  PutRetentionPolicyCommand,
  TagLogGroupCommand,
  TagResourceCommand,
  UntagLogGroupCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { testClients } from '../support/clients.ts'

const ACCOUNT = 'arn:aws:logs:us-east-1:123456789012'

function start() {
  const aws = testClients()
  const logs = aws.client(CloudWatchLogsClient)
  const create = (...names: string[]) =>
    Promise.all(names.map(logGroupName => logs.send(new CreateLogGroupCommand({ logGroupName }))))
  const stream = (logGroupName: string, logStreamName: string) =>
    logs.send(new CreateLogStreamCommand({ logGroupName, logStreamName }))
  const put = (logGroupName: string, logStreamName: string, ...timestamps: number[]) => {
    const logEvents = timestamps.map(timestamp => ({ timestamp, message: `at ${timestamp}` }))
    return logs.send(new PutLogEventsCommand({ logGroupName, logStreamName, logEvents }))
  }
  const describeOne = async (logGroupNamePrefix: string) => {
    const { logGroups = [] } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix }))
    return logGroups[0]
  }
  return { aws, logs, create, stream, put, describeOne }
}

describe('a log group', () => {
  it('is described with all it has from the start', async () => {
    const { create, describeOne } = start()
    await create('/app/web')
    expect(await describeOne('/app/web')).toEqual({
      logGroupName: '/app/web',
      creationTime: expect.any(Number),
      metricFilterCount: 0,
      arn: `${ACCOUNT}:log-group:/app/web:*`,
      logGroupArn: `${ACCOUNT}:log-group:/app/web`,
      storedBytes: 0,
      logGroupClass: 'STANDARD',
      deletionProtectionEnabled: false,
    })
  })

  it('has a name of its own, and one that AWS allows', async () => {
    const { logs, create } = start()
    await create('g')
    await expect(create('g')).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log group already exists',
    })
    await expect(create('aws/mine')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(create('a b')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message:
        "1 validation error detected: Value 'a b' at 'logGroupName' failed to satisfy constraint: " +
        'Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+',
    })
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}))
    expect(logGroups).toHaveLength(1)
  })

  it('goes with its streams and events, and starts empty when made again', async () => {
    const { logs, create, stream, put, describeOne } = start()
    await create('g')
    await stream('g', 's')
    await put('g', 's', Date.now())
    await logs.send(new DeleteLogGroupCommand({ logGroupName: 'g' }))
    await expect(logs.send(new DeleteLogGroupCommand({ logGroupName: 'g' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified log group does not exist.',
    })
    await create('g')
    expect((await describeOne('g'))?.storedBytes).toBe(0)
    const { logStreams } = await logs.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }))
    expect(logStreams).toEqual([])
  })

  it('cannot be deleted, nor its streams, while it is protected', async () => {
    const { logs, stream, describeOne } = start()
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'g', deletionProtectionEnabled: true }))
    await stream('g', 's')
    const remove = () => logs.send(new DeleteLogGroupCommand({ logGroupName: 'g' }))
    await expect(remove()).rejects.toMatchObject({ name: 'ValidationException' })
    await expect(
      logs.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 's' })),
    ).rejects.toMatchObject({ name: 'ValidationException' })
    expect((await describeOne('g'))?.deletionProtectionEnabled).toBe(true)
    const off = { logGroupIdentifier: `${ACCOUNT}:log-group:g`, deletionProtectionEnabled: false }
    await logs.send(new PutLogGroupDeletionProtectionCommand(off))
    await remove()
  })

  it('counts the bytes it keeps', async () => {
    const { create, stream, put, describeOne, logs } = start()
    await create('g')
    await stream('g', 's')
    await put('g', 's', Date.now())
    expect((await describeOne('g'))?.storedBytes).toBe('at 1700000000000'.length + 26)
    await logs.send(new DeleteLogStreamCommand({ logGroupName: 'g', logStreamName: 's' }))
    expect((await describeOne('g'))?.storedBytes).toBe(0)
  })

  it('keeps the ARN of its KMS key', async () => {
    const { logs, create, describeOne } = start()
    const kmsKeyId = 'arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000'
    await create('g')
    await logs.send(new AssociateKmsKeyCommand({ logGroupName: 'g', kmsKeyId }))
    expect((await describeOne('g'))?.kmsKeyId).toBe(kmsKeyId)
    await logs.send(new DisassociateKmsKeyCommand({ resourceIdentifier: `${ACCOUNT}:log-group:g` }))
    expect((await describeOne('g'))?.kmsKeyId).toBeUndefined()
    await expect(logs.send(new AssociateKmsKeyCommand({ logGroupName: 'g', kmsKeyId: 'key' }))).rejects.toMatchObject({
      name: 'InvalidParameterException',
    })
  })
})

describe('listing log groups', () => {
  it('goes in pages, in the order of ASCII', async () => {
    const { logs, create } = start()
    await create('b', 'a/2', 'a/1', 'A', 'a/3')
    const page = (nextToken?: string) =>
      logs.send(
        new DescribeLogGroupsCommand({ limit: 2, logGroupNamePrefix: 'a/', ...(nextToken ? { nextToken } : {}) }),
      )
    const first = await page()
    expect(first.logGroups?.map(group => group.logGroupName)).toEqual(['a/1', 'a/2'])
    const second = await page(first.nextToken)
    expect(second.logGroups?.map(group => group.logGroupName)).toEqual(['a/3'])
    expect(second.nextToken).toBeUndefined()
    await expect(page('nonsense')).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'The specified nextToken is invalid.',
    })
    const all = await logs.send(new DescribeLogGroupsCommand({}))
    expect(all.logGroups?.map(group => group.logGroupName)).toEqual(['A', 'a/1', 'a/2', 'a/3', 'b'])
  })

  it('finds part of a name, and shows less of what it finds so', async () => {
    const { logs, create } = start()
    await create('aws-DataLogs', 'datalogs')
    const { logGroups } = await logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: 'DataLogs' }))
    expect(logGroups?.map(group => Object.keys(group).toSorted())).toEqual([['arn', 'creationTime', 'logGroupName']])
    await expect(
      logs.send(new DescribeLogGroupsCommand({ logGroupNamePattern: 'a', logGroupNamePrefix: 'a' })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.',
    })
  })

  it('takes identifiers and classes', async () => {
    const { logs, create } = start()
    await create('standard', 'other')
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'rare', logGroupClass: 'INFREQUENT_ACCESS' }))
    const names = async (input: DescribeLogGroupsCommandInput) => {
      const { logGroups } = await logs.send(new DescribeLogGroupsCommand(input))
      return logGroups?.map(group => group.logGroupName)
    }
    expect(await names({ logGroupClass: 'INFREQUENT_ACCESS' })).toEqual(['rare'])
    expect(await names({ logGroupIdentifiers: ['other', `${ACCOUNT}:log-group:rare`, 'none'] })).toEqual([
      'other',
      'rare',
    ])
    expect(await names({ includeLinkedAccounts: true, accountIdentifiers: ['000000000001'] })).toEqual([])
  })

  it('knows alternatives, anchors and tags', async () => {
    const { logs, create } = start()
    await create('/aws/lambda/a', 'my/aws/lambda', 'discovery-1')
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'tagged', tags: { env: 'Production' } }))
    const names = async (input: ListLogGroupsCommandInput) => {
      const { logGroups } = await logs.send(new ListLogGroupsCommand(input))
      return logGroups?.map(group => group.logGroupName)
    }
    expect(await names({ logGroupNamePattern: '^/aws/lambda|discovery' })).toEqual(['/aws/lambda/a', 'discovery-1'])
    expect(await names({ logGroupTags: [{ key: 'env', values: ['prod*'] }] })).toEqual(['tagged'])
    const { logGroups, nextToken } = await logs.send(new ListLogGroupsCommand({ limit: 1 }))
    expect(logGroups).toEqual([
      { logGroupName: '/aws/lambda/a', logGroupArn: `${ACCOUNT}:log-group:/aws/lambda/a`, logGroupClass: 'STANDARD' },
    ])
    expect(nextToken).toBeDefined()
  })
})

describe('retention', () => {
  it('takes the values that AWS has, and no others', async () => {
    const { logs, create, describeOne } = start()
    await create('g')
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 3653 }))
    expect((await describeOne('g'))?.retentionInDays).toBe(3653)
    await expect(
      logs.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 2 })),
    ).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await logs.send(new DeleteRetentionPolicyCommand({ logGroupName: 'g' }))
    expect((await describeOne('g'))?.retentionInDays).toBeUndefined()
  })

  it('deletes events when their time has come, and only those', async () => {
    const { aws, logs, create, stream, put, describeOne } = start()
    const now = Date.now()
    await create('g')
    await stream('g', 's')
    await put('g', 's', now - 3_600_000, now)
    await logs.send(new PutRetentionPolicyCommand({ logGroupName: 'g', retentionInDays: 1 }))
    const before = (await describeOne('g'))?.storedBytes ?? 0
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 24 * 3600 })
    expect((await describeOne('g'))?.storedBytes).toBeLessThanOrEqual(before / 2)
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 2 * 3600 })
    expect((await describeOne('g'))?.storedBytes).toBe(0)
  })
})

describe('tags', () => {
  it('are the same by the old and the new operations', async () => {
    const { logs } = start()
    const resourceArn = `${ACCOUNT}:log-group:g`
    await logs.send(new CreateLogGroupCommand({ logGroupName: 'g', tags: { a: '1' } }))
    await logs.send(new TagLogGroupCommand({ logGroupName: 'g', tags: { b: '2' } }))
    await logs.send(new TagResourceCommand({ resourceArn, tags: { c: '3', a: 'x' } }))
    const old = await logs.send(new ListTagsLogGroupCommand({ logGroupName: 'g' }))
    expect(old.tags).toEqual({ a: 'x', b: '2', c: '3' })
    await logs.send(new UntagLogGroupCommand({ logGroupName: 'g', tags: ['a'] }))
    await logs.send(new UntagResourceCommand({ resourceArn, tagKeys: ['b', 'none'] }))
    const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn }))
    expect(tags).toEqual({ c: '3' })
  })

  it('are fifty at most, and a refusal changes none', async () => {
    const { logs, create } = start()
    await create('g')
    const resourceArn = `${ACCOUNT}:log-group:g`
    const many = (count: number, of: string) =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`${of}${i}`, 'v']))
    await logs.send(new TagResourceCommand({ resourceArn, tags: many(49, 'a') }))
    await expect(logs.send(new TagResourceCommand({ resourceArn, tags: many(2, 'b') }))).rejects.toMatchObject({
      name: 'TooManyTagsException',
      resourceName: resourceArn,
    })
    const { tags = {} } = await logs.send(new ListTagsForResourceCommand({ resourceArn }))
    expect(Object.keys(tags)).toHaveLength(49)
    await expect(
      logs.send(new ListTagsForResourceCommand({ resourceArn: `${ACCOUNT}:log-group:none` })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('a log stream', () => {
  it('is described without events at first, and with them later', async () => {
    const { logs, create, stream, put } = start()
    await create('g')
    await stream('g', '2024/a[1]')
    const describeStreams = () => logs.send(new DescribeLogStreamsCommand({ logGroupName: 'g' }))
    const fresh = {
      logStreamName: '2024/a[1]',
      creationTime: expect.any(Number),
      arn: `${ACCOUNT}:log-group:g:log-stream:2024/a[1]`,
      storedBytes: 0,
    }
    expect((await describeStreams()).logStreams).toEqual([fresh])
    const now = Date.now()
    const { nextSequenceToken } = await put('g', '2024/a[1]', now - 10, now)
    expect((await describeStreams()).logStreams).toEqual([
      {
        ...fresh,
        firstEventTimestamp: now - 10,
        lastEventTimestamp: now,
        lastIngestionTime: expect.any(Number),
        uploadSequenceToken: nextSequenceToken,
      },
    ])
  })

  it('is listed by name or by its last event, either way round, in pages', async () => {
    const { logs, create, stream, put } = start()
    await create('g')
    for (const name of ['a', 'b', 'c', 'd']) await stream('g', name)
    const now = Date.now()
    await put('g', 'b', now - 3)
    await put('g', 'a', now - 2)
    await put('g', 'c', now - 1)
    const names = async (input: { orderBy?: 'LogStreamName' | 'LastEventTime'; descending?: boolean }) => {
      const found: (string | undefined)[] = []
      let nextToken: string | undefined
      do {
        const page = { logGroupName: 'g', limit: 3, ...input, ...(nextToken ? { nextToken } : {}) }
        const answer = await logs.send(new DescribeLogStreamsCommand(page))
        found.push(...(answer.logStreams ?? []).map(({ logStreamName }) => logStreamName))
        nextToken = answer.nextToken
      } while (nextToken)
      return found.join('')
    }
    expect(await names({})).toBe('abcd')
    expect(await names({ descending: true })).toBe('dcba')
    expect(await names({ orderBy: 'LastEventTime' })).toBe('dbac')
    expect(await names({ orderBy: 'LastEventTime', descending: true })).toBe('cabd')
  })

  it('is found by a prefix, by the name or the ARN of its group, not by both', async () => {
    const { logs, create, stream } = start()
    await create('g')
    await stream('g', 'web-1')
    await stream('g', 'job-1')
    const ask = (input: DescribeLogStreamsCommandInput) =>
      logs.send(new DescribeLogStreamsCommand({ logStreamNamePrefix: 'web', ...input }))
    expect((await ask({ logGroupIdentifier: `${ACCOUNT}:log-group:g` })).logStreams).toHaveLength(1)
    await expect(ask({ logGroupName: 'g', logGroupIdentifier: 'g' })).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'LogGroup name and LogGroup ARN are mutually exclusive parameters.',
    })
    await expect(ask({ logGroupName: 'g', orderBy: 'LastEventTime' })).rejects.toMatchObject({
      name: 'InvalidParameterException',
      message: 'Cannot order by LastEventTime with a logStreamNamePrefix.',
    })
    await expect(ask({ logGroupName: 'none' })).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })

  it('is made once, and in a group that exists', async () => {
    const { create, stream } = start()
    await create('g')
    await stream('g', 's')
    await expect(stream('g', 's')).rejects.toMatchObject({
      name: 'ResourceAlreadyExistsException',
      message: 'The specified log stream already exists',
    })
    await expect(stream('none', 's')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(stream('g', 'a:b')).rejects.toMatchObject({ name: 'InvalidParameterException' })
  })
})
