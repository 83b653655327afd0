import type { Ctx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { atMost, notReserved, notTwice } from '../../kernel/tags/rules.ts'
import { pairs, taggable, tagOperations } from '../../kernel/tags/taggable.ts'
import { checkAccount, findAccessPoint } from './find-access-point.ts'
import { accessPointArn } from './names.ts'
import { invalidRequest } from './refusals.ts'

const MOST_TAGS = 50

const invalidTag = (message: string) => (key: string) => new AwsError('InvalidTag', message, 400, { TagKey: key })

export const accessPointTags = taggable({
  form: pairs('Key', 'Value'),
  rules: [
    atMost(MOST_TAGS, () => new AwsError('BadRequest', `Tag count cannot be greater than ${MOST_TAGS}`)),
    notTwice(invalidTag('Cannot provide multiple Tags with the same key')),
    notReserved(invalidTag('System tags cannot be added/updated by requester')),
  ],
})

/** Of access points. https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_TagResource.html */
export const {
  tag: TagResource,
  untag: UntagResource,
  list: ListTagsForResource,
} = tagOperations(accessPointTags, {
  members: ['Tags', 'TagKeys'],
  find(ctx: Ctx, { AccountId, ResourceArn }: { AccountId: string; ResourceArn: string }) {
    checkAccount(ctx, AccountId)
    const arn = parseArn(ResourceArn)
    if (arn?.service !== 's3' || !arn.resource.startsWith('accesspoint/')) {
      throw invalidRequest('The specified resource ARN is not valid')
    }
    return accessPointArn(ctx.place, findAccessPoint(ctx, ResourceArn).name)
  },
})
