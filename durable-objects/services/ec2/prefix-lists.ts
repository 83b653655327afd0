import { AwsError } from '../../../aws/errors.ts'
import type { In, Out, PrefixListEntry } from '../../../aws/models/ec2.types.ts'
import { listingOf } from '../../kernel/listings/listings.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { canonical } from './blocks.ts'
import { describe } from './describe.ts'
import { paging } from './filters.ts'
import { dependent, invalid } from './refusals.ts'
import { all, create, find, newId, put, remove } from './resources.ts'
import type { Kinds } from './schema.ts'

type List = Kinds['prefix-list']

const MOST_ENTRIES = 1000
/** Versions that can be shown and restored: all of a list is one row. */
const MOST_VERSIONS = 5
const MOST_DESCRIPTION = 255

type Made = { name: string; family: string; entries: PrefixListEntry[]; max?: number; owner: string }

function listOf({ place }: Ctx, { name, family, entries, max, owner }: Made): List {
  const PrefixListId = newId('pl')
  const account = owner === 'AWS' ? 'aws' : owner
  return {
    PrefixListId,
    PrefixListName: name,
    PrefixListArn: `arn:aws:ec2:${place.region}:${account}:prefix-list/${PrefixListId}`,
    AddressFamily: family,
    State: 'create-complete',
    OwnerId: owner,
    Version: 1,
    ...(max !== undefined && { MaxEntries: max }),
    versions: { 1: entries },
  }
}

/** AWS's own lists, with blocks that stand for theirs. */
const OWN: Readonly<Record<string, string[]>> = {
  s3: ['52.216.0.0/15', '54.231.0.0/16', '3.5.0.0/19'],
  dynamodb: ['52.94.0.0/22', '3.218.180.0/22'],
  'global.cloudfront.origin-facing': ['120.52.22.96/27', '205.251.249.0/24', '64.252.64.0/18'],
  'route53-healthchecks': ['15.177.0.0/18'],
  'ec2-instance-connect': ['18.206.107.24/29'],
  'vpc-lattice': ['169.254.171.0/24'],
}

export function makeOwnLists(tx: Tx): void {
  for (const [name, cidrs] of Object.entries(OWN)) {
    const full = name.startsWith('global.') ? `com.amazonaws.${name}` : `com.amazonaws.${tx.place.region}.${name}`
    const entries = cidrs.map(Cidr => ({ Cidr }))
    create(tx, 'prefix-list', { resource: listOf(tx, { name: full, family: 'IPv4', entries, owner: 'AWS' }) })
  }
}

function entriesOf(family: string, given: readonly { Cidr: string; Description?: string | undefined }[]) {
  return given.map(({ Cidr, Description = '' }) => {
    if (Description.length > MOST_DESCRIPTION)
      throw invalid('The description of an entry is longer than 255 characters')
    return { Cidr: canonical('cidr', Cidr, family === 'IPv6'), ...(Description && { Description }) }
  })
}

function checkMax(max: number, entries: readonly unknown[]): void {
  if (max < 1 || max > MOST_ENTRIES)
    throw invalid(`Value (${max}) for parameter MaxEntries is invalid. It must be between 1 and ${MOST_ENTRIES}.`)
  if (entries.length <= max) return
  const message = `You've reached the maximum number of entries for the prefix list.`
  throw new AwsError('PrefixListMaxEntriesExceeded', message)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateManagedPrefixList.html */
export function CreateManagedPrefixList(tx: Tx, input: In<'CreateManagedPrefixList'>): Out<'CreateManagedPrefixList'> {
  const { PrefixListName: name, AddressFamily: family, MaxEntries: max, TagSpecifications: specifications } = input
  if (family !== 'IPv4' && family !== 'IPv6') throw invalid(`Value (${family}) for parameter AddressFamily is invalid.`)
  if (name.startsWith('com.amazonaws')) throw invalid(`Prefix list name may not start with 'com.amazonaws'.`)
  if (name.length > MOST_DESCRIPTION) throw invalid('The name of the prefix list is longer than 255 characters')
  const entries = entriesOf(family, input.Entries ?? [])
  checkMax(max, entries)
  const resource = listOf(tx, { name, family, entries, max, owner: tx.place.account })
  return { PrefixList: create(tx, 'prefix-list', { resource, specifications }) }
}

/** A list that is not AWS's. */
function findOwn(ctx: Ctx, id: string): List {
  const list = find(ctx, 'prefix-list', id)
  if (list.OwnerId !== 'AWS') return list
  throw new AwsError('UnauthorizedOperation', 'You are not authorized to perform this operation.', 403)
}

/** Route tables and security groups that name a list. */
function associationsOf(ctx: Ctx, id: string): string[] {
  const rules = all(ctx, 'security-group-rule').filter(({ PrefixListId }) => PrefixListId === id)
  const tables = all(ctx, 'route-table').filter(({ Routes }) =>
    Routes.some(each => each.DestinationPrefixListId === id),
  )
  return [
    ...new Set([...rules.map(({ GroupId }) => GroupId), ...tables.map(({ RouteTableId }) => RouteTableId)]),
  ].sort()
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteManagedPrefixList.html */
export function DeleteManagedPrefixList(
  tx: Tx,
  { PrefixListId }: In<'DeleteManagedPrefixList'>,
): Out<'DeleteManagedPrefixList'> {
  const list = findOwn(tx, PrefixListId)
  if (associationsOf(tx, PrefixListId).length > 0) {
    throw dependent(`The prefix list '${PrefixListId}' has dependencies and cannot be deleted.`)
  }
  remove(tx, PrefixListId)
  return { PrefixList: { ...list, State: 'delete-complete' } }
}

export const DescribeManagedPrefixLists = describe<'DescribeManagedPrefixLists', 'prefix-list'>('prefix-list', {
  list: 'PrefixLists',
  ids: 'PrefixListIds',
  filters: 'owner-id prefix-list-id prefix-list-name',
})

const describeAwsLists = describe<'DescribePrefixLists', 'prefix-list'>('prefix-list', {
  list: 'PrefixLists',
  ids: 'PrefixListIds',
  filters: 'prefix-list-id prefix-list-name',
  keep: (_ctx, { OwnerId }) => OwnerId === 'AWS',
})

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribePrefixLists.html: AWS's own alone. */
export function DescribePrefixLists(ctx: Ctx, input: In<'DescribePrefixLists'>): Out<'DescribePrefixLists'> {
  const { PrefixLists = [], NextToken } = describeAwsLists(ctx, input)
  const withCidrs = PrefixLists.map(({ PrefixListId = '', PrefixListName }) => {
    const { versions } = find(ctx, 'prefix-list', PrefixListId)
    return { PrefixListId, PrefixListName, Cidrs: (versions[1] ?? []).map(({ Cidr = '' }) => Cidr) }
  })
  return { PrefixLists: withCidrs, NextToken }
}

const noVersion = (id: string, version: number) =>
  new AwsError('InvalidPrefixListVersion.NotFound', `The version ${version} of the prefix list ${id} does not exist.`)

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListEntries.html */
export function GetManagedPrefixListEntries(
  ctx: Ctx,
  input: In<'GetManagedPrefixListEntries'>,
): Out<'GetManagedPrefixListEntries'> {
  const { PrefixListId, TargetVersion } = input
  const { versions, Version } = find(ctx, 'prefix-list', PrefixListId)
  const { [TargetVersion ?? Version]: entries } = versions
  if (!entries) throw noVersion(PrefixListId, TargetVersion ?? Version)
  const rows = [...entries].sort((a, b) => ((a.Cidr ?? '') < (b.Cidr ?? '') ? -1 : 1))
  const page = listingOf(ctx, paging({ MaxResults: 100, ...input }), { rows, key: ({ Cidr = '' }) => Cidr })
  return { Entries: page.rows, NextToken: page.next }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetManagedPrefixListAssociations.html */
export function GetManagedPrefixListAssociations(
  ctx: Ctx,
  input: In<'GetManagedPrefixListAssociations'>,
): Out<'GetManagedPrefixListAssociations'> {
  const { PrefixListId } = find(ctx, 'prefix-list', input.PrefixListId)
  const { rows, next } = listingOf(ctx, paging(input), { rows: associationsOf(ctx, PrefixListId), key: id => id })
  const ResourceOwner = ctx.place.account
  return { PrefixListAssociations: rows.map(ResourceId => ({ ResourceId, ResourceOwner })), NextToken: next }
}

/** Puts entries in force as the next version. */
function advance(tx: Tx, list: List, { entries, state }: { entries: PrefixListEntry[]; state: string }) {
  const Version = list.Version + 1
  const versions: List['versions'] = { ...list.versions, [Version]: entries }
  const kept = Object.entries(versions).slice(-MOST_VERSIONS)
  return { PrefixList: put(tx, 'prefix-list', { ...list, Version, State: state, versions: Object.fromEntries(kept) }) }
}

function checkVersion({ Version, PrefixListId }: List, current: number | undefined): void {
  if (current === undefined || current === Version) return
  const message = `The prefix list ${PrefixListId} has the incorrect version number: it is at version ${Version}.`
  throw new AwsError('PrefixListVersionMismatch', message)
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyManagedPrefixList.html */
export function ModifyManagedPrefixList(tx: Tx, input: In<'ModifyManagedPrefixList'>): Out<'ModifyManagedPrefixList'> {
  const { PrefixListId, CurrentVersion, PrefixListName: name, MaxEntries: max, AddEntries, RemoveEntries } = input
  const list = findOwn(tx, PrefixListId)
  checkVersion(list, CurrentVersion)
  const family = list.AddressFamily ?? 'IPv4'
  const { [list.Version]: entries = [] } = list.versions
  const removed = new Set(entriesOf(family, RemoveEntries ?? []).map(({ Cidr }) => Cidr))
  const added = entriesOf(family, AddEntries ?? [])
  const renewed = new Set(added.map(({ Cidr }) => Cidr))
  const rest = entries.filter(({ Cidr = '' }) => !removed.has(Cidr) && !renewed.has(Cidr))
  const MaxEntries = max ?? list.MaxEntries ?? MOST_ENTRIES
  checkMax(MaxEntries, [...rest, ...added])
  const changed = { ...list, MaxEntries, ...(name !== undefined && { PrefixListName: name }) }
  if (AddEntries || RemoveEntries)
    return advance(tx, changed, { entries: [...rest, ...added], state: 'modify-complete' })
  return { PrefixList: put(tx, 'prefix-list', { ...changed, State: 'modify-complete' }) }
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RestoreManagedPrefixListVersion.html */
export function RestoreManagedPrefixListVersion(
  tx: Tx,
  { PrefixListId, PreviousVersion, CurrentVersion }: In<'RestoreManagedPrefixListVersion'>,
): Out<'RestoreManagedPrefixListVersion'> {
  const list = findOwn(tx, PrefixListId)
  checkVersion(list, CurrentVersion)
  const { [PreviousVersion]: entries } = list.versions
  if (!entries) throw noVersion(PrefixListId, PreviousVersion)
  return advance(tx, list, { entries, state: 'restore-complete' })
}
