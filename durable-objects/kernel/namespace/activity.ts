/**
 * An object tells its namespace once that it has work under way, however much follows, and is asked after it until it
 * has come to rest: whoever waits for a namespace to settle asks those objects alone, and wakes no others.
 */
export type Activity = {
  /** Work goes on after the answer: deliveries, timers that are due, what handlers leave to it. */
  began(): void
  /** Until it resolves the namespace does not know: nothing is answered before, so that whoever reads then waits. */
  told(): Promise<void> | undefined
  /** Nothing is under way, as it has just said to who asks. */
  rested(): void
}

/** @param tell takes a new token each time: the namespace forgets only what it was told under the one that it asked for */
export function activityOf(tell: (token: string) => Promise<unknown>): Activity {
  let token: string | undefined
  let telling: Promise<void> | undefined

  async function tellWith(own: string): Promise<void> {
    try {
      // Whoever began it may be in the middle of a change.
      await Promise.resolve()
      await tell(own)
    } catch (error) {
      console.error('activity', error)
      if (token === own) token = undefined
    } finally {
      if (token === own) telling = undefined
    }
  }

  return {
    began() {
      if (token !== undefined) return
      token = crypto.randomUUID()
      telling = tellWith(token)
    },
    told: () => telling,
    rested() {
      token = undefined
      telling = undefined
    },
  }
}
