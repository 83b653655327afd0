import type { NotificationConfigurationFilter } from '../../../../aws/models/s3.types.ts'

/** The prefix and suffix that a key must have. */
export type KeyFilter = { prefix: string; suffix: string }

/** A configuration's filter; rule names have no case. */
export function keyFilterOf(filter: NotificationConfigurationFilter | undefined): KeyFilter {
  const rules = filter?.Key?.FilterRules ?? []
  const value = (name: string) => rules.find(rule => rule.Name?.toLowerCase() === name)?.Value ?? ''
  return { prefix: value('prefix'), suffix: value('suffix') }
}

export function keyMatches({ prefix, suffix }: KeyFilter, key: string): boolean {
  return key.startsWith(prefix) && key.endsWith(suffix)
}

/** Whether a configured event type, `s3:ObjectCreated:*` say, means an event. */
export function eventMatches(configured: string, name: string): boolean {
  return configured === name || (configured.endsWith('*') && name.startsWith(configured.slice(0, -1)))
}

/** Whether some event of some key would meet both. */
export function overlap(
  one: { events: readonly string[]; filter: KeyFilter },
  other: { events: readonly string[]; filter: KeyFilter },
): boolean {
  const sameEvent = one.events.some(event =>
    other.events.some(another => eventMatches(event, another) || eventMatches(another, event)),
  )
  const nested = (a: string, b: string) => a.startsWith(b) || b.startsWith(a)
  const nestedEnds = (a: string, b: string) => a.endsWith(b) || b.endsWith(a)
  return (
    sameEvent && nested(one.filter.prefix, other.filter.prefix) && nestedEnds(one.filter.suffix, other.filter.suffix)
  )
}
