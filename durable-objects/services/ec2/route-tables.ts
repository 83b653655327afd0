import { AwsError } from '../../../aws/errors.ts'
import type { In, Out, Route, RouteTableAssociation } from '../../../aws/models/ec2.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { canonical } from './blocks.ts'
import { describe } from './describe.ts'
import { joins } from './peerings.ts'
import { dependent, inUse, invalid, limited, missing } from './refusals.ts'
import { all, create, find, newId, peek, put, remove } from './resources.ts'
import type { Kind, Kinds } from './schema.ts'

type Table = Kinds['route-table']

/** Routes of a table: AWS's quota can be raised to this. */
const MOST_ROUTES = 1000

type Made = { vpc: Kinds['vpc']; main?: boolean; specifications?: In<'CreateRouteTable'>['TagSpecifications'] }

export function createTable(tx: Tx, { vpc, main, specifications }: Made): Table {
  const RouteTableId = newId('rtb')
  const Associations = main ? [associationOf(RouteTableId, { Main: true })] : []
  const { VpcId, OwnerId } = vpc
  const resource = { RouteTableId, VpcId, OwnerId, Associations, PropagatingVgws: [], Routes: [] }
  const table = create(tx, 'route-table', { resource, specifications })
  return { ...table, Routes: routesOf(tx, table) }
}

const associationOf = (RouteTableId: string, about: RouteTableAssociation) => ({
  Main: false,
  RouteTableAssociationId: newId('rtbassoc'),
  RouteTableId,
  AssociationState: { State: 'associated' },
  ...about,
})

const TARGETS: readonly [member: keyof Route, prefix: string, kind: Kind][] = [
  ['GatewayId', 'igw', 'internet-gateway'],
  ['GatewayId', 'vpce', 'vpc-endpoint'],
  ['NatGatewayId', 'nat', 'natgateway'],
  ['NetworkInterfaceId', 'eni', 'network-interface'],
  ['EgressOnlyInternetGatewayId', 'eigw', 'egress-only-internet-gateway'],
  ['VpcPeeringConnectionId', 'pcx', 'vpc-peering-connection'],
]

/** The local routes, those that were made, and those of gateway endpoints. */
function routesOf(ctx: Ctx, { VpcId, RouteTableId, Routes }: Table): Route[] {
  const local = { GatewayId: 'local', Origin: 'CreateRouteTable', State: 'active' }
  const vpc = find(ctx, 'vpc', VpcId)
  const endpoints = all(ctx, 'vpc-endpoint', VpcId).filter(({ RouteTableIds }) => RouteTableIds.includes(RouteTableId))
  const lists = endpoints.length > 0 ? all(ctx, 'prefix-list') : []
  return [
    ...vpc.CidrBlockAssociationSet.map(({ CidrBlock }) => ({ DestinationCidrBlock: CidrBlock, ...local })),
    ...vpc.Ipv6CidrBlockAssociationSet.map(({ Ipv6CidrBlock }) => ({
      DestinationIpv6CidrBlock: Ipv6CidrBlock,
      ...local,
    })),
    ...Routes.map(route => ({ ...route, State: leads(ctx, route, VpcId) ? 'active' : 'blackhole' })),
    ...endpoints.map(({ ServiceName, VpcEndpointId: GatewayId }) => ({
      DestinationPrefixListId: lists.find(each => each.PrefixListName === ServiceName)?.PrefixListId,
      GatewayId,
      Origin: 'CreateRoute',
      State: 'active',
    })),
  ]
}

/** Whether a route's target is there. */
function leads(ctx: Ctx, route: Route, vpc: string): boolean {
  for (const [member, prefix, kind] of TARGETS) {
    const { [member]: id } = route
    if (!id?.startsWith(`${prefix}-`)) continue
    const target = peek(ctx, kind, id)
    if (!target || ('State' in target && target.State === 'deleted')) return false
    if ('RequesterVpcInfo' in target) return target.Status.Code === 'active' && joins(target, vpc)
    return (
      kind !== 'internet-gateway' || all(ctx, kind, vpc).some(each => Reflect.get(each, 'InternetGatewayId') === id)
    )
  }
  return true
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export function CreateRouteTable(tx: Tx, input: In<'CreateRouteTable'>): Out<'CreateRouteTable'> {
  const vpc = find(tx, 'vpc', input.VpcId)
  return {
    RouteTable: createTable(tx, { vpc, specifications: input.TagSpecifications }),
    ClientToken: input.ClientToken,
  }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRouteTable.html */
export function DeleteRouteTable(tx: Tx, { RouteTableId }: In<'DeleteRouteTable'>): void {
  if (find(tx, 'route-table', RouteTableId).Associations.length > 0) throw inUse('route-table', RouteTableId)
  remove(tx, RouteTableId)
}

export const DescribeRouteTables = describe<'DescribeRouteTables', 'route-table'>('route-table', {
  list: 'RouteTables',
  ids: 'RouteTableIds',
  filters: `association.gateway-id=Associations.GatewayId association.main=Associations.Main
    association.route-table-association-id=Associations.RouteTableAssociationId
    association.route-table-id=Associations.RouteTableId association.subnet-id=Associations.SubnetId owner-id
    route-table-id route.destination-cidr-block=Routes.DestinationCidrBlock
    route.destination-ipv6-cidr-block=Routes.DestinationIpv6CidrBlock
    route.destination-prefix-list-id=Routes.DestinationPrefixListId
    route.egress-only-internet-gateway-id=Routes.EgressOnlyInternetGatewayId route.gateway-id=Routes.GatewayId
    route.instance-id=Routes.InstanceId route.nat-gateway-id=Routes.NatGatewayId
    route.transit-gateway-id=Routes.TransitGatewayId route.origin=Routes.Origin route.state=Routes.State
    route.vpc-peering-connection-id=Routes.VpcPeeringConnectionId vpc-id`,
  view: (ctx, table) => ({ Routes: routesOf(ctx, table) }),
})

type Destined = {
  DestinationCidrBlock?: string | undefined
  DestinationIpv6CidrBlock?: string | undefined
  DestinationPrefixListId?: string | undefined
}

/** Exactly one destination, in its canonical form. */
function destinationOf(ctx: Ctx, input: Destined): Destined {
  const { DestinationCidrBlock: ipv4, DestinationIpv6CidrBlock: ipv6, DestinationPrefixListId: list } = input
  if (ipv4) return { DestinationCidrBlock: canonical('destinationCidrBlock', ipv4) }
  if (ipv6) return { DestinationIpv6CidrBlock: canonical('destinationIpv6CidrBlock', ipv6, true) }
  if (!list) throw missing('destinationCidrBlock')
  find(ctx, 'prefix-list', list)
  return { DestinationPrefixListId: list }
}

const nameOf = ({ DestinationCidrBlock, DestinationIpv6CidrBlock, DestinationPrefixListId }: Destined) =>
  DestinationCidrBlock ?? DestinationIpv6CidrBlock ?? DestinationPrefixListId

/** Where a route leads: exactly one place, in the table's VPC. */
function targetOf(ctx: Ctx, input: In<'CreateRoute'>, { VpcId, RouteTableId }: Table): Partial<Route> {
  const { VpcEndpointId, ...rest } = input
  const given: Route = { ...(VpcEndpointId && { GatewayId: VpcEndpointId }), ...rest }
  const found = TARGETS.filter(([member, prefix]) => given[member]?.startsWith(`${prefix}-`))
  const [first, ...more] = found
  if (!first)
    throw invalid(
      'The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, vpcEndpointId',
    )
  if (more.length > 0) throw invalid('The request must contain only one target of the route')
  const [member, , kind] = first
  const id = given[member] ?? ''
  const target = find(ctx, kind, id)
  // A peering may still wait to be accepted.
  const fits = 'RequesterVpcInfo' in target ? joins(target, VpcId) : leads(ctx, { [member]: id }, VpcId)
  if (!fits) {
    throw invalid(`route table ${RouteTableId} and network gateway ${id} belong to different networks`)
  }
  return { [member]: id }
}

const without = (table: Table, destination: Destined) =>
  table.Routes.filter(route => nameOf(route) !== nameOf(destination))

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export function CreateRoute(tx: Tx, input: In<'CreateRoute'>): Out<'CreateRoute'> {
  const table = find(tx, 'route-table', input.RouteTableId)
  const destination = destinationOf(tx, input)
  if (routesOf(tx, table).some(route => nameOf(route) === nameOf(destination))) {
    throw new AwsError('RouteAlreadyExists', `The route identified by ${nameOf(destination)} already exists.`)
  }
  if (table.Routes.length >= MOST_ROUTES) throw limited('Route', 'routes of a route table')
  const route = { ...destination, ...targetOf(tx, input, table), Origin: 'CreateRoute' }
  put(tx, 'route-table', { ...table, Routes: [...table.Routes, route] })
  return { Return: true }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRoute.html */
export function ReplaceRoute(tx: Tx, input: In<'ReplaceRoute'>): void {
  const { table, destination } = findRoute(tx, input)
  const route = { ...destination, ...targetOf(tx, input, table), Origin: 'CreateRoute' }
  put(tx, 'route-table', { ...table, Routes: [...without(table, destination), route] })
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteRoute.html */
export function DeleteRoute(tx: Tx, input: In<'DeleteRoute'>): void {
  const { table, destination } = findRoute(tx, input)
  put(tx, 'route-table', { ...table, Routes: without(table, destination) })
}

function findRoute(ctx: Ctx, input: In<'DeleteRoute'>) {
  const table = find(ctx, 'route-table', input.RouteTableId)
  const destination = destinationOf(ctx, input)
  if (table.Routes.some(route => nameOf(route) === nameOf(destination))) return { table, destination }
  const name = nameOf(destination)
  if (routesOf(ctx, table).some(route => nameOf(route) === name)) {
    throw invalid(`cannot remove local route ${name} in route table ${table.RouteTableId}`)
  }
  const message = `no route with destination-cidr-block ${name} in route table ${table.RouteTableId}`
  throw new AwsError('InvalidRoute.NotFound', message)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateRouteTable.html */
export function AssociateRouteTable(tx: Tx, input: In<'AssociateRouteTable'>): Out<'AssociateRouteTable'> {
  const { RouteTableId, SubnetId, GatewayId } = input
  const table = find(tx, 'route-table', RouteTableId)
  if (SubnetId) find(tx, 'subnet', SubnetId)
  else if (GatewayId) find(tx, 'internet-gateway', GatewayId)
  else throw missing('subnetId')
  const same = (each: RouteTableAssociation) => (SubnetId ? each.SubnetId === SubnetId : each.GatewayId === GatewayId)
  const there = all(tx, 'route-table', table.VpcId).flatMap(({ Associations }) => Associations.filter(same))[0]
  if (there && there.RouteTableId !== RouteTableId) {
    const message = `the specified association for route table ${RouteTableId} conflicts with an existing association`
    throw new AwsError('Resource.AlreadyAssociated', message)
  }
  const association = there ?? associationOf(RouteTableId, SubnetId ? { SubnetId } : { GatewayId })
  if (!there) put(tx, 'route-table', { ...table, Associations: [...table.Associations, association] })
  return { AssociationId: association.RouteTableAssociationId, AssociationState: { State: 'associated' } }
}

function findAssociation(ctx: Ctx, id: string): { table: Table; association: RouteTableAssociation; rest: Table } {
  for (const table of all(ctx, 'route-table')) {
    const association = table.Associations.find(each => each.RouteTableAssociationId === id)
    if (!association) continue
    const Associations = table.Associations.filter(each => each !== association)
    return { table, association, rest: { ...table, Associations } }
  }
  throw new AwsError('InvalidAssociationID.NotFound', `The association ID '${id}' does not exist`)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DisassociateRouteTable.html */
export function DisassociateRouteTable(tx: Tx, { AssociationId }: In<'DisassociateRouteTable'>): void {
  const { association, rest } = findAssociation(tx, AssociationId)
  if (association.Main) throw invalid(`cannot disassociate the main route table association ${AssociationId}`)
  put(tx, 'route-table', rest)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ReplaceRouteTableAssociation.html */
export function ReplaceRouteTableAssociation(
  tx: Tx,
  { AssociationId, RouteTableId }: In<'ReplaceRouteTableAssociation'>,
): Out<'ReplaceRouteTableAssociation'> {
  const { association, table, rest } = findAssociation(tx, AssociationId)
  if (find(tx, 'route-table', RouteTableId).VpcId !== table.VpcId) {
    throw dependent(`route table ${RouteTableId} and route table ${table.RouteTableId} belong to different networks`)
  }
  put(tx, 'route-table', rest)
  const { Main, SubnetId, GatewayId } = association
  const moved = associationOf(RouteTableId, { Main, SubnetId, GatewayId })
  const target = find(tx, 'route-table', RouteTableId)
  put(tx, 'route-table', { ...target, Associations: [...target.Associations, moved] })
  return { NewAssociationId: moved.RouteTableAssociationId, AssociationState: { State: 'associated' } }
}
