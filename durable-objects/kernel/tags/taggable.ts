import type { Ctx, Tx } from '../object/operation.ts'
import type { Rule } from './rules.ts'
import { dropTags, moveTags, readTags, removeTags, type Tag, writeTags } from './tags.ts'

/** How a service writes tags: what it takes and what it shows. */
export type Form<Given, Shown> = { read(given: Given): Tag[]; show(tags: readonly Tag[]): Shown }

type Pair<K extends string, V extends string> = { [M in K | V]: string }
type GivenPair<K extends string, V extends string> = { [M in K | V]?: string | undefined }

/** A list of pairs: `{ Key, Value }`, `{ key, value }`, `{ TagKey, TagValue }`. */
export const pairs = <K extends string, V extends string>(
  key: K,
  value: V,
): Form<readonly GivenPair<K, V>[], Pair<K, V>[]> => ({
  read: given => given.map(pair => ({ key: pair[key] ?? '', value: pair[value] ?? '' })),
  show: tags => tags.map(tag => ({ [key]: tag.key, [value]: tag.value }) as Pair<K, V>), // the two members there are
})

export const map: Form<Record<string, string>, Record<string, string>> = {
  read: given => Object.entries(given).map(([key, value]) => ({ key, value })),
  show: tags => Object.fromEntries(tags.map(({ key, value }) => [key, value])),
}

type Spec<Given, Shown> = {
  form: Form<Given, Shown>
  /** In the order in which AWS looks. */
  rules: readonly Rule[]
  /** Keys that differ in their case alone are one key: the later tag takes the place of the earlier. */
  caseless?: true
  /** Shown by their keys, not in the order in which they were set. */
  sorted?: true
}

/** The tags of a service's resources. A resource goes by its ARN. */
export type Taggable<Given, Shown> = {
  /** Refuses tags that no new resource can have. */
  check(resource: string, given: Given | undefined): void
  /** Gives a resource these tags and no others, as one that is made with them. */
  set(tx: Tx, resource: string, given: Given | undefined): void
  /** Adds tags to those that a resource has. */
  add(tx: Tx, resource: string, given: Given | undefined): void
  remove(tx: Tx, resource: string, keys: readonly string[] | undefined): void
  read(ctx: Ctx, resource: string): Shown
  /** The same as a member of that name; none where there are no tags. */
  member<T extends string>(ctx: Ctx, resource: string, name: T): { [M in T]?: Shown }
  /** All of a resource's tags go with it. */
  drop(tx: Tx, resource: string): void
  /** A resource has got another ARN, as a renamed user does. */
  move(tx: Tx, from: string, to: string): void
}

/** Tags that the kernel keeps, and that are checked and shown as the service does. */
export function taggable<Given, Shown>(spec: Spec<Given, Shown>): Taggable<Given, Shown> {
  const { form, sorted } = spec
  const fold = folding(spec)
  const given = (tags: Given | undefined) => (tags === undefined ? [] : form.read(tags))

  function tagsOf(ctx: Ctx, resource: string): Tag[] {
    const tags = readTags(ctx, resource)
    return sorted ? tags.sort((a, b) => (fold(a) < fold(b) ? -1 : 1)) : tags
  }

  return {
    check: (resource, tags) => refuse(spec, { resource, given: given(tags), present: [] }),
    set(tx, resource, tags) {
      const all = given(tags)
      refuse(spec, { resource, given: all, present: [] })
      dropTags(tx, resource)
      writeTags(tx, resource, all)
    },
    add(tx, resource, tags) {
      const [more, present] = [given(tags), readTags(tx, resource)]
      refuse(spec, { resource, given: more, present })
      if (spec.caseless) removeTags(tx, resource, sameKeys(present, more.map(keyOf)))
      writeTags(tx, resource, more)
    },
    remove: (tx, resource, keys = []) =>
      removeTags(tx, resource, spec.caseless ? sameKeys(readTags(tx, resource), keys) : keys),
    read: (ctx, resource) => form.show(tagsOf(ctx, resource)),
    member(ctx, resource, name) {
      const tags = tagsOf(ctx, resource)
      return tags.length > 0 ? ({ [name]: form.show(tags) } as Record<typeof name, Shown>) : {} // the one member there is
    },
    drop: dropTags,
    move: moveTags,
  }
}

const keyOf = ({ key }: Tag) => key

/** A tag's key as the service tells them apart. */
const folding =
  ({ caseless }: Pick<Spec<never, unknown>, 'caseless'>) =>
  ({ key }: Tag) =>
    caseless ? key.toLowerCase() : key

/** Keys that are there, of those that differ from others in their case alone. */
function sameKeys(present: readonly Tag[], keys: readonly string[]): string[] {
  const folded = new Set(keys.map(key => key.toLowerCase()))
  return present.map(keyOf).filter(key => folded.has(key.toLowerCase()))
}

type Asking = { resource: string; given: readonly Tag[]; present: readonly Tag[] }

function refuse(spec: Spec<never, unknown>, { resource, given, present }: Asking): void {
  const fold = folding(spec)
  const keys = given.map(fold)
  const { size: count } = new Set([...present.map(fold), ...keys])
  for (const rule of spec.rules) {
    const refusal = rule({ resource, given, keys, count })
    if (refusal) throw refusal
  }
}

type Naming<T extends string, K extends string, In> = {
  /** Names of the members that hold tags, and keys of tags to remove. */
  members: readonly [tags: T, keys: K]
  /** The ARN of what an input names. @throws AwsError where there is no such thing, or it cannot be tagged now */
  find(ctx: Ctx, input: In, verb: 'tag' | 'untag' | 'list'): string
  /** Runs once the tags were changed. */
  changed?(tx: Tx, resource: string): void
}

/** Operations on tags, TagResource, UntagResource and ListTagsForResource under whatever names the service has. */
export function tagOperations<Given, Shown, T extends string, K extends string, In>(
  tags: Taggable<Given, Shown>,
  { members: [member, keys], find, changed }: Naming<T, K, In>,
) {
  return {
    tag(tx: Tx, input: In & { [M in T]?: Given | undefined }): Record<never, never> {
      const resource = find(tx, input, 'tag')
      tags.add(tx, resource, input[member])
      changed?.(tx, resource)
      return {}
    },
    untag(tx: Tx, input: In & { [M in K]?: readonly string[] | undefined }): Record<never, never> {
      const resource = find(tx, input, 'untag')
      tags.remove(tx, resource, input[keys])
      changed?.(tx, resource)
      return {}
    },
    list(ctx: Ctx, input: In): { [M in T]: Shown } {
      return { [member]: tags.read(ctx, find(ctx, input, 'list')) } as { [M in T]: Shown } // the one member there is
    },
  }
}
