import { AwsError } from '../../../aws/errors.ts'
import type { In, Out, VpcPeeringConnectionStateReasonCode } from '../../../aws/models/ec2.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { overlap } from './blocks.ts'
import { describe } from './describe.ts'
import { missing } from './refusals.ts'
import { all, create, find, forgetLater, newId, put } from './resources.ts'
import type { Kinds } from './schema.ts'

type Peering = Kinds['vpc-peering-connection']

/** https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html: a request that nobody accepts ends. */
const EXPIRES_MS = 7 * 24 * 3_600_000

const sideOf = (tx: Tx, { VpcId, CidrBlock, CidrBlockAssociationSet }: Kinds['vpc']) => ({
  VpcId,
  CidrBlock,
  CidrBlockSet: CidrBlockAssociationSet.map(each => ({ CidrBlock: each.CidrBlock })),
  OwnerId: tx.place.account,
  Region: tx.place.region,
  PeeringOptions: {
    AllowDnsResolutionFromRemoteVpc: false,
    AllowEgressFromLocalClassicLinkToRemoteVpc: false,
    AllowEgressFromLocalVpcToRemoteClassicLink: false,
  },
})

/** Whether a VPC is one side of a peering. */
export const joins = ({ RequesterVpcInfo, AccepterVpcInfo }: Peering, vpc: string) =>
  RequesterVpcInfo.VpcId === vpc || AccepterVpcInfo.VpcId === vpc

const isOpen = ({ Status: { Code } }: Peering) => Code === 'pending-acceptance' || Code === 'active'

const blocksOf = ({ CidrBlockAssociationSet }: Kinds['vpc']) =>
  CidrBlockAssociationSet.map(({ CidrBlock = '' }) => CidrBlock)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcPeeringConnection.html */
export function CreateVpcPeeringConnection(
  tx: Tx,
  input: In<'CreateVpcPeeringConnection'>,
): Out<'CreateVpcPeeringConnection'> {
  const { account, region } = tx.place
  const { PeerOwnerId = account, PeerRegion = region, TagSpecifications: specifications } = input
  if (PeerOwnerId !== account || PeerRegion !== region) {
    const message = 'ec2.CreateVpcPeeringConnection with another account or region is not implemented'
    throw new AwsError('NotImplemented', message, 501)
  }
  if (!input.PeerVpcId) throw missing('peerVpcId')
  const [requester, accepter] = [find(tx, 'vpc', input.VpcId), find(tx, 'vpc', input.PeerVpcId)]
  const there = all(tx, 'vpc-peering-connection').filter(each => joins(each, requester.VpcId) && isOpen(each))
  if (there.some(each => joins(each, accepter.VpcId))) {
    const message = 'A VPC peering connection between the VPCs already exists.'
    throw new AwsError('VpcPeeringConnectionAlreadyExists', message)
  }
  const fails = blocksOf(requester).some(block => blocksOf(accepter).some(other => overlap(block, other)))
  const resource: Peering = {
    VpcPeeringConnectionId: newId('pcx'),
    RequesterVpcInfo: sideOf(tx, requester),
    AccepterVpcInfo: sideOf(tx, accepter),
    Status: { Code: 'pending-acceptance', Message: `Pending Acceptance by ${account}` },
    ExpirationTime: new Date(tx.now + EXPIRES_MS),
  }
  const made = create(tx, 'vpc-peering-connection', { resource, specifications })
  if (fails) end(tx, resource, ['failed', 'Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range'])
  else tx.timers.set('expire', resource.VpcPeeringConnectionId, tx.now + EXPIRES_MS)
  const Status = { Code: 'initiating-request' as const, Message: `Initiating Request to ${account}` }
  return { VpcPeeringConnection: { ...made, Status } }
}

function end(tx: Tx, peering: Peering, [Code, Message]: [VpcPeeringConnectionStateReasonCode, string]): void {
  put(tx, 'vpc-peering-connection', { ...peering, Status: { Code, Message } })
  tx.timers.clear('expire', peering.VpcPeeringConnectionId)
  forgetLater(tx, peering.VpcPeeringConnectionId)
}

/** Nobody accepted a request in time. */
export const expire = (tx: Tx, id: string) => end(tx, find(tx, 'vpc-peering-connection', id), ['expired', 'Expired'])

/** Peerings of a VPC that is deleted. */
export function endPeerings(tx: Tx, vpc: string): void {
  const ended = all(tx, 'vpc-peering-connection').filter(each => joins(each, vpc) && isOpen(each))
  for (const peering of ended) end(tx, peering, ['deleted', `Deleted by ${tx.place.account}`])
}

/** @throws AwsError where it is not as it must be */
function findAs(tx: Tx, id: string, is: (peering: Peering) => boolean): Peering {
  const peering = find(tx, 'vpc-peering-connection', id)
  if (is(peering)) return peering
  const message = `VpcPeeringConnectionID ${id} is not in the correct state for the request.`
  throw new AwsError('InvalidStateTransition', message)
}

const isPending = ({ Status }: Peering) => Status.Code === 'pending-acceptance'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AcceptVpcPeeringConnection.html */
export function AcceptVpcPeeringConnection(
  tx: Tx,
  { VpcPeeringConnectionId: id = '' }: In<'AcceptVpcPeeringConnection'>,
): Out<'AcceptVpcPeeringConnection'> {
  const { ExpirationTime: _, ...peering } = findAs(tx, id, isPending)
  put(tx, 'vpc-peering-connection', { ...peering, Status: { Code: 'active', Message: 'Active' } })
  tx.timers.clear('expire', id)
  const found = DescribeVpcPeeringConnections(tx, { VpcPeeringConnectionIds: [id] })
  return { VpcPeeringConnection: found.VpcPeeringConnections?.[0] }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RejectVpcPeeringConnection.html */
export function RejectVpcPeeringConnection(
  tx: Tx,
  { VpcPeeringConnectionId }: In<'RejectVpcPeeringConnection'>,
): Out<'RejectVpcPeeringConnection'> {
  end(tx, findAs(tx, VpcPeeringConnectionId, isPending), ['rejected', `Rejected by ${tx.place.account}`])
  return { Return: true }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcPeeringConnection.html */
export function DeleteVpcPeeringConnection(
  tx: Tx,
  { VpcPeeringConnectionId }: In<'DeleteVpcPeeringConnection'>,
): Out<'DeleteVpcPeeringConnection'> {
  end(tx, findAs(tx, VpcPeeringConnectionId, isOpen), ['deleted', `Deleted by ${tx.place.account}`])
  return { Return: true }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcPeeringConnectionOptions.html */
export function ModifyVpcPeeringConnectionOptions(
  tx: Tx,
  input: In<'ModifyVpcPeeringConnectionOptions'>,
): Out<'ModifyVpcPeeringConnectionOptions'> {
  const { VpcPeeringConnectionId: id } = input
  const { RequesterPeeringConnectionOptions, AccepterPeeringConnectionOptions } = input
  const peering = find(tx, 'vpc-peering-connection', id)
  if (peering.Status.Code !== 'active') {
    const message = `Peering ${id} is not active. Peering options can be added only to active peerings.`
    throw new AwsError('OperationNotPermitted', message)
  }
  const { RequesterVpcInfo: requester, AccepterVpcInfo: accepter } = peering
  put(tx, 'vpc-peering-connection', {
    ...peering,
    RequesterVpcInfo: {
      ...requester,
      PeeringOptions: { ...requester.PeeringOptions, ...RequesterPeeringConnectionOptions },
    },
    AccepterVpcInfo: {
      ...accepter,
      PeeringOptions: { ...accepter.PeeringOptions, ...AccepterPeeringConnectionOptions },
    },
  })
  return {
    ...(RequesterPeeringConnectionOptions && { RequesterPeeringConnectionOptions }),
    ...(AccepterPeeringConnectionOptions && { AccepterPeeringConnectionOptions }),
  }
}

export const DescribeVpcPeeringConnections = describe<'DescribeVpcPeeringConnections', 'vpc-peering-connection'>(
  'vpc-peering-connection',
  {
    list: 'VpcPeeringConnections',
    ids: 'VpcPeeringConnectionIds',
    filters: `accepter-vpc-info.cidr-block accepter-vpc-info.owner-id accepter-vpc-info.vpc-id expiration-time
      requester-vpc-info.cidr-block requester-vpc-info.owner-id requester-vpc-info.vpc-id status-code=Status.Code
      status-message=Status.Message vpc-peering-connection-id`,
  },
)
