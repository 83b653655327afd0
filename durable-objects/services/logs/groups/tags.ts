import type { Ctx } from '../../../kernel/object/operation.ts'
import { own } from '../../../../aws/own.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { atMost } from '../../../kernel/tags/rules.ts'
import { map, taggable, tagOperations } from '../../../kernel/tags/taggable.ts'
import { findGroup, groupArn } from './find-group.ts'
import { invalidParameter, notFound } from '../refusals.ts'

const MOST_TAGS = 50

export const logsTags = taggable({
  form: map,
  rules: [
    atMost(
      MOST_TAGS,
      ({ resource: resourceName }) =>
        new AwsError('TooManyTagsException', `A resource can have no more than ${MOST_TAGS} tags.`, 0, {
          resourceName,
        }),
    ),
  ],
})

/** What carries tags, by its place in ARNs: the table and the column of what stands after it, and how AWS calls it. */
const KINDS: Readonly<Record<string, [table: string, key: string, called: string]>> = {
  'log-group': ['log_groups', 'name', 'log group'],
  destination: ['destinations', 'name', 'destination'],
  delivery: ['deliveries', 'id', 'resource'],
  'delivery-source': ['delivery_sources', 'name', 'resource'],
  'delivery-destination': ['delivery_destinations', 'name', 'resource'],
  'anomaly-detector': ['anomaly_detectors', 'id', 'resource'],
  'scheduled-query': ['scheduled_queries', 'id', 'resource'],
}

/** A log group's ARN has no `:*` at its end here. */
function findTagged(ctx: Ctx, { resourceArn: arn }: { resourceArn: string }): string {
  if (!arn.startsWith('arn:')) throw invalidParameter(`The specified resource ARN is invalid: ${arn}`)
  const { account, region, resource = '' } = parseArn(arn) ?? {}
  const [kind = '', name = '', ...more] = resource.split(':')
  const found = own(KINDS, kind)
  const here = account === ctx.place.account && region === ctx.place.region
  if (!found || !here || more.length > 0) throw notFound('resource')
  const [table, key, called] = found
  if (!ctx.sql.first(`SELECT 1 FROM logs_${table} WHERE ${key} = ?`, name)) throw notFound(called)
  return arn
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTagsForResource,
} = tagOperations(logsTags, { members: ['tags', 'tagKeys'], find: findTagged })

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TagLogGroup.html */
export const {
  tag: TagLogGroup,
  untag: UntagLogGroup,
  list: ListTagsLogGroup,
} = tagOperations(logsTags, {
  members: ['tags', 'tags'],
  find: (ctx, { logGroupName }: { logGroupName: string }) => groupArn(ctx, findGroup(ctx, logGroupName).name),
})

/** The tags of the group that an operation is about, in whatever form it names it, for conditions on them. */
export function resourceTags(ctx: Ctx, _operation: string, input: Record<string, unknown>) {
  const given = input.logGroupName ?? input.logGroupIdentifier
  if (typeof given !== 'string') return undefined
  return logsTags.read(ctx, given.startsWith('arn:') ? given.replace(/:\*$/, '') : groupArn(ctx, given))
}
