import { expect, test } from 'vitest'
import { testClients, type TestClients } from '../support/clients.ts'
import { makeTopic, openQueuePolicy } from '../support/sns.ts'
import { makeQueue } from '../support/sqs.ts'

/** The same clients, in another region. */
function inRegion(aws: TestClients, region: string): TestClients {
  return { ...aws, client: (make, overrides) => aws.client(make, { ...overrides, region }) }
}

test.each([
  ['cn-north-1', 'aws-cn'],
  ['us-gov-west-1', 'aws-us-gov'],
])('what is made in %s has ARNs of %s, and is found by them', async (region, partition) => {
  const aws = inRegion(testClients(), region)
  const topic = await makeTopic(aws, 'news')
  expect(topic.arn).toBe(`arn:${partition}:sns:${region}:123456789012:news`)
  const arn = `arn:${partition}:sqs:${region}:123456789012:readers`
  const queue = await makeQueue(aws, 'readers', { Policy: openQueuePolicy(arn, topic.arn) })
  expect(await queue.attributes('QueueArn')).toMatchObject({ QueueArn: arn })
  await topic.subscribe('sqs', arn)
  await topic.publish('hello')
  const bodies = await queue.bodies()
  expect(bodies.map((body = '') => JSON.parse(body))).toMatchObject([{ TopicArn: topic.arn, Message: 'hello' }])
})
