import { AwsError, errorData } from '../../../aws/errors.ts'
import type { Ctx, Tx } from '../object/operation.ts'
import { isTransient } from '../outbox/outbox.ts'
import { type HttpOut, httpOut } from './http-out.ts'

/** HTTP that a service has done after it answered: `tx.post`. */
export type Post = {
  /** ARN of the source, as the journal gives it. */
  from: string
  /** ARN or address of the target, likewise. */
  to: string
  /** ARN of that whose rate it counts for, and of which no more than a few posts are under way at once. */
  lane: string
  /** What travels, for the journal. */
  event: string
  /** The chain it belongs to, where that is not the operation's at hand. */
  traceId?: string | undefined
  body: string
  /** What else the service needs to know of it: plain JSON, and bytes. */
  about: Record<string, unknown>
}

/** A post with the tries that it has had, and the time of the namespace's clock when it was written. */
export type Posted = Post & { id: string; traceId: string; attempts: number; at: number }

/** What a service says of its posts. */
export type Posting = {
  /** The request of a try. @throws AwsError when there is none to make: for good, or for now when its status is a 5xx */
  request(ctx: Ctx, post: Posted): OutRequest | Promise<OutRequest>
  /** Whether an answer other than a 2xx would be the same next time. */
  lasting(status: number): boolean
  policy(ctx: Ctx, post: Post): PostPolicy
  /** Hears of a try that failed and is made again. */
  retried?(tx: Tx, post: Posted, failure: Failure): void
  /** Hears how each ended, in the change that ends it: to count it, or to send a dead letter. */
  ended(tx: Tx, post: Posted, unposted?: Unposted): void
}

export type OutRequest = HttpOut & { url: string }

export type PostPolicy = {
  /** Milliseconds before the nth retry (from 1); undefined when there is no such retry. */
  delayMs(nth: number, failure: Failure): number | undefined
  /** A retry that would come later than so long after the post was written is not made. */
  mostAgeMs: number
  /** Tries that its lane may have in a second. */
  perSecond?: number | undefined
}

/** Why a try failed. */
export type Failure = {
  /** What the endpoint answered; without it, it did not. */
  status?: number
  /** An AwsError's, `Timeout`, `NoConnection`, or `Status` of an answer. */
  code: string
  reason: string
  /** Another try would not help. */
  lasting: boolean
  /** How long the endpoint asked to be left alone. */
  retryAfterMs?: number | undefined
}

/** Why a post was given up; `exhausted`: what there is no more of, where another try might have helped. */
export type Unposted = Failure & { exhausted?: 'retries' | 'age' }

/** One try; undefined when the endpoint took it. */
export async function tryPost(ctx: Ctx, posting: Posting, post: Posted): Promise<Failure | undefined> {
  try {
    const { url, ...out } = await posting.request(ctx, post)
    const { status, headers } = await httpOut(ctx, url, out)
    if (status >= 200 && status < 300) return undefined
    const retryAfterMs = retryAfterOf(ctx, headers.get('retry-after'))
    const reason = `The endpoint answered ${status}`
    return { status, code: 'Status', reason, lasting: posting.lasting(status), retryAfterMs }
  } catch (error) {
    if (error instanceof AwsError) {
      return { code: error.code, reason: error.message, lasting: !isTransient(errorData(error)) }
    }
    const why = error instanceof Error ? error.message : String(error)
    const code = /timeout|timed out|abort/i.test(why) ? 'Timeout' : 'NoConnection'
    return { code, reason: `The endpoint did not answer: ${why}`, lasting: false }
  }
}

/** In seconds, or as a date. */
function retryAfterOf({ now }: Ctx, retryAfter: string | null): number | undefined {
  if (!retryAfter) return undefined
  const ms = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1000 : Date.parse(retryAfter) - now
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined
}
