import type { In, Out } from '../../../aws/models/ec2.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import { randomHex } from '../../../aws/ids.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { canonical, overlap, sized } from './blocks.ts'
import { describe } from './describe.ts'
import { createAcl } from './network-acls.ts'
import { endPeerings } from './peerings.ts'
import { combined, dependent, inUse, invalid, limited, missing } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'
import { createTable } from './route-tables.ts'
import { createGroup } from './security-groups.ts'
import type { Kind, Kinds } from './schema.ts'

type Vpc = Kinds['vpc']

/** Blocks of one VPC, of each family. */
const MOST_BLOCKS = 50
/** AWS's own pool in us-east-1, of which a VPC gets a /56. */
const IPV6_POOL = '2600:1f18'

const ipv4Block = (CidrBlock: string) => ({
  AssociationId: newId('vpc-cidr-assoc'),
  CidrBlock,
  CidrBlockState: { State: 'associated' },
})

const ipv6Block = (ctx: Ctx, given?: string) => ({
  AssociationId: newId('vpc-cidr-assoc'),
  Ipv6CidrBlock: canonical('ipv6CidrBlock', given ?? `${IPV6_POOL}:${randomHex(4)}:${randomHex(2)}00::/56`, true),
  Ipv6CidrBlockState: { State: 'associated' },
  NetworkBorderGroup: ctx.place.region,
  Ipv6Pool: 'Amazon',
  Ipv6AddressAttribute: 'public',
  IpSource: 'amazon',
})

type Made = { block: string; isDefault?: boolean; tenancy?: string | undefined; ipv6?: boolean | undefined }

/** A VPC with what each one has: a main route table, a default security group and a default network ACL. */
export function makeVpc(tx: Tx, made: Made, specifications?: In<'CreateVpc'>['TagSpecifications']) {
  const { block, isDefault = false, tenancy = 'default', ipv6 } = made
  const resource: Vpc = {
    VpcId: newId('vpc'),
    OwnerId: tx.place.account,
    State: 'available',
    CidrBlock: block,
    CidrBlockAssociationSet: [ipv4Block(block)],
    Ipv6CidrBlockAssociationSet: ipv6 ? [ipv6Block(tx)] : [],
    DhcpOptionsId: all(tx, 'dhcp-options')[0]?.DhcpOptionsId ?? 'default',
    InstanceTenancy: tenancy,
    IsDefault: isDefault,
    attributes: { EnableDnsSupport: true, EnableDnsHostnames: isDefault, EnableNetworkAddressUsageMetrics: false },
  }
  const vpc = create(tx, 'vpc', { resource, specifications })
  createTable(tx, { vpc, main: true })
  createAcl(tx, { vpc, isDefault: true })
  createGroup(tx, { vpc, name: 'default', description: 'default VPC security group' })
  return vpc
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpc.html */
export function CreateVpc(tx: Tx, input: In<'CreateVpc'>): Out<'CreateVpc'> {
  if (!input.CidrBlock) throw missing('cidrBlock')
  const block = sized('Vpc', input.CidrBlock)
  const made = { block, tenancy: input.InstanceTenancy, ipv6: input.AmazonProvidedIpv6CidrBlock }
  return { Vpc: makeVpc(tx, made, input.TagSpecifications) }
}

const DEPENDENTS: readonly Kind[] = ['subnet', 'internet-gateway', 'egress-only-internet-gateway', 'vpc-endpoint']

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpc.html */
export function DeleteVpc(tx: Tx, { VpcId }: In<'DeleteVpc'>): void {
  find(tx, 'vpc', VpcId)
  const groups = all(tx, 'security-group', VpcId)
  const tables = all(tx, 'route-table', VpcId)
  const acls = all(tx, 'network-acl', VpcId)
  const own = [...groups.map(({ GroupName }) => GroupName === 'default'), ...acls.map(({ IsDefault }) => IsDefault)]
  const others = DEPENDENTS.some(kind => all(tx, kind, VpcId).length > 0) || tables.length > 1
  if (others || own.includes(false)) throw inUse('vpc', VpcId)
  const rules = groups.flatMap(({ GroupId }) => all(tx, 'security-group-rule', GroupId))
  for (const { SecurityGroupRuleId } of rules) remove(tx, SecurityGroupRuleId)
  for (const { GroupId } of groups) remove(tx, GroupId)
  for (const { RouteTableId } of tables) remove(tx, RouteTableId)
  for (const { NetworkAclId } of acls) remove(tx, NetworkAclId)
  endPeerings(tx, VpcId)
  remove(tx, VpcId)
}

export const DescribeVpcs = describe<'DescribeVpcs', 'vpc'>('vpc', {
  list: 'Vpcs',
  ids: 'VpcIds',
  filters: `cidr=CidrBlock cidr-block=CidrBlock cidrBlock=CidrBlock dhcp-options-id owner-id state vpc-id
    is-default isDefault=IsDefault instance-tenancy
    cidr-block-association.cidr-block=CidrBlockAssociationSet.CidrBlock
    cidr-block-association.association-id=CidrBlockAssociationSet.AssociationId
    cidr-block-association.state=CidrBlockAssociationSet.CidrBlockState.State
    ipv6-cidr-block-association.ipv6-cidr-block=Ipv6CidrBlockAssociationSet.Ipv6CidrBlock
    ipv6-cidr-block-association.ipv6-pool=Ipv6CidrBlockAssociationSet.Ipv6Pool
    ipv6-cidr-block-association.association-id=Ipv6CidrBlockAssociationSet.AssociationId
    ipv6-cidr-block-association.state=Ipv6CidrBlockAssociationSet.Ipv6CidrBlockState.State`,
})

const ATTRIBUTES = ['EnableDnsSupport', 'EnableDnsHostnames', 'EnableNetworkAddressUsageMetrics'] as const

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export function DescribeVpcAttribute(ctx: Ctx, input: In<'DescribeVpcAttribute'>): Out<'DescribeVpcAttribute'> {
  const { attributes } = find(ctx, 'vpc', input.VpcId)
  const name = ATTRIBUTES.find(each => each.toLowerCase() === input.Attribute.toLowerCase())
  if (!name) throw invalid(`Value (${input.Attribute}) for parameter attribute is invalid. Unknown attribute.`)
  return { VpcId: input.VpcId, [name]: { Value: attributes[name] } }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export function ModifyVpcAttribute(tx: Tx, input: In<'ModifyVpcAttribute'>): void {
  const vpc = find(tx, 'vpc', input.VpcId)
  const given = ATTRIBUTES.filter(name => input[name] !== undefined)
  if (given.length === 0) throw missing('attribute')
  if (given.length > 1) throw combined('Fields for multiple attribute types specified')
  for (const name of given) vpc.attributes[name] = input[name]?.Value === true
  put(tx, 'vpc', vpc)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcTenancy.html */
export function ModifyVpcTenancy(tx: Tx, { VpcId, InstanceTenancy }: In<'ModifyVpcTenancy'>): Out<'ModifyVpcTenancy'> {
  put(tx, 'vpc', { ...find(tx, 'vpc', VpcId), InstanceTenancy })
  return { ReturnValue: true }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateVpcCidrBlock.html */
export function AssociateVpcCidrBlock(tx: Tx, input: In<'AssociateVpcCidrBlock'>): Out<'AssociateVpcCidrBlock'> {
  const vpc = find(tx, 'vpc', input.VpcId)
  const sets = [vpc.CidrBlockAssociationSet, vpc.Ipv6CidrBlockAssociationSet]
  if (sets.some(({ length }) => length >= MOST_BLOCKS)) throw limited('Cidr', 'CIDR blocks of a VPC')
  if (input.CidrBlock) {
    const added = ipv4Block(sized('Vpc', input.CidrBlock))
    const conflict = vpc.CidrBlockAssociationSet.some(({ CidrBlock = '' }) => overlap(CidrBlock, added.CidrBlock))
    if (conflict)
      throw new AwsError('InvalidVpc.Conflict', `The CIDR '${added.CidrBlock}' conflicts with another of the VPC`)
    vpc.CidrBlockAssociationSet.push(added)
    put(tx, 'vpc', vpc)
    return { VpcId: vpc.VpcId, CidrBlockAssociation: added }
  }
  if (!input.AmazonProvidedIpv6CidrBlock && !input.Ipv6CidrBlock) throw missing('cidrBlock')
  const added = ipv6Block(tx, input.Ipv6CidrBlock)
  vpc.Ipv6CidrBlockAssociationSet.push(added)
  put(tx, 'vpc', vpc)
  return { VpcId: vpc.VpcId, Ipv6CidrBlockAssociation: added }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateVpcCidrBlock.html */
export function DisassociateVpcCidrBlock(
  tx: Tx,
  { AssociationId }: In<'DisassociateVpcCidrBlock'>,
): Out<'DisassociateVpcCidrBlock'> {
  const is = (block: { AssociationId?: string | undefined }) => block.AssociationId === AssociationId
  for (const vpc of all(tx, 'vpc')) {
    const ipv4 = vpc.CidrBlockAssociationSet.find(is)
    const ipv6 = vpc.Ipv6CidrBlockAssociationSet.find(is)
    const block = ipv4?.CidrBlock ?? ipv6?.Ipv6CidrBlock
    if (block === undefined) continue
    if (block === vpc.CidrBlock) {
      const message = `The vpc CIDR block with association ID ${AssociationId} may not be disassociated. It is the primary IPv4 CIDR block of the VPC`
      throw new AwsError('OperationNotPermitted', message)
    }
    const used = all(tx, 'subnet', vpc.VpcId).flatMap(({ CidrBlock, Ipv6CidrBlockAssociationSet: blocks }) =>
      [CidrBlock, ...blocks.map(({ Ipv6CidrBlock = '' }) => Ipv6CidrBlock)].filter(each => overlap(each, block)),
    )
    if (used.length > 0) throw dependent(`The vpc CIDR block with association ID ${AssociationId} is in use.`)
    vpc.CidrBlockAssociationSet = vpc.CidrBlockAssociationSet.filter(each => !is(each))
    vpc.Ipv6CidrBlockAssociationSet = vpc.Ipv6CidrBlockAssociationSet.filter(each => !is(each))
    put(tx, 'vpc', vpc)
    const state = { State: 'disassociating' }
    return {
      VpcId: vpc.VpcId,
      ...(ipv4 && { CidrBlockAssociation: { ...ipv4, CidrBlockState: state } }),
      ...(ipv6 && { Ipv6CidrBlockAssociation: { ...ipv6, Ipv6CidrBlockState: state } }),
    }
  }
  const message = `The vpc CIDR block association ID '${AssociationId}' does not exist`
  throw new AwsError('InvalidVpcCidrBlockAssociationID.NotFound', message)
}
