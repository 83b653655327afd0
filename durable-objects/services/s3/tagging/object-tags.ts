import type { Tag } from '../../../../aws/models/s3.types.ts'
import { checkTags } from './bucket-tags.ts'
import { invalidArgument, malformedXml } from '../objects/object-refusals.ts'

const MOST = { count: 10, of: 'Object' } as const

/**
 * The tags of an `x-amz-tagging` header, which is written as a URL's query.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-tagging.html
 * @throws AwsError InvalidArgument, InvalidTag, BadRequest
 */
export function tagsOfHeader(header: string | undefined): Tag[] | undefined {
  if (header === undefined || header === '') return undefined
  const malformed = () =>
    invalidArgument(
      "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.",
      'x-amz-tagging',
      header,
    )
  const tags: Tag[] = []
  for (const pair of header.split('&')) {
    if (pair === '') continue
    const [name = '', ...rest] = pair.split('=')
    const Key = unescaped(name)
    const Value = unescaped(rest.join('='))
    if (Key === undefined || Value === undefined || tags.some(tag => tag.Key === Key)) throw malformed()
    tags.push({ Key, Value })
  }
  checkTags(tags, MOST)
  return tags
}

function unescaped(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}

/** Tags of a document. @throws AwsError MalformedXML, InvalidTag, BadRequest */
export function tagsOfDocument(tags: readonly Partial<Tag>[] | undefined): Tag[] {
  const checked = (tags ?? []).map(({ Key, Value }) => {
    if (Key === undefined || Value === undefined) throw malformedXml()
    return { Key, Value }
  })
  checkTags(checked, MOST)
  return checked
}
