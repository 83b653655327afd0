import type { Out } from '../../../aws/models/ec2.types.ts'
import { AwsError } from '../../../aws/errors.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { AttachInternetGateway, CreateInternetGateway } from './gateways.ts'
import { makeOwnLists } from './prefix-lists.ts'
import { create, find, newId } from './resources.ts'
import { CreateRoute } from './route-tables.ts'
import { all } from './resources.ts'
import { defaultBlock, makeSubnet } from './subnets.ts'
import { defaultVpc } from './default-vpc.ts'
import { makeVpc } from './vpcs.ts'
import { internalDomain, zonesOf } from './zones.ts'

/** What an account has in a region before anything is made there. */
export function makeDefaults(tx: Tx): void {
  const DhcpConfigurations = [
    { Key: 'domain-name', Values: [{ Value: internalDomain(tx) }] },
    { Key: 'domain-name-servers', Values: [{ Value: 'AmazonProvidedDNS' }] },
  ]
  const resource = { DhcpOptionsId: newId('dopt'), OwnerId: tx.place.account, DhcpConfigurations }
  create(tx, 'dhcp-options', { resource })
  makeOwnLists(tx)
  makeDefaultVpc(tx)
}

/** https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html */
function makeDefaultVpc(tx: Tx): string {
  const { VpcId } = makeVpc(tx, { block: '172.31.0.0/16', isDefault: true })
  const vpc = find(tx, 'vpc', VpcId)
  for (const [index, { ZoneName: zone = '' }] of zonesOf(tx).entries()) {
    makeSubnet(tx, { vpc, block: defaultBlock(index), zone, isDefault: true })
  }
  const InternetGatewayId = CreateInternetGateway(tx, {}).InternetGateway?.InternetGatewayId ?? ''
  AttachInternetGateway(tx, { VpcId, InternetGatewayId })
  for (const { RouteTableId } of all(tx, 'route-table', VpcId)) {
    CreateRoute(tx, { RouteTableId, DestinationCidrBlock: '0.0.0.0/0', GatewayId: InternetGatewayId })
  }
  return VpcId
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html */
export function CreateDefaultVpc(tx: Tx): Out<'CreateDefaultVpc'> {
  const there = defaultVpc(tx)
  if (there) {
    const message = `A Default VPC already exists for this account in this region.`
    throw new AwsError('DefaultVpcAlreadyExists', message)
  }
  return { Vpc: find(tx, 'vpc', makeDefaultVpc(tx)) }
}
