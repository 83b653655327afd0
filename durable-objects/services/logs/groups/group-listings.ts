import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { count } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { groupArn, nameOfArn } from './find-group.ts'
import { indexedFields } from '../queries/index-policies.ts'
import { invalidParameter, paging } from '../refusals.ts'
import type { GroupRow } from '../schema.ts'
import { matchesTagFilters } from './tag-filters.ts'
import { logsTags } from './tags.ts'

type Linked = { includeLinkedAccounts?: boolean | undefined; accountIdentifiers?: readonly string[] | undefined }

/** Whether the accounts asked for include this one; no others are ever linked to it. */
function asksHere(ctx: Ctx, { includeLinkedAccounts, accountIdentifiers = [] }: Linked): boolean {
  return !includeLinkedAccounts || accountIdentifiers.length === 0 || accountIdentifiers.includes(ctx.place.account)
}

type Pass = (group: GroupRow) => boolean

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeLogGroups.html */
export function DescribeLogGroups(ctx: Ctx, input: In<'DescribeLogGroups'>): Out<'DescribeLogGroups'> {
  const { logGroupNamePrefix, logGroupNamePattern } = input
  if (logGroupNamePrefix !== undefined && logGroupNamePattern !== undefined) {
    throw invalidParameter('LogGroup name prefix and LogGroup name pattern are mutually exclusive parameters.')
  }
  const { rows, next } = listing<GroupRow>(ctx, paging(input), {
    from: 'logs_log_groups',
    prefix: { name: logGroupNamePrefix },
    key: 'name',
    keep: describedBy(ctx, input),
  })
  const describe = logGroupNamePattern === undefined ? describeGroup : describeBriefly
  return { logGroups: rows.map(group => describe(ctx, group)), nextToken: next }
}

function describedBy(ctx: Ctx, input: In<'DescribeLogGroups'>): Pass {
  if (!asksHere(ctx, input)) return () => false
  const { logGroupNamePattern: pattern, logGroupIdentifiers, logGroupClass } = input
  if (logGroupIdentifiers !== undefined) {
    if (pattern !== undefined || input.logGroupNamePrefix !== undefined || logGroupClass !== undefined) {
      throw invalidParameter('LogGroup identifiers cannot be used with other filters.')
    }
    const names = new Set(logGroupIdentifiers.map(given => (given.startsWith('arn:') ? nameOfArn(ctx, given) : given)))
    return group => names.has(group.name)
  }
  // AWS takes these two classes for one here.
  const infrequent = logGroupClass === 'INFREQUENT_ACCESS' || logGroupClass === 'ESSENTIALS'
  const classes: (string | undefined)[] = infrequent ? ['INFREQUENT_ACCESS', 'ESSENTIALS'] : [logGroupClass]
  return group =>
    (pattern === undefined || group.name.includes(pattern)) &&
    (logGroupClass === undefined || classes.includes(group.class))
}

function describeBriefly(ctx: Ctx, { name, createdAt }: GroupRow) {
  return { logGroupName: name, creationTime: createdAt, arn: `${groupArn(ctx, name)}:*` }
}

function describeGroup(ctx: Ctx, group: GroupRow) {
  return {
    ...describeBriefly(ctx, group),
    logGroupArn: groupArn(ctx, group.name),
    logGroupClass: group.class,
    metricFilterCount: count(ctx.sql, 'logs_metric_filters WHERE logGroup = ?', group.id),
    storedBytes: group.bytes,
    deletionProtectionEnabled: group.protected === 1,
    ...(group.retentionInDays === null ? {} : { retentionInDays: group.retentionInDays }),
    ...(group.kmsKeyId === null ? {} : { kmsKeyId: group.kmsKeyId }),
    ...protectionOf(ctx, group),
  }
}

function protectionOf(ctx: Ctx, { id }: GroupRow) {
  const own = ctx.sql.first('SELECT 1 FROM logs_data_protection WHERE logGroup = ?', id)
  const account = ctx.sql.first("SELECT 1 FROM logs_account_policies WHERE type = 'DATA_PROTECTION_POLICY'")
  return {
    ...(own ? { dataProtectionStatus: 'ACTIVATED' as const } : {}),
    ...(account ? { inheritedProperties: ['ACCOUNT_DATA_PROTECTION' as const] } : {}),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_ListLogGroups.html */
export function ListLogGroups(ctx: Ctx, input: In<'ListLogGroups'>): Out<'ListLogGroups'> {
  const query = { from: 'logs_log_groups', key: 'name', keep: listedBy(ctx, input) }
  const { rows, next } = listing<GroupRow>(ctx, paging(input), query)
  const logGroups = rows.map(group => ({
    logGroupName: group.name,
    logGroupArn: groupArn(ctx, group.name),
    logGroupClass: group.class,
  }))
  return { logGroups, nextToken: next }
}

function listedBy(ctx: Ctx, input: In<'ListLogGroups'>): Pass {
  const { logGroupNamePattern, logGroupClass, logGroupTags, fieldIndexNames } = input
  // No group has data sources: these belong to operations that are not there.
  if (!asksHere(ctx, input) || input.dataSources !== undefined) return () => false
  const alternatives = logGroupNamePattern?.split('|')
  return group =>
    (logGroupClass === undefined || group.class === logGroupClass) &&
    (!alternatives || alternatives.some(pattern => matchesName(group.name, pattern))) &&
    (!fieldIndexNames || fieldIndexNames.every(name => indexedFields(ctx, group).includes(name))) &&
    (!logGroupTags || matchesTagFilters(logsTags.read(ctx, groupArn(ctx, group.name)), logGroupTags))
}

const matchesName = (name: string, pattern: string) =>
  pattern.startsWith('^') ? name.startsWith(pattern.slice(1)) : name.includes(pattern)
