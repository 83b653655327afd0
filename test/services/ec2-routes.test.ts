import {
  AllocateAddressCommand,
  AssociateAddressCommand,
  AssociateRouteTableCommand,
  CreateNatGatewayCommand,
  CreateNetworkAclCommand,
  CreateNetworkAclEntryCommand,
  CreateNetworkInterfaceCommand,
  CreateRouteCommand,
  CreateRouteTableCommand,
  CreateVpcEndpointCommand,
  DeleteInternetGatewayCommand,
  DeleteNatGatewayCommand,
  DeleteRouteCommand,
  DeleteRouteTableCommand,
  DeleteSubnetCommand,
  DeleteVpcEndpointsCommand,
  DescribeAddressesCommand,
  DescribeNatGatewaysCommand,
  DescribeNetworkAclsCommand,
  DescribeNetworkInterfacesCommand,
  DescribePrefixListsCommand,
  DescribeRouteTablesCommand,
  DescribeSubnetsCommand,
  DescribeVpcEndpointsCommand,
  DetachInternetGatewayCommand,
  DisassociateAddressCommand,
  ReleaseAddressCommand,
  ReplaceNetworkAclAssociationCommand,
  ReplaceRouteTableAssociationCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { setUpNetwork } from '../support/ec2.ts'
import { refusal } from '../support/sqs.ts'

const ALL = '0.0.0.0/0'

async function setUpTable() {
  const network = await setUpNetwork()
  const { ec2, VpcId } = network
  const { RouteTable } = await ec2.send(new CreateRouteTableCommand({ VpcId }))
  const RouteTableId = RouteTable?.RouteTableId ?? ''
  const table = async (id = RouteTableId) => {
    const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ RouteTableIds: [id] }))
    return RouteTables?.[0]
  }
  return { ...network, RouteTableId, table }
}

test('a route leads to a gateway of its VPC, once, and into nothing when that is gone', async () => {
  const { ec2, VpcId, RouteTableId, gateway, table } = await setUpTable()
  const GatewayId = await gateway()
  const route = { RouteTableId, DestinationCidrBlock: ALL, GatewayId }
  await ec2.send(new CreateRouteCommand(route))
  expect(await refusal(ec2.send(new CreateRouteCommand(route)))).toBe(
    'RouteAlreadyExists: The route identified by 0.0.0.0/0 already exists.',
  )
  const there = { DestinationCidrBlock: ALL, GatewayId, Origin: 'CreateRoute' }
  expect((await table())?.Routes?.[1]).toEqual({ ...there, State: 'active' })
  await ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId: GatewayId, VpcId }))
  expect((await table())?.Routes?.[1]).toEqual({ ...there, State: 'blackhole' })
  await ec2.send(new DeleteInternetGatewayCommand({ InternetGatewayId: GatewayId }))
  await ec2.send(new DeleteRouteCommand(route))
  expect(await refusal(ec2.send(new DeleteRouteCommand(route)))).toBe(
    `InvalidRoute.NotFound: no route with destination-cidr-block 0.0.0.0/0 in route table ${RouteTableId}`,
  )
  expect((await table())?.Routes).toHaveLength(1)
})

test('a subnet has one route table, which can be another, and goes with the subnet', async () => {
  const { ec2, VpcId, RouteTableId, SubnetId, table } = await setUpTable()
  const { RouteTable: other } = await ec2.send(new CreateRouteTableCommand({ VpcId }))
  const associate = (id: string | undefined) => ec2.send(new AssociateRouteTableCommand({ RouteTableId: id, SubnetId }))
  const { AssociationId } = await associate(RouteTableId)
  expect(await refusal(associate(other?.RouteTableId))).toMatch('Resource.AlreadyAssociated')
  expect(await refusal(ec2.send(new DeleteRouteTableCommand({ RouteTableId })))).toMatch('DependencyViolation')
  const moved = await ec2.send(
    new ReplaceRouteTableAssociationCommand({ AssociationId, RouteTableId: other?.RouteTableId }),
  )
  expect((await table())?.Associations).toEqual([])
  expect((await table(other?.RouteTableId))?.Associations).toMatchObject([
    {
      RouteTableAssociationId: moved.NewAssociationId,
      SubnetId,
      Main: false,
      AssociationState: { State: 'associated' },
    },
  ])
  await ec2.send(new DeleteSubnetCommand({ SubnetId }))
  expect((await table(other?.RouteTableId))?.Associations).toEqual([])
})

test('a NAT gateway has an interface and a public address, and is shown for an hour after its end', async () => {
  const { aws, ec2, SubnetId, gateway, VpcId } = await setUpTable()
  await aws.admin('POST', '/_fakecloud/clock/freeze', { at: '2030-01-01T00:00:00Z' })
  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({}))
  const make = () => ec2.send(new CreateNatGatewayCommand({ SubnetId, AllocationId }))
  expect(await refusal(make())).toBe(`Gateway.NotAttached: Network ${VpcId} has no Internet gateway attached`)
  const InternetGatewayId = await gateway()
  const { NatGateway: { NatGatewayId = '' } = {} } = await make()
  const gateways = async () => {
    const Filter = [{ Name: 'vpc-id', Values: [VpcId] }]
    return (await ec2.send(new DescribeNatGatewaysCommand({ Filter }))).NatGateways
  }
  const PrivateIp = '10.0.1.4'
  const address = { AllocationId, PublicIp, PrivateIp, IsPrimary: true }
  const CreateTime = new Date('2030-01-01T00:00:00Z')
  expect(await gateways()).toMatchObject([{ State: 'available', CreateTime, NatGatewayAddresses: [address] }])
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}))
  expect(NetworkInterfaces).toMatchObject([
    { Status: 'in-use', PrivateIpAddress: PrivateIp, Association: { PublicIp } },
  ])
  const { Subnets } = await ec2.send(new DescribeSubnetsCommand({ SubnetIds: [SubnetId] }))
  expect(Subnets?.[0]?.AvailableIpAddressCount).toBe(250)
  expect(await refusal(ec2.send(new DetachInternetGatewayCommand({ InternetGatewayId, VpcId })))).toBe(
    `DependencyViolation: Network ${VpcId} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
  )
  expect(await refusal(ec2.send(new DeleteSubnetCommand({ SubnetId })))).toMatch('DependencyViolation')
  await ec2.send(new DeleteNatGatewayCommand({ NatGatewayId }))
  expect(await gateways()).toMatchObject([{ State: 'deleted' }])
  await ec2.send(new ReleaseAddressCommand({ AllocationId }))
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 3600 })
  expect(await gateways()).toEqual([])
})

test('an address goes to an interface, and is released when it is free', async () => {
  const { ec2, SubnetId, gateway } = await setUpTable()
  await gateway()
  const { AllocationId, PublicIp } = await ec2.send(new AllocateAddressCommand({ Domain: 'vpc' }))
  const { NetworkInterface } = await ec2.send(
    new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress: '10.0.1.9', SecondaryPrivateIpAddressCount: 1 }),
  )
  const { NetworkInterfaceId } = NetworkInterface ?? {}
  const { AssociationId } = await ec2.send(new AssociateAddressCommand({ AllocationId, NetworkInterfaceId }))
  const { Addresses } = await ec2.send(new DescribeAddressesCommand({ PublicIps: [PublicIp ?? ''] }))
  expect(Addresses).toMatchObject([{ AssociationId, NetworkInterfaceId, PrivateIpAddress: '10.0.1.9' }])
  expect(await refusal(ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe(
    `InvalidIPAddress.InUse: Address ${PublicIp} is in use.`,
  )
  await ec2.send(new DisassociateAddressCommand({ AssociationId }))
  await ec2.send(new ReleaseAddressCommand({ AllocationId }))
  expect(await refusal(ec2.send(new ReleaseAddressCommand({ AllocationId })))).toBe(
    `InvalidAllocationID.NotFound: The allocation ID '${AllocationId}' does not exist`,
  )
  const taken = ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, PrivateIpAddress: '10.0.1.9' }))
  expect(await refusal(taken)).toBe('InvalidIPAddress.InUse: The specified address is already in use.')
})

test('a subnet is in the default network ACL until it is put into another', async () => {
  const { ec2, VpcId, SubnetId } = await setUpTable()
  const acls = async () => {
    const Filters = [{ Name: 'association.subnet-id', Values: [SubnetId] }]
    return (await ec2.send(new DescribeNetworkAclsCommand({ Filters }))).NetworkAcls ?? []
  }
  const [own] = await acls()
  expect(own).toMatchObject({ IsDefault: true, VpcId })
  const { NetworkAcl: { NetworkAclId = '' } = {} } = await ec2.send(new CreateNetworkAclCommand({ VpcId }))
  const entry = { NetworkAclId, RuleNumber: 100, Protocol: 'tcp', RuleAction: 'allow', Egress: false } as const
  const PortRange = { From: 443, To: 443 }
  const add = () => ec2.send(new CreateNetworkAclEntryCommand({ ...entry, CidrBlock: '10.0.0.0/8', PortRange }))
  await add()
  expect(await refusal(add())).toBe(
    'NetworkAclEntryAlreadyExists: The network acl entry identified by 100 already exists.',
  )
  const { NetworkAclAssociationId: AssociationId } = own?.Associations?.[0] ?? {}
  await ec2.send(new ReplaceNetworkAclAssociationCommand({ AssociationId, NetworkAclId }))
  expect(await acls()).toMatchObject([
    {
      NetworkAclId,
      Entries: [
        { Egress: true, RuleNumber: 32_767, RuleAction: 'deny' },
        { Egress: false, RuleNumber: 100, Protocol: '6', CidrBlock: '10.0.0.0/8', PortRange },
        { Egress: false, RuleNumber: 32_767 },
      ],
    },
  ])
})

test('a gateway endpoint is a route to its service’s prefix list, an interface endpoint an interface', async () => {
  const { ec2, VpcId, RouteTableId, SubnetId, table } = await setUpTable()
  const ServiceName = 'com.amazonaws.us-east-1.s3'
  const gateway = await ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName, RouteTableIds: [RouteTableId] }))
  const { PrefixLists } = await ec2.send(
    new DescribePrefixListsCommand({ Filters: [{ Name: 'prefix-list-name', Values: [ServiceName] }] }),
  )
  const GatewayId = gateway.VpcEndpoint?.VpcEndpointId ?? ''
  expect((await table())?.Routes?.[1]).toMatchObject({
    DestinationPrefixListId: PrefixLists?.[0]?.PrefixListId,
    GatewayId,
  })
  const { VpcEndpoint } = await ec2.send(
    new CreateVpcEndpointCommand({
      VpcId,
      ServiceName: 'com.amazonaws.us-east-1.sqs',
      VpcEndpointType: 'Interface',
      SubnetIds: [SubnetId],
    }),
  )
  const { NetworkInterfaceIds, VpcEndpointId = '' } = VpcEndpoint ?? {}
  expect(NetworkInterfaceIds).toHaveLength(1)
  await ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId, GatewayId] }))
  const { NetworkInterfaces } = await ec2.send(new DescribeNetworkInterfacesCommand({}))
  expect(NetworkInterfaces).toEqual([])
  expect((await table())?.Routes).toHaveLength(1)
  expect(await refusal(ec2.send(new DescribeVpcEndpointsCommand({ VpcEndpointIds: [VpcEndpointId] })))).toBe(
    `InvalidVpcEndpointId.NotFound: The Vpc Endpoint Id '${VpcEndpointId}' does not exist`,
  )
  expect(
    await refusal(ec2.send(new CreateVpcEndpointCommand({ VpcId, ServiceName: 'com.amazonaws.us-east-1.nope' }))),
  ).toBe("InvalidServiceName: The Vpc Endpoint Service 'com.amazonaws.us-east-1.nope' does not exist")
})
