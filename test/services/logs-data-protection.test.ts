import {
  DeleteDataProtectionPolicyCommand,
  DescribeLogGroupsCommand,
  GetDataProtectionPolicyCommand,
  GetLogEventsCommand,
  PutAccountPolicyCommand,
  PutDataProtectionPolicyCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, it } from 'vitest'
import { failure } from '../support/lambda.ts'
import { testLogs, unpack } from '../support/logs.ts'
import { makeQueue } from '../support/sqs.ts'

const identifier = (name: string) => `arn:aws:dataprotection::aws:data-identifier/${name}`
const policy = (DataIdentifier: string[], more = {}) =>
  JSON.stringify({
    Name: 'p',
    Version: '2021-06-01',
    Statement: [
      { Sid: 'audit', DataIdentifier, Operation: { Audit: { FindingsDestination: {} } } },
      { Sid: 'mask', DataIdentifier, Operation: { Deidentify: { MaskConfig: {} } } },
    ],
    ...more,
  })

async function start() {
  const test = testLogs()
  await test.group('g', 's')
  const protect = (policyDocument: string, logGroupIdentifier = 'g') =>
    test.logs.send(new PutDataProtectionPolicyCommand({ logGroupIdentifier, policyDocument }))
  const read = async (unmask?: boolean) => {
    const input = { logGroupName: 'g', logStreamName: 's', startFromHead: true, ...(unmask ? { unmask } : {}) }
    return (await test.logs.send(new GetLogEventsCommand(input))).events?.map(({ message }) => message)
  }
  return { ...test, protect, read }
}

it('masks what its policy names in whatever came in since, for all who do not ask to see it', async () => {
  const { aws, logs, put, found, protect, read } = await start()
  await put('g', 's', [Date.now() - 10, 'before: ann@example.com'])
  const Configuration = { CustomDataIdentifier: [{ Name: 'EmployeeId', Regex: 'EID-\\d{4}' }] }
  const document = policy([identifier('EmailAddress'), identifier('CreditCardNumber'), 'EmployeeId'], { Configuration })
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 1 })
  await protect(document)
  const queue = await makeQueue(aws, 'q')
  const filter = { logGroupName: 'g', filterName: 'f', filterPattern: '', destinationArn: queue.arn }
  await logs.send(new PutSubscriptionFilterCommand(filter))
  const message = 'ann@example.com paid with 4111 1111 1111 1111, not 4111 1111 1111 1112, says EID-1234'
  const masked = '*************** paid with *******************, not 4111 1111 1111 1112, says ********'
  await put('g', 's', [Date.now(), message])
  expect(await read()).toEqual(['before: ann@example.com', masked])
  expect(await read(true)).toEqual(['before: ann@example.com', message])
  expect(await found({ logGroupName: 'g', filterPattern: 'paid' })).toEqual([masked])
  expect(await found({ logGroupName: 'g', filterPattern: 'paid', unmask: true })).toEqual([message])
  await aws.admin('POST', '/_fakecloud/settle')
  const [body] = await queue.bodies()
  expect(unpack(body ?? '').logEvents.map(event => event.message)).toEqual([masked])
  const { logGroups } = await logs.send(new DescribeLogGroupsCommand({}))
  expect(logGroups?.[0]?.dataProtectionStatus).toBe('ACTIVATED')
})

it('comes back as it was put, and is gone when it is deleted', async () => {
  const { logs, put, protect, read } = await start()
  const get = () => logs.send(new GetDataProtectionPolicyCommand({ logGroupIdentifier: 'g' }))
  expect((await get()).policyDocument).toBeUndefined()
  const document = policy([identifier('IpAddress')])
  const { lastUpdatedTime } = await protect(document)
  expect(await get()).toMatchObject({ logGroupIdentifier: 'g', policyDocument: document, lastUpdatedTime })
  await put('g', 's', [Date.now(), 'from 10.0.0.1'])
  expect(await read()).toEqual(['from ********'])
  await logs.send(new DeleteDataProtectionPolicyCommand({ logGroupIdentifier: 'g' }))
  expect((await get()).policyDocument).toBeUndefined()
  expect(await read()).toEqual(['from 10.0.0.1'])
})

it('is refused unless it audits and masks the same data; the account’s holds for every group', async () => {
  const { logs, put, protect, read } = await start()
  const twice = JSON.parse(policy([identifier('IpAddress')]))
  twice.Statement[1].DataIdentifier = [identifier('EmailAddress')]
  const Configuration = { CustomDataIdentifier: 5 }
  const odd = policy(['x'], { Configuration })
  for (const document of ['x', '{}', JSON.stringify(twice), policy([]), odd]) {
    expect(await failure(protect(document))).toMatchObject({ name: 'InvalidParameterException', status: 400 })
  }
  const missing = await failure(protect(policy([identifier('IpAddress')]), 'none'))
  expect(missing).toMatchObject({ message: 'The specified log group does not exist.' })
  const policyDocument = policy([identifier('Ssn-US')])
  await logs.send(
    new PutAccountPolicyCommand({
      policyName: 'p',
      policyType: 'DATA_PROTECTION_POLICY',
      policyDocument,
      scope: 'ALL',
    }),
  )
  await put('g', 's', [Date.now(), 'number 123-45-6789'])
  expect(await read()).toEqual(['number ***********'])
})
