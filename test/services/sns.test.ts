import {
  CreateTopicCommand,
  DeleteTopicCommand,
  GetSubscriptionAttributesCommand,
  GetTopicAttributesCommand,
  ListSubscriptionsByTopicCommand,
  ListSubscriptionsCommand,
  ListTopicsCommand,
  SetSubscriptionAttributesCommand,
  SetTopicAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from '@aws-sdk/client-sns'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { makeTopic } from '../support/sns.ts'
import { refusal } from '../support/sqs.ts'

const QUEUE = 'arn:aws:sqs:us-east-1:123456789012:readers'

function setUp() {
  const aws = testClients()
  return { aws, sns: aws.client(SNSClient) }
}

const DEFAULT_RETRIES = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
}

test('a topic is made once, shows AWS’s defaults, and goes without an error twice', async () => {
  const { sns } = setUp()
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
  expect(TopicArn).toBe('arn:aws:sns:us-east-1:123456789012:news')
  expect((await sns.send(new CreateTopicCommand({ Name: 'news' }))).TopicArn).toBe(TopicArn)
  const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
  const { Policy = '', EffectiveDeliveryPolicy = '', ...others } = Attributes
  expect(others).toEqual({
    TopicArn,
    Owner: '123456789012',
    DisplayName: '',
    SubscriptionsConfirmed: '0',
    SubscriptionsDeleted: '0',
    SubscriptionsPending: '0',
  })
  expect(JSON.parse(EffectiveDeliveryPolicy)).toEqual({
    http: {
      defaultHealthyRetryPolicy: DEFAULT_RETRIES,
      disableSubscriptionOverrides: false,
      defaultRequestPolicy: { headerContentType: 'text/plain; charset=UTF-8' },
    },
  })
  expect(JSON.parse(Policy)).toMatchObject({ Version: '2008-10-17', Id: '__default_policy_ID' })
  await sns.send(new DeleteTopicCommand({ TopicArn }))
  await sns.send(new DeleteTopicCommand({ TopicArn }))
  expect(await refusal(sns.send(new GetTopicAttributesCommand({ TopicArn })))).toBe(
    'NotFoundException: Topic does not exist',
  )
})

test('a topic of other attributes or tags is not made again, and names have their rules', async () => {
  const { sns } = setUp()
  const create = (Name: string, Attributes = {}, Tags: { Key: string; Value: string }[] = []) =>
    sns.send(new CreateTopicCommand({ Name, Attributes, Tags }))
  await create('news', { DisplayName: 'News' }, [{ Key: 'a', Value: '1' }])
  await create('news', {}, [])
  expect(await refusal(create('news', { DisplayName: 'Olds' }))).toBe(
    'InvalidParameterException: Invalid parameter: Attributes Reason: Topic already exists with different attributes',
  )
  expect(await refusal(create('news', {}, [{ Key: 'b', Value: '1' }]))).toBe(
    'InvalidParameterException: Invalid parameter: Tags Reason: Topic already exists with different tags',
  )
  for (const name of ['', 'a b', 'a.fifo', 'x'.repeat(257)]) {
    expect(await refusal(create(name))).toBe('InvalidParameterException: Invalid parameter: Topic Name')
  }
  expect(await refusal(create('orders', { FifoTopic: 'true' }))).toContain('Fifo Topic names must end with .fifo')
  expect(await refusal(create('odd', { Colour: 'red' }))).toContain('InvalidParameterException: Invalid parameter: ')
})

test('attributes of a topic are set, shown as AWS shows them, and refused', async () => {
  const { sns } = setUp()
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
  const set = (AttributeName: string, AttributeValue?: string) =>
    sns.send(new SetTopicAttributesCommand({ TopicArn, AttributeName, AttributeValue }))
  await set('DisplayName', 'News')
  await set('SignatureVersion', '2')
  await set('TracingConfig', 'Active')
  await set('LambdaSuccessFeedbackSampleRate', '100')
  const retries = { minDelayTarget: 5, maxDelayTarget: 6, numRetries: 1 }
  await set('DeliveryPolicy', JSON.stringify({ http: { defaultHealthyRetryPolicy: retries } }))
  const { Attributes = {} } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
  expect(Attributes).toMatchObject({
    DisplayName: 'News',
    SignatureVersion: '2',
    LambdaSuccessFeedbackSampleRate: '100',
  })
  expect(JSON.parse(Attributes.DeliveryPolicy ?? '')).toEqual({
    http: { defaultHealthyRetryPolicy: retries, disableSubscriptionOverrides: false },
  })
  expect(JSON.parse(Attributes.EffectiveDeliveryPolicy ?? '').http.defaultHealthyRetryPolicy).toEqual({
    ...DEFAULT_RETRIES,
    ...retries,
  })
  await set('DeliveryPolicy', '')
  const cleared = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
  expect(cleared.Attributes).not.toHaveProperty('DeliveryPolicy')
  const low = { http: { defaultHealthyRetryPolicy: { ...retries, minDelayTarget: 0 } } }
  expect(await refusal(set('DeliveryPolicy', JSON.stringify(low)))).toBe(
    'InvalidParameterException: Invalid parameter: DeliveryPolicy: http.defaultHealthyRetryPolicy.minDelayTarget must be greater than or equal to 1',
  )
  expect(await refusal(set('Colour', 'red'))).toBe('InvalidParameterException: Invalid parameter: AttributeName')
  expect(await refusal(set('FifoTopic', 'true'))).toBe('InvalidParameterException: Invalid parameter: AttributeName')
  expect(await refusal(set('Policy', 'not JSON'))).toContain('InvalidParameterException: Invalid parameter: Policy')
})

test('ARNs that are none, of another region, or of nothing are refused as by AWS', async () => {
  const { aws, sns } = setUp()
  const ask = (TopicArn: string, client = sns) => refusal(client.send(new GetTopicAttributesCommand({ TopicArn })))
  const short =
    'InvalidParameterException: Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not'
  expect(await ask('news')).toBe(`${short} 1`)
  expect(await ask('arn:news')).toBe(`${short} 2`)
  expect(await ask('arn:aws:sqs:us-east-1:123456789012:news')).toContain('Invalid parameter: TopicArn')
  const { arn } = await makeTopic(aws, 'news')
  const elsewhere = aws.client(SNSClient, { region: 'eu-west-1' })
  expect(await ask(arn, elsewhere)).toBe('InvalidParameterException: Invalid parameter: TopicArn')
})

test('listings give a hundred a page', async () => {
  const { aws, sns } = setUp()
  for (let i = 0; i < 101; i++) await sns.send(new CreateTopicCommand({ Name: `t${i}` }))
  const first = await sns.send(new ListTopicsCommand({}))
  expect(first.Topics).toHaveLength(100)
  const second = await sns.send(new ListTopicsCommand({ NextToken: first.NextToken }))
  expect(second.Topics).toHaveLength(1)
  expect(second.NextToken).toBeUndefined()
  const topic = await makeTopic(aws, 't0')
  for (let i = 0; i < 101; i++) await topic.subscribe('sms', `+155501000${String(i).padStart(3, '0')}`)
  const page = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic.arn }))
  expect(page.Subscriptions).toHaveLength(100)
  const rest = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topic.arn, NextToken: page.NextToken }))
  expect(rest.Subscriptions).toHaveLength(1)
  expect((await sns.send(new ListSubscriptionsCommand({}))).Subscriptions).toHaveLength(100)
  expect(await refusal(sns.send(new ListTopicsCommand({ NextToken: 'nonsense' })))).toBe(
    'InvalidParameterException: Invalid parameter: NextToken',
  )
})

test('a subscription is made once, shows itself, and is changed', async () => {
  const { aws, sns } = setUp()
  const topic = await makeTopic(aws, 'news')
  const subscription = await topic.subscribe('sqs', QUEUE, { RawMessageDelivery: 'true' })
  expect(subscription).toMatch(/^arn:aws:sns:us-east-1:123456789012:news:[0-9a-f-]{36}$/)
  expect(await topic.subscribe('sqs', QUEUE)).toBe(subscription)
  expect(await refusal(topic.subscribe('sqs', QUEUE, { RawMessageDelivery: 'false' }))).toBe(
    'InvalidParameterException: Invalid parameter: Attributes Reason: Subscription already exists with different attributes',
  )
  const set = (AttributeName: string, AttributeValue?: string) =>
    sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn: subscription, AttributeName, AttributeValue }))
  const shown = async () =>
    (await sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn: subscription }))).Attributes
  const base = {
    ConfirmationWasAuthenticated: 'true',
    Endpoint: QUEUE,
    Owner: '123456789012',
    PendingConfirmation: 'false',
    Protocol: 'sqs',
    RawMessageDelivery: 'true',
    SubscriptionArn: subscription,
    SubscriptionPrincipal: 'arn:aws:iam::123456789012:root',
    TopicArn: topic.arn,
  }
  expect(await shown()).toEqual(base)
  await set('FilterPolicyScope', 'MessageBody')
  expect(await shown()).toEqual(base)
  await set('FilterPolicy', '{"a":{"b":["c"]}}')
  expect(await shown()).toEqual({ ...base, FilterPolicy: '{"a":{"b":["c"]}}', FilterPolicyScope: 'MessageBody' })
  await set('FilterPolicy', '')
  await set('RawMessageDelivery', 'false')
  expect(await shown()).toEqual({ ...base, RawMessageDelivery: 'false' })
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription }))
  await sns.send(new UnsubscribeCommand({ SubscriptionArn: subscription }))
  expect(await refusal(set('RawMessageDelivery', 'true'))).toBe('NotFoundException: Subscription does not exist')
  const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn: topic.arn }))
  expect(Attributes).toMatchObject({ SubscriptionsConfirmed: '0', SubscriptionsDeleted: '1' })
})

test.each([
  ['RawMessageDelivery', 'maybe', 'RawMessageDelivery: Invalid value [maybe]. Must be true or false.'],
  ['RedrivePolicy', '{nonsense}', 'RedrivePolicy: failed to parse JSON.'],
  ['RedrivePolicy', '{"deadLetterTargetArn":"queue"}', 'RedrivePolicy: deadLetterTargetArn is an invalid arn'],
  ['FilterPolicy', '{nonsense}', 'FilterPolicy: failed to parse JSON.'],
  ['FilterPolicy', '{"a":"b"}', 'FilterPolicy: "a" must be an object or an array'],
  ['FilterPolicy', '{"a":[{"suffix":1}]}', 'FilterPolicy: suffix match pattern must be a string'],
  ['FilterPolicy', '{"a":[{"odd":1}]}', 'FilterPolicy: Unrecognized match type odd'],
  [
    'FilterPolicy',
    '{"a":[1],"b":[1],"c":[1],"d":[1],"e":[1],"f":[1]}',
    'FilterPolicy: Filter policy can not have more than 5 keys',
  ],
  [
    'FilterPolicy',
    JSON.stringify({ a: Array.from({ length: 13 }, (_, i) => i), b: Array.from({ length: 12 }, (_, i) => i) }),
    'FilterPolicy: Filter policy is too complex',
  ],
  [
    'FilterPolicyScope',
    'Everything',
    'FilterPolicyScope: Invalid value [Everything]. Please use either MessageBody or MessageAttributes',
  ],
])('a subscription’s %s is not %s', async (name, value, reason) => {
  const { aws, sns } = setUp()
  const topic = await makeTopic(aws, 'news')
  expect(await refusal(topic.subscribe('sqs', QUEUE, { [name]: value }))).toBe(
    `InvalidParameterException: Invalid parameter: Attributes Reason: ${reason}`,
  )
  const SubscriptionArn = await topic.subscribe('sqs', QUEUE)
  const set = new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName: name, AttributeValue: value })
  expect(await refusal(sns.send(set))).toBe(`InvalidParameterException: Invalid parameter: ${reason}`)
})

test('endpoints that are not of their protocol are refused', async () => {
  const { aws, sns } = setUp()
  const topic = await makeTopic(aws, 'news')
  const fifo = await makeTopic(aws, 'news.fifo', { FifoTopic: 'true' })
  const cases: [string, string, string][] = [
    ['pigeon', 'coop', 'Invalid parameter: Amazon SNS does not support this protocol string: pigeon'],
    ['sqs', 'https://sqs.us-east-1.amazonaws.com/1/q', 'Invalid parameter: SQS endpoint ARN'],
    ['sms', 'NAA+15551234567', 'Invalid SMS endpoint: NAA+15551234567'],
    ['https', 'http://localhost', 'Invalid parameter: Endpoint must match the specified protocol'],
    [
      'sqs',
      `${QUEUE}.fifo`,
      'Invalid parameter: Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    ],
  ]
  for (const [protocol, endpoint, message] of cases) {
    expect(await refusal(topic.subscribe(protocol, endpoint))).toBe(`InvalidParameterException: ${message}`)
  }
  const nested = { FilterPolicy: '{"a":{"b":["c"]}}' }
  expect(await refusal(topic.subscribe('sqs', QUEUE, nested))).toBe(
    'InvalidParameterException: Invalid parameter: Filter policy scope MessageAttributes does not support nested filter policy',
  )
  const RedrivePolicy = JSON.stringify({ deadLetterTargetArn: QUEUE })
  expect(await refusal(fifo.subscribe('sqs', `${QUEUE}.fifo`, { RedrivePolicy }))).toBe(
    'InvalidParameterException: Invalid parameter: Attributes Reason: RedrivePolicy: must use a FIFO queue as DLQ for a FIFO Subscription to a FIFO Topic.',
  )
  const asked = { TopicArn: topic.arn, Protocol: 'http', Endpoint: 'http://127.0.0.1:9/' }
  expect((await sns.send(new SubscribeCommand(asked))).SubscriptionArn).toBe('pending confirmation')
})
