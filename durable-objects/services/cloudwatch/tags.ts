import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { alarmByName } from './alarms/alarm-rows.ts'
import { resourceOf } from './resources.ts'
import { invalidValue } from './refusals.ts'
import type { Input, Output } from './schema.ts'
import { checkTags, readTags, writeTags } from './tag-rows.ts'

const KINDS = [
  ['dashboard/', 'dashboard'],
  ['metric-stream/', 'stream'],
  ['insight-rule/', 'insight-rule'],
  ['alarm-mute-rule:', 'mute-rule'],
] as const

/** @throws ResourceNotFoundException for an ARN of ours that names nothing; InvalidParameterValue for others */
function checkResource(ctx: Ctx, arn: string): void {
  const parts = parseArn(arn)
  if (parts?.service !== 'cloudwatch') throw invalidValue(`Invalid resource ARN: ${arn}`)
  const { resource } = parts
  const kind = KINDS.find(([prefix]) => resource.startsWith(prefix))
  const there = kind
    ? resourceOf(ctx, kind[1], resource.slice(kind[0].length))
    : resource.startsWith('alarm:') && alarmByName(ctx, resource.slice('alarm:'.length))
  if (there) return
  throw new AwsError('ResourceNotFoundException', `Resource ${arn} does not exist`, 404, {
    ResourceType: 'Resource',
    ResourceId: arn,
  })
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export function TagResource(ctx: Tx, { ResourceARN, Tags }: Input<'TagResource'>): Output<'TagResource'> {
  checkResource(ctx, ResourceARN)
  checkTags(Tags)
  const all = new Map([...readTags(ctx, ResourceARN), ...Tags].map(({ Key, Value }) => [Key, Value]))
  checkTags([...all].map(([Key, Value]) => ({ Key, Value })))
  writeTags(ctx, ResourceARN, Tags)
  return {}
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_UntagResource.html */
export function UntagResource(ctx: Tx, { ResourceARN, TagKeys }: Input<'UntagResource'>): Output<'UntagResource'> {
  checkResource(ctx, ResourceARN)
  for (const key of TagKeys) ctx.sql.run('DELETE FROM cloudwatch_tags WHERE resource = ? AND key = ?', ResourceARN, key)
  return {}
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_ListTagsForResource.html */
export function ListTagsForResource(
  ctx: Ctx,
  { ResourceARN }: Input<'ListTagsForResource'>,
): Output<'ListTagsForResource'> {
  checkResource(ctx, ResourceARN)
  return { Tags: readTags(ctx, ResourceARN) }
}

/** Tags of what an operation is about, for conditions of policies on them. */
export function resourceTags(
  ctx: Ctx,
  _operation: string,
  input: Record<string, unknown>,
): Record<string, string> | undefined {
  const { ResourceARN } = input
  if (typeof ResourceARN !== 'string') return undefined
  return Object.fromEntries(readTags(ctx, ResourceARN).map(({ Key, Value }) => [Key, Value]))
}
