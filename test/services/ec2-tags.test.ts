import {
  CreateNatGatewayCommand,
  CreateSubnetCommand,
  CreateTagsCommand,
  CreateVpcCommand,
  DeleteTagsCommand,
  DeleteVpcCommand,
  DescribeNatGatewaysCommand,
  DescribeTagsCommand,
  DescribeVpcsCommand,
  EC2Client,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { enforcing, policy } from '../support/enforcing.ts'
import { refusal } from '../support/sqs.ts'

const setUp = () => testClients().client(EC2Client)

const vpcWith = async (ec2: EC2Client, Tags: { Key: string; Value: string }[]) => {
  const TagSpecifications = [{ ResourceType: 'vpc' as const, Tags }]
  const { Vpc } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications }))
  return { id: Vpc?.VpcId ?? '', tags: Vpc?.Tags }
}

test('what is made with tags has them, and is found by them', async () => {
  const ec2 = setUp()
  const Tags = [
    { Key: 'Name', Value: 'web *' },
    { Key: 'env', Value: 'test' },
  ]
  const { id, tags } = await vpcWith(ec2, Tags)
  expect(tags).toEqual(Tags)
  await vpcWith(ec2, [{ Key: 'Name', Value: 'web x' }])
  const found = async (Name: string, ...Values: string[]) => {
    const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name, Values }] }))
    return Vpcs.length
  }
  expect(await found('tag:Name', 'web *')).toBe(2)
  expect(await found('tag:Name', 'web \\*')).toBe(1)
  expect(await found('tag-key', 'env', 'none')).toBe(1)
  expect(await found('tag-value', 'test')).toBe(1)
  expect(await found('tag:env', 'prod')).toBe(0)
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ VpcIds: [id] }))
  expect(Vpcs).toMatchObject([{ Tags }])
})

test('tags are set, described in pages and removed: one with another value stays', async () => {
  const ec2 = setUp()
  const { id } = await vpcWith(ec2, [])
  const Tags = ['a', 'b', 'c', 'd', 'e', 'f'].map(Key => ({ Key, Value: `${Key}1` }))
  await ec2.send(new CreateTagsCommand({ Resources: [id], Tags }))
  const Filters = [{ Name: 'resource-id', Values: [id] }]
  const first = await ec2.send(new DescribeTagsCommand({ Filters, MaxResults: 5 }))
  expect(first.Tags).toHaveLength(5)
  expect(first.Tags?.[0]).toEqual({ ResourceId: id, ResourceType: 'vpc', Key: 'a', Value: 'a1' })
  const next = await ec2.send(new DescribeTagsCommand({ Filters, MaxResults: 5, NextToken: first.NextToken }))
  expect(next.Tags?.map(({ Key }) => Key)).toEqual(['f'])
  const removed = [{ Key: 'a' }, { Key: 'b', Value: 'other' }, { Key: 'c', Value: 'c1' }]
  await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: removed }))
  const left = await ec2.send(new DescribeTagsCommand({ Filters }))
  expect(left.Tags?.map(({ Key }) => Key)).toEqual(['b', 'd', 'e', 'f'])
  await ec2.send(new DeleteTagsCommand({ Resources: [id] }))
  expect((await ec2.send(new DescribeTagsCommand({ Filters }))).Tags).toEqual([])
})

test('tags that AWS does not take are refused, and nothing is made', async () => {
  const ec2 = setUp()
  const { id } = await vpcWith(ec2, [])
  const set = (Key: string) => refusal(ec2.send(new CreateTagsCommand({ Resources: [id], Tags: [{ Key, Value: '' }] })))
  expect(await set('aws:x')).toContain('InvalidParameterValue: Tag keys starting with')
  expect(await set('k'.repeat(129))).toContain('InvalidParameterValue: Tag key exceeds')
  const TagSpecifications = [{ ResourceType: 'subnet' as const, Tags: [{ Key: 'a', Value: 'b' }] }]
  const create = new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', TagSpecifications })
  expect(await refusal(ec2.send(create))).toBe(
    "InvalidParameterValue: 'subnet' is not a valid taggable resource type for this operation.",
  )
  const nothing = new CreateTagsCommand({ Resources: ['vpc-0123456789abcdef0'], Tags: [{ Key: 'a', Value: 'b' }] })
  expect(await refusal(ec2.send(nothing))).toBe(
    "InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist",
  )
  const { Vpcs } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['false'] }] }))
  expect(Vpcs).toHaveLength(1)
})

test('a request that comes again with its client token makes nothing more', async () => {
  const ec2 = setUp()
  const { id: VpcId } = await vpcWith(ec2, [])
  const { Subnet } = await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.0.0/24' }))
  const { SubnetId } = Subnet ?? {}
  const create = (PrivateIpAddress?: string) =>
    ec2.send(
      new CreateNatGatewayCommand({ SubnetId, ConnectivityType: 'private', ClientToken: 'once', PrivateIpAddress }),
    )
  const [first, second] = [await create(), await create()]
  expect(second.NatGateway).toEqual(first.NatGateway)
  expect(second.NatGateway?.CreateTime).toBeInstanceOf(Date)
  expect(await refusal(create('10.0.0.9'))).toContain('IdempotentParameterMismatch: ')
  expect((await ec2.send(new DescribeNatGatewaysCommand({}))).NatGateways).toHaveLength(1)
})

test('a dry run tells that it would have been, and does nothing', async () => {
  const ec2 = setUp()
  expect(await refusal(ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.0/16', DryRun: true })))).toBe(
    'DryRunOperation: Request would have succeeded, but DryRun flag is set.',
  )
  expect((await ec2.send(new DescribeVpcsCommand({}))).Vpcs).toHaveLength(1)
})

test('policies may ask for tags of what is made, and of what is changed', async () => {
  const { aws, user } = await enforcing()
  const id = (await vpcWith(aws.client(EC2Client), [{ Key: 'team', Value: 'a' }])).id
  const other = (await vpcWith(aws.client(EC2Client), [])).id
  const alice = await user(
    'alice',
    policy(
      {
        Action: 'ec2:CreateVpc',
        Resource: 'arn:aws:ec2:*:*:vpc/*',
        Condition: { StringEquals: { 'aws:RequestTag/team': 'a' } },
      },
      { Action: 'ec2:DeleteVpc', Resource: '*', Condition: { StringEquals: { 'ec2:ResourceTag/team': 'a' } } },
    ),
  )
  const ec2 = alice.client(EC2Client)
  expect(await refusal(vpcWith(ec2, []))).toContain('UnauthorizedOperation')
  await vpcWith(ec2, [{ Key: 'team', Value: 'a' }])
  expect(await refusal(ec2.send(new DeleteVpcCommand({ VpcId: other })))).toContain('UnauthorizedOperation')
  await ec2.send(new DeleteVpcCommand({ VpcId: id }))
})
