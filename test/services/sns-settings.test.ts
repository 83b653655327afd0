import {
  AddPermissionCommand,
  CheckIfPhoneNumberIsOptedOutCommand,
  CreatePlatformApplicationCommand,
  CreatePlatformEndpointCommand,
  CreateSMSSandboxPhoneNumberCommand,
  CreateTopicCommand,
  DeleteEndpointCommand,
  DeletePlatformApplicationCommand,
  DeleteSMSSandboxPhoneNumberCommand,
  GetDataProtectionPolicyCommand,
  GetEndpointAttributesCommand,
  GetPlatformApplicationAttributesCommand,
  GetSMSAttributesCommand,
  GetSMSSandboxAccountStatusCommand,
  GetTopicAttributesCommand,
  ListEndpointsByPlatformApplicationCommand,
  ListOriginationNumbersCommand,
  ListPhoneNumbersOptedOutCommand,
  ListPlatformApplicationsCommand,
  ListSMSSandboxPhoneNumbersCommand,
  ListSubscriptionsByTopicCommand,
  ListTagsForResourceCommand,
  OptInPhoneNumberCommand,
  PublishCommand,
  PutDataProtectionPolicyCommand,
  RemovePermissionCommand,
  SetEndpointAttributesCommand,
  SetPlatformApplicationAttributesCommand,
  SetSMSAttributesCommand,
  SNSClient,
  SubscribeCommand,
  TagResourceCommand,
  UntagResourceCommand,
  VerifySMSSandboxPhoneNumberCommand,
} from '@aws-sdk/client-sns'
import { CloudWatchClient, GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch'
import { CreateQueueCommand, SQSClient } from '@aws-sdk/client-sqs'
import { expect, inject, test } from 'vitest'
import { FakeCloud } from '../../sdk/index.ts'
import { testClients } from '../support/clients.ts'
import { makeOpenQueue, makeTopic, settle } from '../support/sns.ts'
import { refusal } from '../support/sqs.ts'

function setUp() {
  const aws = testClients()
  return { aws, sns: aws.client(SNSClient), fc: new FakeCloud(aws.url) }
}

test('a topic is tagged and untagged', async () => {
  const { aws, sns } = setUp()
  const { arn: ResourceArn } = await makeTopic(aws, 'news')
  const tags = async () => (await sns.send(new ListTagsForResourceCommand({ ResourceArn }))).Tags
  const tag = (...Tags: { Key: string; Value: string }[]) => sns.send(new TagResourceCommand({ ResourceArn, Tags }))
  await tag({ Key: 'k1', Value: 'v1' }, { Key: 'k2', Value: 'v2' })
  await tag({ Key: 'k2', Value: 'v2b' })
  await sns.send(new UntagResourceCommand({ ResourceArn, TagKeys: ['k1', 'none'] }))
  expect(await tags()).toEqual([{ Key: 'k2', Value: 'v2b' }])
  expect(await refusal(tag({ Key: 'k', Value: '1' }, { Key: 'k', Value: '2' }))).toBe(
    'InvalidParameterException: Invalid parameter: Duplicated keys are not allowed.',
  )
  const many = Array.from({ length: 50 }, (_, i) => ({ Key: `n${i}`, Value: '' }))
  expect(await refusal(tag(...many))).toContain('TagLimitExceededException')
  const gone = new ListTagsForResourceCommand({ ResourceArn: `${ResourceArn}-gone` })
  expect(await refusal(sns.send(gone))).toBe('ResourceNotFoundException: Resource does not exist')
})

test('permissions are statements of the topic’s policy', async () => {
  const { aws, sns } = setUp()
  const { arn: TopicArn } = await makeTopic(aws, 'news')
  const add = (Label: string, ...ActionName: string[]) =>
    sns.send(new AddPermissionCommand({ TopicArn, Label, AWSAccountId: ['111122223333'], ActionName }))
  await add('theirs', 'Publish', 'Subscribe')
  const statements = async () => {
    const { Attributes } = await sns.send(new GetTopicAttributesCommand({ TopicArn }))
    return JSON.parse(Attributes?.Policy ?? '').Statement as { Sid: string }[]
  }
  expect(await statements()).toMatchObject([
    { Sid: '__default_statement_ID' },
    {
      Sid: 'theirs',
      Effect: 'Allow',
      Principal: { AWS: 'arn:aws:iam::111122223333:root' },
      Action: ['SNS:Publish', 'SNS:Subscribe'],
      Resource: TopicArn,
    },
  ])
  expect(await refusal(add('theirs', 'Publish'))).toBe(
    'InvalidParameterException: Invalid parameter: Statement already exists',
  )
  expect(await refusal(add('more', 'Fly'))).toBe(
    'InvalidParameterException: Invalid parameter: Policy statement action out of service scope!',
  )
  await sns.send(new RemovePermissionCommand({ TopicArn, Label: 'theirs' }))
  expect((await statements()).map(({ Sid }) => Sid)).toEqual(['__default_statement_ID'])
})

test('a data protection policy is kept', async () => {
  const { aws, sns } = setUp()
  const { arn: ResourceArn } = await makeTopic(aws, 'news')
  const get = async () => (await sns.send(new GetDataProtectionPolicyCommand({ ResourceArn }))).DataProtectionPolicy
  expect(await get()).toBe('')
  const put = (DataProtectionPolicy: string) =>
    sns.send(new PutDataProtectionPolicyCommand({ ResourceArn, DataProtectionPolicy }))
  const policy = '{"Name":"p","Version":"2021-06-01","Statement":[]}'
  await put(policy)
  expect(await get()).toBe(policy)
  expect(await refusal(put('no JSON'))).toContain('InvalidParameterException: Invalid parameter: DataProtectionPolicy')
})

test('platform applications and endpoints are kept, secrets never shown', async () => {
  const { sns } = setUp()
  const Attributes = { PlatformCredential: 'secret', PlatformPrincipal: 'public' }
  const { PlatformApplicationArn } = await sns.send(
    new CreatePlatformApplicationCommand({ Name: 'app', Platform: 'APNS', Attributes }),
  )
  expect(PlatformApplicationArn).toBe('arn:aws:sns:us-east-1:123456789012:app/APNS/app')
  const role = 'arn:aws:iam::123456789012:role/sns'
  await sns.send(
    new SetPlatformApplicationAttributesCommand({ PlatformApplicationArn, Attributes: { EventEndpointCreated: role } }),
  )
  const shown = { Enabled: 'true', EventEndpointCreated: role }
  const got = await sns.send(new GetPlatformApplicationAttributesCommand({ PlatformApplicationArn }))
  expect(got.Attributes).toEqual(shown)
  const { PlatformApplications } = await sns.send(new ListPlatformApplicationsCommand({}))
  expect(PlatformApplications).toEqual([{ PlatformApplicationArn, Attributes: shown }])
  const create = (more = {}) =>
    sns.send(new CreatePlatformEndpointCommand({ PlatformApplicationArn, Token: 'device', ...more }))
  const { EndpointArn = '' } = await create({ CustomUserData: 'anna' })
  expect(EndpointArn).toMatch(/^arn:aws:sns:us-east-1:123456789012:endpoint\/APNS\/app\/[0-9a-f-]{36}$/)
  expect((await create({ CustomUserData: 'anna' })).EndpointArn).toBe(EndpointArn)
  expect(await refusal(create({ CustomUserData: 'otto' }))).toBe(
    `InvalidParameterException: Invalid parameter: Token Reason: Endpoint ${EndpointArn} already exists with the same Token, but different attributes.`,
  )
  await sns.send(new SetEndpointAttributesCommand({ EndpointArn, Attributes: { Enabled: 'false' } }))
  const { Attributes: attributes } = await sns.send(new GetEndpointAttributesCommand({ EndpointArn }))
  expect(attributes).toEqual({ Enabled: 'false', Token: 'device', CustomUserData: 'anna' })
  expect(await refusal(sns.send(new PublishCommand({ TargetArn: EndpointArn, Message: 'x' })))).toBe(
    'EndpointDisabledException: Endpoint is disabled',
  )
  const { Endpoints } = await sns.send(new ListEndpointsByPlatformApplicationCommand({ PlatformApplicationArn }))
  expect(Endpoints?.map(each => each.EndpointArn)).toEqual([EndpointArn])
  await sns.send(new DeleteEndpointCommand({ EndpointArn }))
  await sns.send(new DeletePlatformApplicationCommand({ PlatformApplicationArn }))
  expect(await refusal(sns.send(new GetEndpointAttributesCommand({ EndpointArn })))).toBe(
    'NotFoundException: Endpoint does not exist',
  )
  expect(await refusal(create())).toBe('NotFoundException: PlatformApplication does not exist')
})

test('a phone that has opted out gets nothing until it opts in', async () => {
  const { sns, fc } = setUp()
  const phoneNumber = '+15550100123'
  const send = (Message: string) => sns.send(new PublishCommand({ PhoneNumber: phoneNumber, Message }))
  const isOptedOut = async () => (await sns.send(new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber }))).isOptedOut
  await send('one')
  expect(await isOptedOut()).toBe(false)
  await fc.sns.optOut(phoneNumber)
  expect(await isOptedOut()).toBe(true)
  expect((await sns.send(new ListPhoneNumbersOptedOutCommand({}))).phoneNumbers).toEqual([phoneNumber])
  await send('two')
  await sns.send(new OptInPhoneNumberCommand({ phoneNumber }))
  await send('three')
  expect((await fc.sns.sms()).messages.map(({ message }) => message)).toEqual(['one', 'three'])
  expect((await fc.sns.getMessages()).messages).toHaveLength(2)
})

test('SMS attributes and the sandbox’s phones are kept', async () => {
  const { sns, fc } = setUp()
  await sns.send(new SetSMSAttributesCommand({ attributes: { DefaultSMSType: 'Transactional' } }))
  const { attributes } = await sns.send(new GetSMSAttributesCommand({}))
  expect(attributes).toMatchObject({ DefaultSMSType: 'Transactional' })
  const odd = new SetSMSAttributesCommand({ attributes: { Colour: 'red' } })
  expect(await refusal(sns.send(odd))).toContain('InvalidParameterException')
  expect((await sns.send(new GetSMSSandboxAccountStatusCommand({}))).IsInSandbox).toBe(true)
  const PhoneNumber = '+15550100123'
  await sns.send(new CreateSMSSandboxPhoneNumberCommand({ PhoneNumber }))
  const [sms] = (await fc.sns.sms()).messages
  const OneTimePassword = /\d{6}/.exec(sms?.message ?? '')?.[0] ?? ''
  const verify = (password: string) =>
    sns.send(new VerifySMSSandboxPhoneNumberCommand({ PhoneNumber, OneTimePassword: password }))
  expect(await refusal(verify(OneTimePassword === '00000' ? '11111' : '00000'))).toContain('VerificationException')
  await verify(OneTimePassword)
  const { PhoneNumbers } = await sns.send(new ListSMSSandboxPhoneNumbersCommand({}))
  expect(PhoneNumbers).toEqual([{ PhoneNumber, Status: 'Verified' }])
  await sns.send(new DeleteSMSSandboxPhoneNumberCommand({ PhoneNumber }))
  expect(await refusal(sns.send(new DeleteSMSSandboxPhoneNumberCommand({ PhoneNumber })))).toContain(
    'ResourceNotFoundException',
  )
  expect(await refusal(sns.send(new ListOriginationNumbersCommand({})))).toContain('NotImplemented')
})

test('the certificate is there for who verifies, and the test SDK sees who waits', async () => {
  const { aws, fc } = setUp()
  expect(await fc.sns.certPem()).toMatch(/^-----BEGIN CERTIFICATE-----/)
  const topic = await makeTopic(aws, 'news')
  const subscriptionArn = await topic.subscribe('email', 'anna@example.com')
  const { pendingConfirmations } = await fc.sns.getPendingConfirmations()
  expect(pendingConfirmations).toMatchObject([{ subscriptionArn, protocol: 'email', endpoint: 'anna@example.com' }])
  expect(await fc.sns.confirmSubscription({ subscriptionArn })).toEqual({ confirmed: true })
  expect((await fc.sns.getPendingConfirmations()).pendingConfirmations).toEqual([])
})

test('SNS tells CloudWatch what it published, delivered, left out and lost', async ({ skip }) => {
  const { aws, fc } = setUp()
  const { services } = await fc.health()
  skip(!services.some(name => ['cloudwatch', 'monitoring'].includes(name)), 'there is no CloudWatch yet')
  const topic = await makeTopic(aws, 'news')
  const queue = await makeOpenQueue(aws, 'q', topic.arn)
  await topic.subscribe('sqs', queue.arn)
  await topic.subscribe('sqs', `${queue.arn}-gone`)
  await topic.subscribe('sqs', `${queue.arn}-2`, { FilterPolicy: '{"a":["b"]}' })
  await topic.publish('hello')
  await topic.publish('hello again')
  await settle(aws)
  const cloudwatch = aws.client(CloudWatchClient)
  const sum = async (MetricName: string) => {
    const { Datapoints = [] } = await cloudwatch.send(
      new GetMetricStatisticsCommand({
        Namespace: 'AWS/SNS',
        MetricName,
        Dimensions: [{ Name: 'TopicName', Value: 'news' }],
        StartTime: new Date(Date.now() - 3_600_000),
        EndTime: new Date(Date.now() + 3_600_000),
        Period: 60,
        Statistics: ['Sum'],
      }),
    )
    return Datapoints.reduce((total, { Sum = 0 }) => total + Sum, 0)
  }
  expect(await sum('NumberOfMessagesPublished')).toBe(2)
  expect(await sum('PublishSize')).toBe(16)
  expect(await sum('NumberOfNotificationsDelivered')).toBe(2)
  expect(await sum('NumberOfNotificationsFailed')).toBe(2)
  expect(await sum('NumberOfNotificationsFilteredOut')).toBe(2)
})

test('a link to unsubscribe needs no signature, in a namespace that verifies them either', async () => {
  const fc = await new FakeCloud(inject('emulatorUrl')).namespaces.create({ verifySigv4: true })
  if (!fc.rootKey) throw new Error('no root key')
  const config = { endpoint: fc.url, region: 'us-east-1', credentials: fc.rootKey }
  const [sns, sqs] = [new SNSClient(config), new SQSClient(config)]
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'news' }))
  await sqs.send(new CreateQueueCommand({ QueueName: 'reader' }))
  const Endpoint = 'arn:aws:sqs:us-east-1:123456789012:reader'
  const { SubscriptionArn } = await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint }))
  const answer = await fetch(`${fc.url}/?Action=Unsubscribe&SubscriptionArn=${SubscriptionArn}`)
  expect(answer.status, await answer.text()).toBe(200)
  const { Subscriptions } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn }))
  expect(Subscriptions).toEqual([])
})
