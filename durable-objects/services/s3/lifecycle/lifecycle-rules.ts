import type { LifecycleRule, LifecycleRuleFilter } from '../../../../aws/models/s3.types.ts'
import { randomHex } from '../../../../aws/ids.ts'
import { invalidArgument, invalidRequest, malformedXml } from '../configurations/configuration-handlers.ts'
import { checkMidnight, conditionsOf } from './lifecycle-conditions.ts'
import { checkTransitions } from './lifecycle-transitions.ts'

const MOST_RULES = 1000

/** An id for a rule that came without: 48 characters, as AWS makes them. */
export function newRuleId(): string {
  return btoa(randomHex(36))
}

/**
 * Holds rules against what AWS accepts; rules that came without an id get one.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html
 */
export function checkedRules(rules: readonly LifecycleRule[]): LifecycleRule[] {
  if (rules.length < 1 || rules.length > MOST_RULES) throw malformedXml()
  for (const rule of rules) checkRule(rule)
  const ids = rules.flatMap(({ ID }) => (ID ? [ID] : []))
  if (new Set(ids).size < ids.length) {
    throw invalidArgument('Rule ID must be unique. Found same ID for more than one rule')
  }
  return rules.map(rule => ({ ...rule, ID: rule.ID || newRuleId() }))
}

function checkRule(rule: LifecycleRule): void {
  const { ID = '', Prefix, Filter, Status } = rule
  if (ID.length > 255) throw invalidArgument('ID length should not exceed allowed limit of 255')
  if (Status !== 'Enabled' && Status !== 'Disabled') throw malformedXml()
  // One of the two; a filter may be empty, and then means everything.
  if ((Prefix === undefined) === (Filter === undefined)) throw malformedXml()
  checkFilter(Filter ?? {})
  const { Expiration, NoncurrentVersionExpiration, AbortIncompleteMultipartUpload } = rule
  const transitions = [...(rule.Transitions ?? []), ...(rule.NoncurrentVersionTransitions ?? [])]
  if (!Expiration && !NoncurrentVersionExpiration && !AbortIncompleteMultipartUpload && transitions.length === 0) {
    throw invalidRequest('At least one action needs to be specified in a rule')
  }
  checkExpiration(rule)
  checkNoncurrentExpiration(rule)
  checkAbort(rule)
  checkTransitions(rule)
}

function checkFilter(filter: LifecycleRuleFilter): void {
  const given = Object.values(filter).filter(value => value !== undefined)
  if (given.length > 1) throw malformedXml()
  const { tags, above, below } = conditionsOf({ Filter: filter })
  if (filter.And) {
    const parts = Object.values(filter.And).filter(value => value !== undefined)
    if (parts.length < 2 && (filter.And.Tags?.length ?? 0) < 2) throw malformedXml()
  }
  if (new Set(tags.map(({ Key }) => Key)).size < tags.length) {
    throw invalidRequest('Duplicate Tag Keys are not allowed.')
  }
  if (above !== undefined && below !== undefined && below <= above) {
    throw invalidRequest("'ObjectSizeLessThan' has to be a value greater than 'ObjectSizeGreaterThan'.")
  }
}

function checkExpiration(rule: LifecycleRule): void {
  const { Expiration } = rule
  if (!Expiration) return
  const { Date: date, Days, ExpiredObjectDeleteMarker } = Expiration
  if ([date, Days, ExpiredObjectDeleteMarker].filter(value => value !== undefined).length !== 1) throw malformedXml()
  if (Days !== undefined && Days <= 0) {
    throw invalidArgument("'Days' for Expiration action must be a positive integer")
  }
  if (date) checkMidnight(date)
  if (ExpiredObjectDeleteMarker === undefined) return
  const { tags, above, below } = conditionsOf(rule)
  if (tags.length > 0) throw invalidRequest('ExpiredObjectDeleteMarker cannot be specified with Tags.')
  if (above !== undefined || below !== undefined) {
    throw invalidRequest('ExpiredObjectDeleteMarker cannot be specified with Object Size.')
  }
}

function checkNoncurrentExpiration({ NoncurrentVersionExpiration }: LifecycleRule): void {
  if (!NoncurrentVersionExpiration) return
  const { NoncurrentDays, NewerNoncurrentVersions } = NoncurrentVersionExpiration
  if (NoncurrentDays === undefined) throw malformedXml()
  if (NoncurrentDays <= 0) {
    throw invalidArgument("'NoncurrentDays' for NoncurrentVersionExpiration action must be a positive integer")
  }
  if (NewerNoncurrentVersions !== undefined && (NewerNoncurrentVersions < 1 || NewerNoncurrentVersions > 100)) {
    throw invalidArgument("'NewerNoncurrentVersions' for NoncurrentVersionExpiration action must be between 1 and 100")
  }
}

function checkAbort(rule: LifecycleRule): void {
  const { AbortIncompleteMultipartUpload } = rule
  if (!AbortIncompleteMultipartUpload) return
  const { DaysAfterInitiation } = AbortIncompleteMultipartUpload
  if (DaysAfterInitiation === undefined) throw malformedXml()
  if (DaysAfterInitiation <= 0) {
    throw invalidArgument("'DaysAfterInitiation' for AbortIncompleteMultipartUpload action must be a positive integer")
  }
  const { tags, above, below } = conditionsOf(rule)
  if (tags.length > 0) throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Tags.')
  if (above !== undefined || below !== undefined) {
    throw invalidRequest('AbortIncompleteMultipartUpload cannot be specified with Object Size.')
  }
}
