import { expect, test } from 'vitest'
import { arnAt, arnOf, ownerOf, resourceAt, rootArn } from '../../../aws/arn.ts'
import { homeByArn, homeWhere } from '../../../durable-objects/kernel/resources/home.ts'

const place = { namespace: 'ci', account: '111111111111', region: 'us-east-1' }
const TOPIC = 'arn:aws:sns:eu-west-1:222222222222:news'

test.each([
  ['us-east-1', 'aws'],
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
  ['us-iso-east-1', 'aws-iso'],
  ['us-isob-east-1', 'aws-iso-b'],
  ['eusc-de-east-1', 'aws-eusc'],
])('what is in %s has ARNs of the partition %s', (region, partition) => {
  expect(arnAt({ account: '111111111111', region }, 'sqs', 'q')).toBe(`arn:${partition}:sqs:${region}:111111111111:q`)
})

test('a service without regions has ARNs without one, and an ARN that was read keeps its partition', () => {
  expect(rootArn('111111111111')).toBe('arn:aws:iam::111111111111:root')
  expect(arnOf({ partition: 'aws-cn', service: 's3', resource: 'bucket' })).toBe('arn:aws-cn:s3:::bucket')
})

test('only what can be an account and a region owns something', () => {
  expect(ownerOf(TOPIC, 'sns')).toEqual({ account: '222222222222', region: 'eu-west-1' })
  for (const none of [5, 'news', TOPIC.replace('2'.repeat(12), '22'), TOPIC.replace('eu-west-1', 'nowhere-1')]) {
    expect(ownerOf(none, 'sns')).toBeUndefined()
  }
  expect(ownerOf(TOPIC, 'sqs')).toBeUndefined()
})

test('an ARN names something in its own place alone', () => {
  expect(resourceAt({ account: '222222222222', region: 'eu-west-1' }, 'sns', TOPIC)).toBe('news')
  expect(resourceAt(place, 'sns', TOPIC)).toBeUndefined()
  expect(resourceAt({ ...place, account: '222222222222' }, 'sns', TOPIC)).toBeUndefined()
})

test('an operation is served where the first ARN of its input is, in the namespace of its caller', () => {
  const home = homeByArn('sns', ['TopicArn', 'ResourceArn'])
  const there = { namespace: 'ci', account: '222222222222', region: 'eu-west-1' }
  expect(home('Publish', { TopicArn: TOPIC }, place)).toEqual({ place: there, service: 'sns' })
  expect(home('TagResource', { ResourceArn: TOPIC }, place).place).toEqual(there)
  for (const nonsense of [
    {},
    { TopicArn: 5 },
    { TopicArn: 'arn' },
    { TopicArn: 'arn:aws:sqs:eu-west-1:222222222222:q' },
  ]) {
    expect(home('Publish', nonsense, place).place).toEqual(place)
  }
})

test('what an input leaves open is as the caller has it', () => {
  const home = homeWhere('lambda', ({ account }) => (account === undefined ? undefined : { account: String(account) }))
  expect(home('Invoke', { account: '222222222222' }, place).place).toEqual({ ...place, account: '222222222222' })
  expect(home('Invoke', {}, place)).toEqual({ place, service: 'lambda' })
})
