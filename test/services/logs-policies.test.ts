import {
  DeleteAccountPolicyCommand,
  DeleteDestinationCommand,
  DeleteIndexPolicyCommand,
  DeleteQueryDefinitionCommand,
  DeleteResourcePolicyCommand,
  DescribeAccountPoliciesCommand,
  DescribeDestinationsCommand,
  DescribeIndexPoliciesCommand,
  DescribeQueryDefinitionsCommand,
  DescribeResourcePoliciesCommand,
  ListLogGroupsCommand,
  ListTagsForResourceCommand,
  PutAccountPolicyCommand,
  type PutAccountPolicyCommandInput,
  PutDestinationCommand,
  PutDestinationPolicyCommand,
  PutIndexPolicyCommand,
  PutQueryDefinitionCommand,
  type PutQueryDefinitionCommandInput,
  PutResourcePolicyCommand,
  StartQueryCommand,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { describe, expect, it } from 'vitest'
import { LOGS_ARN, openFunction, testLogs } from '../support/logs.ts'

const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Principal: { Service: 'es.amazonaws.com' }, Action: 'logs:PutLogEvents', Resource: '*' },
  ],
})
const LAMBDA = 'arn:aws:lambda:us-east-1:123456789012:function:f'

describe('a resource policy', () => {
  it('of the account comes back as it was put', async () => {
    const { logs } = testLogs()
    const input = { policyName: 'p', policyDocument: POLICY }
    const { resourcePolicy } = await logs.send(new PutResourcePolicyCommand(input))
    const expected = { ...input, lastUpdatedTime: expect.any(Number), policyScope: 'ACCOUNT' }
    expect(resourcePolicy).toEqual(expected)
    const { resourcePolicies } = await logs.send(new DescribeResourcePoliciesCommand({}))
    expect(resourcePolicies).toEqual([expected])
    await logs.send(new DeleteResourcePolicyCommand({ policyName: 'p' }))
    await expect(logs.send(new DeleteResourcePolicyCommand({ policyName: 'p' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'Policy with name [p] does not exist',
    })
  })

  it('of a log group changes only for who knows its revision', async () => {
    const { logs, group } = testLogs()
    await group('g')
    const resourceArn = `${LOGS_ARN}:log-group:g`
    const input = { policyName: 'p', policyDocument: POLICY, resourceArn }
    const { revisionId } = await logs.send(new PutResourcePolicyCommand(input))
    await expect(logs.send(new PutResourcePolicyCommand(input))).rejects.toMatchObject({
      name: 'OperationAbortedException',
    })
    await logs.send(new PutResourcePolicyCommand({ ...input, expectedRevisionId: revisionId }))
    const { resourcePolicies } = await logs.send(new DescribeResourcePoliciesCommand({ resourceArn }))
    expect(resourcePolicies).toMatchObject([{ ...input, policyScope: 'RESOURCE' }])
    expect(resourcePolicies?.[0]?.revisionId).not.toBe(revisionId)
  })

  it('is refused when it is none, or the eleventh', async () => {
    const { logs } = testLogs()
    const put = (policyName: string, policyDocument = POLICY) =>
      logs.send(new PutResourcePolicyCommand({ policyName, policyDocument }))
    await expect(put('p', 'nonsense')).rejects.toMatchObject({ name: 'InvalidParameterException' })
    for (let i = 0; i < 10; i++) await put(`p${i}`)
    await expect(put('p10')).rejects.toMatchObject({
      name: 'LimitExceededException',
      message: 'Resource limit exceeded.',
    })
  })
})

describe('a destination', () => {
  const target = {
    destinationName: 'd',
    targetArn: 'arn:aws:kinesis:us-east-1:123456789012:stream/s',
    roleArn: 'arn:aws:iam::123456789012:role/r',
  }

  it('comes back as it was put, with its policy and tags', async () => {
    const { logs } = testLogs()
    const arn = `${LOGS_ARN}:destination:d`
    const { destination } = await logs.send(new PutDestinationCommand({ ...target, tags: { a: '1', b: '2' } }))
    expect(destination).toEqual({ ...target, arn, creationTime: expect.any(Number) })
    await logs.send(new PutDestinationPolicyCommand({ destinationName: 'd', accessPolicy: POLICY }))
    await logs.send(new PutDestinationCommand({ ...target, roleArn: 'arn:aws:iam::123456789012:role/other' }))
    const { destinations } = await logs.send(new DescribeDestinationsCommand({ DestinationNamePrefix: 'd' }))
    expect(destinations).toEqual([
      { ...destination, roleArn: 'arn:aws:iam::123456789012:role/other', accessPolicy: POLICY },
    ])
    await logs.send(new TagResourceCommand({ resourceArn: arn, tags: { c: '3' } }))
    await logs.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['a'] }))
    const { tags } = await logs.send(new ListTagsForResourceCommand({ resourceArn: arn }))
    expect(tags).toEqual({ b: '2', c: '3' })
    await logs.send(new DeleteDestinationCommand({ destinationName: 'd' }))
    await expect(logs.send(new DeleteDestinationCommand({ destinationName: 'd' }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
      message: 'The specified destination does not exist.',
    })
  })

  it('is listed in pages, and refused when its target is none', async () => {
    const { logs } = testLogs()
    for (const destinationName of ['b', 'a', 'c'])
      await logs.send(new PutDestinationCommand({ ...target, destinationName }))
    const first = await logs.send(new DescribeDestinationsCommand({ limit: 2 }))
    expect(first.destinations?.map(({ destinationName }) => destinationName)).toEqual(['a', 'b'])
    const rest = await logs.send(new DescribeDestinationsCommand({ limit: 2, nextToken: first.nextToken }))
    expect(rest.destinations?.map(({ destinationName }) => destinationName)).toEqual(['c'])
    const put = (more: object) => logs.send(new PutDestinationCommand({ ...target, ...more }))
    await expect(put({ targetArn: LAMBDA })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(put({ roleArn: 'role' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(
      logs.send(new PutDestinationPolicyCommand({ destinationName: 'none', accessPolicy: POLICY })),
    ).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
  })
})

describe('a query definition', () => {
  it('comes back as it was put, keeps nothing of what it replaces, and is found by the start of its name', async () => {
    const { logs } = testLogs()
    const put = async (input: PutQueryDefinitionCommandInput) =>
      (await logs.send(new PutQueryDefinitionCommand(input))).queryDefinitionId
    const input = { name: 'web/errors', queryString: 'filter level = "ERROR"', logGroupNames: ['g'] }
    const clientToken = '0'.repeat(36)
    const id = await put({ ...input, clientToken })
    expect(await put({ ...input, clientToken })).toBe(id)
    await put({ name: 'job/errors', queryString: 'limit 1' })
    const described = async (queryDefinitionNamePrefix?: string) =>
      (
        await logs.send(
          new DescribeQueryDefinitionsCommand(queryDefinitionNamePrefix ? { queryDefinitionNamePrefix } : {}),
        )
      ).queryDefinitions
    const expected = { ...input, queryDefinitionId: id, queryLanguage: 'CWLI', lastModified: expect.any(Number) }
    expect(await described('web')).toEqual([expected])
    await put({ name: 'web/all', queryString: 'limit 5', ...(id ? { queryDefinitionId: id } : {}) })
    expect(await described('web')).toEqual([
      {
        name: 'web/all',
        queryString: 'limit 5',
        queryDefinitionId: id,
        queryLanguage: 'CWLI',
        lastModified: expect.any(Number),
      },
    ])
    const remove = () => logs.send(new DeleteQueryDefinitionCommand({ queryDefinitionId: id }))
    expect((await remove()).success).toBe(true)
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    await expect(put({ ...input, queryDefinitionId: 'none' })).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
    expect(await described()).toHaveLength(1)
  })
})

describe('an account policy', () => {
  it('comes back as it was put', async () => {
    const { aws, logs } = testLogs()
    await openFunction(aws, 'f')
    const input: PutAccountPolicyCommandInput = {
      policyName: 'p',
      policyType: 'SUBSCRIPTION_FILTER_POLICY',
      policyDocument: JSON.stringify({ DestinationArn: LAMBDA, FilterPattern: 'ERROR', Distribution: 'Random' }),
      scope: 'ALL',
      selectionCriteria: 'LogGroupName NOT IN ["g"]',
    }
    const { accountPolicy } = await logs.send(new PutAccountPolicyCommand(input))
    expect(accountPolicy).toEqual({ ...input, accountId: '123456789012', lastUpdatedTime: expect.any(Number) })
    const describePolicies = async () => {
      const { accountPolicies } = await logs.send(
        new DescribeAccountPoliciesCommand({ policyType: 'SUBSCRIPTION_FILTER_POLICY' }),
      )
      return accountPolicies
    }
    expect(await describePolicies()).toEqual([accountPolicy])
    await expect(logs.send(new PutAccountPolicyCommand({ ...input, policyName: 'q' }))).rejects.toMatchObject({
      name: 'LimitExceededException',
    })
    const remove = () =>
      logs.send(new DeleteAccountPolicyCommand({ policyName: 'p', policyType: 'SUBSCRIPTION_FILTER_POLICY' }))
    await remove()
    await expect(remove()).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
    expect(await describePolicies()).toEqual([])
  })

  it('is refused when its document is none of its type; types that are not built say so', async () => {
    const { logs } = testLogs()
    const put = (input: Partial<PutAccountPolicyCommandInput>) =>
      logs.send(
        new PutAccountPolicyCommand({
          policyName: 'p',
          policyType: 'SUBSCRIPTION_FILTER_POLICY',
          policyDocument: '{}',
          ...input,
        }),
      )
    await expect(put({})).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(put({ policyDocument: 'x' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(put({ policyType: 'FIELD_INDEX_POLICY' })).rejects.toMatchObject({ name: 'InvalidParameterException' })
    await expect(put({ policyType: 'TRANSFORMER_POLICY' })).rejects.toMatchObject({
      name: 'NotImplemented',
      $metadata: { httpStatusCode: 501 },
    })
  })
})

describe('a field index policy', () => {
  const document = (...Fields: string[]) => JSON.stringify({ Fields })

  it('of a log group comes back as it was put, before the account’s', async () => {
    const test = testLogs()
    const { logs } = test
    await test.group('/web/g')
    const logGroupIdentifier = `${LOGS_ARN}:log-group:/web/g`
    const described = async () =>
      (await logs.send(new DescribeIndexPoliciesCommand({ logGroupIdentifiers: ['/web/g'] }))).indexPolicies
    await logs.send(
      new PutAccountPolicyCommand({
        policyName: 'all',
        policyType: 'FIELD_INDEX_POLICY',
        policyDocument: document('userId'),
        selectionCriteria: 'LogGroupNamePrefix IN ["/web/"]',
      }),
    )
    expect(await described()).toMatchObject([
      { policyName: 'all', source: 'ACCOUNT', policyDocument: document('userId') },
    ])
    const policyDocument = document('requestId', 'status')
    const { indexPolicy } = await logs.send(new PutIndexPolicyCommand({ logGroupIdentifier, policyDocument }))
    expect(indexPolicy).toEqual({
      logGroupIdentifier,
      policyDocument,
      lastUpdateTime: expect.any(Number),
      source: 'LOG_GROUP',
    })
    expect(await described()).toEqual([indexPolicy])
    const listed = async (...fieldIndexNames: string[]) =>
      (await logs.send(new ListLogGroupsCommand({ fieldIndexNames }))).logGroups?.length
    expect([await listed('status'), await listed('userId')]).toEqual([1, 0])
    await logs.send(new DeleteIndexPolicyCommand({ logGroupIdentifier }))
    expect(await described()).toMatchObject([{ source: 'ACCOUNT' }])
    await expect(logs.send(new DeleteIndexPolicyCommand({ logGroupIdentifier }))).rejects.toMatchObject({
      name: 'ResourceNotFoundException',
    })
  })

  it('shows when it was made and when a query last named one of its fields', async () => {
    const test = testLogs()
    await test.group('/web/g')
    const view = () => test.aws.admin<View>('GET', `/_fakecloud/logs/field-indexes/${encodeURIComponent('/web/g')}`)
    expect(await view()).toEqual({ logGroupName: '/web/g', indexes: [] })
    const policyDocument = document('status')
    await test.logs.send(new PutIndexPolicyCommand({ logGroupIdentifier: '/web/g', policyDocument }))
    await test.aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 60 })
    const query = { logGroupName: '/web/g', startTime: 0, endTime: 1, queryString: 'filter status = 500' }
    await test.logs.send(new StartQueryCommand(query))
    const { indexes } = await view()
    expect(indexes).toEqual([{ fields: ['status'], createdAt: expect.any(Number), lastUsedAt: expect.any(Number) }])
    expect((indexes[0]?.lastUsedAt ?? 0) - (indexes[0]?.createdAt ?? 0)).toBeGreaterThanOrEqual(60_000)
    await expect(test.aws.admin('GET', '/_fakecloud/logs/field-indexes/none')).rejects.toThrow('404')
  })

  it('is refused when it is none', async () => {
    const test = testLogs()
    await test.group('g')
    const put = (policyDocument: string) =>
      test.logs.send(new PutIndexPolicyCommand({ logGroupIdentifier: 'g', policyDocument }))
    const many = Array.from({ length: 21 }, (_, i) => `f${i}`)
    for (const policyDocument of [
      'x',
      '[]',
      '{}',
      '{"Fields":"a"}',
      '{"FieldsV2":{"a":{"type":"x"}}}',
      document('a', 'a'),
      document(...many),
    ]) {
      await expect(put(policyDocument)).rejects.toMatchObject({ name: 'InvalidParameterException' })
    }
  })
})

type View = { logGroupName: string; indexes: { fields: string[]; createdAt: number; lastUsedAt: number }[] }
