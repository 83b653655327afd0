import {
  CreateNatGatewayCommand,
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteNatGatewayCommand,
  DescribeNatGatewaysCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import {
  CreateEventSourceMappingCommand,
  GetEventSourceMappingCommand,
  GetFunctionConfigurationCommand,
  PublishVersionCommand,
  UpdateFunctionCodeCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { create, ECHO, invoke, setUp, zip } from '../support/lambda.ts'
import { makeQueue, refusal } from '../support/sqs.ts'

/** A namespace whose resources are pending for so long, on a clock that stands still. */
async function pendingFor({ aws }: { aws: ReturnType<typeof testClients> }, pendingSeconds: number) {
  const [, name] = /\/_ns\/([^/]+)/.exec(aws.url) ?? []
  await aws.admin('POST', '/_fakecloud/namespaces', { name, pendingSeconds })
  await aws.admin('POST', '/_fakecloud/clock/freeze')
  return (seconds: number) => aws.admin('POST', '/_fakecloud/clock/advance', { seconds })
}

const CONFLICT = 'ResourceConflictException: The operation cannot be performed at this time.'
const ARN = 'arn:aws:lambda:us-east-1:123456789012:function:work'
const named = { FunctionName: 'work' }

test('a function is pending for as long as its namespace says, and is neither invoked nor changed before', async () => {
  const { aws, lambda } = setUp()
  const advance = await pendingFor({ aws }, 5)
  const state = async () => (await lambda.send(new GetFunctionConfigurationCommand(named))).State
  expect((await create(lambda, ECHO)).State).toBe('Pending')
  expect(await state()).toBe('Pending')
  const pending = `${CONFLICT} The function is currently in the following state: Pending`
  expect(await refusal(invoke(lambda))).toBe(pending)
  expect(await refusal(lambda.send(new UpdateFunctionConfigurationCommand({ ...named, Timeout: 9 })))).toBe(pending)
  await advance(4)
  expect(await state()).toBe('Pending')
  await advance(1)
  expect(await state()).toBe('Active')
  expect((await invoke(lambda, { n: 1 })).payload).toMatchObject({ event: { n: 1 } })
})

test('a function that is being changed is invoked, and not changed again before it is done', async () => {
  const { aws, lambda } = setUp()
  const advance = await pendingFor({ aws }, 5)
  await create(lambda, ECHO)
  await advance(5)
  await lambda.send(new UpdateFunctionConfigurationCommand({ ...named, Timeout: 9 }))
  const read = () => lambda.send(new GetFunctionConfigurationCommand(named))
  expect(await read()).toMatchObject({ State: 'Active', LastUpdateStatus: 'InProgress' })
  const busy = `${CONFLICT} An update is in progress for resource: ${ARN}`
  expect(await refusal(lambda.send(new UpdateFunctionCodeCommand({ ...named, ZipFile: zip(ECHO) })))).toBe(busy)
  expect(await refusal(lambda.send(new PublishVersionCommand(named)))).toBe(busy)
  expect((await invoke(lambda, { n: 1 })).payload).toMatchObject({ event: { n: 1 } })
  await advance(5)
  expect(await read()).toMatchObject({ LastUpdateStatus: 'Successful', Timeout: 9 })
  expect((await lambda.send(new PublishVersionCommand(named))).State).toBe('Pending')
})

test('a mapping is being created for as long as its namespace says', async () => {
  const { aws, lambda } = setUp()
  const advance = await pendingFor({ aws }, 5)
  const [queue] = await Promise.all([makeQueue(aws, 'jobs'), create(lambda, ECHO)])
  const made = await lambda.send(new CreateEventSourceMappingCommand({ EventSourceArn: queue.arn, ...named }))
  const state = async () => (await lambda.send(new GetEventSourceMappingCommand({ UUID: made.UUID }))).State
  expect([made.State, await state()]).toEqual(['Creating', 'Creating'])
  await advance(5)
  expect(await state()).toBe('Enabled')
})

test('a NAT gateway is pending, available, deleting and deleted, by the clock', async () => {
  const aws = testClients()
  const ec2 = aws.client(EC2Client)
  const advance = await pendingFor({ aws }, 60)
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16' }))
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId: Vpc?.VpcId, CidrBlock: '10.0.1.0/24' }))
  const made = await ec2.send(new CreateNatGatewayCommand({ SubnetId: Subnet?.SubnetId, ConnectivityType: 'private' }))
  const NatGatewayId = made.NatGateway?.NatGatewayId
  const state = async () =>
    (await ec2.send(new DescribeNatGatewaysCommand({ NatGatewayIds: [NatGatewayId ?? ''] }))).NatGateways?.[0]?.State
  expect([made.NatGateway?.State, await state()]).toEqual(['pending', 'pending'])
  const Filter = [{ Name: 'state', Values: ['pending'] }]
  expect((await ec2.send(new DescribeNatGatewaysCommand({ Filter }))).NatGateways).toHaveLength(1)
  await advance(60)
  expect(await state()).toBe('available')
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }))
  expect(await state()).toBe('deleting')
  await advance(60)
  expect(await state()).toBe('deleted')
})
