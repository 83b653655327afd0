import { expect, test } from 'vitest'
import {
  allowsRedrive,
  parseRedrivePolicy,
  redriveAllowPolicyProblem,
} from '../../../durable-objects/services/sqs/redrive-policy.ts'

const ARN = 'arn:aws:sqs:us-east-1:123456789012:dead'

test('the count may be text, and comes back as a number', () => {
  const policy = parseRedrivePolicy(`{ "deadLetterTargetArn": "${ARN}", "maxReceiveCount": "3" }`)
  expect(policy.maxReceiveCount).toBe(3)
  expect(policy.text).toBe(`{"deadLetterTargetArn":"${ARN}","maxReceiveCount":3}`)
})

test.each([
  ['[]', 'Redrive policy is not a valid JSON map.'],
  [' ', 'Redrive policy is not a valid JSON map.'],
  ['{}', 'Redrive policy does not contain mandatory attribute: maxReceiveCount.'],
  ['{"maxReceiveCount":5}', 'Redrive policy does not contain mandatory attribute: deadLetterTargetArn.'],
  [`{"deadLetterTargetArn":"${ARN}","maxReceiveCount":0}`, 'maxReceiveCount: 0, valid values are from 1 to 1000'],
  [`{"deadLetterTargetArn":"${ARN}","maxReceiveCount":1001}`, 'maxReceiveCount: 1001, valid values'],
  [`{"deadLetterTargetArn":"${ARN}","maxReceiveCount":1,"x":1}`, 'Only following attributes are supported'],
  ['{"deadLetterTargetArn":"dummy","maxReceiveCount":42}', 'Reason: Invalid value for deadLetterTargetArn.'],
  ['{"deadLetterTargetArn":"arn:aws:sns:us-east-1:1:t","maxReceiveCount":1}', 'Only SQS queues are valid resources'],
])('%s is refused: %s', (text, reason) => {
  expect(() => parseRedrivePolicy(text)).toThrow(reason)
})

const allow = (policy: unknown) => redriveAllowPolicyProblem(JSON.stringify(policy))?.message

test('a redrive allow policy is whole or refused', () => {
  expect(allow({ redrivePermission: 'allowAll' })).toBeUndefined()
  expect(allow({ redrivePermission: 'byQueue', sourceQueueArns: [ARN] })).toBeUndefined()
  const unsupported = "Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format."
  for (const wrong of [[], {}, { redrivePermission: 'all' }, { redrivePermission: 'allowAll', x: 1 }]) {
    expect(allow(wrong)).toContain(unsupported)
  }
  expect(allow({ redrivePermission: 'byQueue', sourceQueueArns: 'arn' })).toContain(unsupported)
  expect(allow({ redrivePermission: 'byQueue' })).toContain('you must also specify one or more sourceQueueArns values.')
  expect(allow({ redrivePermission: 'byQueue', sourceQueueArns: Array(11).fill(ARN) })).toContain(
    'you can specify is 10.',
  )
  expect(allow({ redrivePermission: 'denyAll', sourceQueueArns: [ARN] })).toContain(
    'you must set redrivePermission to byQueue.',
  )
})

test('who may redrive follows from the policy', () => {
  expect(allowsRedrive(undefined, ARN)).toBe(true)
  expect(allowsRedrive('{"redrivePermission":"denyAll"}', ARN)).toBe(false)
  expect(allowsRedrive(`{"redrivePermission":"byQueue","sourceQueueArns":["${ARN}"]}`, ARN)).toBe(true)
  expect(allowsRedrive(`{"redrivePermission":"byQueue","sourceQueueArns":["${ARN}"]}`, `${ARN}2`)).toBe(false)
})
