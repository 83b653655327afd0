import { arnOf } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { In, IpPermission, Out, SecurityGroupRule } from '../../../aws/models/ec2.types.ts'
import { listingOf } from '../../kernel/listings/listings.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { describe } from './describe.ts'
import { matcher, paging } from './filters.ts'
import { dependent, invalid, missing } from './refusals.ts'
import { all, create, find, newId, remove } from './resources.ts'
import type { Kinds } from './schema.ts'
import { tagsOf } from './tags.ts'
import { defaultVpc, vpcOrDefault } from './default-vpc.ts'

type Group = Kinds['security-group']
type Made = {
  vpc: { VpcId: string }
  name: string
  description: string
  specifications?: In<'CreateSecurityGroup'>['TagSpecifications']
}

export const createRule = (
  tx: Tx,
  rule: Omit<Kinds['security-group-rule'], 'SecurityGroupRuleId'>,
  specifications?: In<'CreateSecurityGroup'>['TagSpecifications'],
) => {
  const { region, account } = tx.place
  const SecurityGroupRuleId = newId('sgr')
  const resource = `security-group-rule/${SecurityGroupRuleId}`
  const SecurityGroupRuleArn = arnOf({ service: 'ec2', region, account, resource })
  const made = { ...rule, GroupOwnerId: account, SecurityGroupRuleId, SecurityGroupRuleArn }
  return create(tx, 'security-group-rule', { resource: made, specifications })
}

/** A group that lets all out, and where it is a VPC's default one, all that is in it in. */
export function createGroup(tx: Tx, { vpc, name, description, specifications }: Made) {
  const { region, account } = tx.place
  const GroupId = newId('sg')
  const resource = {
    GroupId,
    GroupName: name,
    Description: description,
    VpcId: vpc.VpcId,
    OwnerId: account,
    SecurityGroupArn: arnOf({ service: 'ec2', region, account, resource: `security-group/${GroupId}` }),
  }
  const group = create(tx, 'security-group', { resource, specifications })
  const every = { GroupId, IpProtocol: '-1', FromPort: -1, ToPort: -1 }
  createRule(tx, { ...every, IsEgress: true, CidrIpv4: '0.0.0.0/0' })
  if (name === 'default') {
    createRule(tx, { ...every, IsEgress: false, ReferencedGroupInfo: { GroupId, UserId: account } })
  }
  return group
}

const ALLOWED = /^[\w .:/()#,@[\]+=&;{}!$*-]{1,255}$/

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export function CreateSecurityGroup(tx: Tx, input: In<'CreateSecurityGroup'>): Out<'CreateSecurityGroup'> {
  const { GroupName: name, Description: description } = input
  if (name === 'default')
    throw new AwsError('InvalidParameterValue', `Cannot use reserved security group name: ${name}`)
  if (name.startsWith('sg-')) throw invalid('Group names may not be in the format sg-*')
  for (const [parameter, text] of Object.entries({ GroupName: name, GroupDescription: description })) {
    if (!ALLOWED.test(text)) {
      throw invalid(
        `Value (${text.slice(0, 300)}) for parameter ${parameter} is invalid. Character sets beyond ASCII are not supported.`,
      )
    }
  }
  const vpc = vpcOrDefault(tx, input.VpcId)
  if (all(tx, 'security-group', vpc.VpcId).some(({ GroupName }) => GroupName === name)) {
    const message = `The security group '${name}' already exists for VPC '${vpc.VpcId}'`
    throw new AwsError('InvalidGroup.Duplicate', message)
  }
  const { GroupId, SecurityGroupArn, Tags } = createGroup(tx, {
    vpc,
    name,
    description,
    specifications: input.TagSpecifications,
  })
  return { GroupId, SecurityGroupArn, Tags }
}

type Named = { GroupId?: string | undefined; GroupName?: string | undefined }

/** A group by its id, or, in the default VPC, by its name. */
export function findGroup(ctx: Ctx, { GroupId, GroupName }: Named): Group {
  if (GroupId) return find(ctx, 'security-group', GroupId)
  if (!GroupName) throw missing('groupName or groupId')
  const vpc = defaultVpc(ctx)?.VpcId ?? ''
  const group = all(ctx, 'security-group', vpc).find(each => each.GroupName === GroupName)
  if (group) return group
  const message = `The security group '${GroupName}' does not exist in default VPC '${vpc}'`
  throw new AwsError('InvalidGroup.NotFound', message)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteSecurityGroup.html */
export function DeleteSecurityGroup(tx: Tx, input: In<'DeleteSecurityGroup'>): Out<'DeleteSecurityGroup'> {
  const { GroupId, GroupName, VpcId } = findGroup(tx, input)
  if (GroupName === 'default') {
    const message = `the specified group: "${GroupId}" name: "default" cannot be deleted by a user`
    throw new AwsError('CannotDelete', message)
  }
  const interfaces = all(tx, 'network-interface', VpcId)
  const used = interfaces.some(({ Groups }) => Groups.some(each => each.GroupId === GroupId))
  if (used || referencing(tx, GroupId).some(rule => rule.GroupId !== GroupId)) {
    throw dependent(`resource ${GroupId} has a dependent object`)
  }
  for (const { SecurityGroupRuleId } of all(tx, 'security-group-rule', GroupId)) remove(tx, SecurityGroupRuleId)
  remove(tx, GroupId)
  return { Return: true, GroupId }
}

/** Rules that name a group. */
const referencing = (ctx: Ctx, id: string) =>
  all(ctx, 'security-group-rule').filter(({ ReferencedGroupInfo }) => ReferencedGroupInfo?.GroupId === id)

/** Rules as permissions: those of one protocol and range of ports are one. */
export function permissionsOf(rules: readonly SecurityGroupRule[]): IpPermission[] {
  const permissions = new Map<string, Required<Pick<IpPermission, Lists>> & IpPermission>()
  for (const { IpProtocol, FromPort, ToPort, Description, ...to } of rules) {
    const key = `${IpProtocol}/${FromPort}/${ToPort}`
    const ports = IpProtocol === '-1' ? {} : { FromPort, ToPort }
    const made = { IpProtocol, ...ports, IpRanges: [], Ipv6Ranges: [], UserIdGroupPairs: [], PrefixListIds: [] }
    const permission = permissions.get(key) ?? made
    permissions.set(key, permission)
    const told = Description === undefined ? {} : { Description }
    if (to.CidrIpv4) permission.IpRanges?.push({ CidrIp: to.CidrIpv4, ...told })
    if (to.CidrIpv6) permission.Ipv6Ranges?.push({ CidrIpv6: to.CidrIpv6, ...told })
    if (to.PrefixListId) permission.PrefixListIds?.push({ PrefixListId: to.PrefixListId, ...told })
    if (to.ReferencedGroupInfo) {
      const { GroupId, UserId } = to.ReferencedGroupInfo
      permission.UserIdGroupPairs?.push({ GroupId, UserId, ...told })
    }
  }
  return [...permissions.values()]
}

type Lists = 'IpRanges' | 'Ipv6Ranges' | 'UserIdGroupPairs' | 'PrefixListIds'

function viewOf(ctx: Ctx, { GroupId }: Group): Partial<Group> {
  const rules = all(ctx, 'security-group-rule', GroupId)
  return {
    IpPermissions: permissionsOf(rules.filter(({ IsEgress }) => !IsEgress)),
    IpPermissionsEgress: permissionsOf(rules.filter(({ IsEgress }) => IsEgress)),
  }
}

const permissionFilters = (name: string, member: string) => `
  ${name}.cidr=${member}.IpRanges.CidrIp ${name}.from-port=${member}.FromPort
  ${name}.group-id=${member}.UserIdGroupPairs.GroupId ${name}.group-name=${member}.UserIdGroupPairs.GroupName
  ${name}.ipv6-cidr=${member}.Ipv6Ranges.CidrIpv6 ${name}.prefix-list-id=${member}.PrefixListIds.PrefixListId
  ${name}.protocol=${member}.IpProtocol ${name}.to-port=${member}.ToPort
  ${name}.user-id=${member}.UserIdGroupPairs.UserId`

const describeGroups = describe<'DescribeSecurityGroups', 'security-group'>('security-group', {
  list: 'SecurityGroups',
  ids: 'GroupIds',
  filters: `description group-id group-name owner-id vpc-id ${permissionFilters('ip-permission', 'IpPermissions')}
    ${permissionFilters('egress.ip-permission', 'IpPermissionsEgress')}`,
  view: viewOf,
})

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroups.html */
export function DescribeSecurityGroups(ctx: Ctx, input: In<'DescribeSecurityGroups'>): Out<'DescribeSecurityGroups'> {
  const { GroupNames, ...rest } = input
  if (!GroupNames) return describeGroups(ctx, input)
  const named = GroupNames.map(GroupName => findGroup(ctx, { GroupName }).GroupId)
  return describeGroups(ctx, { ...rest, GroupIds: [...(input.GroupIds ?? []), ...named] })
}

export const DescribeSecurityGroupRules = describe<'DescribeSecurityGroupRules', 'security-group-rule'>(
  'security-group-rule',
  { list: 'SecurityGroupRules', ids: 'SecurityGroupRuleIds', filters: 'group-id security-group-rule-id' },
)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeSecurityGroupReferences.html: over peerings. */
export function DescribeSecurityGroupReferences(
  ctx: Ctx,
  { GroupId }: In<'DescribeSecurityGroupReferences'>,
): Out<'DescribeSecurityGroupReferences'> {
  for (const id of GroupId) find(ctx, 'security-group', id)
  return { SecurityGroupReferenceSet: [] }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeStaleSecurityGroups.html: over peerings. */
export function DescribeStaleSecurityGroups(
  ctx: Ctx,
  { VpcId }: In<'DescribeStaleSecurityGroups'>,
): Out<'DescribeStaleSecurityGroups'> {
  find(ctx, 'vpc', VpcId)
  return { StaleSecurityGroupSet: [] }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetSecurityGroupsForVpc.html */
export function GetSecurityGroupsForVpc(
  ctx: Ctx,
  input: In<'GetSecurityGroupsForVpc'>,
): Out<'GetSecurityGroupsForVpc'> {
  find(ctx, 'vpc', input.VpcId)
  const groups = all(ctx, 'security-group', input.VpcId).map(({ VpcId: PrimaryVpcId, ...group }) => ({
    ...group,
    PrimaryVpcId,
    Tags: tagsOf(ctx, group.GroupId),
  }))
  const filters = 'group-id description group-name owner-id primary-vpc-id'
  const matches = matcher<(typeof groups)[number]>(filters, input.Filters, ({ Tags }) => Tags)
  const found = groups.filter(matches).sort((a, b) => (a.GroupId < b.GroupId ? -1 : 1))
  const { rows, next } = listingOf(ctx, paging(input), { rows: found, key: ({ GroupId }) => GroupId })
  return { SecurityGroupForVpcs: rows, NextToken: next }
}
