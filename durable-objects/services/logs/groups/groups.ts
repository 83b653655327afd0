import type { In } from '../../../../aws/models/logs.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { checkKey } from './encryption.ts'
import { findGroup, findGroupByIdentifier, groupArn, groupByName } from './find-group.ts'
import { alreadyExists, invalidParameter, validation } from '../refusals.ts'
import type { GroupRow, LogGroupClass } from '../schema.ts'
import { sweep } from './sweep.ts'
import { logsTags } from './tags.ts'

/** AWS keeps the events of this class for two days, whatever one asks. */
const DELIVERY_RETENTION_DAYS = 2

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateLogGroup.html */
export function CreateLogGroup(ctx: Tx, input: In<'CreateLogGroup'>): void {
  const { logGroupName: name, kmsKeyId, tags } = input
  if (name.startsWith('aws/')) throw invalidParameter('Log groups starting with AWS/ are reserved for AWS.')
  if (groupByName(ctx, name)) throw alreadyExists('The specified log group already exists')
  if (kmsKeyId !== undefined) checkKey(kmsKeyId, groupArn(ctx, name))
  const logGroupClass = (input.logGroupClass ?? 'STANDARD') as LogGroupClass // the model's enum
  insert(ctx.sql, 'logs_log_groups', {
    name,
    class: logGroupClass,
    kmsKeyId,
    retentionInDays: logGroupClass === 'DELIVERY' ? DELIVERY_RETENTION_DAYS : null,
    protected: input.deletionProtectionEnabled ?? false,
    createdAt: ctx.now,
  })
  logsTags.set(ctx, groupArn(ctx, name), tags)
}

/** Refuses to delete what is in a protected log group. */
export function checkUnprotected(group: GroupRow): void {
  if (group.protected === 0) return
  throw validation(
    `Log group ${group.name} has deletion protection enabled. Disable deletion protection and try again.`,
  )
}

/** Tables whose rows go with their log group. */
const OF_GROUPS = [
  'metric_filters',
  'subscription_filters',
  'index_policies',
  'data_protection',
  'transformers',
  'log_streams',
]

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteLogGroup.html */
export function DeleteLogGroup(ctx: Tx, { logGroupName }: In<'DeleteLogGroup'>): void {
  const group = findGroup(ctx, logGroupName)
  checkUnprotected(group)
  for (const table of OF_GROUPS) {
    ctx.sql.run(`DELETE FROM logs_${table} WHERE logGroup = ?`, group.id)
  }
  ctx.sql.run('DELETE FROM logs_resource_policies WHERE resource = ?', groupArn(ctx, group.name))
  ctx.sql.run('DELETE FROM logs_log_groups WHERE id = ?', group.id)
  logsTags.drop(ctx, groupArn(ctx, group.name))
  ctx.timers.clear('retention', String(group.id))
  sweep(ctx, { column: 'logGroup', id: group.id })
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogGroupDeletionProtection.html */
export function PutLogGroupDeletionProtection(ctx: Tx, input: In<'PutLogGroupDeletionProtection'>): void {
  const { id } = findGroupByIdentifier(ctx, input.logGroupIdentifier)
  ctx.sql.run('UPDATE logs_log_groups SET protected = ? WHERE id = ?', input.deletionProtectionEnabled ? 1 : 0, id)
}
