import type { Tag } from '../../../aws/models/sts.types.ts'
import type { Session } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'

const invalid = (message: string) => new AwsError('InvalidParameterValue', message)

export type SessionTags = { tags: Record<string, string>; transitive: string[] }

type Asked = { Tags?: Tag[] | undefined; TransitiveTagKeys?: string[] | undefined }

/**
 * The tags of a new session: those asked for, and what the calling session passes on.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html
 */
export function sessionTags({ Tags = [], TransitiveTagKeys = [] }: Asked, calling: Session | undefined): SessionTags {
  const keys = Tags.map(({ Key }) => Key.toLowerCase())
  if (new Set(keys).size < keys.length) {
    throw invalid('Duplicate tag keys found. Please note that Tag keys are case insensitive.')
  }
  if (TransitiveTagKeys.some(key => !keys.includes(key.toLowerCase()))) {
    throw invalid('The specified transitive tag key must be included in the requested tags.')
  }
  const inherited = calling?.transitive ?? []
  if (inherited.some(key => keys.includes(key.toLowerCase()))) {
    const which = "One of the specified transitive tag keys can't be set because it conflicts with"
    throw invalid(`${which} a transitive tag key from the calling session.`)
  }
  const passed = Object.entries(calling?.tags ?? {}).filter(([key]) => inherited.includes(key))
  const given = Tags.map(({ Key, Value }) => [Key, Value] as const)
  return { tags: Object.fromEntries([...passed, ...given]), transitive: [...inherited, ...TransitiveTagKeys] }
}
