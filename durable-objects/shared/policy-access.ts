import type { ContextValues } from './policy-statement.ts'

/** One thing that an operation asks of policies. */
export type Access = {
  /** `sqs:SendMessage` */
  action: string
  /** ARN, or `*` where the action has no resource. */
  resource: string
  /** The service's own condition keys. */
  context?: ContextValues | undefined
  /** The account that owns the resource, where neither its ARN nor its object says. */
  account?: string | undefined
  /** The resource is not this object's: its own policy has no say here. */
  elsewhere?: true | undefined
  /** The resource's policy when it is not the object's to give: a role's trust policy. It must allow, too. */
  policy?: { name: string; document: string | null } | undefined
}

export type Input = Record<string, unknown>

export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

/** Context keys that have a value. */
export function present(values: Record<string, unknown>): ContextValues {
  const entries: [string, string | readonly string[]][] = []
  for (const [key, value] of Object.entries(values)) {
    if (typeof value === 'string' || Array.isArray(value)) entries.push([key, value])
    else if (typeof value === 'number' || typeof value === 'boolean') entries.push([key, String(value)])
  }
  return Object.fromEntries(entries)
}

type TagList = {
  Key?: unknown
  key?: unknown
  TagKey?: unknown
  Value?: unknown
  value?: unknown
  TagValue?: unknown
}[]

/** Tags as an input has them: a list of `Key` and `Value`, under whatever names, a map, or lists by what is made. */
export function tagsIn(input: Input): Record<string, string> | undefined {
  const { Tags, tags, TagSet, Tagging, TagSpecifications } = input
  if (Array.isArray(TagSpecifications)) {
    const lists = (TagSpecifications as { Tags?: TagList }[]).flatMap(({ Tags: list = [] }) => list) // by the model
    return tagsIn({ Tags: lists })
  }
  const given = Tags ?? tags ?? TagSet ?? Tagging
  if (typeof given === 'string') return Object.fromEntries(new URLSearchParams(given))
  if (typeof given !== 'object' || given === null) return undefined
  if (Array.isArray(given)) {
    const pairs = (given as TagList).map(tag => [
      tag.Key ?? tag.key ?? tag.TagKey,
      tag.Value ?? tag.value ?? tag.TagValue,
    ]) // by the model
    return Object.fromEntries(pairs.map(([key, value]) => [textOf(key), textOf(value)]))
  }
  const nested = (given as { TagSet?: unknown }).TagSet
  if (Array.isArray(nested)) return tagsIn({ Tags: nested })
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, textOf(value)]))
}

/** Keys of tags that an input names, to set or to remove. */
export function tagKeysIn(input: Input): string[] | undefined {
  const { TagKeys, tagKeys } = input
  const removed = TagKeys ?? tagKeys
  if (Array.isArray(removed)) return removed.map(textOf)
  const tags = tagsIn(input)
  return tags && Object.keys(tags)
}
