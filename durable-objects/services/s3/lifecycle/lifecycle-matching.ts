import type { LifecycleRule, Tag } from '../../../../aws/models/s3.types.ts'
import { conditionsOf, DAY_MS } from './lifecycle-conditions.ts'
import { movesDown } from './lifecycle-transitions.ts'

/** What rules look at. Times are epoch milliseconds. */
export type Aging = {
  key: string
  size: number
  tags: readonly Tag[]
  modified: number
  storageClass: string
}

/** When a lifecycle acts on what fell due: AWS rounds up to midnight UTC; a tick for tests does not wait for it. */
export type Rounding = 'midnight' | 'none'

/** The time at which something that happened at `from` is `days` old. */
export function dueAfter(from: number, days: number, rounding: Rounding): number {
  const due = from + days * DAY_MS
  return rounding === 'none' ? due : Math.ceil(due / DAY_MS) * DAY_MS
}

/** Rules that are on, their dates read again from how they are kept. */
export function enabledRules(rules: readonly LifecycleRule[]): LifecycleRule[] {
  return rules.filter(({ Status }) => Status === 'Enabled')
}

export function ruleApplies(rule: LifecycleRule, object: Pick<Aging, 'key' | 'size' | 'tags'>): boolean {
  const { prefix, tags, above, below } = conditionsOf(rule)
  return (
    object.key.startsWith(prefix) &&
    tags.every(({ Key, Value }) => object.tags.some(tag => tag.Key === Key && tag.Value === Value)) &&
    (above === undefined || object.size > above) &&
    (below === undefined || object.size < below)
  )
}

/** When a current version is to expire, and by which rule: the earliest. */
export function expirationOf(
  rules: readonly LifecycleRule[],
  object: Aging,
  rounding: Rounding,
): { at: number; ruleId: string } | undefined {
  const dues = rules
    .filter(rule => ruleApplies(rule, object))
    .flatMap(({ Expiration, ID = '' }) => {
      if (Expiration?.Days !== undefined) {
        return [{ at: dueAfter(object.modified, Expiration.Days, rounding), ruleId: ID }]
      }
      // Kept as text.
      return Expiration?.Date === undefined ? [] : [{ at: new Date(Expiration.Date).getTime(), ruleId: ID }]
    })
  return dues.toSorted((a, b) => a.at - b.at)[0]
}

const SMALL = 128 * 1024

/** What a transition looks at beside the version itself. */
export type TransitionQuestion = {
  now: number
  rounding: Rounding
  /** `varies_by_storage_class` or `all_storage_classes_128K` */
  minimum: string
  /** Epoch milliseconds since when the version is noncurrent, and how many noncurrent ones are newer. */
  noncurrent?: { since: number; newer: number } | undefined
}

/** The coldest class that a version should be in by now; undefined when it stays. */
export function transitionOf(
  rules: readonly LifecycleRule[],
  object: Aging,
  question: TransitionQuestion,
): string | undefined {
  const classes = rules
    .filter(rule => ruleApplies(rule, object))
    .flatMap(rule => duesOf(rule, object, question).map(due => ({ ...due, rule })))
    .filter(({ at, to, rule }) => at <= question.now && !tooSmall(rule, object, { to, minimum: question.minimum }))
    .map(({ to }) => to)
  return classes.reduce<string | undefined>(
    (coldest, to) => (movesDown(coldest ?? object.storageClass, to) ? to : coldest),
    undefined,
  )
}

function duesOf(rule: LifecycleRule, object: Aging, question: TransitionQuestion): { at: number; to: string }[] {
  const { noncurrent, rounding } = question
  if (noncurrent) {
    return (rule.NoncurrentVersionTransitions ?? [])
      .filter(({ NewerNoncurrentVersions = 0 }) => noncurrent.newer >= NewerNoncurrentVersions)
      .map(({ NoncurrentDays = 0, StorageClass = '' }) => ({
        at: dueAfter(noncurrent.since, NoncurrentDays, rounding),
        to: StorageClass,
      }))
  }
  return (rule.Transitions ?? []).map(({ Date: date, Days = 0, StorageClass = '' }) => ({
    at: date === undefined ? dueAfter(object.modified, Days, rounding) : new Date(date).getTime(),
    to: StorageClass,
  }))
}

/** Small objects stay, unless the rule's filter speaks of sizes, or the older default lets archives take them. */
function tooSmall(rule: LifecycleRule, { size }: Aging, { to, minimum }: { to: string; minimum: string }): boolean {
  const { above, below } = conditionsOf(rule)
  if (size >= SMALL || above !== undefined || below !== undefined) return false
  return minimum !== 'varies_by_storage_class' || !['GLACIER', 'DEEP_ARCHIVE'].includes(to)
}

/** Whether a noncurrent version is to be removed. */
export function noncurrentExpires(
  rules: readonly LifecycleRule[],
  object: Aging,
  question: TransitionQuestion & { noncurrent: { since: number; newer: number } },
): boolean {
  const { noncurrent, rounding, now } = question
  return rules
    .filter(rule => rule.NoncurrentVersionExpiration && ruleApplies(rule, object))
    .some(({ NoncurrentVersionExpiration }) => {
      const { NoncurrentDays = 0, NewerNoncurrentVersions = 0 } = NoncurrentVersionExpiration ?? {}
      return dueAfter(noncurrent.since, NoncurrentDays, rounding) <= now && noncurrent.newer >= NewerNoncurrentVersions
    })
}

/** Whether a delete marker that hides nothing any more is to be removed. */
export function markerExpires(
  rules: readonly LifecycleRule[],
  marker: { key: string; modified: number },
  { now, rounding }: { now: number; rounding: Rounding },
): boolean {
  return rules
    .filter(rule => ruleApplies(rule, { key: marker.key, size: 0, tags: [] }))
    .some(({ Expiration }) => {
      if (Expiration?.ExpiredObjectDeleteMarker) return true
      return Expiration?.Days !== undefined && dueAfter(marker.modified, Expiration.Days, rounding) <= now
    })
}

/** When an upload that is not completed is to be aborted, and by which rule. */
export function abortOf(
  rules: readonly LifecycleRule[],
  upload: { key: string; initiated: number },
  rounding: Rounding,
): { at: number; ruleId: string } | undefined {
  const dues = rules
    .filter(rule => upload.key.startsWith(conditionsOf(rule).prefix))
    .flatMap(({ AbortIncompleteMultipartUpload, ID = '' }) => {
      const days = AbortIncompleteMultipartUpload?.DaysAfterInitiation
      return days === undefined ? [] : [{ at: dueAfter(upload.initiated, days, rounding), ruleId: ID }]
    })
  return dues.toSorted((a, b) => a.at - b.at)[0]
}
