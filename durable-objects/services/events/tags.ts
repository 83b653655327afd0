import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { atMost, notReserved } from '../../kernel/tags/rules.ts'
import { pairs, taggable, tagOperations } from '../../kernel/tags/taggable.ts'
import { lookUpBus } from './find-bus.ts'
import { busArn, ruleArn } from './names.ts'
import { invalid, limitExceeded, notFound } from './refusals.ts'
import { lookUpRule } from './find-rule.ts'

export const eventTags = taggable({
  form: pairs('Key', 'Value'),
  rules: [
    notReserved(() =>
      invalid('Parameter Tags is not valid. Reason: Tag keys that start with aws: are reserved for AWS use.'),
    ),
    atMost(50, limitExceeded),
  ],
})

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTagsForResource,
} = tagOperations(eventTags, { members: ['Tags', 'TagKeys'], find: findTagged })

/** A rule or a bus; nothing else of EventBridge's has tags. */
function findTagged(ctx: Ctx, { ResourceARN: arn }: { ResourceARN: string }): string {
  const parsed = parseArn(arn)
  const { account, region } = ctx.place
  const own = parsed?.service === 'events' && parsed.account === account && parsed.region === region
  const [, kind, path = ''] = /^(rule|event-bus)\/(.+)$/s.exec(own ? parsed.resource : '') ?? []
  if (kind === 'event-bus') {
    if (!lookUpBus(ctx, path)) throw notFound(`Event bus ${path} does not exist.`)
    return busArn(ctx.place, path)
  }
  if (kind !== 'rule') throw invalid(`Parameter ${arn} is not valid. Reason: Provided Arn is not in correct format.`)
  const cut = path.lastIndexOf('/')
  const [bus, name] = cut < 0 ? ['default', path] : [path.slice(0, cut), path.slice(cut + 1)]
  if (!lookUpRule(ctx, bus, name)) throw notFound(`Rule ${name} does not exist on EventBus ${bus}.`)
  return ruleArn(ctx.place, { bus, name })
}
