import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { tagOperations } from '../../kernel/tags/taggable.ts'
import { alarmByName } from './alarms/alarm-rows.ts'
import { cloudwatchTags, resourceOf } from './resources.ts'
import { invalidValue } from './refusals.ts'

const KINDS = [
  ['dashboard/', 'dashboard'],
  ['metric-stream/', 'stream'],
  ['insight-rule/', 'insight-rule'],
  ['alarm-mute-rule:', 'mute-rule'],
] as const

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTagsForResource,
} = tagOperations(cloudwatchTags, { members: ['Tags', 'TagKeys'], find: findTagged })

/** @throws ResourceNotFoundException for an ARN of ours that names nothing; InvalidParameterValue for others */
function findTagged(ctx: Ctx, { ResourceARN: arn }: { ResourceARN: string }): string {
  const parts = parseArn(arn)
  if (parts?.service !== 'cloudwatch') throw invalidValue(`Invalid resource ARN: ${arn}`)
  const { resource } = parts
  const kind = KINDS.find(([prefix]) => resource.startsWith(prefix))
  const there = kind
    ? resourceOf(ctx, kind[1], resource.slice(kind[0].length))
    : resource.startsWith('alarm:') && alarmByName(ctx, resource.slice('alarm:'.length))
  if (there) return arn
  throw new AwsError('ResourceNotFoundException', `Resource ${arn} does not exist`, 404, {
    ResourceType: 'Resource',
    ResourceId: arn,
  })
}
