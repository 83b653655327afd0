import type { In, Out } from '../../../aws/models/ec2.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { listingOf } from '../../kernel/listings/listings.ts'
import { describe } from './describe.ts'
import { paging } from './filters.ts'
import { invalid, missing, notFound } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'
import { publicName } from './zones.ts'

type Address = Kinds['elastic-ip']

/** Addresses that are nobody's: https://www.rfc-editor.org/rfc/rfc5737 */
const FREE = ['198.51.100', '203.0.113'].flatMap(net => Array.from({ length: 254 }, (_, i) => `${net}.${i + 1}`))

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html */
export function AllocateAddress(tx: Tx, input: In<'AllocateAddress'>): Out<'AllocateAddress'> {
  const taken = new Set(all(tx, 'elastic-ip').map(({ PublicIp }) => PublicIp))
  const PublicIp = input.Address ?? FREE.find(address => !taken.has(address)) ?? ''
  if (taken.has(PublicIp) || !FREE.includes(PublicIp)) {
    throw new AwsError('InvalidAddress.NotFound', `Address '${PublicIp}' not found.`)
  }
  const NetworkBorderGroup = input.NetworkBorderGroup ?? tx.place.region
  const resource = {
    AllocationId: newId('eipalloc'),
    PublicIp,
    Domain: 'vpc',
    NetworkBorderGroup,
    PublicIpv4Pool: 'amazon',
  }
  return create(tx, 'elastic-ip', { resource, specifications: input.TagSpecifications })
}

function byIp(ctx: Ctx, ip: string): Address {
  const address = all(ctx, 'elastic-ip').find(({ PublicIp }) => PublicIp === ip)
  if (!address) throw new AwsError('InvalidAddress.NotFound', `Address '${ip}' not found.`)
  return address
}

type Named = { AllocationId?: string | undefined; PublicIp?: string | undefined }

function findAddress(ctx: Ctx, { AllocationId, PublicIp }: Named): Address {
  if (AllocationId) return find(ctx, 'elastic-ip', AllocationId)
  if (!PublicIp) throw missing('allocationId')
  return byIp(ctx, PublicIp)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReleaseAddress.html */
export function ReleaseAddress(tx: Tx, input: In<'ReleaseAddress'>): void {
  const { AllocationId, AssociationId, PublicIp } = findAddress(tx, input)
  if (AssociationId) throw new AwsError('InvalidIPAddress.InUse', `Address ${PublicIp} is in use.`)
  remove(tx, AllocationId)
}

/** Gives an address to an interface. */
export function associate(tx: Tx, address: Address, to: Kinds['network-interface'], privateIp = to.PrivateIpAddress) {
  if (!to.PrivateIpAddresses.some(({ PrivateIpAddress }) => PrivateIpAddress === privateIp)) {
    throw invalid(`The address ${privateIp} is not assigned to interface ${to.NetworkInterfaceId}`)
  }
  const AssociationId = newId('eipassoc')
  put(tx, 'elastic-ip', {
    ...address,
    AssociationId,
    NetworkInterfaceId: to.NetworkInterfaceId,
    NetworkInterfaceOwnerId: tx.place.account,
    PrivateIpAddress: privateIp,
  })
  return AssociationId
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateAddress.html */
export function AssociateAddress(tx: Tx, input: In<'AssociateAddress'>): Out<'AssociateAddress'> {
  const { NetworkInterfaceId, InstanceId, PrivateIpAddress, AllowReassociation = true } = input
  const address = findAddress(tx, input)
  if (!NetworkInterfaceId && InstanceId) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${InstanceId}' does not exist`)
  }
  if (!NetworkInterfaceId) throw missing('networkInterfaceId')
  const to = find(tx, 'network-interface', NetworkInterfaceId)
  if (address.AssociationId && !AllowReassociation) {
    const message = `resource ${address.AllocationId} is already associated with associate-id ${address.AssociationId}`
    throw new AwsError('Resource.AlreadyAssociated', message)
  }
  const { VpcId } = to
  if (all(tx, 'internet-gateway', VpcId).length === 0) {
    throw new AwsError('Gateway.NotAttached', `Network ${VpcId} is not attached to any internet gateway`)
  }
  return { AssociationId: associate(tx, address, to, PrivateIpAddress) }
}

export function free(tx: Tx, address: Address): void {
  const { AllocationId, PublicIp, Domain, NetworkBorderGroup, PublicIpv4Pool } = address
  put(tx, 'elastic-ip', { AllocationId, PublicIp, Domain, NetworkBorderGroup, PublicIpv4Pool })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateAddress.html */
export function DisassociateAddress(tx: Tx, { AssociationId, PublicIp }: In<'DisassociateAddress'>): void {
  const address = AssociationId
    ? all(tx, 'elastic-ip').find(each => each.AssociationId === AssociationId)
    : byIp(tx, PublicIp ?? '')
  if (!address) {
    throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${AssociationId}' does not exist`)
  }
  if (
    all(tx, 'natgateway').some(gateway =>
      gateway.NatGatewayAddresses.some(each => each.AssociationId === AssociationId),
    )
  ) {
    throw new AwsError('AuthFailure', 'You do not have permission to access the specified resource.')
  }
  free(tx, address)
}

const describeAddresses = describe<'DescribeAddresses', 'elastic-ip'>('elastic-ip', {
  list: 'Addresses',
  ids: 'AllocationIds',
  filters: `allocation-id association-id domain instance-id network-border-group network-interface-id
    network-interface-owner-id private-ip-address public-ip`,
})

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddresses.html: not in pages. */
export function DescribeAddresses(ctx: Ctx, input: In<'DescribeAddresses'>): Out<'DescribeAddresses'> {
  const { PublicIps, ...rest } = input
  const named = PublicIps?.map(ip => byIp(ctx, ip).AllocationId)
  const AllocationIds = named ? [...(input.AllocationIds ?? []), ...named] : input.AllocationIds
  return { Addresses: describeAddresses(ctx, { ...rest, AllocationIds }).Addresses }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAddressesAttribute.html */
export function DescribeAddressesAttribute(
  ctx: Ctx,
  input: In<'DescribeAddressesAttribute'>,
): Out<'DescribeAddressesAttribute'> {
  const { AllocationIds, Attribute } = input
  for (const id of AllocationIds ?? []) if (!id.startsWith('eipalloc-')) throw notFound('elastic-ip', id)
  const found = AllocationIds ? AllocationIds.map(id => find(ctx, 'elastic-ip', id)) : all(ctx, 'elastic-ip')
  const inOrder = [...found].sort((a, b) => (a.AllocationId < b.AllocationId ? -1 : 1))
  const { rows, next } = listingOf(ctx, paging(input), { rows: inOrder, key: ({ AllocationId }) => AllocationId })
  const Addresses = rows.map(({ AllocationId, PublicIp }) => ({
    AllocationId,
    PublicIp,
    ...(Attribute === 'domain-name' && { PtrRecord: `${publicName(ctx, PublicIp)}.` }),
  }))
  return { Addresses, NextToken: next }
}
