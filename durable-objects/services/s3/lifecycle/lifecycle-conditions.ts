import type { LifecycleRule, Tag } from '../../../../aws/models/s3.types.ts'
import { invalidArgument } from '../configurations/configuration-handlers.ts'

export const DAY_MS = 86_400_000

/** The conditions of a filter, wherever it has them. */
export type Conditions = {
  prefix: string
  tags: readonly Tag[]
  /** Bytes, both exclusive. */
  above: number | undefined
  below: number | undefined
}

export function conditionsOf(rule: Pick<LifecycleRule, 'Prefix' | 'Filter'>): Conditions {
  const { And, Tag, Prefix, ObjectSizeGreaterThan, ObjectSizeLessThan } = rule.Filter ?? {}
  return {
    prefix: And?.Prefix ?? Prefix ?? rule.Prefix ?? '',
    tags: And?.Tags ?? (Tag ? [Tag] : []),
    above: And?.ObjectSizeGreaterThan ?? ObjectSizeGreaterThan,
    below: And?.ObjectSizeLessThan ?? ObjectSizeLessThan,
  }
}

export function checkMidnight(date: Date): void {
  if (date.getTime() % DAY_MS !== 0) throw invalidArgument("'Date' must be at midnight GMT")
}
