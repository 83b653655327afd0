import {
  CreateSubnetCommand,
  CreateVpcCommand,
  DeleteVpcCommand,
  DescribeVpcsCommand,
  DescribeSubnetsCommand,
  DescribeSecurityGroupsCommand,
  DescribeRouteTablesCommand,
  DescribeNetworkAclsCommand,
  DescribeInternetGatewaysCommand,
  DescribeDhcpOptionsCommand,
  EC2Client,
  RunInstancesCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { refusal } from '../support/sqs.ts'

const setUp = () => testClients().client(EC2Client)

test('an account begins with a default VPC in each region, and what goes with it', async () => {
  const ec2 = setUp()
  const { Vpcs = [] } = await ec2.send(new DescribeVpcsCommand({ Filters: [{ Name: 'is-default', Values: ['true'] }] }))
  expect(Vpcs).toMatchObject([{ CidrBlock: '172.31.0.0/16', State: 'available', OwnerId: '123456789012', Tags: [] }])
  const [{ VpcId = '', DhcpOptionsId } = {}] = Vpcs
  expect(VpcId).toMatch(/^vpc-[0-9a-f]{17}$/)
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({ Filters }))
  expect(Subnets.map(({ CidrBlock }) => CidrBlock)).toEqual(
    [0, 16, 32, 48, 64, 80].map(third => `172.31.${third}.0/20`),
  )
  expect(Subnets[0]).toMatchObject({ AvailableIpAddressCount: 4091, DefaultForAz: true, MapPublicIpOnLaunch: true })
  const { SecurityGroups = [] } = await ec2.send(new DescribeSecurityGroupsCommand({ Filters }))
  const { GroupId } = SecurityGroups[0] ?? {}
  expect(SecurityGroups).toMatchObject([
    {
      GroupName: 'default',
      IpPermissions: [{ IpProtocol: '-1', UserIdGroupPairs: [{ GroupId, UserId: '123456789012' }] }],
      IpPermissionsEgress: [{ IpProtocol: '-1', IpRanges: [{ CidrIp: '0.0.0.0/0' }] }],
    },
  ])
  const { InternetGateways = [] } = await ec2.send(new DescribeInternetGatewaysCommand({}))
  expect(InternetGateways).toMatchObject([{ Attachments: [{ VpcId, State: 'available' }] }])
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
  expect(RouteTables).toMatchObject([
    {
      Associations: [{ Main: true }],
      Routes: [
        { DestinationCidrBlock: '172.31.0.0/16', GatewayId: 'local', State: 'active', Origin: 'CreateRouteTable' },
        { DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGateways[0]?.InternetGatewayId, State: 'active' },
      ],
    },
  ])
  const { NetworkAcls } = await ec2.send(new DescribeNetworkAclsCommand({ Filters }))
  expect(NetworkAcls).toMatchObject([{ IsDefault: true, Associations: { length: 6 }, Entries: { length: 4 } }])
  const { DhcpOptions } = await ec2.send(new DescribeDhcpOptionsCommand({}))
  expect(DhcpOptions).toMatchObject([{ DhcpOptionsId, DhcpConfigurations: { length: 2 } }])
})

test('a VPC is not deleted while it has subnets, and takes what was made with it along', async () => {
  const ec2 = setUp()
  const { Vpc: { VpcId = '' } = {} } = await ec2.send(new CreateVpcCommand({ CidrBlock: '10.0.0.9/16' }))
  await ec2.send(new CreateSubnetCommand({ VpcId, CidrBlock: '10.0.1.0/24' }))
  expect(await refusal(ec2.send(new DeleteVpcCommand({ VpcId })))).toBe(
    `DependencyViolation: The vpc '${VpcId}' has dependencies and cannot be deleted.`,
  )
})

test('what is not of the network answers 501 by name', async () => {
  expect(await refusal(setUp().send(new RunInstancesCommand({ ImageId: 'ami-1', MinCount: 1, MaxCount: 1 })))).toBe(
    'NotImplemented: ec2.RunInstances is not implemented',
  )
})
