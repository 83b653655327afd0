import type {
  Address,
  DhcpOptions,
  EgressOnlyInternetGateway,
  InternetGateway,
  ManagedPrefixList,
  NatGateway,
  NetworkAcl,
  NetworkAclEntry,
  NetworkInterface,
  PrefixListEntry,
  RouteTable,
  SecurityGroup,
  SecurityGroupRule,
  Subnet,
  Vpc,
  VpcEndpoint,
  VpcPeeringConnection,
} from '../../../aws/models/ec2.types.ts'

/** Members that each of our rows has. */
type Own<T, K extends keyof T> = T & { [P in K]-?: Exclude<T[P], undefined> }

/** What is stored, by AWS's resource types: AWS's own shapes, but for tags. */
export type Kinds = {
  vpc: Own<Vpc, 'VpcId' | 'CidrBlock' | 'CidrBlockAssociationSet' | 'Ipv6CidrBlockAssociationSet'> & {
    attributes: Record<string, boolean>
  }
  subnet: Own<Subnet, 'SubnetId' | 'VpcId' | 'CidrBlock' | 'AvailabilityZone' | 'Ipv6CidrBlockAssociationSet'>
  'security-group': Own<SecurityGroup, 'GroupId' | 'GroupName' | 'VpcId'>
  'security-group-rule': Own<SecurityGroupRule, 'SecurityGroupRuleId' | 'GroupId' | 'IsEgress' | 'IpProtocol'>
  'route-table': Own<RouteTable, 'RouteTableId' | 'VpcId' | 'Routes' | 'Associations'>
  'internet-gateway': Own<InternetGateway, 'InternetGatewayId' | 'Attachments'>
  'egress-only-internet-gateway': Own<EgressOnlyInternetGateway, 'EgressOnlyInternetGatewayId' | 'Attachments'>
  natgateway: Own<NatGateway, 'NatGatewayId' | 'VpcId' | 'SubnetId' | 'NatGatewayAddresses'>
  'elastic-ip': Own<Address, 'AllocationId' | 'PublicIp'>
  'network-interface': Own<
    NetworkInterface,
    'NetworkInterfaceId' | 'VpcId' | 'SubnetId' | 'Groups' | 'PrivateIpAddress' | 'PrivateIpAddresses'
  >
  'network-acl': Own<NetworkAcl, 'NetworkAclId' | 'VpcId' | 'Associations'> & { Entries: NetworkAclEntry[] }
  'dhcp-options': Own<DhcpOptions, 'DhcpOptionsId'>
  'vpc-endpoint': Own<
    VpcEndpoint,
    'VpcEndpointId' | 'VpcId' | 'ServiceName' | 'RouteTableIds' | 'SubnetIds' | 'Groups' | 'NetworkInterfaceIds'
  >
  'vpc-peering-connection': Own<
    VpcPeeringConnection,
    'VpcPeeringConnectionId' | 'RequesterVpcInfo' | 'AccepterVpcInfo' | 'Status'
  >
  'prefix-list': Own<ManagedPrefixList, 'PrefixListId' | 'PrefixListName' | 'Version'> & {
    /** Entries by version, the newest few of them. */
    versions: Record<string, PrefixListEntry[]>
  }
}
export type Kind = keyof Kinds

type About = {
  /** The member that is the id, and how an id begins. */
  id: string
  prefix: string
  /** AWS's code for an id that there is not, and the kind in AWS's messages. */
  code: string
  noun: string
  /** As in `VpcLimitExceeded`. */
  limit: string
  /** AWS's words for one that there is not, where they are others. */
  missing?: string
}

const about = (id: string, prefix: string, words: [code: string, noun: string, limit: string]): About => {
  const [code, noun, limit] = words
  return { id, prefix, code, noun, limit }
}

export const KINDS: Readonly<Record<Kind, About>> = {
  vpc: about('VpcId', 'vpc', ['InvalidVpcID.NotFound', 'vpc', 'Vpc']),
  subnet: about('SubnetId', 'subnet', ['InvalidSubnetID.NotFound', 'subnet', 'Subnet']),
  'security-group': {
    ...about('GroupId', 'sg', ['InvalidGroup.NotFound', 'security group', 'SecurityGroup']),
    missing: "The security group '?' does not exist",
  },
  'security-group-rule': about('SecurityGroupRuleId', 'sgr', [
    'InvalidSecurityGroupRuleId.NotFound',
    'security group rule',
    'RulesPerSecurityGroup',
  ]),
  'route-table': about('RouteTableId', 'rtb', ['InvalidRouteTableID.NotFound', 'routeTable', 'RouteTable']),
  'internet-gateway': about('InternetGatewayId', 'igw', [
    'InvalidInternetGatewayID.NotFound',
    'internetGateway',
    'InternetGateway',
  ]),
  'egress-only-internet-gateway': about('EgressOnlyInternetGatewayId', 'eigw', [
    'InvalidGatewayID.NotFound',
    'egressOnlyInternetGateway',
    'EgressOnlyInternetGateway',
  ]),
  natgateway: {
    ...about('NatGatewayId', 'nat', ['NatGatewayNotFound', 'natGateway', 'NatGateway']),
    missing: 'NAT gateway ? was not found',
  },
  'elastic-ip': about('AllocationId', 'eipalloc', ['InvalidAllocationID.NotFound', 'allocation', 'Address']),
  'network-interface': about('NetworkInterfaceId', 'eni', [
    'InvalidNetworkInterfaceID.NotFound',
    'networkInterface',
    'NetworkInterface',
  ]),
  'network-acl': about('NetworkAclId', 'acl', ['InvalidNetworkAclID.NotFound', 'networkAcl', 'NetworkAcl']),
  'dhcp-options': about('DhcpOptionsId', 'dopt', ['InvalidDhcpOptionID.NotFound', 'dhcpOptions', 'DhcpOptions']),
  'vpc-endpoint': {
    ...about('VpcEndpointId', 'vpce', ['InvalidVpcEndpointId.NotFound', 'vpcEndpoint', 'VpcEndpoint']),
    missing: "The Vpc Endpoint Id '?' does not exist",
  },
  'vpc-peering-connection': about('VpcPeeringConnectionId', 'pcx', [
    'InvalidVpcPeeringConnectionID.NotFound',
    'vpcPeeringConnection',
    'VpcPeeringConnection',
  ]),
  'prefix-list': about('PrefixListId', 'pl', ['InvalidPrefixListID.NotFound', 'prefix list', 'PrefixList']),
}

/** What an id is of. */
export function kindOf(id: string): Kind | undefined {
  const kinds = Object.keys(KINDS) as Kind[] // as the table is typed
  const prefix = id.replace(/-[^-]*$/, '')
  return kinds.find(kind => KINDS[kind].prefix === prefix)
}

export const migrations = [
  `CREATE TABLE ec2_resources (
    seq INTEGER PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL,
    parent TEXT, -- the VPC that it is in, or a rule's group
    attributes TEXT NOT NULL
  );
  CREATE INDEX ec2_resources_by_kind ON ec2_resources (kind, seq);
  CREATE INDEX ec2_resources_by_parent ON ec2_resources (parent, kind);`,
]
