import type { In, Out } from '../../../aws/models/ec2.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import { randomHex } from '../../../aws/ids.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { blockOf } from './blocks.ts'
import { ipText, parseIp, sizeOf } from './cidr.ts'
import { describe } from './describe.ts'
import { invalid, limited } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'
import { dnsHostnames } from './default-vpc.ts'
import { internalDomain, publicName } from './zones.ts'

type Interface = Kinds['network-interface']

/** Addresses of one interface: of the largest instances. */
const MOST_ADDRESSES = 50
const MOST_GROUPS = 16

/** The first addresses of a subnet are AWS's, and its last. */
const FIRST_FREE = 4n

function takenIn(ctx: Ctx, subnet: Kinds['subnet']): Set<string | undefined> {
  const interfaces = all(ctx, 'network-interface', subnet.VpcId).filter(each => each.SubnetId === subnet.SubnetId)
  return new Set(interfaces.flatMap(each => each.PrivateIpAddresses.map(({ PrivateIpAddress }) => PrivateIpAddress)))
}

type Wanted = { asked: string[]; more: number }

/** Addresses that were asked for, and as many others as shall be. @throws AwsError when they are not free */
function takeAddresses(ctx: Ctx, subnet: Kinds['subnet'], { asked, more }: Wanted): string[] {
  if (asked.length + more > MOST_ADDRESSES) throw limited('PrivateIpAddress', 'addresses of a network interface')
  const taken = takenIn(ctx, subnet)
  const block = blockOf('cidrBlock', subnet.CidrBlock)
  const end = block.start + sizeOf(block) - 1n
  for (const address of asked) {
    const ip = parseIp(address)
    if (!ip || ip.v6 || ip.value < block.start + FIRST_FREE || ip.value >= end) {
      throw invalid(`Address ${address} does not fall within the subnet's address range`)
    }
    if (taken.has(address)) throw new AwsError('InvalidIPAddress.InUse', `The specified address is already in use.`)
    taken.add(address)
  }
  const found: string[] = []
  for (let next = block.start + FIRST_FREE; found.length < more && next < end; next++) {
    const address = ipText(false, next)
    if (!taken.has(address)) found.push(address)
  }
  if (found.length < more) {
    const message = `The specified subnet does not have enough free addresses to satisfy the request.`
    throw new AwsError('InsufficientFreeAddressesInSubnet', message)
  }
  return [...asked, ...found]
}

const named = (ctx: Ctx, vpc: string, address: string) =>
  dnsHostnames(ctx, vpc) ? { PrivateDnsName: `ip-${address.replaceAll('.', '-')}.${internalDomain(ctx)}` } : {}

const privateOf = (ctx: Ctx, vpc: string, { address, primary }: { address: string; primary: boolean }) => ({
  PrivateIpAddress: address,
  Primary: primary,
  ...named(ctx, vpc, address),
})

function groupsOf(ctx: Ctx, vpc: string, ids: readonly string[] | undefined): Interface['Groups'] {
  if (!ids) {
    const own = all(ctx, 'security-group', vpc).find(({ GroupName }) => GroupName === 'default')
    return own ? [{ GroupId: own.GroupId, GroupName: own.GroupName }] : []
  }
  if (ids.length > MOST_GROUPS) throw limited('SecurityGroupsPerInterface', 'security groups per interface')
  return ids.map(id => {
    const { GroupId, GroupName, VpcId } = find(ctx, 'security-group', id)
    if (VpcId !== vpc) throw invalid(`You have specified two resources that belong to different networks.`)
    return { GroupId, GroupName }
  })
}

type Made = {
  subnet: Kinds['subnet']
  groups: readonly string[] | undefined
  asked?: string[]
  more?: number
  /** What is another service's interface, which it manages. */
  about: Partial<Interface>
  specifications?: In<'CreateNetworkInterface'>['TagSpecifications']
}

export function createInterface(tx: Tx, made: Made) {
  const { subnet, groups, asked = [], more = 0, about, specifications } = made
  const { VpcId, SubnetId, AvailabilityZone, AvailabilityZoneId } = subnet
  const addresses = takeAddresses(tx, subnet, { asked, more: asked.length === 0 ? Math.max(1, more) : more })
  const [first = ''] = addresses
  const resource: Interface = {
    NetworkInterfaceId: newId('eni'),
    VpcId,
    SubnetId,
    AvailabilityZone,
    AvailabilityZoneId,
    Description: '',
    Groups: groupsOf(tx, VpcId, groups),
    InterfaceType: 'interface',
    Ipv6Addresses: [],
    MacAddress: `02:${randomHex(10).replace(/..(?=.)/g, '$&:')}`,
    OwnerId: tx.place.account,
    PrivateIpAddress: first,
    PrivateIpAddresses: addresses.map(address => privateOf(tx, VpcId, { address, primary: address === first })),
    ...named(tx, VpcId, first),
    RequesterManaged: false,
    SourceDestCheck: true,
    Status: 'available',
    ...about,
  }
  return create(tx, 'network-interface', { resource, specifications })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkInterface.html */
export function CreateNetworkInterface(tx: Tx, input: In<'CreateNetworkInterface'>): Out<'CreateNetworkInterface'> {
  const { PrivateIpAddress, PrivateIpAddresses = [], SecondaryPrivateIpAddressCount: secondary = 0 } = input
  const { ClientToken, Groups: groups, Description = '', TagSpecifications: specifications } = input
  if (Description.length > 255) throw invalid('The description is longer than 255 characters')
  const subnet = find(tx, 'subnet', input.SubnetId)
  const listed = [...PrivateIpAddresses].sort((a, b) => Number(b.Primary ?? false) - Number(a.Primary ?? false))
  const wanted = listed.map(each => each.PrivateIpAddress ?? '').filter(address => address !== PrivateIpAddress)
  const asked = PrivateIpAddress ? [PrivateIpAddress, ...wanted] : wanted
  const more = asked.length === 0 ? secondary + 1 : secondary
  const type = input.InterfaceType ?? 'interface'
  const about = { Description, InterfaceType: type, RequesterId: tx.caller.accessKeyId ?? tx.place.account }
  const made = createInterface(tx, { subnet, groups, asked, more, about, specifications })
  return { NetworkInterface: { ...made, Status: 'pending' }, ClientToken }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkInterface.html */
export function DeleteNetworkInterface(tx: Tx, { NetworkInterfaceId: id }: In<'DeleteNetworkInterface'>): void {
  if (find(tx, 'network-interface', id).Status === 'in-use')
    throw invalid(`Network interface '${id}' is currently in use.`)
  for (const { AssociationId: _association, NetworkInterfaceId, ...address } of all(tx, 'elastic-ip')) {
    const { NetworkInterfaceOwnerId: _owner, PrivateIpAddress: _private, ...free } = address
    if (NetworkInterfaceId === id) put(tx, 'elastic-ip', free)
  }
  remove(tx, id)
}

/** With the public addresses that are associated with its own. */
function viewOf(ctx: Ctx, { NetworkInterfaceId, VpcId, ...own }: Interface): Partial<Interface> {
  const addresses = all(ctx, 'elastic-ip').filter(each => each.NetworkInterfaceId === NetworkInterfaceId)
  const associations = new Map(
    addresses.map(({ AllocationId, AssociationId, PublicIp, PrivateIpAddress }) => {
      const PublicDnsName = dnsHostnames(ctx, VpcId) ? publicName(ctx, PublicIp) : ''
      return [PrivateIpAddress, { AllocationId, AssociationId, PublicIp, PublicDnsName, IpOwnerId: ctx.place.account }]
    }),
  )
  const primary = associations.get(own.PrivateIpAddress)
  return {
    ...(primary && { Association: primary }),
    PrivateIpAddresses: own.PrivateIpAddresses.map(each => {
      const Association = associations.get(each.PrivateIpAddress)
      return { ...each, ...(Association && { Association }) }
    }),
  }
}

export const DescribeNetworkInterfaces = describe<'DescribeNetworkInterfaces', 'network-interface'>(
  'network-interface',
  {
    list: 'NetworkInterfaces',
    ids: 'NetworkInterfaceIds',
    filters: `addresses.association.owner-id=PrivateIpAddresses.Association.IpOwnerId
      addresses.association.public-ip=PrivateIpAddresses.Association.PublicIp
      addresses.primary=PrivateIpAddresses.Primary addresses.private-ip-address=PrivateIpAddresses.PrivateIpAddress
      association.allocation-id=Association.AllocationId association.association-id=Association.AssociationId
      association.ip-owner-id=Association.IpOwnerId association.public-dns-name=Association.PublicDnsName
      association.public-ip=Association.PublicIp attachment.attach-time=Attachment.AttachTime
      attachment.attachment-id=Attachment.AttachmentId
      attachment.delete-on-termination=Attachment.DeleteOnTermination attachment.device-index=Attachment.DeviceIndex
      attachment.instance-id=Attachment.InstanceId attachment.instance-owner-id=Attachment.InstanceOwnerId
      attachment.status=Attachment.Status availability-zone availability-zone-id description
      group-id=Groups.GroupId group-name=Groups.GroupName interface-type
      ipv6-addresses.ipv6-address=Ipv6Addresses.Ipv6Address mac-address network-interface-id operator.managed
      operator.principal owner-id private-dns-name private-ip-address requester-id requester-managed
      source-dest-check status subnet-id vpc-id`,
    view: viewOf,
  },
)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkInterfaceAttribute.html */
export function DescribeNetworkInterfaceAttribute(
  ctx: Ctx,
  { NetworkInterfaceId, Attribute }: In<'DescribeNetworkInterfaceAttribute'>,
): Out<'DescribeNetworkInterfaceAttribute'> {
  const { Description, Groups, SourceDestCheck, Attachment } = find(ctx, 'network-interface', NetworkInterfaceId)
  const attributes = {
    description: { Description: { Value: Description } },
    groupSet: { Groups },
    sourceDestCheck: { SourceDestCheck: { Value: SourceDestCheck } },
    attachment: Attachment ? { Attachment } : {},
    associatePublicIpAddress: { AssociatePublicIpAddress: false },
  }
  if (!Attribute || !Object.hasOwn(attributes, Attribute)) {
    throw invalid(`Value (${Attribute}) for parameter attribute is invalid. Unknown attribute.`)
  }
  return { NetworkInterfaceId, ...attributes[Attribute as keyof typeof attributes] } // as was just seen
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyNetworkInterfaceAttribute.html */
export function ModifyNetworkInterfaceAttribute(tx: Tx, input: In<'ModifyNetworkInterfaceAttribute'>): void {
  const own = find(tx, 'network-interface', input.NetworkInterfaceId)
  const { Description, SourceDestCheck, Groups } = input
  put(tx, 'network-interface', {
    ...own,
    ...(Description && { Description: Description.Value }),
    ...(SourceDestCheck && { SourceDestCheck: SourceDestCheck.Value }),
    ...(Groups && { Groups: groupsOf(tx, own.VpcId, Groups) }),
  })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssignPrivateIpAddresses.html */
export function AssignPrivateIpAddresses(
  tx: Tx,
  input: In<'AssignPrivateIpAddresses'>,
): Out<'AssignPrivateIpAddresses'> {
  const { PrivateIpAddresses: asked = [], SecondaryPrivateIpAddressCount: more = 0, NetworkInterfaceId } = input
  const own = find(tx, 'network-interface', NetworkInterfaceId)
  const subnet = find(tx, 'subnet', own.SubnetId)
  if (own.PrivateIpAddresses.length + asked.length + more > MOST_ADDRESSES) {
    throw limited('PrivateIpAddress', 'addresses of a network interface')
  }
  const added = takeAddresses(tx, subnet, { asked, more })
  const made = added.map(address => privateOf(tx, own.VpcId, { address, primary: false }))
  put(tx, 'network-interface', { ...own, PrivateIpAddresses: [...own.PrivateIpAddresses, ...made] })
  return { NetworkInterfaceId, AssignedPrivateIpAddresses: added.map(PrivateIpAddress => ({ PrivateIpAddress })) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UnassignPrivateIpAddresses.html */
export function UnassignPrivateIpAddresses(tx: Tx, input: In<'UnassignPrivateIpAddresses'>): void {
  const own = find(tx, 'network-interface', input.NetworkInterfaceId)
  for (const address of input.PrivateIpAddresses ?? []) {
    const there = own.PrivateIpAddresses.find(each => each.PrivateIpAddress === address)
    if (!there || there.Primary)
      throw invalid(`Some of the specified addresses are not assigned to interface ${input.NetworkInterfaceId}`)
    own.PrivateIpAddresses = own.PrivateIpAddresses.filter(each => each !== there)
  }
  put(tx, 'network-interface', own)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AttachNetworkInterface.html: there are no instances. */
export function AttachNetworkInterface(tx: Tx, input: In<'AttachNetworkInterface'>): Out<'AttachNetworkInterface'> {
  find(tx, 'network-interface', input.NetworkInterfaceId)
  throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${input.InstanceId}' does not exist`)
}
