import { AwsError } from '../../../aws/errors.ts'
import type { In, NetworkAclEntry, Out } from '../../../aws/models/ec2.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { canonical } from './blocks.ts'
import { describe } from './describe.ts'
import { inUse, invalid, limited, missing } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'

/** Rules of an ACL in each direction: AWS's quota can be raised to this. */
const MOST_ENTRIES = 40
/** AWS's own last rules have the numbers above. */
const LAST_RULE = 32_766

const entry = (Egress: boolean, RuleAction: string, about: Partial<NetworkAclEntry>): NetworkAclEntry => ({
  Egress,
  Protocol: '-1',
  RuleAction,
  ...about,
})

/** What every ACL denies in the end, and the default one allows before. */
function firstEntries({ Ipv6CidrBlockAssociationSet: ipv6 }: Kinds['vpc'], isDefault: boolean): NetworkAclEntry[] {
  const [CidrBlock, Ipv6CidrBlock] = ['0.0.0.0/0', '::/0']
  return [true, false].flatMap(egress => [
    ...(isDefault ? [entry(egress, 'allow', { CidrBlock, RuleNumber: 100 })] : []),
    ...(isDefault && ipv6.length > 0 ? [entry(egress, 'allow', { Ipv6CidrBlock, RuleNumber: 101 })] : []),
    entry(egress, 'deny', { CidrBlock, RuleNumber: 32_767 }),
    ...(ipv6.length > 0 ? [entry(egress, 'deny', { Ipv6CidrBlock, RuleNumber: 32_768 })] : []),
  ])
}

type Made = { vpc: Kinds['vpc']; isDefault?: boolean; specifications?: In<'CreateNetworkAcl'>['TagSpecifications'] }

export function createAcl(tx: Tx, { vpc, isDefault = false, specifications }: Made) {
  const resource = {
    NetworkAclId: newId('acl'),
    VpcId: vpc.VpcId,
    OwnerId: tx.place.account,
    IsDefault: isDefault,
    Associations: [],
    Entries: firstEntries(vpc, isDefault),
  }
  return create(tx, 'network-acl', { resource, specifications })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAcl.html */
export function CreateNetworkAcl(tx: Tx, input: In<'CreateNetworkAcl'>): Out<'CreateNetworkAcl'> {
  const vpc = find(tx, 'vpc', input.VpcId)
  return { NetworkAcl: createAcl(tx, { vpc, specifications: input.TagSpecifications }), ClientToken: input.ClientToken }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAcl.html */
export function DeleteNetworkAcl(tx: Tx, { NetworkAclId }: In<'DeleteNetworkAcl'>): void {
  const { Associations, IsDefault } = find(tx, 'network-acl', NetworkAclId)
  if (IsDefault) throw invalid('Cannot delete default network ACL')
  if (Associations.length > 0) throw inUse('network-acl', NetworkAclId)
  remove(tx, NetworkAclId)
}

export const DescribeNetworkAcls = describe<'DescribeNetworkAcls', 'network-acl'>('network-acl', {
  list: 'NetworkAcls',
  ids: 'NetworkAclIds',
  filters: `association.association-id=Associations.NetworkAclAssociationId
    association.network-acl-id=Associations.NetworkAclId association.subnet-id=Associations.SubnetId
    default=IsDefault entry.cidr=Entries.CidrBlock entry.icmp.code=Entries.IcmpTypeCode.Code
    entry.icmp.type=Entries.IcmpTypeCode.Type entry.ipv6-cidr=Entries.Ipv6CidrBlock
    entry.port-range.from=Entries.PortRange.From entry.port-range.to=Entries.PortRange.To
    entry.protocol=Entries.Protocol entry.rule-action=Entries.RuleAction entry.egress=Entries.Egress
    entry.rule-number=Entries.RuleNumber network-acl-id owner-id vpc-id`,
})

const PROTOCOLS: Readonly<Record<string, string>> = { all: '-1', icmp: '1', tcp: '6', udp: '17', icmpv6: '58' }

function entryOf(input: In<'CreateNetworkAclEntry'>): NetworkAclEntry {
  const { RuleNumber, RuleAction, Egress, CidrBlock, Ipv6CidrBlock, IcmpTypeCode, PortRange } = input
  if (RuleNumber < 1 || RuleNumber > LAST_RULE) {
    throw invalid(`Value (${RuleNumber}) for parameter ruleNumber is invalid. Must be between 1 and ${LAST_RULE}.`)
  }
  if (!CidrBlock && !Ipv6CidrBlock) throw missing('cidrBlock')
  const Protocol = PROTOCOLS[input.Protocol] ?? input.Protocol
  if (!/^(?:-1|\d{1,3})$/.test(Protocol))
    throw invalid(`Invalid value '${input.Protocol}' for IP protocol. Unknown protocol.`)
  if ((Protocol === '6' || Protocol === '17') && !PortRange) throw missing('portRange')
  return {
    Egress,
    Protocol,
    RuleAction,
    RuleNumber,
    ...(CidrBlock && { CidrBlock: canonical('cidrBlock', CidrBlock) }),
    ...(Ipv6CidrBlock && { Ipv6CidrBlock: canonical('ipv6CidrBlock', Ipv6CidrBlock, true) }),
    ...((Protocol === '1' || Protocol === '58') && { IcmpTypeCode }),
    ...((Protocol === '6' || Protocol === '17') && { PortRange }),
  }
}

type Numbered = { RuleNumber: number; Egress: boolean }

const splitOf = (acl: Kinds['network-acl'], { RuleNumber, Egress }: Numbered) => {
  const is = (each: NetworkAclEntry) => each.RuleNumber === RuleNumber && each.Egress === Egress
  return { there: acl.Entries.some(is), rest: acl.Entries.filter(each => !is(each)) }
}

const noEntry = ({ RuleNumber, Egress }: Numbered) => {
  const message = `The network acl entry with rule number '${RuleNumber}' and egress '${Egress}' does not exist`
  return new AwsError('InvalidNetworkAclEntry.NotFound', message)
}

const inOrder = (entries: NetworkAclEntry[]) =>
  entries.sort((a, b) => Number(b.Egress) - Number(a.Egress) || (a.RuleNumber ?? 0) - (b.RuleNumber ?? 0))

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html */
export function CreateNetworkAclEntry(tx: Tx, input: In<'CreateNetworkAclEntry'>): void {
  const acl = find(tx, 'network-acl', input.NetworkAclId)
  const added = entryOf(input)
  const { there, rest } = splitOf(acl, input)
  if (there) {
    const message = `The network acl entry identified by ${input.RuleNumber} already exists.`
    throw new AwsError('NetworkAclEntryAlreadyExists', message)
  }
  const own = rest.filter(({ Egress, RuleNumber = 0 }) => Egress === input.Egress && RuleNumber <= LAST_RULE)
  if (own.length >= MOST_ENTRIES) throw limited('NetworkAclEntry', 'entries of a network ACL')
  put(tx, 'network-acl', { ...acl, Entries: inOrder([...rest, added]) })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclEntry.html */
export function ReplaceNetworkAclEntry(tx: Tx, input: In<'ReplaceNetworkAclEntry'>): void {
  const acl = find(tx, 'network-acl', input.NetworkAclId)
  const replaced = entryOf(input)
  const { there, rest } = splitOf(acl, input)
  if (!there) throw noEntry(input)
  put(tx, 'network-acl', { ...acl, Entries: inOrder([...rest, replaced]) })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteNetworkAclEntry.html */
export function DeleteNetworkAclEntry(tx: Tx, input: In<'DeleteNetworkAclEntry'>): void {
  const acl = find(tx, 'network-acl', input.NetworkAclId)
  const { there, rest } = splitOf(acl, input)
  if (!there || input.RuleNumber > LAST_RULE) throw noEntry(input)
  put(tx, 'network-acl', { ...acl, Entries: rest })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceNetworkAclAssociation.html */
export function ReplaceNetworkAclAssociation(
  tx: Tx,
  { AssociationId, NetworkAclId }: In<'ReplaceNetworkAclAssociation'>,
): Out<'ReplaceNetworkAclAssociation'> {
  const target = find(tx, 'network-acl', NetworkAclId)
  for (const acl of all(tx, 'network-acl', target.VpcId)) {
    const association = acl.Associations.find(each => each.NetworkAclAssociationId === AssociationId)
    if (!association) continue
    put(tx, 'network-acl', { ...acl, Associations: acl.Associations.filter(each => each !== association) })
    const moved = { ...association, NetworkAclAssociationId: newId('aclassoc'), NetworkAclId }
    const now = find(tx, 'network-acl', NetworkAclId)
    put(tx, 'network-acl', { ...now, Associations: [...now.Associations, moved] })
    return { NewAssociationId: moved.NetworkAclAssociationId }
  }
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${AssociationId}' does not exist`)
}
