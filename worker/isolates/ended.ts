/**
 * Sandboxes that were ended. Where nothing can stop a dynamic worker it runs on until its timeout, but none of what it
 * sends leaves it. Of this process alone, and of sandboxes' random ids: a help, which the namespace's own check completes.
 */
const ended = new Set<string>()

/** A run lasts fifteen minutes at most; more than so many that were ended are not told apart for as long. */
const MOST = 10_000

export function noteEnded(sandboxIds: Iterable<string>): void {
  for (const id of sandboxIds) ended.add(id)
  for (const id of ended) {
    if (ended.size <= MOST) return
    ended.delete(id)
  }
}

export const hasEnded = (sandboxId: string): boolean => ended.has(sandboxId)
