import type { LifecycleRule } from '../../../../aws/models/s3.types.ts'
import { invalidArgument, invalidRequest, malformedXml } from '../configurations/configuration-handlers.ts'
import { checkMidnight, conditionsOf } from './lifecycle-conditions.ts'

/** Classes that objects may be moved to, from the warmest to the coldest: each may only go further down. */
const CLASSES = ['STANDARD_IA', 'INTELLIGENT_TIERING', 'ONEZONE_IA', 'GLACIER_IR', 'GLACIER', 'DEEP_ARCHIVE']

/** How many days an object stays as it is before it may go there. */
const WAITS: Record<string, number> = { STANDARD_IA: 30, ONEZONE_IA: 30 }

/** Whether lifecycle moves an object of one class to another. */
export function movesDown(from: string, to: string): boolean {
  return from !== to && CLASSES.indexOf(to) > CLASSES.indexOf(from)
}

/** What is wrong with a rule's transitions, current and noncurrent. */
export function checkTransitions(rule: LifecycleRule): void {
  checkCurrent(rule)
  checkNoncurrent(rule)
}

/** How AWS names a rule's filter in its refusals. */
function named(rule: LifecycleRule): string {
  return `(prefix=${conditionsOf(rule).prefix})`
}

function checkCurrent(rule: LifecycleRule): void {
  const { Transitions = [], Expiration } = rule
  for (const { Date: date, Days, StorageClass } of Transitions) {
    if ((date === undefined) === (Days === undefined) || StorageClass === undefined) throw malformedXml()
    if (date) checkMidnight(date)
    if (Days === undefined) continue
    if (Days < 0) throw invalidArgument("'Days' for Transition action must be nonnegative")
    const least = WAITS[StorageClass] ?? 0
    if (Days < least) {
      throw invalidArgument(
        `'Days' in Transition action must be greater than or equal to ${least} for storageClass '${StorageClass}'`,
      )
    }
  }
  const classes = Transitions.map(({ StorageClass = '' }) => StorageClass)
  if (new Set(classes).size < classes.length) {
    throw invalidRequest(
      `'StorageClass' must be different for 'Transition' actions in same 'Rule' with filter '${named(rule)}'`,
    )
  }
  const timed = [...Transitions, ...(Expiration ? [Expiration] : [])]
  if (timed.some(each => each.Date !== undefined) && timed.some(each => each.Days !== undefined)) {
    throw invalidRequest(
      `Found mixed 'Date' and 'Days' based Expiration and Transition actions in lifecycle rule for filter '${named(rule)}'`,
    )
  }
  checkOrder(rule)
  const last = Math.max(...Transitions.map(({ Days = -1 }) => Days))
  if (Expiration?.Days !== undefined && Transitions.length > 0 && Expiration.Days <= last) {
    throw invalidArgument(
      `'Days' in the Expiration action for filter '${named(rule)}' must be greater than 'Days' in the Transition action`,
    )
  }
}

/** Colder classes come later; from an infrequent-access class, thirty days later. */
function checkOrder(rule: LifecycleRule): void {
  const timed = (rule.Transitions ?? []).flatMap(({ Days, StorageClass = '' }) =>
    Days === undefined ? [] : [{ days: Days, to: StorageClass }],
  )
  const ordered = timed.toSorted((a, b) => CLASSES.indexOf(a.to) - CLASSES.indexOf(b.to))
  ordered.forEach((later, at) => {
    const earlier = ordered[at - 1]
    if (!earlier) return
    const wait = earlier.to === 'STANDARD_IA' ? 30 : 1
    if (later.days >= earlier.days + wait) return
    const must = wait === 30 ? 'must be 30 days more than' : 'must be greater than'
    throw invalidArgument(
      `'Days' in the 'Transition' action for StorageClass '${later.to}' for filter '${named(rule)}' ${must} 'filter '${named(rule)}' in the 'Transition' action for StorageClass '${earlier.to}'`,
    )
  })
}

function checkNoncurrent(rule: LifecycleRule): void {
  const transitions = rule.NoncurrentVersionTransitions ?? []
  for (const { NoncurrentDays, StorageClass } of transitions) {
    if (NoncurrentDays === undefined || StorageClass === undefined) throw malformedXml()
    if (NoncurrentDays < 0)
      throw invalidArgument("'NoncurrentDays' for NoncurrentVersionTransition action must be nonnegative")
    const least = WAITS[StorageClass] ?? 0
    if (NoncurrentDays < least) {
      throw invalidArgument(
        `'NoncurrentDays' in NoncurrentVersionTransition action must be greater than or equal to ${least} for storageClass '${StorageClass}'`,
      )
    }
  }
  const classes = transitions.map(({ StorageClass = '' }) => StorageClass)
  if (new Set(classes).size < classes.length) {
    throw invalidRequest(
      `'StorageClass' must be different for 'NoncurrentVersionTransition' actions in same 'Rule' with filter '${named(rule)}'`,
    )
  }
  const expires = rule.NoncurrentVersionExpiration?.NoncurrentDays
  const last = Math.max(...transitions.map(({ NoncurrentDays = -1 }) => NoncurrentDays))
  if (expires !== undefined && transitions.length > 0 && expires <= last) {
    throw invalidArgument(
      `'NoncurrentDays' in the NoncurrentVersionExpiration action for filter '${named(rule)}' must be greater than 'NoncurrentDays' in the NoncurrentVersionTransition action`,
    )
  }
}
