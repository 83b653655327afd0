import type { Operations } from '../../../aws/models/ec2.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { ec2Access } from './access.ts'
import {
  AllocateAddress,
  AssociateAddress,
  DescribeAddresses,
  DescribeAddressesAttribute,
  DisassociateAddress,
  ReleaseAddress,
} from './addresses.ts'
import { AssociateDhcpOptions, CreateDhcpOptions, DeleteDhcpOptions, DescribeDhcpOptions } from './dhcp-options.ts'
import {
  CreateVpcEndpoint,
  DeleteVpcEndpoints,
  DescribeVpcEndpointServices,
  DescribeVpcEndpoints,
  ModifyVpcEndpoint,
} from './endpoints.ts'
import { CreateDefaultVpc, makeDefaults } from './first-use.ts'
import {
  AttachInternetGateway,
  CreateEgressOnlyInternetGateway,
  CreateInternetGateway,
  DeleteEgressOnlyInternetGateway,
  DeleteInternetGateway,
  DescribeEgressOnlyInternetGateways,
  DescribeInternetGateways,
  DetachInternetGateway,
} from './gateways.ts'
import { CreateNatGateway, DeleteNatGateway, DescribeNatGateways } from './nat-gateways.ts'
import {
  CreateNetworkAcl,
  CreateNetworkAclEntry,
  DeleteNetworkAcl,
  DeleteNetworkAclEntry,
  DescribeNetworkAcls,
  ReplaceNetworkAclAssociation,
  ReplaceNetworkAclEntry,
} from './network-acls.ts'
import {
  AssignPrivateIpAddresses,
  AttachNetworkInterface,
  CreateNetworkInterface,
  DeleteNetworkInterface,
  DescribeNetworkInterfaceAttribute,
  DescribeNetworkInterfaces,
  ModifyNetworkInterfaceAttribute,
  UnassignPrivateIpAddresses,
} from './network-interfaces.ts'
import {
  AcceptVpcPeeringConnection,
  CreateVpcPeeringConnection,
  DeleteVpcPeeringConnection,
  DescribeVpcPeeringConnections,
  expire,
  ModifyVpcPeeringConnectionOptions,
  RejectVpcPeeringConnection,
} from './peerings.ts'
import {
  CreateManagedPrefixList,
  DeleteManagedPrefixList,
  DescribeManagedPrefixLists,
  DescribePrefixLists,
  GetManagedPrefixListAssociations,
  GetManagedPrefixListEntries,
  ModifyManagedPrefixList,
  RestoreManagedPrefixListVersion,
} from './prefix-lists.ts'
import { remove } from './resources.ts'
import {
  AssociateRouteTable,
  CreateRoute,
  CreateRouteTable,
  DeleteRoute,
  DeleteRouteTable,
  DescribeRouteTables,
  DisassociateRouteTable,
  ReplaceRoute,
  ReplaceRouteTableAssociation,
} from './route-tables.ts'
import {
  AuthorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress,
  ModifySecurityGroupRules,
  RevokeSecurityGroupEgress,
  RevokeSecurityGroupIngress,
  UpdateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress,
} from './security-group-rules.ts'
import {
  CreateSecurityGroup,
  DeleteSecurityGroup,
  DescribeSecurityGroupReferences,
  DescribeSecurityGroupRules,
  DescribeSecurityGroups,
  DescribeStaleSecurityGroups,
  GetSecurityGroupsForVpc,
} from './security-groups.ts'
import {
  AssociateSubnetCidrBlock,
  CreateDefaultSubnet,
  CreateSubnet,
  DeleteSubnet,
  DescribeSubnets,
  DisassociateSubnetCidrBlock,
  ModifySubnetAttribute,
} from './subnets.ts'
import { CreateTags, DeleteTags, DescribeTags } from './tags.ts'
import {
  AssociateVpcCidrBlock,
  CreateVpc,
  DeleteVpc,
  DescribeVpcAttribute,
  DescribeVpcs,
  DisassociateVpcCidrBlock,
  ModifyVpcAttribute,
  ModifyVpcTenancy,
} from './vpcs.ts'
import { DescribeAccountAttributes, DescribeAvailabilityZones, DescribeRegions } from './zones.ts'
import { guarded } from './guard.ts'
import { migrations } from './schema.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    ec2: Operations
  }
}

/* EC2's network. Known gaps and choices:
 * - There are no instances, and nothing routes or filters packets. Operations of instances, images, VPNs, transit gateways
 *   and the rest answer 501 by their names; so does peering with another account or region.
 * - What AWS does within minutes is done at once. What was deleted and AWS still shows is shown for an hour.
 * - Quotas are what AWS can raise them to; of elastic IP addresses there are 400, from the blocks of documentation.
 * - Zone ids are not shuffled. Local routes keep their target. The newest five versions of a prefix list are kept.
 */

const operations = {
  AcceptVpcPeeringConnection,
  AllocateAddress,
  AssignPrivateIpAddresses,
  AssociateAddress,
  AssociateDhcpOptions,
  AssociateRouteTable,
  AssociateSubnetCidrBlock,
  AssociateVpcCidrBlock,
  AttachInternetGateway,
  AttachNetworkInterface,
  AuthorizeSecurityGroupEgress,
  AuthorizeSecurityGroupIngress,
  CreateDefaultSubnet,
  CreateDefaultVpc,
  CreateDhcpOptions,
  CreateEgressOnlyInternetGateway,
  CreateInternetGateway,
  CreateManagedPrefixList,
  CreateNatGateway,
  CreateNetworkAcl,
  CreateNetworkAclEntry,
  CreateNetworkInterface,
  CreateRoute,
  CreateRouteTable,
  CreateSecurityGroup,
  CreateSubnet,
  CreateTags,
  CreateVpc,
  CreateVpcEndpoint,
  CreateVpcPeeringConnection,
  DeleteDhcpOptions,
  DeleteEgressOnlyInternetGateway,
  DeleteInternetGateway,
  DeleteManagedPrefixList,
  DeleteNatGateway,
  DeleteNetworkAcl,
  DeleteNetworkAclEntry,
  DeleteNetworkInterface,
  DeleteRoute,
  DeleteRouteTable,
  DeleteSecurityGroup,
  DeleteSubnet,
  DeleteTags,
  DeleteVpc,
  DeleteVpcEndpoints,
  DeleteVpcPeeringConnection,
  DescribeAccountAttributes,
  DescribeAddresses,
  DescribeAddressesAttribute,
  DescribeAvailabilityZones,
  DescribeDhcpOptions,
  DescribeEgressOnlyInternetGateways,
  DescribeInternetGateways,
  DescribeManagedPrefixLists,
  DescribeNatGateways,
  DescribeNetworkAcls,
  DescribeNetworkInterfaceAttribute,
  DescribeNetworkInterfaces,
  DescribePrefixLists,
  DescribeRegions,
  DescribeRouteTables,
  DescribeSecurityGroupReferences,
  DescribeSecurityGroupRules,
  DescribeSecurityGroups,
  DescribeStaleSecurityGroups,
  DescribeSubnets,
  DescribeTags,
  DescribeVpcAttribute,
  DescribeVpcEndpointServices,
  DescribeVpcEndpoints,
  DescribeVpcPeeringConnections,
  DescribeVpcs,
  DetachInternetGateway,
  DisassociateAddress,
  DisassociateRouteTable,
  DisassociateSubnetCidrBlock,
  DisassociateVpcCidrBlock,
  GetManagedPrefixListAssociations,
  GetManagedPrefixListEntries,
  GetSecurityGroupsForVpc,
  ModifyManagedPrefixList,
  ModifyNetworkInterfaceAttribute,
  ModifySecurityGroupRules,
  ModifySubnetAttribute,
  ModifyVpcAttribute,
  ModifyVpcEndpoint,
  ModifyVpcPeeringConnectionOptions,
  ModifyVpcTenancy,
  RejectVpcPeeringConnection,
  ReleaseAddress,
  ReplaceNetworkAclAssociation,
  ReplaceNetworkAclEntry,
  ReplaceRoute,
  ReplaceRouteTableAssociation,
  RestoreManagedPrefixListVersion,
  RevokeSecurityGroupEgress,
  RevokeSecurityGroupIngress,
  UnassignPrivateIpAddresses,
  UpdateSecurityGroupRuleDescriptionsEgress,
  UpdateSecurityGroupRuleDescriptionsIngress,
} satisfies Handlers<Operations>

export const ec2: ServiceDefinition = {
  operations: guarded(operations),
  migrations,
  timers: { expire, forget: remove },
  onCreate: makeDefaults,
  access: ec2Access,
  tagConditions: () => ['aws:ResourceTag', 'ec2:ResourceTag'],
  dialect: 'query',
  wire: { validation: false },
}
