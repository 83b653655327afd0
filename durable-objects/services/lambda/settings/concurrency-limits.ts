import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { CONCURRENT_EXECUTIONS, LEAST_UNRESERVED, unreservedConcurrency } from './account.ts'

/** Executions under way: in all, and of each function. Functions that reserve concurrency count for themselves. */
type Running = { unreserved: number; byFunction: Map<string, number> }

const runningOf = (ctx: Ctx): Running => ctx.memory('lambda.running', () => ({ unreserved: 0, byFunction: new Map() }))

export type Claimant = { name: string; reserved: number | null }

/**
 * Counts an execution that begins, until the answered function is called.
 * @throws TooManyRequestsException when the function's or the account's concurrency is used up
 */
export function claimConcurrency(ctx: Ctx, { name, reserved }: Claimant): () => void {
  const running = runningOf(ctx)
  const own = running.byFunction.get(name) ?? 0
  if (reserved !== null && own >= reserved) throw throttled('ReservedFunctionConcurrentInvocationLimitExceeded')
  if (reserved === null && isAccountFull(ctx, running)) throw throttled('ConcurrentInvocationLimitExceeded')
  const counted = reserved === null ? 1 : 0
  running.byFunction.set(name, own + 1)
  running.unreserved += counted
  return () => {
    const left = (running.byFunction.get(name) ?? 1) - 1
    if (left > 0) running.byFunction.set(name, left)
    else running.byFunction.delete(name)
    running.unreserved -= counted
  }
}

/** Executions under way: of a function, in all, and of those that reserve nothing. */
export function concurrencyOf(ctx: Ctx, name: string): { own: number; all: number; unreserved: number } {
  const { byFunction, unreserved } = runningOf(ctx)
  const all = [...byFunction.values()].reduce((sum, count) => sum + count, 0)
  return { own: byFunction.get(name) ?? 0, all, unreserved }
}

function isAccountFull(ctx: Ctx, { unreserved }: Running): boolean {
  // Up to there nothing needs adding up.
  if (unreserved < LEAST_UNRESERVED) return false
  return unreserved >= Math.min(CONCURRENT_EXECUTIONS, unreservedConcurrency(ctx))
}

function throttled(Reason: string): AwsError {
  return new AwsError('TooManyRequestsException', 'Rate Exceeded.', 429, { Type: 'User', Reason })
}

export const isThrottled = (error: unknown): boolean =>
  error instanceof AwsError && error.code === 'TooManyRequestsException'
