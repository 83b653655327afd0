import {
  AcceptVpcPeeringConnectionCommand,
  CreateRouteCommand,
  CreateVpcCommand,
  CreateVpcPeeringConnectionCommand,
  DeleteVpcCommand,
  DeleteVpcPeeringConnectionCommand,
  DescribeRouteTablesCommand,
  DescribeVpcPeeringConnectionsCommand,
  DescribeVpcsCommand,
  EC2Client,
  ModifyVpcPeeringConnectionOptionsCommand,
  RejectVpcPeeringConnectionCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { refusal } from '../support/sqs.ts'

async function setUp() {
  const ec2 = testClients().client(EC2Client)
  const vpc = async (CidrBlock: string) => (await ec2.send(new CreateVpcCommand({ CidrBlock }))).Vpc?.VpcId ?? ''
  const peer = async (VpcId: string, PeerVpcId: string) => {
    const made = await ec2.send(new CreateVpcPeeringConnectionCommand({ VpcId, PeerVpcId }))
    return made.VpcPeeringConnection?.VpcPeeringConnectionId ?? ''
  }
  const statusOf = async (VpcPeeringConnectionId: string) => {
    const input = { VpcPeeringConnectionIds: [VpcPeeringConnectionId] }
    const { VpcPeeringConnections } = await ec2.send(new DescribeVpcPeeringConnectionsCommand(input))
    return VpcPeeringConnections?.[0]?.Status?.Code
  }
  return { ec2, vpc, peer, statusOf }
}

test('a peering of VPCs waits for its acceptance, and leads routes from then on', async () => {
  const { ec2, vpc, peer, statusOf } = await setUp()
  const [VpcId, PeerVpcId] = [await vpc('10.0.0.0/16'), await vpc('10.1.0.0/16')]
  const VpcPeeringConnectionId = await peer(VpcId, PeerVpcId)
  expect(VpcPeeringConnectionId).toMatch(/^pcx-[0-9a-f]{17}$/)
  expect(await statusOf(VpcPeeringConnectionId)).toBe('pending-acceptance')
  const accepted = await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }))
  expect(accepted.VpcPeeringConnection).toMatchObject({
    Status: { Code: 'active', Message: 'Active' },
    RequesterVpcInfo: { VpcId, CidrBlock: '10.0.0.0/16', CidrBlockSet: [{ CidrBlock: '10.0.0.0/16' }] },
    AccepterVpcInfo: { VpcId: PeerVpcId, Region: 'us-east-1', OwnerId: '123456789012' },
    Tags: [],
  })
  const Filters = [{ Name: 'vpc-id', Values: [VpcId] }]
  const { RouteTables } = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
  const RouteTableId = RouteTables?.[0]?.RouteTableId
  const route = { RouteTableId, DestinationCidrBlock: '10.1.0.0/16', VpcPeeringConnectionId }
  await ec2.send(new CreateRouteCommand(route))
  const stateOf = async () => {
    const found = await ec2.send(new DescribeRouteTablesCommand({ Filters }))
    return found.RouteTables?.[0]?.Routes?.find(each => each.VpcPeeringConnectionId)?.State
  }
  expect(await stateOf()).toBe('active')
  await ec2.send(new DeleteVpcPeeringConnectionCommand({ VpcPeeringConnectionId }))
  expect(await statusOf(VpcPeeringConnectionId)).toBe('deleted')
  expect(await stateOf()).toBe('blackhole')
})

test('a peering keeps its options, and is found by either side', async () => {
  const { ec2, vpc, peer } = await setUp()
  const VpcPeeringConnectionId = await peer(await vpc('10.0.0.0/16'), await vpc('10.1.0.0/16'))
  const RequesterPeeringConnectionOptions = { AllowDnsResolutionFromRemoteVpc: true }
  const change = { VpcPeeringConnectionId, RequesterPeeringConnectionOptions }
  const modify = () => ec2.send(new ModifyVpcPeeringConnectionOptionsCommand(change))
  expect(await refusal(modify())).toContain('OperationNotPermitted: ')
  await ec2.send(new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId }))
  expect(await modify()).toMatchObject({ RequesterPeeringConnectionOptions })
  const Filters = [
    { Name: 'accepter-vpc-info.cidr-block', Values: ['10.1.*'] },
    { Name: 'status-code', Values: ['active'] },
  ]
  const found = await ec2.send(new DescribeVpcPeeringConnectionsCommand({ Filters }))
  expect(found.VpcPeeringConnections).toMatchObject([
    { RequesterVpcInfo: { PeeringOptions: RequesterPeeringConnectionOptions } },
  ])
})

test('peerings that cannot be are refused, or fail, and end with their VPCs', async () => {
  const { ec2, vpc, peer, statusOf } = await setUp()
  const [a, b, same] = [await vpc('10.0.0.0/16'), await vpc('10.1.0.0/16'), await vpc('10.0.0.0/20')]
  expect(await statusOf(await peer(a, same))).toBe('failed')
  const rejected = await peer(a, b)
  await ec2.send(new RejectVpcPeeringConnectionCommand({ VpcPeeringConnectionId: rejected }))
  expect(await statusOf(rejected)).toBe('rejected')
  const accept = new AcceptVpcPeeringConnectionCommand({ VpcPeeringConnectionId: rejected })
  expect(await refusal(ec2.send(accept))).toContain('InvalidStateTransition: ')
  expect(await refusal(peer(a, 'vpc-0123456789abcdef0'))).toBe(
    "InvalidVpcID.NotFound: The vpc ID 'vpc-0123456789abcdef0' does not exist",
  )
  const pending = await peer(a, b)
  expect(await refusal(peer(b, a))).toContain('VpcPeeringConnectionAlreadyExists: ')
  await ec2.send(new DeleteVpcCommand({ VpcId: b }))
  expect(await statusOf(pending)).toBe('deleted')
  const elsewhere = { VpcId: a, PeerVpcId: same, PeerRegion: 'eu-west-1' }
  const refused = await refusal(ec2.send(new CreateVpcPeeringConnectionCommand(elsewhere)))
  expect(refused).toContain('NotImplemented: ')
  expect((await ec2.send(new DescribeVpcsCommand({ VpcIds: [a] }))).Vpcs).toHaveLength(1)
})
