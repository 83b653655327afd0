import {
  ConfirmSubscriptionCommand,
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { type HttpEndpoint, makeHttpEndpoint } from '../support/http-endpoint.ts'
import { hopsOf, isGenuine, makeOpenQueue, makeTopic, read, settle } from '../support/sns.ts'
import { refusal } from '../support/sqs.ts'

async function setUp() {
  const aws = testClients()
  const sns = aws.client(SNSClient)
  const [topic, endpoint] = await Promise.all([makeTopic(aws, 'news'), makeHttpEndpoint()])
  return { aws, sns, topic, endpoint }
}

type SetUp = Awaited<ReturnType<typeof setUp>>

/** Subscribes the endpoint and follows the link that it gets. */
async function confirmed({ aws, topic, endpoint }: SetUp, attributes: Record<string, string> = {}) {
  const subscription = await topic.subscribe('http', endpoint.url, attributes)
  await settle(aws)
  const asked = endpoint.received.pop()
  expect((await fetch(read(asked?.body).SubscribeURL ?? '')).status).toBe(200)
  return subscription
}

const bodies = ({ received }: HttpEndpoint) => received.map(({ body }) => body)

test('M01 SNS → HTTP: an endpoint is asked first, and gets nothing until it has followed the link', async () => {
  const { aws, sns, topic, endpoint } = await setUp()
  const asked = { TopicArn: topic.arn, Protocol: 'http', Endpoint: endpoint.url }
  expect((await sns.send(new SubscribeCommand(asked))).SubscriptionArn).toBe('pending confirmation')
  await topic.publish('too early')
  await settle(aws)
  expect(endpoint.received).toHaveLength(1)
  const { headers, body } = endpoint.received[0] ?? { headers: {}, body: '' }
  const message = read(body)
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': 'SubscriptionConfirmation',
    'x-amz-sns-message-id': message.MessageId,
    'x-amz-sns-topic-arn': topic.arn,
  })
  expect(headers).not.toHaveProperty('x-amz-sns-subscription-arn')
  expect(message).toEqual({
    Type: 'SubscriptionConfirmation',
    MessageId: expect.any(String),
    Token: expect.stringMatching(/^[0-9a-f]{256}$/),
    TopicArn: topic.arn,
    Message: `You have chosen to subscribe to the topic ${topic.arn}.\nTo confirm the subscription, visit the SubscribeURL included in this message.`,
    SubscribeURL: `${aws.url}/?Action=ConfirmSubscription&TopicArn=${topic.arn}&Token=${message.Token}`,
    Timestamp: expect.any(String),
    SignatureVersion: '1',
    Signature: expect.any(String),
    SigningCertURL: `${aws.url}/_fakecloud/sns/cert.pem`,
  })
  expect(await isGenuine(message)).toBe(true)
  const listed = async () =>
    (await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic.arn }))).Subscriptions
  expect(await listed()).toMatchObject([{ SubscriptionArn: 'PendingConfirmation' }])
  const link = await fetch(message.SubscribeURL ?? '')
  expect(link.status).toBe(200)
  const arn = /<SubscriptionArn>(.+)<\/SubscriptionArn>/.exec(await link.text())?.[1]
  expect(await listed()).toMatchObject([{ SubscriptionArn: arn }])
  await topic.publish('in time')
  await settle(aws)
  expect(bodies(endpoint).map(each => read(each).Message)).toContain('in time')
  const broken = await fetch(`${message.SubscribeURL?.slice(0, -256)}${'0'.repeat(256)}`)
  expect(broken.status).toBe(400)
  expect(await broken.text()).toContain('<Code>InvalidParameter</Code><Message>Invalid parameter: Token</Message>')
})

test('M01 SNS → HTTP: a notification is posted with AWS’s headers, in its envelope', async () => {
  const all = await setUp()
  const { aws, topic, endpoint } = all
  const subscription = await confirmed(all)
  const { MessageId } = await topic.publish('hello', { Subject: 'Hi' })
  await settle(aws)
  expect(endpoint.received).toHaveLength(1)
  const { headers, body } = endpoint.received[0] ?? { headers: {}, body: '' }
  expect(headers).toMatchObject({
    'content-type': 'text/plain; charset=UTF-8',
    'user-agent': 'Amazon Simple Notification Service Agent',
    'x-amz-sns-message-type': 'Notification',
    'x-amz-sns-message-id': MessageId,
    'x-amz-sns-topic-arn': topic.arn,
    'x-amz-sns-subscription-arn': subscription,
  })
  expect(headers).not.toHaveProperty('x-amz-sns-rawdelivery')
  expect(read(body)).toMatchObject({ Type: 'Notification', MessageId, Subject: 'Hi', Message: 'hello' })
  expect(await isGenuine(read(body))).toBe(true)
  const hops = await hopsOf(aws, endpoint.url)
  expect(hops.at(-1)).toMatchObject({ from: topic.arn, to: endpoint.url, outcome: 'delivered' })
  expect(hops.at(-1)?.event).toBe(`Notification ${MessageId}`)
  expect(headers['x-amzn-trace-id']).toBe(`Root=${hops.at(-1)?.traceId}`)
})

test('M01 SNS → HTTP: raw delivery posts the message itself, in the content type that the policy says', async () => {
  const all = await setUp()
  const DeliveryPolicy = JSON.stringify({ requestPolicy: { headerContentType: 'application/json' } })
  await confirmed(all, { RawMessageDelivery: 'true', DeliveryPolicy })
  await all.topic.publish('{"a":1}')
  await settle(all.aws)
  expect(all.endpoint.received).toMatchObject([
    { body: '{"a":1}', headers: { 'x-amz-sns-rawdelivery': 'true', 'content-type': 'application/json' } },
  ])
})

test('M01 SNS → HTTP: what fails is tried again by the clock, as the delivery policy says, then goes to the dead-letter queue', async () => {
  const all = await setUp()
  const { aws, topic, endpoint } = all
  const dead = await makeOpenQueue(aws, 'dead', topic.arn)
  const healthyRetryPolicy = {
    numRetries: 6,
    numNoDelayRetries: 1,
    numMinDelayRetries: 1,
    numMaxDelayRetries: 1,
    minDelayTarget: 10,
    maxDelayTarget: 30,
    backoffFunction: 'linear',
  }
  await confirmed(all, {
    DeliveryPolicy: JSON.stringify({ healthyRetryPolicy }),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn }),
  })
  await aws.admin('POST', '/_fakecloud/clock/freeze')
  endpoint.answers.push(...Array.from({ length: 20 }, () => 503))
  await topic.publish('hello')
  const tries = async (seconds: number) => {
    await aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
    return endpoint.received.length
  }
  // At once and again without delay; after 10 s; backing off from 10 s by 20 s to 30 s; after 30 s.
  expect(await tries(0)).toBe(2)
  expect(await tries(9)).toBe(2)
  expect(await tries(1)).toBe(3)
  expect(await tries(10)).toBe(4)
  expect(await tries(19)).toBe(4)
  expect(await tries(1)).toBe(5)
  expect(await tries(30)).toBe(6)
  expect(await dead.receive()).toEqual([])
  expect(await tries(30)).toBe(7)
  expect(new Set(bodies(endpoint)).size).toBe(1)
  const [letter] = await dead.bodies()
  expect(letter).toBe(endpoint.received[0]?.body)
  expect(await tries(3600)).toBe(7)
  const hops = (await hopsOf(aws, endpoint.url)).slice(1)
  expect(hops.map(({ outcome }) => outcome)).toEqual([...Array(6).fill('retried'), 'refused', 'dead-lettered'])
  expect(hops.at(-1)?.reason).toBe(`The endpoint answered 503; sent on to ${dead.arn}`)
  expect(new Set(hops.map(({ traceId }) => traceId)).size).toBe(1)
})

test('M01 SNS → HTTP: a client’s error is not tried again; a server’s is', async () => {
  const all = await setUp()
  const { aws, topic, endpoint } = all
  await confirmed(all)
  endpoint.answers.push(404)
  await topic.publish('gone')
  await settle(aws)
  expect((await hopsOf(aws, endpoint.url)).at(-1)).toMatchObject({
    outcome: 'refused',
    reason: 'The endpoint answered 404',
  })
  endpoint.answers.push(500)
  await topic.publish('later')
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 21 })
  expect(bodies(endpoint).map(each => read(each).Message)).toEqual(['gone', 'later', 'later'])
  expect((await hopsOf(aws, endpoint.url)).at(-1)).toMatchObject({ outcome: 'delivered' })
})

test('M01 SNS → HTTP: a filtered message is not posted', async () => {
  const all = await setUp()
  await confirmed(all, { FilterPolicy: '{"kind":["news"]}' })
  await all.topic.publish('gossip', { MessageAttributes: { kind: { DataType: 'String', StringValue: 'gossip' } } })
  await settle(all.aws)
  expect(all.endpoint.received).toEqual([])
  expect((await hopsOf(all.aws, all.endpoint.url)).at(-1)).toMatchObject({ outcome: 'filtered' })
})

test('M01 SNS → HTTP: a token confirms, a second time too, and may bind the end to credentials', async () => {
  const { aws, sns, topic, endpoint } = await setUp()
  const SubscriptionArn = await topic.subscribe('http', endpoint.url)
  await settle(aws)
  const { Token, SubscribeURL } = read(endpoint.received[0]?.body)
  const { pendingConfirmations } = await aws.admin<{ pendingConfirmations: { token: string }[] }>(
    'GET',
    '/_fakecloud/sns/pending-confirmations',
  )
  expect(pendingConfirmations).toEqual([
    { subscriptionArn: SubscriptionArn, topicArn: topic.arn, protocol: 'http', endpoint: endpoint.url, token: Token },
  ])
  const confirm = (token: string | undefined) =>
    sns.send(new ConfirmSubscriptionCommand({ TopicArn: topic.arn, Token: token, AuthenticateOnUnsubscribe: 'true' }))
  expect(await refusal(confirm('random'))).toBe('InvalidParameterException: Invalid token')
  expect(await refusal(confirm('0'.repeat(256)))).toBe('InvalidParameterException: Invalid parameter: Token')
  expect(await confirm(Token)).toMatchObject({ SubscriptionArn })
  expect(await confirm(Token)).toMatchObject({ SubscriptionArn })
  const { Attributes } = await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }))
  expect(Attributes).toMatchObject({ PendingConfirmation: 'false', ConfirmationWasAuthenticated: 'true' })
  const link = SubscribeURL?.replace(/\?.*/, `?Action=Unsubscribe&SubscriptionArn=${SubscriptionArn}`) ?? ''
  expect((await fetch(link)).status).toBe(403)
  await sns.send(new UnsubscribeCommand({ SubscriptionArn }))
})

test('M01 SNS → HTTP: an endpoint is told of its end, and can take it back', async () => {
  const all = await setUp()
  const { aws, topic, endpoint } = all
  const subscription = await confirmed(all)
  const link = `${aws.url}/?Action=Unsubscribe&SubscriptionArn=${subscription}`
  expect((await fetch(link)).status).toBe(200)
  await topic.publish('unheard')
  await settle(aws)
  const [told] = endpoint.received
  expect(endpoint.received).toHaveLength(1)
  expect(told?.headers['x-amz-sns-message-type']).toBe('UnsubscribeConfirmation')
  expect(read(told?.body).Message).toContain(`You have chosen to deactivate subscription ${subscription}.`)
  expect(await isGenuine(read(told?.body))).toBe(true)
  expect((await fetch(read(told?.body).SubscribeURL ?? '')).status).toBe(200)
  await topic.publish('heard')
  await settle(aws)
  expect(bodies(endpoint).map(each => read(each).Message)).toContain('heard')
})

test('M01 SNS → HTTP: who does not confirm in two days is forgotten', async () => {
  const { aws, sns, topic, endpoint } = await setUp()
  const SubscriptionArn = await topic.subscribe('http', endpoint.url)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 2 * 86_400 })
  expect(await refusal(sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn })))).toBe(
    'NotFoundException: Subscription does not exist',
  )
})

test('M01 SNS → HTTP: a test confirms for an endpoint that cannot', async () => {
  const { aws, topic, endpoint } = await setUp()
  const subscriptionArn = await topic.subscribe('http', endpoint.url)
  const path = '/_fakecloud/sns/confirm-subscription'
  expect(await aws.admin('POST', path, { subscriptionArn })).toEqual({ confirmed: true })
  await expect(aws.admin('POST', path, { subscriptionArn: `${topic.arn}:none` })).rejects.toThrow('404')
  await topic.publish('hello')
  await settle(aws)
  expect(bodies(endpoint).map(each => read(each).Type)).toEqual(['SubscriptionConfirmation', 'Notification'])
})

test('M01 SNS → HTTP: a throttled subscription gets no more than its share each second', async () => {
  const all = await setUp()
  const { aws, topic, endpoint } = all
  await confirmed(all, { DeliveryPolicy: JSON.stringify({ throttlePolicy: { maxReceivesPerSecond: 2 } }) })
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2030-01-01T00:00:00Z' })
  for (let i = 0; i < 5; i++) await topic.publish(`m${i}`)
  await settle(aws)
  expect(endpoint.received).toHaveLength(2)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 1 })
  expect(endpoint.received).toHaveLength(4)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 1 })
  expect(
    bodies(endpoint)
      .map(each => read(each).Message)
      .sort(),
  ).toEqual(['m0', 'm1', 'm2', 'm3', 'm4'])
})

test('M01 SNS → HTTP: a reset takes with it what is being tried and what waits for its retry', async () => {
  const all = await setUp()
  const { aws, topic, endpoint } = all
  await confirmed(all)
  await aws.admin('POST', '/_fakecloud/clock/freeze')
  endpoint.answers.push(503, 503)
  await Promise.all([topic.publish('one'), topic.publish('two')])
  await settle(aws)
  await aws.admin('POST', '/_fakecloud/reset/sns')
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3600 })
  expect(endpoint.received).toHaveLength(2)
})
