import type { In, Out } from '../../../aws/models/ec2.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { meanwhile } from '../../kernel/states/states.ts'
import { associate, free } from './addresses.ts'
import { describe } from './describe.ts'
import { missing } from './refusals.ts'
import { all, create, find, forgetLater, newId, put, remove } from './resources.ts'
import { createInterface } from './network-interfaces.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNatGateway.html */
export function CreateNatGateway(tx: Tx, input: In<'CreateNatGateway'>): Out<'CreateNatGateway'> {
  const { SubnetId, AllocationId, ConnectivityType = 'public', ClientToken, PrivateIpAddress } = input
  if (!SubnetId) throw missing('subnetId')
  const subnet = find(tx, 'subnet', SubnetId)
  if (ConnectivityType === 'public' && !AllocationId) throw missing('allocationId')
  const address = AllocationId ? find(tx, 'elastic-ip', AllocationId) : undefined
  if (address?.AssociationId) {
    const message = `Elastic IP address [${AllocationId}] is already associated`
    throw new AwsError('Resource.AlreadyAssociated', message)
  }
  if (address && all(tx, 'internet-gateway', subnet.VpcId).length === 0) {
    throw new AwsError('Gateway.NotAttached', `Network ${subnet.VpcId} has no Internet gateway attached`)
  }
  const NatGatewayId = newId('nat')
  const about = {
    Description: `Interface for NAT Gateway ${NatGatewayId}`,
    InterfaceType: 'nat_gateway',
    RequesterManaged: true,
    SourceDestCheck: false,
    Status: 'in-use',
  }
  const asked = PrivateIpAddress ? [PrivateIpAddress] : []
  const own = createInterface(tx, { subnet, groups: [], asked, about })
  const { NetworkInterfaceId, PrivateIpAddress: PrivateIp } = own
  const shown = address && { AllocationId, AssociationId: associate(tx, address, own), PublicIp: address.PublicIp }
  const resource = {
    NatGatewayId,
    VpcId: subnet.VpcId,
    SubnetId,
    State: 'available',
    ConnectivityType,
    CreateTime: new Date(tx.now),
    NatGatewayAddresses: [{ NetworkInterfaceId, PrivateIp, IsPrimary: true, Status: 'succeeded', ...shown }],
  }
  const made = create(tx, 'natgateway', { resource, specifications: input.TagSpecifications })
  return { NatGateway: { ...made, ...meanwhile(tx, NatGatewayId, { State: 'pending' }) }, ClientToken }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNatGateway.html */
export function DeleteNatGateway(tx: Tx, { NatGatewayId }: In<'DeleteNatGateway'>): Out<'DeleteNatGateway'> {
  const gateway = find(tx, 'natgateway', NatGatewayId)
  if (gateway.State === 'deleted') return { NatGatewayId }
  for (const { NetworkInterfaceId = '', AllocationId } of gateway.NatGatewayAddresses) {
    if (AllocationId) free(tx, find(tx, 'elastic-ip', AllocationId))
    remove(tx, NetworkInterfaceId)
  }
  put(tx, 'natgateway', { ...gateway, State: 'deleted', DeleteTime: new Date(tx.now) })
  meanwhile(tx, NatGatewayId, { State: 'deleting' })
  forgetLater(tx, NatGatewayId)
  return { NatGatewayId }
}

export const DescribeNatGateways = describe<'DescribeNatGateways', 'natgateway'>('natgateway', {
  list: 'NatGateways',
  ids: 'NatGatewayIds',
  filters: 'nat-gateway-id state subnet-id vpc-id',
})
