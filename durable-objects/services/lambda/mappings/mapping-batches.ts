import { mismatch, type Pattern } from '../../../shared/pattern.ts'

/** Batches of an event source mapping: what goes into one, and what a function says of it. Pure. */

/** A request to a function is at most 6 MB; the rest is for the envelope around its records. */
export const MOST_BYTES = 6 * 1024 * 1024 - 64

/**
 * Cuts what has been received into full batches, by count or by size.
 * @returns those, and what is left for one that is not full yet
 */
export function cutBatches<T extends { size: number }>(items: readonly T[], most: number): { full: T[][]; rest: T[] } {
  const full: T[][] = []
  let batch: T[] = []
  let bytes = 0
  for (const item of items) {
    if (batch.length > 0 && bytes + item.size > MOST_BYTES) {
      full.push(batch)
      batch = []
      bytes = 0
    }
    batch.push(item)
    bytes += item.size
    if (batch.length < most) continue
    full.push(batch)
    batch = []
    bytes = 0
  }
  return { full, rest: batch }
}

/** A record as filters see it: its body, where that is JSON, as an object. */
export function filterView(record: { body: string }): unknown {
  const text = record.body.trimStart()
  if (!text.startsWith('{') && !text.startsWith('[')) return record
  try {
    return { ...record, body: JSON.parse(text) as unknown }
  } catch {
    return record
  }
}

/** Why none of a mapping's filters matches; undefined where one does, or there are none. */
export function filterReason(patterns: readonly Pattern[], event: unknown): string | undefined {
  const reasons = patterns.map(pattern => mismatch(pattern, event))
  return reasons.length === 0 || reasons.includes(undefined) ? undefined : reasons.join('; ')
}

/** What a function's answer says of a batch, with why where all of it failed. */
export type Verdict = { failed: ReadonlySet<string>; reason?: string }

/**
 * Reads `{ batchItemFailures: [{ itemIdentifier }] }`. What cannot be read means that the whole batch failed.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html#services-sqs-batchfailurereporting
 */
export function verdictOf(payload: string, ids: readonly string[]): Verdict {
  const whole = (reason: string): Verdict => ({ failed: new Set(ids), reason: `the whole batch failed: ${reason}` })
  let answer: unknown
  try {
    answer = JSON.parse(payload)
  } catch {
    return whole('the answer is not JSON')
  }
  if (answer === null) return { failed: new Set() }
  if (typeof answer !== 'object' || Array.isArray(answer)) return whole('the answer is not an object')
  const listed: unknown = Reflect.get(answer, 'batchItemFailures')
  if (listed === undefined || listed === null) return { failed: new Set() }
  if (!Array.isArray(listed)) return whole('batchItemFailures is not a list')
  const failed = new Set<string>()
  for (const item of listed as unknown[]) {
    const id: unknown = typeof item === 'object' && item !== null ? Reflect.get(item, 'itemIdentifier') : undefined
    if (typeof id !== 'string' || id === '') return whole('an item of batchItemFailures has no itemIdentifier')
    if (!ids.includes(id)) return whole(`itemIdentifier ${id} is not of the batch`)
    failed.add(id)
  }
  return { failed }
}
