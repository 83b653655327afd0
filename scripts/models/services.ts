/** The services whose models are generated, by botocore's names. */
export const SERVICES = [
  'acm',
  'apigateway',
  'apigatewaymanagementapi',
  'apigatewayv2',
  'application-autoscaling',
  'athena',
  'cloudformation',
  'cloudwatch',
  'cognito-identity',
  'cognito-idp',
  'dynamodb',
  'dynamodbstreams',
  'ec2',
  'ecr',
  'ecs',
  'elbv2',
  'events',
  'firehose',
  'glue',
  'iam',
  'kinesis',
  'kms',
  'lambda',
  'logs',
  'rds',
  'resourcegroupstaggingapi',
  'route53',
  's3',
  's3control',
  'scheduler',
  'secretsmanager',
  'ses',
  'sesv2',
  'sns',
  'sqs',
  'ssm',
  'stepfunctions',
  'sts',
  'wafv2',
] as const

/** SDK packages whose schemas know what botocore leaves out: XML names, and the Query codes of errors. */
export const OVERLAYS: Record<string, string> = {
  cloudwatch: '@aws-sdk/client-cloudwatch',
  s3: '@aws-sdk/client-s3',
  sqs: '@aws-sdk/client-sqs',
}

/** Of services with more than anyone emulates: the operations that are generated whole. The rest are names, for a 501. */
export const PARTS: Record<string, readonly string[]> = {
  ec2: `
    AcceptVpcPeeringConnection AllocateAddress AssignPrivateIpAddresses AssociateAddress AssociateDhcpOptions
    AssociateRouteTable AssociateSubnetCidrBlock AssociateVpcCidrBlock AttachInternetGateway AttachNetworkInterface
    AuthorizeSecurityGroupEgress AuthorizeSecurityGroupIngress CreateDefaultSubnet CreateDefaultVpc
    CreateDhcpOptions CreateEgressOnlyInternetGateway CreateInternetGateway CreateManagedPrefixList CreateNatGateway
    CreateNetworkAcl CreateNetworkAclEntry CreateNetworkInterface CreateRoute CreateRouteTable CreateSecurityGroup
    CreateSubnet CreateTags CreateVpc CreateVpcEndpoint CreateVpcPeeringConnection DeleteDhcpOptions
    DeleteEgressOnlyInternetGateway DeleteInternetGateway DeleteManagedPrefixList DeleteNatGateway DeleteNetworkAcl
    DeleteNetworkAclEntry DeleteNetworkInterface DeleteRoute DeleteRouteTable DeleteSecurityGroup DeleteSubnet
    DeleteTags DeleteVpc DeleteVpcEndpoints DeleteVpcPeeringConnection DescribeAccountAttributes DescribeAddresses
    DescribeAddressesAttribute DescribeAvailabilityZones DescribeDhcpOptions DescribeEgressOnlyInternetGateways
    DescribeInternetGateways DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkAcls
    DescribeNetworkInterfaceAttribute DescribeNetworkInterfaces DescribePrefixLists DescribeRegions
    DescribeRouteTables DescribeSecurityGroupReferences DescribeSecurityGroupRules DescribeSecurityGroups
    DescribeStaleSecurityGroups DescribeSubnets DescribeTags DescribeVpcAttribute DescribeVpcEndpointServices
    DescribeVpcEndpoints DescribeVpcPeeringConnections DescribeVpcs DetachInternetGateway DisassociateAddress
    DisassociateRouteTable DisassociateSubnetCidrBlock DisassociateVpcCidrBlock GetManagedPrefixListAssociations
    GetManagedPrefixListEntries GetSecurityGroupsForVpc ModifyManagedPrefixList ModifyNetworkInterfaceAttribute
    ModifySecurityGroupRules ModifySubnetAttribute ModifyVpcAttribute ModifyVpcEndpoint
    ModifyVpcPeeringConnectionOptions ModifyVpcTenancy RejectVpcPeeringConnection ReleaseAddress
    ReplaceNetworkAclAssociation ReplaceNetworkAclEntry ReplaceRoute ReplaceRouteTableAssociation
    RestoreManagedPrefixListVersion RevokeSecurityGroupEgress RevokeSecurityGroupIngress UnassignPrivateIpAddresses
    UpdateSecurityGroupRuleDescriptionsEgress UpdateSecurityGroupRuleDescriptionsIngress
  `
    .trim()
    .split(/\s+/),
}
