import {
  AuthorizeSecurityGroupEgressCommand,
  AuthorizeSecurityGroupIngressCommand,
  CreateManagedPrefixListCommand,
  CreateNetworkInterfaceCommand,
  CreateSecurityGroupCommand,
  DeleteManagedPrefixListCommand,
  DeleteSecurityGroupCommand,
  DescribeSecurityGroupRulesCommand,
  DescribeSecurityGroupsCommand,
  GetManagedPrefixListAssociationsCommand,
  GetManagedPrefixListEntriesCommand,
  GetSecurityGroupsForVpcCommand,
  ModifyManagedPrefixListCommand,
  ModifySecurityGroupRulesCommand,
  RestoreManagedPrefixListVersionCommand,
  RevokeSecurityGroupIngressCommand,
  type TagSpecification,
  UpdateSecurityGroupRuleDescriptionsIngressCommand,
} from '@aws-sdk/client-ec2'
import { expect, test } from 'vitest'
import { setUpNetwork } from '../support/ec2.ts'
import { refusal } from '../support/sqs.ts'

const HTTPS = { IpProtocol: 'tcp', FromPort: 443, ToPort: 443 }

async function setUpGroup() {
  const { ec2, VpcId, SubnetId } = await setUpNetwork()
  const group = async (GroupName: string) => {
    const made = await ec2.send(new CreateSecurityGroupCommand({ GroupName, Description: GroupName, VpcId }))
    return made.GroupId ?? ''
  }
  const allow = (GroupId: string, ...IpPermissions: object[]) =>
    ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions }))
  const rulesOf = async (GroupId: string) => {
    const Filters = [{ Name: 'group-id', Values: [GroupId] }]
    const { SecurityGroupRules = [] } = await ec2.send(new DescribeSecurityGroupRulesCommand({ Filters }))
    return SecurityGroupRules
  }
  return { ec2, VpcId, SubnetId, group, allow, rulesOf, web: await group('web') }
}

test('rules are each one that can be named, and permissions of one protocol and range together', async () => {
  const { ec2, web, allow, group } = await setUpGroup()
  const db = await group('db')
  const { SecurityGroupRules } = await allow(
    web,
    { ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.9/8', Description: 'inside' }], Ipv6Ranges: [{ CidrIpv6: '::/0' }] },
    { ...HTTPS, UserIdGroupPairs: [{ GroupId: db }] },
    { IpProtocol: '-1', IpRanges: [{ CidrIp: '192.168.0.0/16' }] },
  )
  expect(SecurityGroupRules).toMatchObject([
    { ...HTTPS, CidrIpv4: '10.0.0.0/8', Description: 'inside', IsEgress: false, GroupId: web },
    { CidrIpv6: '::/0' },
    { ReferencedGroupInfo: { GroupId: db, UserId: '123456789012' } },
    { IpProtocol: '-1', FromPort: -1, ToPort: -1 },
  ])
  const { SecurityGroups } = await ec2.send(new DescribeSecurityGroupsCommand({ GroupIds: [web] }))
  expect(SecurityGroups?.[0]?.IpPermissions).toEqual([
    {
      ...HTTPS,
      IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'inside' }],
      Ipv6Ranges: [{ CidrIpv6: '::/0' }],
      PrefixListIds: [],
      UserIdGroupPairs: [{ GroupId: db, UserId: '123456789012' }],
    },
    {
      IpProtocol: '-1',
      IpRanges: [{ CidrIp: '192.168.0.0/16' }],
      Ipv6Ranges: [],
      PrefixListIds: [],
      UserIdGroupPairs: [],
    },
  ])
})

test('a rule that is there already is refused, and with it all that came with it', async () => {
  const { web, allow, rulesOf } = await setUpGroup()
  const IpRanges = [{ CidrIp: '0.0.0.0/0' }]
  await allow(web, { ...HTTPS, IpRanges })
  const again = allow(web, { ...HTTPS, IpProtocol: 'udp', IpRanges }, { ...HTTPS, IpProtocol: '6', IpRanges })
  expect(await refusal(again)).toBe(
    'InvalidPermission.Duplicate: the specified rule "peer: 0.0.0.0/0, TCP, from port: 443, to port: 443, ALLOW" already exists',
  )
  expect(await rulesOf(web)).toHaveLength(2)
})

test('what a rule cannot be is refused', async () => {
  const { web, allow } = await setUpGroup()
  const IpRanges = [{ CidrIp: '0.0.0.0/0' }]
  expect(await refusal(allow(web, { IpProtocol: 'tcp', IpRanges }))).toMatch('InvalidParameterValue: ')
  expect(await refusal(allow(web, { ...HTTPS, FromPort: 444, IpRanges }))).toMatch('InvalidParameterValue: ')
  expect(await refusal(allow(web, { ...HTTPS, IpProtocol: 'nope', IpRanges }))).toMatch('Unknown protocol.')
  expect(await refusal(allow(web, { ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.0' }] }))).toBe(
    'InvalidParameterValue: Value (10.0.0.0) for parameter cidrIp is invalid. This is not a valid CIDR block.',
  )
  expect(await refusal(allow('sg-0123456789abcdef0', { ...HTTPS, IpRanges }))).toBe(
    "InvalidGroup.NotFound: The security group 'sg-0123456789abcdef0' does not exist",
  )
})

test('rules are revoked by what they say or by id, and one that is not there is refused', async () => {
  const { ec2, web, allow, rulesOf } = await setUpGroup()
  const made = await allow(web, { ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.0/8' }, { CidrIp: '11.0.0.0/8' }] })
  const revoke = (input: object) => ec2.send(new RevokeSecurityGroupIngressCommand({ GroupId: web, ...input }))
  const { RevokedSecurityGroupRules } = await revoke({
    IpPermissions: [{ ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'whatever' }] }],
  })
  expect(RevokedSecurityGroupRules).toMatchObject([{ CidrIpv4: '10.0.0.0/8' }])
  const byId = { SecurityGroupRuleIds: [made.SecurityGroupRules?.[1]?.SecurityGroupRuleId] }
  await revoke(byId)
  expect((await rulesOf(web)).map(({ IsEgress }) => IsEgress)).toEqual([true])
  expect(await refusal(revoke(byId))).toMatch('InvalidSecurityGroupRuleId.NotFound')
  expect(await refusal(revoke({ ...HTTPS, CidrIp: '10.0.0.0/8' }))).toBe(
    'InvalidPermission.NotFound: The specified rule does not exist in this security group.',
  )
})

test('a rule is changed in place, keeps its id and its tags, and is described anew', async () => {
  const { ec2, web, rulesOf } = await setUpGroup()
  const IpPermissions = [{ ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.0/8' }] }]
  const ResourceType = 'security-group-rule'
  const TagSpecifications = [{ ResourceType, Tags: [{ Key: 'Name', Value: 'a' }] } satisfies TagSpecification]
  const { SecurityGroupRules = [] } = await ec2.send(
    new AuthorizeSecurityGroupIngressCommand({
      GroupId: web,
      IpPermissions,
      TagSpecifications,
    }),
  )
  const { SecurityGroupRuleId } = SecurityGroupRules[0] ?? {}
  await ec2.send(
    new UpdateSecurityGroupRuleDescriptionsIngressCommand({
      GroupId: web,
      IpPermissions: [{ ...HTTPS, IpRanges: [{ CidrIp: '10.0.0.0/8', Description: 'told' }] }],
    }),
  )
  expect(await rulesOf(web)).toMatchObject([{ IsEgress: true }, { SecurityGroupRuleId, Description: 'told' }])
  const SecurityGroupRule = { IpProtocol: 'udp', FromPort: 53, ToPort: 53, CidrIpv6: '2001:DB8::1/32' }
  await ec2.send(
    new ModifySecurityGroupRulesCommand({
      GroupId: web,
      SecurityGroupRules: [{ SecurityGroupRuleId, SecurityGroupRule }],
    }),
  )
  const [, changed] = await rulesOf(web)
  expect(changed).toMatchObject({ SecurityGroupRuleId, IpProtocol: 'udp', CidrIpv6: '2001:db8::/32' })
  expect(changed).toMatchObject({ Tags: [{ Key: 'Name', Value: 'a' }] })
  expect(changed?.CidrIpv4 ?? changed?.Description).toBeUndefined()
})

test('a group that is used is not deleted, nor a default one', async () => {
  const { ec2, web, allow, group, VpcId, SubnetId } = await setUpGroup()
  const db = await group('db')
  await allow(db, { ...HTTPS, UserIdGroupPairs: [{ GroupId: web }] })
  const remove = (GroupId: string) => ec2.send(new DeleteSecurityGroupCommand({ GroupId }))
  expect(await refusal(remove(web))).toBe(`DependencyViolation: resource ${web} has a dependent object`)
  await remove(db)
  await ec2.send(new CreateNetworkInterfaceCommand({ SubnetId, Groups: [web] }))
  expect(await refusal(remove(web))).toBe(`DependencyViolation: resource ${web} has a dependent object`)
  const { SecurityGroupForVpcs = [] } = await ec2.send(new GetSecurityGroupsForVpcCommand({ VpcId }))
  const own = SecurityGroupForVpcs.find(({ GroupName }) => GroupName === 'default')?.GroupId ?? ''
  expect(await refusal(remove(own))).toBe(
    `CannotDelete: the specified group: "${own}" name: "default" cannot be deleted by a user`,
  )
  expect(await refusal(group('web'))).toBe(
    `InvalidGroup.Duplicate: The security group 'web' already exists for VPC '${VpcId}'`,
  )
})

test('a prefix list has versions, is named by rules, and is not deleted while it is', async () => {
  const { ec2, web } = await setUpGroup()
  const { PrefixList: { PrefixListId = '', Version } = {} } = await ec2.send(
    new CreateManagedPrefixListCommand({
      PrefixListName: 'offices',
      AddressFamily: 'IPv4',
      MaxEntries: 2,
      Entries: [{ Cidr: '10.0.0.0/16', Description: 'Oslo' }],
    }),
  )
  const modify = (input: object) => ec2.send(new ModifyManagedPrefixListCommand({ PrefixListId, ...input }))
  const AddEntries = [{ Cidr: '10.1.0.0/16' }]
  const changed = await modify({ CurrentVersion: Version, AddEntries })
  expect(changed.PrefixList).toMatchObject({ Version: 2, State: 'modify-complete' })
  expect(await refusal(modify({ CurrentVersion: 1, AddEntries }))).toMatch('PrefixListVersionMismatch')
  const more = [{ Cidr: '10.2.0.0/16' }, { Cidr: '10.3.0.0/16' }]
  expect(await refusal(modify({ CurrentVersion: 2, AddEntries: more }))).toMatch('PrefixListMaxEntriesExceeded')
  await ec2.send(new RestoreManagedPrefixListVersionCommand({ PrefixListId, PreviousVersion: 1, CurrentVersion: 2 }))
  const { Entries } = await ec2.send(new GetManagedPrefixListEntriesCommand({ PrefixListId }))
  expect(Entries).toEqual([{ Cidr: '10.0.0.0/16', Description: 'Oslo' }])
  const IpPermissions = [{ ...HTTPS, PrefixListIds: [{ PrefixListId }] }]
  await ec2.send(new AuthorizeSecurityGroupEgressCommand({ GroupId: web, IpPermissions }))
  const { PrefixListAssociations } = await ec2.send(new GetManagedPrefixListAssociationsCommand({ PrefixListId }))
  expect(PrefixListAssociations).toEqual([{ ResourceId: web, ResourceOwner: '123456789012' }])
  expect(await refusal(ec2.send(new DeleteManagedPrefixListCommand({ PrefixListId })))).toMatch('DependencyViolation')
})
