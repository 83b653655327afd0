import {
  CreateEventBusCommand,
  EventBridgeClient,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge'
import { expect, test } from 'vitest'
import { enforcing, policy } from '../support/enforcing.ts'
import { busArn, PATTERN, ruleArn } from '../support/events.ts'
import { refusal } from '../support/sqs.ts'

const entry = (EventBusName: string, Source = 'shop') => ({ EventBusName, Source, DetailType: 'Order', Detail: '{}' })

test('a user puts events on the buses, and from the sources, that its policy names', async () => {
  const { aws, user } = await enforcing()
  const owner = aws.client(EventBridgeClient)
  await owner.send(new CreateEventBusCommand({ Name: 'shop' }))
  const Condition = { StringEquals: { 'events:source': 'shop' } }
  const own = policy({ Action: 'events:PutEvents', Resource: busArn('shop'), Condition })
  const { client, arn } = await user('ann', own)
  const events = client(EventBridgeClient)
  const put = (...Entries: ReturnType<typeof entry>[]) => events.send(new PutEventsCommand({ Entries }))
  expect((await put(entry('shop'), entry(busArn('shop')))).FailedEntryCount).toBe(0)
  const denied = (bus: string) =>
    `AccessDeniedException: User: ${arn} is not authorized to perform: events:PutEvents on resource: ${busArn(bus)} because no identity-based policy allows the events:PutEvents action`
  expect(await refusal(put(entry('shop'), entry('default')))).toBe(denied('default'))
  expect(await refusal(put(entry('shop', 'other')))).toBe(denied('shop'))
})

test('who gives a target a role must be allowed to pass it', async () => {
  const { user, allow } = await enforcing()
  const RoleArn = 'arn:aws:iam::123456789012:role/caller'
  const rules = { Action: ['events:PutRule', 'events:PutTargets'], Resource: ruleArn('orders') }
  const { client } = await user('ann', policy(rules))
  const events = client(EventBridgeClient)
  await events.send(new PutRuleCommand({ Name: 'orders', EventPattern: PATTERN }))
  const Targets = [{ Id: 's', Arn: 'arn:aws:sqs:us-east-1:123456789012:orders', RoleArn }]
  const put = () => events.send(new PutTargetsCommand({ Rule: 'orders', Targets }))
  expect(await refusal(put())).toMatch(
    /^AccessDeniedException: .* iam:PassRole on resource: arn:aws:iam::123456789012:role\/caller/,
  )
  await allow('ann', policy(rules, { Action: 'iam:PassRole', Resource: RoleArn }))
  expect((await put()).FailedEntryCount).toBe(0)
  expect(await refusal(events.send(new PutRuleCommand({ Name: 'other', EventPattern: PATTERN })))).toMatch(
    /events:PutRule on resource: .*rule\/other/,
  )
})
