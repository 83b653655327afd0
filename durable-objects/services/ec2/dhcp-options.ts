import type { In, Out } from '../../../aws/models/ec2.types.ts'
import type { Tx } from '../../kernel/object/operation.ts'
import { describe } from './describe.ts'
import { inUse, invalid } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'

const KEYS = ['domain-name-servers', 'domain-name', 'ntp-servers', 'netbios-name-servers', 'netbios-node-type']
const KNOWN = [...KEYS, 'ipv6-address-preferred-lease-time']
/** Values of one option, and characters of each. */
const MOST_VALUES = 8
const MOST_LENGTH = 255

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDhcpOptions.html */
export function CreateDhcpOptions(tx: Tx, input: In<'CreateDhcpOptions'>): Out<'CreateDhcpOptions'> {
  const { DhcpConfigurations: given, TagSpecifications: specifications } = input
  if (given.length > KNOWN.length) throw invalid('Too many DHCP options')
  const DhcpConfigurations = given.map(({ Key = '', Values = [] }) => {
    if (!KNOWN.includes(Key)) throw invalid(`Value (${Key}) for parameter name is invalid. Unknown DHCP option`)
    const fits = Values.length <= MOST_VALUES && Values.every(({ length }) => length <= MOST_LENGTH)
    if (!fits) throw invalid(`Value (${Values.join(', ').slice(0, MOST_LENGTH)}) for parameter value is invalid.`)
    return { Key, Values: Values.map(Value => ({ Value })) }
  })
  const resource = { DhcpOptionsId: newId('dopt'), OwnerId: tx.place.account, DhcpConfigurations }
  return { DhcpOptions: create(tx, 'dhcp-options', { resource, specifications }) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteDhcpOptions.html */
export function DeleteDhcpOptions(tx: Tx, { DhcpOptionsId }: In<'DeleteDhcpOptions'>): void {
  find(tx, 'dhcp-options', DhcpOptionsId)
  if (all(tx, 'vpc').some(vpc => vpc.DhcpOptionsId === DhcpOptionsId)) throw inUse('dhcp-options', DhcpOptionsId)
  remove(tx, DhcpOptionsId)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AssociateDhcpOptions.html */
export function AssociateDhcpOptions(tx: Tx, { DhcpOptionsId, VpcId }: In<'AssociateDhcpOptions'>): void {
  if (DhcpOptionsId !== 'default') find(tx, 'dhcp-options', DhcpOptionsId)
  put(tx, 'vpc', { ...find(tx, 'vpc', VpcId), DhcpOptionsId })
}

export const DescribeDhcpOptions = describe<'DescribeDhcpOptions', 'dhcp-options'>('dhcp-options', {
  list: 'DhcpOptions',
  ids: 'DhcpOptionsIds',
  filters: 'dhcp-options-id key=DhcpConfigurations.Key owner-id value=DhcpConfigurations.Values.Value',
})
