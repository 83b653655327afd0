import type { Operations, Tag } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { lookUpBus } from './find-bus.ts'
import { invalid, limitExceeded, notFound } from './refusals.ts'
import { lookUpRule } from './find-rule.ts'

type In<O extends keyof Operations> = Operations[O]['input']
type Out<O extends keyof Operations> = Operations[O]['output']

const MOST_TAGS = 50

/** Checks and writes tags of a resource that is there, or about to be. */
export function setTags(ctx: Tx, arn: string, tags: readonly Tag[]): void {
  if (tags.some(({ Key }) => Key.toLowerCase().startsWith('aws:'))) {
    throw invalid('Parameter Tags is not valid. Reason: Tag keys that start with aws: are reserved for AWS use.')
  }
  const keys = new Set([...tagsOf(ctx, arn), ...tags].map(({ Key }) => Key))
  if (keys.size > MOST_TAGS) throw limitExceeded()
  for (const { Key, Value } of tags) {
    ctx.sql.run('INSERT OR REPLACE INTO events_tags (arn, key, value) VALUES (?, ?, ?)', arn, Key, Value)
  }
}

export function dropTags(ctx: Tx, arn: string): void {
  ctx.sql.run('DELETE FROM events_tags WHERE arn = ?', arn)
}

function tagsOf(ctx: Ctx, arn: string): Tag[] {
  return ctx.sql.all<Tag>('SELECT key AS Key, value AS Value FROM events_tags WHERE arn = ? ORDER BY key', arn)
}

/** A rule or a bus; nothing else of EventBridge's has tags. */
function checkResource(ctx: Ctx, arn: string): void {
  const parsed = parseArn(arn)
  const { account, region } = ctx.place
  const own = parsed?.service === 'events' && parsed.account === account && parsed.region === region
  const [, kind, path = ''] = /^(rule|event-bus)\/(.+)$/s.exec(own ? parsed.resource : '') ?? []
  if (kind === 'event-bus') {
    if (!lookUpBus(ctx, path)) throw notFound(`Event bus ${path} does not exist.`)
    return
  }
  if (kind !== 'rule') throw invalid(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`)
  const cut = path.lastIndexOf('/')
  const [bus, name] = cut < 0 ? ['default', path] : [path.slice(0, cut), path.slice(cut + 1)]
  if (!lookUpRule(ctx, bus, name)) throw notFound(`Rule ${name} does not exist on EventBus ${bus}.`)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html */
export function TagResource(ctx: Tx, { ResourceARN, Tags }: In<'TagResource'>): Out<'TagResource'> {
  checkResource(ctx, ResourceARN)
  setTags(ctx, ResourceARN, Tags)
  return {}
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UntagResource.html */
export function UntagResource(ctx: Tx, { ResourceARN, TagKeys }: In<'UntagResource'>): Out<'UntagResource'> {
  checkResource(ctx, ResourceARN)
  for (const key of TagKeys) ctx.sql.run('DELETE FROM events_tags WHERE arn = ? AND key = ?', ResourceARN, key)
  return {}
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTagsForResource.html */
export function ListTagsForResource(ctx: Ctx, input: In<'ListTagsForResource'>): Out<'ListTagsForResource'> {
  checkResource(ctx, input.ResourceARN)
  return { Tags: tagsOf(ctx, input.ResourceARN) }
}
