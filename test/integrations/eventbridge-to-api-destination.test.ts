import {
  type ConnectionAuthorizationType,
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  type CreateConnectionAuthRequestParameters,
  DescribeConnectionCommand,
  PutTargetsCommand,
  type Target,
} from '@aws-sdk/client-eventbridge'
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, test } from 'vitest'
import { busArn, openQueue, ruleArn, setUpEvents } from '../support/events.ts'
import { apiServer } from '../support/api-server.ts'

const RoleArn = 'arn:aws:iam::123456789012:role/caller'
const API_KEY: CreateConnectionAuthRequestParameters = {
  ApiKeyAuthParameters: { ApiKeyName: 'x-api-key', ApiKeyValue: 's3cret' },
}

type Options = {
  type?: ConnectionAuthorizationType
  parameters?: CreateConnectionAuthRequestParameters
  rate?: number
  target?: Partial<Target>
}

async function setUp(endpoint: string, { type = 'API_KEY', parameters = API_KEY, rate, target = {} }: Options = {}) {
  const all = setUpEvents()
  const { events, aws } = all
  const { ConnectionArn } = await events.send(
    new CreateConnectionCommand({ Name: 'partner', AuthorizationType: type, AuthParameters: parameters }),
  )
  const { ApiDestinationArn: Arn = '' } = await events.send(
    new CreateApiDestinationCommand({
      Name: 'orders',
      ConnectionArn,
      InvocationEndpoint: endpoint,
      HttpMethod: 'POST',
      ...(rate !== undefined && { InvocationRateLimitPerSecond: rate }),
    }),
  )
  await all.rule('orders', [{ Id: 'api', Arn, RoleArn, ...target }])
  const clock = (verb: string, body: object) => aws.admin('POST', `/_fakecloud/clock/${verb}`, body)
  const settle = () => aws.admin('POST', '/_fakecloud/settle')
  return { ...all, Arn, clock, settle }
}

test('M04 EventBridge → API destination: the event is posted with the connection’s key, and the chain is one trace', async () => {
  const { url, received } = await apiServer()
  const { put, hops, Arn } = await setUp(`${url}/orders`)
  const id = await put({ n: 1 })
  const found = await hops(`event=${id}`)
  expect(received).toHaveLength(1)
  const [{ method, path, headers, body }] = received as [(typeof received)[0]]
  expect([method, path]).toEqual(['POST', '/orders'])
  expect(headers).toMatchObject({
    'x-api-key': 's3cret',
    'content-type': 'application/json; charset=utf-8',
    'user-agent': 'Amazon/EventBridge/ApiDestinations',
    'x-amzn-trace-id': `Root=${found[0]?.traceId}`,
  })
  expect(JSON.parse(body)).toMatchObject({ id, source: 'shop', detail: { n: 1 } })
  expect(found.map(({ from, to, outcome }) => [from, to, outcome])).toEqual([
    [busArn('default'), ruleArn('orders'), 'delivered'],
    [ruleArn('orders'), Arn, 'delivered'],
  ])
  expect(new Set(found.map(({ traceId }) => traceId)).size).toBe(1)
})

test('M04 EventBridge → API destination: path, query, header and body parameters are filled in from the event', async () => {
  const { url, received } = await apiServer()
  const { put, settle } = await setUp(`${url}/users/*/orders/*?v=1`, {
    type: 'BASIC',
    parameters: {
      BasicAuthParameters: { Username: 'ann', Password: 'pa ss' },
      InvocationHttpParameters: {
        HeaderParameters: [{ Key: 'x-from', Value: 'connection' }],
        QueryStringParameters: [{ Key: 'key', Value: 'k', IsValueSecret: true }],
        BodyParameters: [{ Key: 'tenant', Value: 't1' }],
      },
    },
    target: {
      InputPath: '$.detail',
      HttpParameters: {
        PathParameterValues: ['$.detail.user', '7'],
        HeaderParameters: { 'x-from': 'target', 'x-type': '$.detail-type' },
        QueryStringParameters: { total: '$.detail.total' },
      },
    },
  })
  await put({ user: 'ann b', total: 5 })
  await settle()
  const [{ path, headers, body }] = received as [(typeof received)[0]]
  expect(path).toBe('/users/ann%20b/orders/7?v=1&total=5&key=k')
  expect(headers).toMatchObject({
    authorization: `Basic ${btoa('ann:pa ss')}`,
    'x-from': 'connection',
    'x-type': 'Order Placed',
  })
  expect(JSON.parse(body)).toEqual({ user: 'ann b', total: 5, tenant: 't1' })
})

test('M04 EventBridge → API destination: client credentials are exchanged for a token, which is used until it ends', async () => {
  const tokens = await apiServer((_request, at) => ({
    body: JSON.stringify({ access_token: `t${at}`, expires_in: 600 }),
  }))
  const { url, received } = await apiServer()
  const parameters: CreateConnectionAuthRequestParameters = {
    OAuthParameters: {
      ClientParameters: { ClientID: 'me', ClientSecret: 'hush' },
      AuthorizationEndpoint: `${tokens.url}/token`,
      HttpMethod: 'POST',
      OAuthHttpParameters: { BodyParameters: [{ Key: 'scope', Value: 'orders' }] },
    },
  }
  const { put, events, clock, settle } = await setUp(url, { type: 'OAUTH_CLIENT_CREDENTIALS', parameters })
  await settle()
  const { ConnectionState, AuthParameters } = await events.send(new DescribeConnectionCommand({ Name: 'partner' }))
  expect(ConnectionState).toBe('AUTHORIZED')
  expect(JSON.stringify(AuthParameters)).not.toContain('hush')
  await put({ n: 1 })
  await put({ n: 2 })
  await settle()
  await clock('advance', { seconds: 601 })
  await put({ n: 3 })
  await settle()
  expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2'])
  expect(tokens.received).toHaveLength(2)
  const [asked] = tokens.received
  expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
    grant_type: 'client_credentials',
    client_id: 'me',
    client_secret: 'hush',
    scope: 'orders',
  })
  expect(asked?.headers.authorization).toBe(`Basic ${btoa('me:hush')}`)
})

test('M04 EventBridge → API destination: a token that is not taken is asked for anew', async () => {
  const tokens = await apiServer((_request, at) => ({ body: JSON.stringify({ access_token: `t${at}` }) }))
  const { url, received } = await apiServer(({ headers }) => ({
    status: headers.authorization === 'Bearer t1' ? 401 : 200,
  }))
  const parameters: CreateConnectionAuthRequestParameters = {
    OAuthParameters: {
      ClientParameters: { ClientID: 'me', ClientSecret: 'hush' },
      AuthorizationEndpoint: tokens.url,
      HttpMethod: 'POST',
    },
  }
  const { put, clock, settle } = await setUp(url, { type: 'OAUTH_CLIENT_CREDENTIALS', parameters })
  await clock('freeze', {})
  await settle()
  await put()
  await settle()
  await clock('advance', { seconds: 5 })
  expect(received.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
})

test('M04 EventBridge → API destination: no more calls a second than the destination allows, by the clock', async () => {
  const { url, received } = await apiServer()
  const { put, clock, settle } = await setUp(url, { rate: 2 })
  await clock('freeze', { at: '2030-01-01T00:00:00Z' })
  for (let n = 0; n < 5; n++) await put({ n })
  await settle()
  expect(received).toHaveLength(2)
  await clock('advance', { seconds: 1 })
  expect(received).toHaveLength(4)
  await clock('advance', { seconds: 1 })
  expect(received.map(({ body }) => JSON.parse(body).detail.n).sort()).toEqual([0, 1, 2, 3, 4])
})

test('M04 EventBridge → API destination: a busy endpoint is called again, after what it asks for', async () => {
  const { url, received } = await apiServer((_request, at) =>
    at === 1 ? { status: 429, headers: { 'retry-after': '30' } } : { status: at === 2 ? 503 : 200 },
  )
  const { put, chain, clock, settle, Arn } = await setUp(url)
  await clock('freeze', { at: '2030-01-01T00:00:00Z' })
  const id = await put()
  await settle()
  await clock('advance', { seconds: 29 })
  expect(received).toHaveLength(1)
  await clock('advance', { seconds: 1 })
  expect(received).toHaveLength(2)
  await clock('advance', { seconds: 10 })
  expect(received).toHaveLength(3)
  expect((await chain(id)).slice(1)).toEqual(
    ['retried', 'retried', 'delivered'].map(outcome => `${ruleArn('orders')} → ${Arn}: ${outcome}`),
  )
})

test('M04 EventBridge → API destination: what is given up is dead-lettered, at once, after its retries or its age', async () => {
  const statuses: Record<string, number> = { '/lasting': 400, '/retried': 500, '/aged': 503 }
  const { url } = await apiServer(({ path }) => ({ status: statuses[path] ?? 200 }))
  const { events, put, clock, settle, aws, Arn } = await setUp(`${url}/*`)
  const dead = await openQueue(aws, 'dead')
  await clock('freeze', { at: '2030-01-01T00:00:00Z' })
  const target = (Id: string, RetryPolicy: Target['RetryPolicy']): Target => ({
    Id,
    Arn,
    RoleArn,
    HttpParameters: { PathParameterValues: [Id] },
    RetryPolicy,
    DeadLetterConfig: { Arn: dead.arn },
  })
  const Targets = [
    target('lasting', {}),
    target('retried', { MaximumRetryAttempts: 2 }),
    target('aged', { MaximumEventAgeInSeconds: 60 }),
  ]
  await events.send(new PutTargetsCommand({ Rule: 'orders', Targets }))
  await put({ n: 1 })
  await settle()
  await clock('advance', { seconds: 600 })
  await settle()
  const receive = new ReceiveMessageCommand({
    QueueUrl: dead.url,
    MaxNumberOfMessages: 10,
    MessageAttributeNames: ['All'],
  })
  const { Messages = [] } = await aws.client(SQSClient).send(receive)
  const letters = Messages.map(({ MessageAttributes: a = {} }) =>
    ['ERROR_CODE', 'ERROR_MESSAGE', 'EXHAUSTED_RETRY_CONDITION', 'RETRY_ATTEMPTS'].map(name => a[name]?.StringValue),
  )
  expect(letters.sort()).toEqual([
    ['ERROR_FROM_TARGET', 'The endpoint answered 400', undefined, '0'],
    ['ERROR_FROM_TARGET', 'The endpoint answered 500', 'MaximumRetryAttempts', '2'],
    ['ERROR_FROM_TARGET', 'The endpoint answered 503', 'MaximumEventAgeInSeconds', expect.any(String)],
  ])
})
