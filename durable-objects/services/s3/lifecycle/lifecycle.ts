import type { In, LifecycleRule, Out } from '../../../../aws/models/s3.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { findBucket } from '../buckets/bucket.ts'
import { invalidArgument, missingBody, notConfigured } from '../configurations/configuration-handlers.ts'
import { configurationOf, putConfiguration, removeConfiguration } from '../configurations/configuration.ts'
import { DAY_MS } from './lifecycle-conditions.ts'
import { abortOf, type Aging, enabledRules, expirationOf } from './lifecycle-matching.ts'
import { checkedRules } from './lifecycle-rules.ts'

/** As kept: dates are ISO text. */
export type Lifecycle = { Rules: LifecycleRule[]; TransitionDefaultMinimumObjectSize: string }

const MINIMA = ['all_storage_classes_128K', 'varies_by_storage_class']

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketLifecycleConfiguration.html */
export function PutBucketLifecycleConfiguration(
  ctx: Tx,
  input: In<'PutBucketLifecycleConfiguration'>,
): Out<'PutBucketLifecycleConfiguration'> {
  findBucket(ctx)
  const { LifecycleConfiguration, TransitionDefaultMinimumObjectSize: minimum = 'all_storage_classes_128K' } = input
  if (!LifecycleConfiguration) throw missingBody()
  if (!MINIMA.includes(minimum)) {
    const message = `Invalid TransitionDefaultMinimumObjectSize found: ${minimum}`
    throw invalidArgument(message, 'x-amz-transition-default-minimum-object-size', minimum)
  }
  const Rules = checkedRules(LifecycleConfiguration.Rules)
  putConfiguration(ctx, { kind: 'lifecycle' }, {
    Rules,
    TransitionDefaultMinimumObjectSize: minimum,
  } satisfies Lifecycle)
  ctx.timers.set('lifecycle', '', nextMidnight(ctx.now))
  return { TransitionDefaultMinimumObjectSize: minimum }
}

/** Midnight UTC, strictly after a time. */
export function nextMidnight(now: number): number {
  return (Math.floor(now / DAY_MS) + 1) * DAY_MS
}

export function lifecycleOf(ctx: Ctx): Lifecycle | undefined {
  return configurationOf<Lifecycle>(ctx, 'lifecycle')
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketLifecycleConfiguration.html */
export function GetBucketLifecycleConfiguration(
  ctx: Ctx,
  _input: In<'GetBucketLifecycleConfiguration'>,
): Out<'GetBucketLifecycleConfiguration'> {
  const bucket = findBucket(ctx)
  const lifecycle = lifecycleOf(ctx)
  if (lifecycle) return lifecycle
  const message = 'The lifecycle configuration does not exist'
  throw notConfigured({ code: 'NoSuchLifecycleConfiguration', message }, bucket.name)
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteBucketLifecycle.html */
export function DeleteBucketLifecycle(ctx: Tx, _input: In<'DeleteBucketLifecycle'>): void {
  findBucket(ctx)
  removeConfiguration(ctx, 'lifecycle')
  ctx.timers.clear('lifecycle', '')
}

/** The `x-amz-expiration` header of a current version; undefined when no rule will end it. */
export function expirationHeader(ctx: Ctx, object: Aging): string | undefined {
  const rules = lifecycleOf(ctx)?.Rules
  const expiration = rules && expirationOf(enabledRules(rules), object, 'midnight')
  if (!expiration) return undefined
  const date = new Date(expiration.at).toUTCString()
  return `expiry-date="${date}", rule-id="${encodeURIComponent(expiration.ruleId)}"`
}

/** The `x-amz-abort-date` and `x-amz-abort-rule-id` of an upload under way. */
export function abortFacts(
  ctx: Ctx,
  upload: { key: string; initiated: number },
): { AbortDate: Date; AbortRuleId: string } | undefined {
  const rules = lifecycleOf(ctx)?.Rules
  const abort = rules && abortOf(enabledRules(rules), upload, 'midnight')
  return abort && { AbortDate: new Date(abort.at), AbortRuleId: abort.ruleId }
}
