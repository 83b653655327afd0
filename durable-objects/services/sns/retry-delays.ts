/** How often and how slowly a notification to an HTTP endpoint is tried again. Delays are in seconds. */
export type RetryPolicy = {
  minDelayTarget: number
  maxDelayTarget: number
  numRetries: number
  numMaxDelayRetries: number
  numNoDelayRetries: number
  numMinDelayRetries: number
  backoffFunction: 'linear' | 'arithmetic' | 'geometric' | 'exponential'
}

/** AWS gives up after an hour, whatever the policy says. */
export const LONGEST_MS = 3_600_000

/**
 * Milliseconds before the nth retry (from 1); undefined when there is no such retry. Four phases: at once, before the
 * backoff at the least delay, the backoff from the least to the greatest, and after it at the greatest.
 * https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html
 */
export function retryDelay(policy: RetryPolicy, nth: number): number | undefined {
  const { numRetries, numNoDelayRetries, numMinDelayRetries, numMaxDelayRetries } = policy
  if (nth > numRetries) return undefined
  if (nth <= numNoDelayRetries) return 0
  if (nth <= numNoDelayRetries + numMinDelayRetries) return policy.minDelayTarget * 1000
  if (nth > numRetries - numMaxDelayRetries) return policy.maxDelayTarget * 1000
  const steps = numRetries - numNoDelayRetries - numMinDelayRetries - numMaxDelayRetries
  const step = nth - numNoDelayRetries - numMinDelayRetries
  return Math.round(backedOff(policy, steps <= 1 ? 0 : (step - 1) / (steps - 1)) * 1000)
}

/** @param share how far the backoff phase has come, 0 to 1 */
function backedOff({ minDelayTarget, maxDelayTarget, backoffFunction }: RetryPolicy, share: number): number {
  const span = maxDelayTarget - minDelayTarget
  switch (backoffFunction) {
    case 'linear':
      return minDelayTarget + span * share
    case 'arithmetic':
      return minDelayTarget + span * ((share * (share + 1)) / 2)
    case 'geometric':
      return minDelayTarget * (maxDelayTarget / minDelayTarget) ** share
    case 'exponential':
      return minDelayTarget + span * ((Math.E ** (share * 5) - 1) / (Math.E ** 5 - 1))
  }
}
