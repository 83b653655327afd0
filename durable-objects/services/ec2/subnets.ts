import type { In, Out } from '../../../aws/models/ec2.types.ts'
import { arnOf } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { blockOf, canonical, overlap, sized } from './blocks.ts'
import { contains, parseCidr, sizeOf } from './cidr.ts'
import { describe } from './describe.ts'
import { inUse, invalid, missing } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'
import { defaultVpcId } from './default-vpc.ts'
import { findZone, zonesOf } from './zones.ts'

type Subnet = Kinds['subnet']

/** Addresses at the ends of a subnet that AWS keeps. */
const RESERVED = 5

function available(ctx: Ctx, { SubnetId, VpcId, CidrBlock }: Subnet): number {
  const interfaces = all(ctx, 'network-interface', VpcId).filter(each => each.SubnetId === SubnetId)
  const used = interfaces.reduce((sum, { PrivateIpAddresses }) => sum + PrivateIpAddresses.length, 0)
  return Number(sizeOf(blockOf('cidrBlock', CidrBlock))) - RESERVED - used
}

const ipv6Block = (block: string) => ({
  AssociationId: newId('subnet-cidr-assoc'),
  Ipv6CidrBlock: canonical('ipv6CidrBlock', block, true),
  Ipv6CidrBlockState: { State: 'associated' },
  Ipv6AddressAttribute: 'public',
  IpSource: 'amazon',
})

/** @throws AwsError for a block that is outside the VPC's, or another subnet's */
function checkRoom(ctx: Ctx, vpc: Kinds['vpc'], text: string): void {
  const block = parseCidr(text)
  const outer = [...vpc.CidrBlockAssociationSet, ...vpc.Ipv6CidrBlockAssociationSet].map(each =>
    parseCidr(('CidrBlock' in each ? each.CidrBlock : 'Ipv6CidrBlock' in each ? each.Ipv6CidrBlock : '') ?? ''),
  )
  if (!block || !outer.some(each => each && contains(each, block))) {
    throw new AwsError('InvalidSubnet.Range', `The CIDR '${text}' is invalid.`)
  }
  const taken = all(ctx, 'subnet', vpc.VpcId).flatMap(({ CidrBlock, Ipv6CidrBlockAssociationSet: blocks }) => [
    CidrBlock,
    ...blocks.map(({ Ipv6CidrBlock = '' }) => Ipv6CidrBlock),
  ])
  if (taken.some(each => overlap(each, text))) {
    throw new AwsError('InvalidSubnet.Conflict', `The CIDR '${text}' conflicts with another subnet`)
  }
}

type Made = { vpc: Kinds['vpc']; block: string; zone: string; ipv6?: string | undefined; isDefault?: boolean }

export function makeSubnet(tx: Tx, made: Made, specifications?: In<'CreateSubnet'>['TagSpecifications']) {
  const { vpc, block, zone, ipv6, isDefault = false } = made
  const { ZoneId } = findZone(tx, zone)
  const { region, account } = tx.place
  checkRoom(tx, vpc, block)
  if (ipv6 !== undefined) checkRoom(tx, vpc, canonical('ipv6CidrBlock', ipv6, true))
  const SubnetId = newId('subnet')
  const resource: Subnet = {
    SubnetId,
    SubnetArn: arnOf({ service: 'ec2', region, account, resource: `subnet/${SubnetId}` }),
    VpcId: vpc.VpcId,
    OwnerId: account,
    State: 'available',
    CidrBlock: block,
    Ipv6CidrBlockAssociationSet: ipv6 === undefined ? [] : [ipv6Block(ipv6)],
    AvailabilityZone: zone,
    AvailabilityZoneId: ZoneId,
    DefaultForAz: isDefault,
    MapPublicIpOnLaunch: isDefault,
    MapCustomerOwnedIpOnLaunch: false,
    AssignIpv6AddressOnCreation: false,
    EnableDns64: false,
    Ipv6Native: false,
    PrivateDnsNameOptionsOnLaunch: {
      HostnameType: 'ip-name',
      EnableResourceNameDnsARecord: false,
      EnableResourceNameDnsAAAARecord: false,
    },
  }
  const subnet = create(tx, 'subnet', { resource, specifications })
  const acl = all(tx, 'network-acl', vpc.VpcId).find(({ IsDefault }) => IsDefault)
  if (acl) {
    const association = { NetworkAclAssociationId: newId('aclassoc'), NetworkAclId: acl.NetworkAclId, SubnetId }
    put(tx, 'network-acl', { ...acl, Associations: [...acl.Associations, association] })
  }
  return { ...subnet, AvailableIpAddressCount: available(tx, subnet) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSubnet.html */
export function CreateSubnet(tx: Tx, input: In<'CreateSubnet'>): Out<'CreateSubnet'> {
  const vpc = find(tx, 'vpc', input.VpcId)
  if (!input.CidrBlock) throw missing('cidrBlock')
  const zones = zonesOf(tx)
  const byId = zones.find(({ ZoneId }) => ZoneId === input.AvailabilityZoneId)?.ZoneName
  if (input.AvailabilityZoneId && !byId)
    throw invalid(`Value (${input.AvailabilityZoneId}) for parameter availabilityZoneId is invalid.`)
  const zone = input.AvailabilityZone ?? byId ?? zones[0]?.ZoneName ?? ''
  const made = { vpc, block: sized('Subnet', input.CidrBlock), zone, ipv6: input.Ipv6CidrBlock }
  return { Subnet: makeSubnet(tx, made, input.TagSpecifications) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html */
export function CreateDefaultSubnet(
  tx: Tx,
  { AvailabilityZone = '' }: In<'CreateDefaultSubnet'>,
): Out<'CreateDefaultSubnet'> {
  const vpc = find(tx, 'vpc', defaultVpcId(tx))
  findZone(tx, AvailabilityZone)
  const subnets = all(tx, 'subnet', vpc.VpcId)
  const there = subnets.find(each => each.DefaultForAz && each.AvailabilityZone === AvailabilityZone)
  if (there) {
    const message = `'${there.SubnetId}' is already the default subnet in ${AvailabilityZone}.`
    throw new AwsError('DefaultSubnetAlreadyExistsInAvailabilityZone', message)
  }
  const blocks = Array.from({ length: 16 }, (_, i) => defaultBlock(i))
  const block = blocks.find(each => !subnets.some(({ CidrBlock }) => overlap(CidrBlock, each)))
  if (!block) throw new AwsError('InvalidSubnet.Conflict', 'The default VPC has no room for a default subnet')
  return { Subnet: makeSubnet(tx, { vpc, block, zone: AvailabilityZone, isDefault: true }) }
}

/** The default VPC's subnets are /20s. */
export const defaultBlock = (index: number) => `172.31.${16 * index}.0/20`

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSubnet.html */
export function DeleteSubnet(tx: Tx, { SubnetId }: In<'DeleteSubnet'>): void {
  const { VpcId } = find(tx, 'subnet', SubnetId)
  const other = (each: { SubnetId?: string | undefined }) => each.SubnetId !== SubnetId
  if (!all(tx, 'network-interface', VpcId).every(other)) throw inUse('subnet', SubnetId)
  for (const acl of all(tx, 'network-acl', VpcId)) {
    if (!acl.Associations.every(other)) put(tx, 'network-acl', { ...acl, Associations: acl.Associations.filter(other) })
  }
  for (const table of all(tx, 'route-table', VpcId)) {
    if (!table.Associations.every(other)) {
      put(tx, 'route-table', { ...table, Associations: table.Associations.filter(other) })
    }
  }
  remove(tx, SubnetId)
}

export const DescribeSubnets = describe<'DescribeSubnets', 'subnet'>('subnet', {
  list: 'Subnets',
  ids: 'SubnetIds',
  filters: `availability-zone availabilityZone=AvailabilityZone availability-zone-id
    availabilityZoneId=AvailabilityZoneId available-ip-address-count cidr=CidrBlock cidr-block=CidrBlock
    cidrBlock=CidrBlock default-for-az defaultForAz=DefaultForAz enable-dns64=EnableDns64
    ipv6-cidr-block-association.ipv6-cidr-block=Ipv6CidrBlockAssociationSet.Ipv6CidrBlock
    ipv6-cidr-block-association.association-id=Ipv6CidrBlockAssociationSet.AssociationId
    ipv6-cidr-block-association.state=Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State
    ipv6-native map-public-ip-on-launch map-customer-owned-ip-on-launch outpost-arn owner-id
    private-dns-name-options-on-launch.hostname-type=PrivateDnsNameOptionsOnLaunch.HostnameType
    state subnet-arn subnet-id vpc-id`,
  view: (ctx, subnet) => ({ AvailableIpAddressCount: available(ctx, subnet) }),
})

const SWITCHES = [
  'AssignIpv6AddressOnCreation',
  'MapPublicIpOnLaunch',
  'MapCustomerOwnedIpOnLaunch',
  'EnableDns64',
] as const

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySubnetAttribute.html */
export function ModifySubnetAttribute(tx: Tx, input: In<'ModifySubnetAttribute'>): void {
  const subnet = find(tx, 'subnet', input.SubnetId)
  for (const name of SWITCHES) if (input[name]) subnet[name] = input[name].Value === true
  const { PrivateDnsHostnameTypeOnLaunch: type, EnableResourceNameDnsARecordOnLaunch: a } = input
  const { EnableResourceNameDnsAAAARecordOnLaunch: aaaa } = input
  subnet.PrivateDnsNameOptionsOnLaunch = {
    ...subnet.PrivateDnsNameOptionsOnLaunch,
    ...(type !== undefined && { HostnameType: type }),
    ...(a && { EnableResourceNameDnsARecord: a.Value }),
    ...(aaaa && { EnableResourceNameDnsAAAARecord: aaaa.Value }),
  }
  put(tx, 'subnet', subnet)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateSubnetCidrBlock.html */
export function AssociateSubnetCidrBlock(
  tx: Tx,
  { SubnetId, Ipv6CidrBlock }: In<'AssociateSubnetCidrBlock'>,
): Out<'AssociateSubnetCidrBlock'> {
  const subnet = find(tx, 'subnet', SubnetId)
  if (!Ipv6CidrBlock) throw missing('ipv6CidrBlock')
  const added = ipv6Block(Ipv6CidrBlock)
  checkRoom(tx, find(tx, 'vpc', subnet.VpcId), added.Ipv6CidrBlock)
  // A subnet has one.
  if (subnet.Ipv6CidrBlockAssociationSet.length > 0)
    throw invalid(`The subnet '${SubnetId}' already has an IPv6 CIDR block`)
  put(tx, 'subnet', { ...subnet, Ipv6CidrBlockAssociationSet: [added] })
  return { SubnetId, Ipv6CidrBlockAssociation: added }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateSubnetCidrBlock.html */
export function DisassociateSubnetCidrBlock(
  tx: Tx,
  { AssociationId }: In<'DisassociateSubnetCidrBlock'>,
): Out<'DisassociateSubnetCidrBlock'> {
  const subnet = all(tx, 'subnet').find(each => each.Ipv6CidrBlockAssociationSet[0]?.AssociationId === AssociationId)
  if (!subnet) {
    const message = `The subnet CIDR block association ID '${AssociationId}' does not exist`
    throw new AwsError('InvalidSubnetCidrBlockAssociationID.NotFound', message)
  }
  const [block] = subnet.Ipv6CidrBlockAssociationSet
  put(tx, 'subnet', { ...subnet, Ipv6CidrBlockAssociationSet: [] })
  return {
    SubnetId: subnet.SubnetId,
    Ipv6CidrBlockAssociation: { ...block, Ipv6CidrBlockState: { State: 'disassociating' } },
  }
}
