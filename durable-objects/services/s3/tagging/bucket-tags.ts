import { AwsError } from '../../../../aws/errors.ts'

type Tag = { Key: string; Value: string }

/** What tags may hold; AWS's own begin with `aws:`. */
const TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u

/**
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketTagging.html
 * @throws AwsError InvalidTag, BadRequest
 */
export function checkTags(
  tags: readonly Tag[],
  most: { count: number; of: 'Bucket' | 'Object' } = { count: 50, of: 'Bucket' },
): void {
  if (tags.length > most.count) {
    const message =
      most.of === 'Object'
        ? `Object tags cannot be greater than ${most.count}`
        : `Bucket tag count cannot be greater than ${most.count}`
    throw new AwsError('BadRequest', message, 400)
  }
  const seen = new Set<string>()
  for (const { Key, Value } of tags) {
    if (seen.has(Key)) throw invalidTag('Cannot provide multiple Tags with the same key', Key)
    seen.add(Key)
    if (/^aws:/i.test(Key)) throw invalidTag('System tags cannot be added/updated by requester', Key)
    if (Key.length < 1 || Key.length > 128 || !TEXT.test(Key)) {
      throw invalidTag('The TagKey you have provided is invalid', Key)
    }
    if (Value.length > 256 || !TEXT.test(Value)) {
      throw new AwsError('InvalidTag', 'The TagValue you have provided is invalid', 400, {
        TagKey: Key,
        TagValue: Value,
      })
    }
  }
}

function invalidTag(message: string, key: string): AwsError {
  return new AwsError('InvalidTag', message, 400, { TagKey: key })
}
