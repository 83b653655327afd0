import type { RetryPolicy } from './retry-delays.ts'

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html */
const DEFAULT: RetryPolicy = {
  minDelayTarget: 20,
  maxDelayTarget: 20,
  numRetries: 3,
  numMaxDelayRetries: 0,
  numNoDelayRetries: 0,
  numMinDelayRetries: 0,
  backoffFunction: 'linear',
}
const CONTENT_TYPE = 'text/plain; charset=UTF-8'

const BACKOFFS = ['linear', 'arithmetic', 'geometric', 'exponential']
const MOST_RETRIES = 100
const LONGEST_DELAY = 3600

type Stated = Partial<RetryPolicy>
type Throttle = { maxReceivesPerSecond?: number }
type RequestPolicy = { headerContentType?: string }

/** A topic's policy, under `http`. */
type TopicPolicy = {
  defaultHealthyRetryPolicy?: Stated | null
  disableSubscriptionOverrides?: boolean
  defaultThrottlePolicy?: Throttle | null
  defaultRequestPolicy?: RequestPolicy | null
}
type SubscriptionPolicy = {
  healthyRetryPolicy?: Stated | null
  throttlePolicy?: Throttle | null
  requestPolicy?: RequestPolicy | null
}

const parsed = (policy: string | undefined): Record<string, unknown> =>
  policy === undefined || policy === '' ? {} : (JSON.parse(policy) as Record<string, unknown>) // checked when it was put

const ofTopic = (policy: string | undefined): TopicPolicy => (parsed(policy).http ?? {}) as TopicPolicy // likewise
const ofSubscription = (policy: string | undefined): SubscriptionPolicy => parsed(policy)

/** What holds for a subscription: its own policy, unless its topic forbids that, else its topic's, else AWS's default. */
export function effectivePolicy(own: string | undefined, topic: string | undefined) {
  const defaults = ofTopic(topic)
  const stated = defaults.disableSubscriptionOverrides ? {} : ofSubscription(own)
  const request = { ...defaults.defaultRequestPolicy, ...stated.requestPolicy }
  return {
    healthyRetryPolicy: { ...DEFAULT, ...(stated.healthyRetryPolicy ?? defaults.defaultHealthyRetryPolicy) },
    sicklyRetryPolicy: null,
    throttlePolicy: stated.throttlePolicy ?? defaults.defaultThrottlePolicy ?? null,
    requestPolicy: { headerContentType: request.headerContentType ?? CONTENT_TYPE },
    guaranteed: false,
  }
}

export const contentTypeOf = (own: string | undefined, topic: string | undefined): string =>
  effectivePolicy(own, topic).requestPolicy.headerContentType

/** A topic's policy as GetTopicAttributes shows it. */
export function shownTopicPolicy(policy: string): string {
  const stated = ofTopic(policy)
  const { defaultHealthyRetryPolicy, disableSubscriptionOverrides = false, ...rest } = stated
  const healthy = defaultHealthyRetryPolicy && { defaultHealthyRetryPolicy }
  return JSON.stringify({ http: { ...healthy, disableSubscriptionOverrides, ...rest } })
}

/** `EffectiveDeliveryPolicy` of a topic. */
export function effectiveTopicPolicy(policy: string | undefined): string {
  const { healthyRetryPolicy, throttlePolicy, requestPolicy } = effectivePolicy(undefined, policy)
  return JSON.stringify({
    http: {
      defaultHealthyRetryPolicy: healthyRetryPolicy,
      disableSubscriptionOverrides: ofTopic(policy).disableSubscriptionOverrides ?? false,
      ...(throttlePolicy && { defaultThrottlePolicy: throttlePolicy }),
      defaultRequestPolicy: requestPolicy,
    },
  })
}

/** A subscription's policy as GetSubscriptionAttributes shows it. */
export function shownSubscriptionPolicy(policy: string): string {
  const { healthyRetryPolicy, throttlePolicy = null, requestPolicy = null } = ofSubscription(policy)
  return JSON.stringify({
    healthyRetryPolicy: healthyRetryPolicy ? { ...DEFAULT, ...healthyRetryPolicy } : null,
    sicklyRetryPolicy: null,
    throttlePolicy,
    requestPolicy,
    guaranteed: false,
  })
}

/** Why a topic's delivery policy will not do; undefined when it will. */
export function invalidTopicPolicy(text: string): string | undefined {
  const document = objectOf(text)
  if (!document) return 'DeliveryPolicy: failed to parse JSON.'
  const http = document.http ?? {}
  if (!isObject(http)) return 'DeliveryPolicy: http must be an object'
  return (
    invalidRetryPolicy('http.defaultHealthyRetryPolicy', http.defaultHealthyRetryPolicy) ??
    invalidThrottle('http.defaultThrottlePolicy', http.defaultThrottlePolicy) ??
    invalidRequest('http.defaultRequestPolicy', http.defaultRequestPolicy)
  )
}

/** The same for a subscription's. */
export function invalidSubscriptionPolicy(text: string): string | undefined {
  const document = objectOf(text)
  if (!document) return 'DeliveryPolicy: failed to parse JSON.'
  return (
    invalidRetryPolicy('healthyRetryPolicy', document.healthyRetryPolicy) ??
    invalidThrottle('throttlePolicy', document.throttlePolicy) ??
    invalidRequest('requestPolicy', document.requestPolicy)
  )
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export function objectOf(text: string): Record<string, unknown> | undefined {
  try {
    const document: unknown = JSON.parse(text)
    return isObject(document) ? document : undefined
  } catch {
    return undefined
  }
}

type Bound = { least: number; most: number }
const BOUNDS: Record<string, Bound> = {
  numRetries: { least: 0, most: MOST_RETRIES },
  minDelayTarget: { least: 1, most: LONGEST_DELAY },
  maxDelayTarget: { least: 1, most: LONGEST_DELAY },
  numNoDelayRetries: { least: 0, most: MOST_RETRIES },
  numMinDelayRetries: { least: 0, most: MOST_RETRIES },
  numMaxDelayRetries: { least: 0, most: MOST_RETRIES },
}

function invalidRetryPolicy(path: string, stated: unknown): string | undefined {
  if (stated === undefined || stated === null) return undefined
  if (!isObject(stated)) return `DeliveryPolicy: ${path} must be an object`
  for (const [name, value] of Object.entries(stated)) {
    const bound = Object.hasOwn(BOUNDS, name) ? BOUNDS[name] : undefined
    if (bound && value !== null) {
      const why = outOfBound(value, bound)
      if (why !== undefined) return `DeliveryPolicy: ${path}.${name} ${why}`
    }
  }
  return invalidTogether(path, { ...DEFAULT, ...(stated as Stated) }) // its members were checked
}

function outOfBound(value: unknown, { least, most }: Bound): string | undefined {
  if (!Number.isInteger(value)) return 'must be an integer'
  if (Number(value) < least) return `must be greater than or equal to ${least}`
  return Number(value) > most ? `must be less than or equal to ${most}` : undefined
}

function invalidTogether(path: string, policy: RetryPolicy): string | undefined {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy
  const phases = numNoDelayRetries + numMinDelayRetries + numMaxDelayRetries
  if (policy.maxDelayTarget < policy.minDelayTarget) {
    return `DeliveryPolicy: ${path}.maxDelayTarget must be greater than or equal to minDelayTarget`
  }
  if (phases > numRetries) {
    return `DeliveryPolicy: ${path}.numRetries must be greater than or equal to the sum of numNoDelayRetries, numMinDelayRetries and numMaxDelayRetries`
  }
  if (!BACKOFFS.includes(policy.backoffFunction)) {
    return `DeliveryPolicy: ${path}.backoffFunction must be one of [${BACKOFFS.join(', ')}]`
  }
  return undefined
}

function invalidThrottle(path: string, stated: unknown): string | undefined {
  if (stated === undefined || stated === null) return undefined
  if (!isObject(stated)) return `DeliveryPolicy: ${path} must be an object`
  const { maxReceivesPerSecond: most } = stated
  if (most === undefined || most === null || (Number.isInteger(most) && Number(most) >= 1)) return undefined
  return `DeliveryPolicy: ${path}.maxReceivesPerSecond must be greater than or equal to 1`
}

function invalidRequest(path: string, stated: unknown): string | undefined {
  if (stated === undefined || stated === null) return undefined
  if (!isObject(stated)) return `DeliveryPolicy: ${path} must be an object`
  const { headerContentType: type } = stated
  if (type === undefined || type === null) return undefined
  const fits = typeof type === 'string' && /^[a-z]+\/[a-z0-9.+-]+(?:;\s*charset=[\w-]+)?$/i.test(type)
  return fits ? undefined : `DeliveryPolicy: ${path}.headerContentType is not supported`
}
