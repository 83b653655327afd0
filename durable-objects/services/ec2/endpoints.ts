import { AwsError } from '../../../aws/errors.ts'
import type { In, Out, ServiceDetail } from '../../../aws/models/ec2.types.ts'
import { listingOf } from '../../kernel/listings/listings.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { describe } from './describe.ts'
import { matcher, paging } from './filters.ts'
import { createInterface } from './network-interfaces.ts'
import { invalid, limited, missing } from './refusals.ts'
import { all, create, find, newId, peek, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'
import { zonesOf } from './zones.ts'

type Endpoint = Kinds['vpc-endpoint']

const OPEN = '{"Version":"2008-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"*","Resource":"*"}]}'
/** Characters of an endpoint policy, and route tables, subnets and groups of an endpoint. */
const MOST_POLICY = 20_480
const MOST_NAMED = 100

const GATEWAYS = ['dynamodb', 's3']
const INTERFACES = `athena autoscaling cloudformation dynamodb ec2 ec2messages ecr.api ecr.dkr ecs ecs-agent
  ecs-telemetry elasticloadbalancing events execute-api glue kinesis-firehose kinesis-streams kms lambda logs monitoring
  rds s3 scheduler secretsmanager sns sqs ssm ssmmessages states sts xray`.split(/\s+/)

function servicesOf(ctx: Ctx): ServiceDetail[] {
  const { region } = ctx.place
  const detail = (type: string) => (service: string) => ({
    ServiceName: `com.amazonaws.${region}.${service}`,
    ServiceId: `vpce-svc-0${[...(type + service)]
      .map(each => each.charCodeAt(0).toString(16))
      .join('')
      .slice(-16)
      .padStart(16, '0')}`,
    ServiceType: [{ ServiceType: type }],
    ServiceRegion: region,
    AvailabilityZones: zonesOf(ctx).map(({ ZoneName = '' }) => ZoneName),
    Owner: 'amazon',
    BaseEndpointDnsNames: [`${service}.${region}.${type === 'Gateway' ? '' : 'vpce.'}amazonaws.com`],
    ...(type === 'Interface' && { PrivateDnsName: `${service}.${region}.amazonaws.com` }),
    VpcEndpointPolicySupported: true,
    AcceptanceRequired: false,
    ManagesVpcEndpoints: false,
    Tags: [],
    SupportedIpAddressTypes: ['ipv4'],
  })
  return [...GATEWAYS.map(detail('Gateway')), ...INTERFACES.map(detail('Interface'))]
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcEndpointServices.html */
export function DescribeVpcEndpointServices(
  ctx: Ctx,
  input: In<'DescribeVpcEndpointServices'>,
): Out<'DescribeVpcEndpointServices'> {
  const services = servicesOf(ctx)
  const { ServiceNames } = input
  const unknown = ServiceNames?.find(name => !services.some(({ ServiceName }) => ServiceName === name))
  if (unknown !== undefined) throw noService(unknown)
  const filters = 'owner service-name service-region service-type=ServiceType.ServiceType supported-ip-address-types'
  const matches = matcher<ServiceDetail>(filters, input.Filters, () => [])
  const found = services.filter(each => (ServiceNames?.includes(each.ServiceName ?? '') ?? true) && matches(each))
  const keyOf = ({ ServiceName = '', ServiceType }: ServiceDetail) => `${ServiceName}/${ServiceType?.[0]?.ServiceType}`
  const rows = found.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1))
  const page = listingOf(ctx, paging(input), { rows, key: keyOf })
  const names = [...new Set(page.rows.map(({ ServiceName = '' }) => ServiceName))]
  return { ServiceNames: names, ServiceDetails: page.rows, NextToken: page.next }
}

const noService = (name: string) =>
  new AwsError('InvalidServiceName', `The Vpc Endpoint Service '${name}' does not exist`)

/** Interfaces of an endpoint, one in each of its subnets. */
function interfacesOf(tx: Tx, { VpcEndpointId, Groups, VpcId }: Endpoint, subnets: readonly string[]): string[] {
  const Description = `VPC Endpoint Interface ${VpcEndpointId}`
  const about = { Description, InterfaceType: 'vpc_endpoint', RequesterManaged: true, Status: 'in-use' }
  const groups = Groups.map(({ GroupId = '' }) => GroupId)
  return subnets.map(id => {
    const subnet = find(tx, 'subnet', id)
    if (subnet.VpcId !== VpcId) throw invalid(`The subnet ID '${id}' is not in VPC ${VpcId}`)
    return createInterface(tx, { subnet, groups, about }).NetworkInterfaceId
  })
}

const groupOf = (ctx: Ctx) => (id: string) => {
  const { GroupId, GroupName } = find(ctx, 'security-group', id)
  return { GroupId, GroupName }
}

function checkPolicy(policy: string | undefined): void {
  if (policy === undefined) return
  const parsed = policy.length <= MOST_POLICY && isJson(policy)
  if (!parsed) throw new AwsError('InvalidPolicyDocument', 'Invalid policy document')
}

function isJson(text: string): boolean {
  try {
    return typeof JSON.parse(text) === 'object'
  } catch {
    return false
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpcEndpoint.html */
export function CreateVpcEndpoint(tx: Tx, input: In<'CreateVpcEndpoint'>): Out<'CreateVpcEndpoint'> {
  const { VpcId, ServiceName, VpcEndpointType: type = 'Gateway', RouteTableIds = [], SubnetIds = [] } = input
  find(tx, 'vpc', VpcId)
  if (!ServiceName) throw missing('serviceName')
  checkPolicy(input.PolicyDocument)
  const types = servicesOf(tx).filter(each => each.ServiceName === ServiceName)
  const outside = !ServiceName.startsWith('com.amazonaws.') && ServiceName.includes('vpce-svc-')
  if (types.length === 0 && !outside) throw noService(ServiceName)
  if (types.length > 0 && !types.some(({ ServiceType }) => ServiceType?.[0]?.ServiceType === type)) {
    throw invalid(`Service ${ServiceName} does not support VPC endpoint type ${type}`)
  }
  for (const id of RouteTableIds) find(tx, 'route-table', id)
  if (RouteTableIds.length + SubnetIds.length > MOST_NAMED) throw limited('VpcEndpoint', 'resources of an endpoint')
  const isInterface = type === 'Interface'
  const own = all(tx, 'security-group', VpcId).find(({ GroupName }) => GroupName === 'default')
  const groups = isInterface ? (input.SecurityGroupIds ?? (own ? [own.GroupId] : [])) : []
  const VpcEndpointId = newId('vpce')
  const short = ServiceName.split('.').slice(3).join('.')
  const DnsName = `${VpcEndpointId}-${VpcEndpointId.slice(-8)}.${short}.${tx.place.region}.vpce.amazonaws.com`
  const resource: Endpoint = {
    VpcEndpointId,
    VpcEndpointType: type,
    VpcId,
    ServiceName,
    State: 'available',
    PolicyDocument: input.PolicyDocument ?? OPEN,
    RouteTableIds,
    SubnetIds,
    Groups: groups.map(groupOf(tx)),
    IpAddressType: input.IpAddressType ?? 'ipv4',
    DnsOptions: { DnsRecordIpType: isInterface ? 'ipv4' : 'service-defined', ...input.DnsOptions },
    PrivateDnsEnabled: isInterface && (input.PrivateDnsEnabled ?? true),
    RequesterManaged: false,
    NetworkInterfaceIds: [],
    DnsEntries: isInterface ? [{ DnsName, HostedZoneId: 'Z7HUB22UULQXV' }] : [],
    CreationTimestamp: new Date(tx.now),
    OwnerId: tx.place.account,
    ServiceRegion: tx.place.region,
  }
  resource.NetworkInterfaceIds = interfacesOf(tx, resource, SubnetIds)
  const VpcEndpoint = create(tx, 'vpc-endpoint', { resource, specifications: input.TagSpecifications })
  return { VpcEndpoint, ClientToken: input.ClientToken }
}

const changed = (ids: readonly string[], added: readonly string[] = [], removed: readonly string[] = []) => [
  ...new Set([...ids.filter(id => !removed.includes(id)), ...added]),
]

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcEndpoint.html */
export function ModifyVpcEndpoint(tx: Tx, input: In<'ModifyVpcEndpoint'>): Out<'ModifyVpcEndpoint'> {
  const own = find(tx, 'vpc-endpoint', input.VpcEndpointId)
  checkPolicy(input.PolicyDocument)
  for (const id of input.AddRouteTableIds ?? []) find(tx, 'route-table', id)
  const groups = own.Groups.map(({ GroupId = '' }) => GroupId)
  const next: Endpoint = {
    ...own,
    RouteTableIds: changed(own.RouteTableIds, input.AddRouteTableIds, input.RemoveRouteTableIds),
    SubnetIds: changed(own.SubnetIds, input.AddSubnetIds, input.RemoveSubnetIds),
    Groups: changed(groups, input.AddSecurityGroupIds, input.RemoveSecurityGroupIds).map(groupOf(tx)),
    PolicyDocument: input.ResetPolicy ? OPEN : (input.PolicyDocument ?? own.PolicyDocument),
    PrivateDnsEnabled: input.PrivateDnsEnabled ?? own.PrivateDnsEnabled,
    IpAddressType: input.IpAddressType ?? own.IpAddressType,
    DnsOptions: { ...own.DnsOptions, ...input.DnsOptions },
  }
  if (next.RouteTableIds.length + next.SubnetIds.length > MOST_NAMED)
    throw limited('VpcEndpoint', 'resources of an endpoint')
  const interfaces = own.NetworkInterfaceIds.flatMap(id => peek(tx, 'network-interface', id) ?? [])
  const stay = interfaces.filter(({ SubnetId }) => next.SubnetIds.includes(SubnetId))
  for (const each of interfaces) {
    if (stay.includes(each)) put(tx, 'network-interface', { ...each, Groups: next.Groups })
    else remove(tx, each.NetworkInterfaceId)
  }
  const added = next.SubnetIds.filter(id => !stay.some(({ SubnetId }) => SubnetId === id))
  next.NetworkInterfaceIds = [...stay.map(each => each.NetworkInterfaceId), ...interfacesOf(tx, next, added)]
  put(tx, 'vpc-endpoint', next)
  return { Return: true }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteVpcEndpoints.html */
export function DeleteVpcEndpoints(tx: Tx, { VpcEndpointIds }: In<'DeleteVpcEndpoints'>): Out<'DeleteVpcEndpoints'> {
  const Unsuccessful = VpcEndpointIds.flatMap(id => {
    const endpoint = peek(tx, 'vpc-endpoint', id)
    if (!endpoint) {
      const Message = `The VpcEndPoint Id ${id} does not exist`
      return [{ ResourceId: id, Error: { Code: 'InvalidVpcEndpoint.NotFound', Message } }]
    }
    for (const interfaceId of endpoint.NetworkInterfaceIds) remove(tx, interfaceId)
    remove(tx, id)
    return []
  })
  return { Unsuccessful }
}

export const DescribeVpcEndpoints = describe<'DescribeVpcEndpoints', 'vpc-endpoint'>('vpc-endpoint', {
  list: 'VpcEndpoints',
  ids: 'VpcEndpointIds',
  filters: `ip-address-type service-name service-region vpc-id vpc-endpoint-id vpc-endpoint-type
    vpc-endpoint-state=State`,
})
