import type { In, Out } from '../../../aws/models/ec2.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { describe } from './describe.ts'
import { dependent, inUse } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export function CreateInternetGateway(tx: Tx, input: In<'CreateInternetGateway'>): Out<'CreateInternetGateway'> {
  const resource = { InternetGatewayId: newId('igw'), OwnerId: tx.place.account, Attachments: [] }
  const specifications = input.TagSpecifications
  return { InternetGateway: create(tx, 'internet-gateway', { resource, specifications }) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachInternetGateway.html */
export function AttachInternetGateway(tx: Tx, { InternetGatewayId, VpcId }: In<'AttachInternetGateway'>): void {
  const gateway = find(tx, 'internet-gateway', InternetGatewayId)
  find(tx, 'vpc', VpcId)
  const [attached] = gateway.Attachments
  if (attached) {
    const message = `resource ${InternetGatewayId} is already attached to network ${attached.VpcId}`
    throw new AwsError('Resource.AlreadyAssociated', message)
  }
  if (all(tx, 'internet-gateway', VpcId).length > 0) {
    throw new AwsError('InvalidParameterValue', `Network ${VpcId} already has an internet gateway attached`)
  }
  put(tx, 'internet-gateway', { ...gateway, Attachments: [{ VpcId, State: 'available' }] })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DetachInternetGateway.html */
export function DetachInternetGateway(tx: Tx, { InternetGatewayId, VpcId }: In<'DetachInternetGateway'>): void {
  const gateway = find(tx, 'internet-gateway', InternetGatewayId)
  if (gateway.Attachments[0]?.VpcId !== VpcId) {
    throw new AwsError('Gateway.NotAttached', `resource ${InternetGatewayId} is not attached to network ${VpcId}`)
  }
  const interfaces = new Set(all(tx, 'network-interface', VpcId).map(({ NetworkInterfaceId }) => NetworkInterfaceId))
  if (all(tx, 'elastic-ip').some(({ NetworkInterfaceId = '' }) => interfaces.has(NetworkInterfaceId))) {
    const request = 'Please unmap those public address(es) before detaching the gateway.'
    throw dependent(`Network ${VpcId} has some mapped public address(es). ${request}`)
  }
  put(tx, 'internet-gateway', { ...gateway, Attachments: [] })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteInternetGateway.html */
export function DeleteInternetGateway(tx: Tx, { InternetGatewayId }: In<'DeleteInternetGateway'>): void {
  const { Attachments } = find(tx, 'internet-gateway', InternetGatewayId)
  if (Attachments.length > 0) throw inUse('internet-gateway', InternetGatewayId)
  remove(tx, InternetGatewayId)
}

export const DescribeInternetGateways = describe<'DescribeInternetGateways', 'internet-gateway'>('internet-gateway', {
  list: 'InternetGateways',
  ids: 'InternetGatewayIds',
  filters: 'attachment.state=Attachments.State attachment.vpc-id=Attachments.VpcId internet-gateway-id owner-id',
})

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateEgressOnlyInternetGateway.html */
export function CreateEgressOnlyInternetGateway(
  tx: Tx,
  { VpcId, ClientToken, TagSpecifications: specifications }: In<'CreateEgressOnlyInternetGateway'>,
): Out<'CreateEgressOnlyInternetGateway'> {
  find(tx, 'vpc', VpcId)
  const resource = { EgressOnlyInternetGatewayId: newId('eigw'), Attachments: [{ VpcId, State: 'attached' }] }
  const EgressOnlyInternetGateway = create(tx, 'egress-only-internet-gateway', { resource, specifications })
  return { EgressOnlyInternetGateway, ClientToken }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteEgressOnlyInternetGateway.html */
export function DeleteEgressOnlyInternetGateway(
  tx: Tx,
  { EgressOnlyInternetGatewayId: id }: In<'DeleteEgressOnlyInternetGateway'>,
): Out<'DeleteEgressOnlyInternetGateway'> {
  find(tx, 'egress-only-internet-gateway', id)
  remove(tx, id)
  return { ReturnCode: true }
}

export const DescribeEgressOnlyInternetGateways = describe<
  'DescribeEgressOnlyInternetGateways',
  'egress-only-internet-gateway'
>('egress-only-internet-gateway', {
  list: 'EgressOnlyInternetGateways',
  ids: 'EgressOnlyInternetGatewayIds',
  filters: '',
})
