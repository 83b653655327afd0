import { AwsError } from '../../../aws/errors.ts'
import type { In, IpPermission, Out, SecurityGroupRuleRequest } from '../../../aws/models/ec2.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { canonical } from './blocks.ts'
import { combined, invalid, limited, missing, notFound } from './refusals.ts'
import { all, find, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'
import { createRule, findGroup, permissionsOf } from './security-groups.ts'
import { defaultVpc } from './default-vpc.ts'

type Rule = Kinds['security-group-rule']
type Wanted = Omit<Rule, 'SecurityGroupRuleId'>

/** Rules of a group in each direction: AWS's quota can be raised to this. */
const MOST_RULES = 1000
const MOST_DESCRIPTION = 255

const PROTOCOLS: Readonly<Record<string, string>> = { all: '-1', '1': 'icmp', '6': 'tcp', '17': 'udp', '58': 'icmpv6' }
const NAMES = ['-1', 'icmp', 'tcp', 'udp', 'icmpv6']

function protocolOf(text: string | undefined): string {
  if (text === undefined) throw missing('ipProtocol')
  const protocol = PROTOCOLS[text.toLowerCase()] ?? text.toLowerCase()
  if (NAMES.includes(protocol) || (/^\d{1,3}$/.test(protocol) && Number(protocol) < 256)) return protocol
  throw invalid(`Invalid value '${text}' for IP protocol. Unknown protocol.`)
}

type Ports = { FromPort?: number | undefined; ToPort?: number | undefined }

/** Ports, an ICMP type and code, or -1 for all of a protocol that has neither. */
function portsOf(protocol: string, { FromPort: from, ToPort: to }: Ports) {
  if (protocol === 'tcp' || protocol === 'udp') {
    if (from === undefined || to === undefined) {
      throw invalid("Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.")
    }
    if (from < 0 || to > 65_535 || from > to) throw invalid(`Invalid TCP/UDP port range (${from}:${to})`)
    return { FromPort: from, ToPort: to }
  }
  const typed = protocol === 'icmp' || protocol === 'icmpv6'
  return typed ? { FromPort: from ?? -1, ToPort: to ?? -1 } : { FromPort: -1, ToPort: -1 }
}

function described(Description: string | undefined) {
  if (Description === undefined) return {}
  if (Description.length > MOST_DESCRIPTION) throw invalid('Invalid rule description: it is longer than 255 characters')
  return { Description }
}

type Direction = { group: Kinds['security-group']; egress: boolean }

/** Each rule of some permissions. */
function wantedOf(ctx: Ctx, { group, egress }: Direction, permissions: readonly IpPermission[]): Wanted[] {
  return permissions.flatMap(permission => {
    const IpProtocol = protocolOf(permission.IpProtocol)
    const of = { GroupId: group.GroupId, IsEgress: egress, IpProtocol, ...portsOf(IpProtocol, permission) }
    const { IpRanges = [], Ipv6Ranges = [], PrefixListIds = [], UserIdGroupPairs = [] } = permission
    return [
      ...IpRanges.map(({ CidrIp = '', Description }) => ({
        ...of,
        CidrIpv4: canonical('cidrIp', CidrIp),
        ...described(Description),
      })),
      ...Ipv6Ranges.map(({ CidrIpv6 = '', Description }) => ({
        ...of,
        CidrIpv6: canonical('cidrIpv6', CidrIpv6, true),
        ...described(Description),
      })),
      ...PrefixListIds.map(({ PrefixListId = '', Description }) => ({
        ...of,
        PrefixListId: find(ctx, 'prefix-list', PrefixListId).PrefixListId,
        ...described(Description),
      })),
      ...UserIdGroupPairs.map(({ Description, ...named }) => ({
        ...of,
        ReferencedGroupInfo: { GroupId: findGroup(ctx, named).GroupId, UserId: ctx.place.account },
        ...described(Description),
      })),
    ]
  })
}

const targetOf = (rule: Wanted) =>
  rule.CidrIpv4 ?? rule.CidrIpv6 ?? rule.PrefixListId ?? rule.ReferencedGroupInfo?.GroupId ?? ''

const same = (a: Wanted, b: Wanted) =>
  a.IsEgress === b.IsEgress &&
  a.IpProtocol === b.IpProtocol &&
  a.FromPort === b.FromPort &&
  a.ToPort === b.ToPort &&
  targetOf(a) === targetOf(b)

function duplicate(rule: Wanted): AwsError {
  const { IpProtocol, FromPort, ToPort } = rule
  const what = IpProtocol === '-1' ? 'ALL' : `${IpProtocol.toUpperCase()}, from port: ${FromPort}, to port: ${ToPort}`
  const message = `the specified rule "peer: ${targetOf(rule)}, ${what}, ALLOW" already exists`
  return new AwsError('InvalidPermission.Duplicate', message)
}

type Given = In<'AuthorizeSecurityGroupIngress'> & In<'AuthorizeSecurityGroupEgress'>

/** Permissions as a request has them: a list, or a single one in its own parameters. */
function permissionsIn(input: Omit<Given, 'GroupId' | 'TagSpecifications'>): IpPermission[] {
  const { IpPermissions, IpProtocol, FromPort, ToPort, CidrIp, SourceSecurityGroupName: GroupName } = input
  if (IpPermissions && IpProtocol) throw combined('The parameter ipProtocol cannot be used with ipPermissions')
  if (IpPermissions) return IpPermissions
  if (!IpProtocol && !GroupName) throw missing('ipPermissions')
  const ports = { IpProtocol: IpProtocol ?? '-1', FromPort, ToPort }
  return [
    { ...ports, ...(CidrIp && { IpRanges: [{ CidrIp }] }), ...(GroupName && { UserIdGroupPairs: [{ GroupName }] }) },
  ]
}

function authorize(tx: Tx, input: Omit<Given, 'GroupId'> & { GroupId?: string | undefined }, egress: boolean) {
  const group = findGroup(tx, input)
  const wanted = wantedOf(tx, { group, egress }, permissionsIn(input))
  if (wanted.length === 0) throw missing('cidrIp')
  const there: Wanted[] = all(tx, 'security-group-rule', group.GroupId).filter(({ IsEgress }) => IsEgress === egress)
  for (const rule of wanted) {
    if (there.some(each => same(each, rule))) throw duplicate(rule)
    there.push(rule)
  }
  if (there.length > MOST_RULES) throw limited('RulesPerSecurityGroup', 'rules per security group')
  return { Return: true, SecurityGroupRules: wanted.map(rule => createRule(tx, rule, input.TagSpecifications)) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const AuthorizeSecurityGroupIngress = (
  tx: Tx,
  input: In<'AuthorizeSecurityGroupIngress'>,
): Out<'AuthorizeSecurityGroupIngress'> => authorize(tx, input, false)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupEgress.html */
export const AuthorizeSecurityGroupEgress = (
  tx: Tx,
  input: In<'AuthorizeSecurityGroupEgress'>,
): Out<'AuthorizeSecurityGroupEgress'> => authorize(tx, input, true)

function ownRule(ctx: Ctx, { group, egress }: Direction, id: string): Rule {
  const rule = find(ctx, 'security-group-rule', id)
  if (rule.GroupId !== group.GroupId || rule.IsEgress !== egress) throw notFound('security-group-rule', id)
  return rule
}

type Revoked = Omit<In<'RevokeSecurityGroupIngress'>, 'GroupId'> & { GroupId?: string | undefined }

function revoke(tx: Tx, input: Revoked, egress: boolean): Out<'RevokeSecurityGroupIngress'> {
  const direction = { group: findGroup(tx, input), egress }
  const byId = (input.SecurityGroupRuleIds ?? []).map(id => ownRule(tx, direction, id))
  const wanted = input.SecurityGroupRuleIds ? [] : wantedOf(tx, direction, permissionsIn(input))
  const there = all(tx, 'security-group-rule', direction.group.GroupId)
  const unknown = wanted.filter(rule => !there.some(each => same(each, rule)))
  // In a default VPC what is not there is told, elsewhere refused.
  if (unknown.length > 0 && direction.group.VpcId !== defaultVpc(tx)?.VpcId) {
    throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
  }
  const revoked = [...byId, ...there.filter(each => wanted.some(rule => same(each, rule)))]
  for (const { SecurityGroupRuleId } of revoked) remove(tx, SecurityGroupRuleId)
  return {
    Return: true,
    RevokedSecurityGroupRules: revoked.map(({ ReferencedGroupInfo, ...rule }) => ({
      ...rule,
      ...(ReferencedGroupInfo && { ReferencedGroupId: ReferencedGroupInfo.GroupId }),
    })),
    ...(unknown.length > 0 && { UnknownIpPermissions: permissionsOf(unknown) }),
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const RevokeSecurityGroupIngress = (tx: Tx, input: In<'RevokeSecurityGroupIngress'>) => revoke(tx, input, false)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupEgress.html */
export const RevokeSecurityGroupEgress = (tx: Tx, input: In<'RevokeSecurityGroupEgress'>) => revoke(tx, input, true)

function redescribe(tx: Tx, input: In<'UpdateSecurityGroupRuleDescriptionsIngress'>, egress: boolean) {
  const direction = { group: findGroup(tx, input), egress }
  const told = (rule: Rule, Description: string | undefined) => {
    const { Description: _old, ...rest } = rule
    put(tx, 'security-group-rule', { ...rest, ...described(Description) })
  }
  for (const { SecurityGroupRuleId = '', Description } of input.SecurityGroupRuleDescriptions ?? []) {
    told(ownRule(tx, direction, SecurityGroupRuleId), Description)
  }
  const there = all(tx, 'security-group-rule', direction.group.GroupId)
  for (const rule of wantedOf(tx, direction, input.IpPermissions ?? [])) {
    const known = there.find(each => same(each, rule))
    if (!known)
      throw new AwsError('InvalidPermission.NotFound', 'The specified rule does not exist in this security group.')
    told(known, rule.Description)
  }
  return { Return: true }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsIngress.html */
export const UpdateSecurityGroupRuleDescriptionsIngress = (
  tx: Tx,
  input: In<'UpdateSecurityGroupRuleDescriptionsIngress'>,
) => redescribe(tx, input, false)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_UpdateSecurityGroupRuleDescriptionsEgress.html */
export const UpdateSecurityGroupRuleDescriptionsEgress = (
  tx: Tx,
  input: In<'UpdateSecurityGroupRuleDescriptionsEgress'>,
) => redescribe(tx, input, true)

/** A rule's request as the permission that it is. */
function permissionOf(request: SecurityGroupRuleRequest): IpPermission {
  const { CidrIpv4: CidrIp, CidrIpv6, PrefixListId, ReferencedGroupId: GroupId, Description, ...rest } = request
  return {
    ...rest,
    ...(CidrIp && { IpRanges: [{ CidrIp, Description }] }),
    ...(CidrIpv6 && { Ipv6Ranges: [{ CidrIpv6, Description }] }),
    ...(PrefixListId && { PrefixListIds: [{ PrefixListId, Description }] }),
    ...(GroupId && { UserIdGroupPairs: [{ GroupId, Description }] }),
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifySecurityGroupRules.html */
export function ModifySecurityGroupRules(
  tx: Tx,
  { GroupId, SecurityGroupRules }: In<'ModifySecurityGroupRules'>,
): Out<'ModifySecurityGroupRules'> {
  const group = find(tx, 'security-group', GroupId)
  for (const { SecurityGroupRuleId, SecurityGroupRule = {} } of SecurityGroupRules) {
    const { IsEgress: egress, ...known } = find(tx, 'security-group-rule', SecurityGroupRuleId)
    if (known.GroupId !== GroupId) throw notFound('security-group-rule', SecurityGroupRuleId)
    const [wanted, ...more] = wantedOf(tx, { group, egress }, [permissionOf(SecurityGroupRule)])
    if (!wanted || more.length > 0)
      throw combined('Exactly one of cidrIpv4, cidrIpv6, prefixListId and referencedGroupId must be specified')
    const others = all(tx, 'security-group-rule', GroupId).filter(
      each => each.SecurityGroupRuleId !== SecurityGroupRuleId,
    )
    if (others.some(each => same(each, wanted))) throw duplicate(wanted)
    const { GroupOwnerId, SecurityGroupRuleArn } = known
    put(tx, 'security-group-rule', { ...wanted, SecurityGroupRuleId, GroupOwnerId, SecurityGroupRuleArn })
  }
  return { Return: true }
}
