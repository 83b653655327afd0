import {
  CreateApiDestinationCommand,
  CreateConnectionCommand,
  CreateEndpointCommand,
  DeauthorizeConnectionCommand,
  DeleteApiDestinationCommand,
  DeleteConnectionCommand,
  DeleteEndpointCommand,
  DescribeApiDestinationCommand,
  DescribeConnectionCommand,
  DescribeEndpointCommand,
  ListApiDestinationsCommand,
  ListConnectionsCommand,
  ListEndpointsCommand,
  UpdateApiDestinationCommand,
  UpdateConnectionCommand,
  UpdateEndpointCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { apiServer } from '../support/api-server.ts'
import { ACCOUNT, busArn, setUpEvents } from '../support/events.ts'
import { refusal } from '../support/sqs.ts'

const ARN = new RegExp(`^arn:aws:events:us-east-1:${ACCOUNT}:connection/partner/[0-9a-f-]{36}$`)

async function setUp() {
  const { aws, events } = setUpEvents()
  const made = await events.send(
    new CreateConnectionCommand({
      Name: 'partner',
      Description: 'theirs',
      AuthorizationType: 'API_KEY',
      AuthParameters: {
        ApiKeyAuthParameters: { ApiKeyName: 'x-key', ApiKeyValue: 'hush' },
        InvocationHttpParameters: {
          HeaderParameters: [
            { Key: 'open', Value: 'seen' },
            { Key: 'closed', Value: 'unseen', IsValueSecret: true },
          ],
        },
      },
    }),
  )
  const describe = () => events.send(new DescribeConnectionCommand({ Name: 'partner' }))
  return { aws, events, made, describe }
}

test('a connection shows all but its secrets', async () => {
  const { events, made, describe } = await setUp()
  expect(made).toMatchObject({ ConnectionArn: expect.stringMatching(ARN), ConnectionState: 'AUTHORIZED' })
  const { $metadata: _, ...shown } = await describe()
  expect(shown).toEqual({
    ConnectionArn: made.ConnectionArn,
    Name: 'partner',
    Description: 'theirs',
    ConnectionState: 'AUTHORIZED',
    AuthorizationType: 'API_KEY',
    SecretArn: expect.stringMatching(
      /^arn:aws:secretsmanager:us-east-1:\d{12}:secret:events!connection\/partner\/[0-9a-f-]{36}-\w{6}$/,
    ),
    AuthParameters: {
      ApiKeyAuthParameters: { ApiKeyName: 'x-key' },
      InvocationHttpParameters: {
        HeaderParameters: [
          { Key: 'open', Value: 'seen', IsValueSecret: false },
          { Key: 'closed', IsValueSecret: true },
        ],
      },
    },
    CreationTime: expect.any(Date),
    LastModifiedTime: expect.any(Date),
    LastAuthorizedTime: expect.any(Date),
  })
  const { Connections } = await events.send(new ListConnectionsCommand({ ConnectionState: 'AUTHORIZED' }))
  expect(Connections?.map(({ Name, AuthorizationType }) => [Name, AuthorizationType])).toEqual([['partner', 'API_KEY']])
})

test('a connection is changed, deauthorized and deleted', async () => {
  const { events, describe } = await setUp()
  await events.send(
    new UpdateConnectionCommand({
      Name: 'partner',
      AuthorizationType: 'BASIC',
      AuthParameters: { BasicAuthParameters: { Username: 'ann', Password: 'pass' } },
    }),
  )
  expect(await describe()).toMatchObject({
    AuthorizationType: 'BASIC',
    Description: 'theirs',
    AuthParameters: { BasicAuthParameters: { Username: 'ann' } },
  })
  const { ConnectionState } = await events.send(new DeauthorizeConnectionCommand({ Name: 'partner' }))
  expect(ConnectionState).toBe('DEAUTHORIZING')
  expect((await describe()).ConnectionState).toBe('DEAUTHORIZED')
  const deleted = await events.send(new DeleteConnectionCommand({ Name: 'partner' }))
  expect(deleted.ConnectionState).toBe('DELETING')
  expect(await refusal(describe())).toBe(
    "ResourceNotFoundException: Failed to describe the connection(s). Connection 'partner' does not exist.",
  )
})

test('a connection that gets no token is deauthorized, and says why', async () => {
  const { aws, events } = setUpEvents()
  const { url } = await apiServer(() => ({ status: 403 }))
  const { ConnectionState } = await events.send(
    new CreateConnectionCommand({
      Name: 'partner',
      AuthorizationType: 'OAUTH_CLIENT_CREDENTIALS',
      AuthParameters: {
        OAuthParameters: {
          ClientParameters: { ClientID: 'me', ClientSecret: 'hush' },
          AuthorizationEndpoint: url,
          HttpMethod: 'GET',
        },
      },
    }),
  )
  expect(ConnectionState).toBe('AUTHORIZING')
  await aws.admin('POST', '/_fakecloud/settle')
  expect(await events.send(new DescribeConnectionCommand({ Name: 'partner' }))).toMatchObject({
    ConnectionState: 'DEAUTHORIZED',
    StateReason: 'The authorization endpoint answered 403.',
  })
})

test('connections that cannot be are refused', async () => {
  const { events } = await setUp()
  const create = (more: object) =>
    refusal(
      events.send(
        new CreateConnectionCommand({
          Name: 'new',
          AuthorizationType: 'BASIC',
          AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'x', ApiKeyValue: 'y' } },
          ...more,
        }),
      ),
    )
  expect(await create({ Name: 'partner' })).toBe('ResourceAlreadyExistsException: Connection partner already exists.')
  expect(await create({})).toBe(
    'ValidationException: Authorization parameters do not match the authorization type BASIC.',
  )
  expect(await create({ Name: 'a b', AuthorizationType: 'NONE' })).toBe(
    "ValidationException: 2 validation errors detected: Value 'a b' at 'name' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_A-Za-z0-9]+; Value 'NONE' at 'authorizationType' failed to satisfy constraint: Member must satisfy enum value set: [BASIC, OAUTH_CLIENT_CREDENTIALS, API_KEY]",
  )
})

test('an API destination is made, changed, listed and deleted', async () => {
  const { events, made } = await setUp()
  const { ConnectionArn } = made
  const endpoint = { ConnectionArn, InvocationEndpoint: 'https://example.com/orders/*', HttpMethod: 'PUT' as const }
  const { ApiDestinationArn } = await events.send(new CreateApiDestinationCommand({ Name: 'orders', ...endpoint }))
  expect(ApiDestinationArn).toMatch(/api-destination\/orders\/[0-9a-f-]{36}$/)
  await events.send(
    new UpdateApiDestinationCommand({ Name: 'orders', Description: 'theirs', InvocationRateLimitPerSecond: 7 }),
  )
  const describe = () => events.send(new DescribeApiDestinationCommand({ Name: 'orders' }))
  const { $metadata: _, ...shown } = await describe()
  expect(shown).toEqual({
    Name: 'orders',
    ApiDestinationArn,
    ApiDestinationState: 'ACTIVE',
    Description: 'theirs',
    ...endpoint,
    InvocationRateLimitPerSecond: 7,
    CreationTime: expect.any(Date),
    LastModifiedTime: expect.any(Date),
  })
  expect((await events.send(new ListApiDestinationsCommand({ ConnectionArn }))).ApiDestinations).toHaveLength(1)
  const create = (more: object) =>
    refusal(events.send(new CreateApiDestinationCommand({ Name: 'new', ...endpoint, ...more })))
  expect(await create({ Name: 'orders' })).toBe(
    "ResourceAlreadyExistsException: An api-destination 'orders' already exists.",
  )
  const missing = `arn:aws:events:us-east-1:${ACCOUNT}:connection/none/00000000-0000-0000-0000-000000000000`
  expect(await create({ ConnectionArn: missing })).toBe(
    `ResourceNotFoundException: Connection '${missing}' does not exist.`,
  )
  await events.send(new DeleteApiDestinationCommand({ Name: 'orders' }))
  expect(await refusal(describe())).toBe(
    "ResourceNotFoundException: Failed to describe the api-destination(s). An api-destination 'orders' does not exist.",
  )
})

test('a global endpoint is kept and given back', async () => {
  const { events } = setUpEvents()
  const RoutingConfig = {
    FailoverConfig: { Primary: { HealthCheck: 'arn:aws:route53:::healthcheck/1' }, Secondary: { Route: 'eu-west-1' } },
  }
  const EventBuses = [
    { EventBusArn: busArn('default') },
    { EventBusArn: busArn('default').replace('us-east-1', 'eu-west-1') },
  ]
  const made = await events.send(new CreateEndpointCommand({ Name: 'both', RoutingConfig, EventBuses }))
  expect(made).toMatchObject({ Name: 'both', State: 'CREATING', EventBuses })
  await events.send(new UpdateEndpointCommand({ Name: 'both', Description: 'two regions' }))
  const describe = () => events.send(new DescribeEndpointCommand({ Name: 'both' }))
  expect(await describe()).toMatchObject({
    Arn: `arn:aws:events:us-east-1:${ACCOUNT}:endpoint/both`,
    Description: 'two regions',
    RoutingConfig,
    EventBuses,
    ReplicationConfig: { State: 'ENABLED' },
    EndpointId: expect.stringMatching(/^\w+\.\w+$/),
    State: 'ACTIVE',
  })
  expect((await events.send(new ListEndpointsCommand({}))).Endpoints).toHaveLength(1)
  await events.send(new DeleteEndpointCommand({ Name: 'both' }))
  expect(await refusal(describe())).toBe('ResourceNotFoundException: Endpoint both does not exist.')
})
