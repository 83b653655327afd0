/** The one alarm of an object, set no later than it is wanted. */
export type Wake = {
  /** Makes sure that it rings by then (real epoch milliseconds). */
  by(at: number): void
  /** It has rung. */
  rang(): void
  never(): Promise<void>
}

export function wakeOf(storage: DurableObjectStorage): Wake {
  let armedFor: number | null = null
  return {
    by(at) {
      const now = Date.now()
      if (armedFor !== null && armedFor >= now && armedFor <= at) return
      armedFor = Math.max(at, now)
      void storage.setAlarm(armedFor)
    },
    rang() {
      armedFor = null
    },
    async never() {
      armedFor = null
      await storage.deleteAlarm()
    },
  }
}

/** How long after a delivery could be tried its object looks whether it was (milliseconds). */
const DELIVERY_WATCH_MS = 2000

/** And how soon an object that was killed runs the timers and posts again that were under way in it. */
const TIMER_WATCH_MS = 15_000

/** What is left to do in an object (real epoch milliseconds). */
type Left = {
  /** The earliest timer, or try of a post. */
  due: number | null
  /** The earliest try of a delivery, or that of one under way. */
  retry: number | null
  /** Timers or posts are under way: should the object be killed, nothing else would wake it. */
  waiting: boolean
}

/** When an object has to be woken; null where it need not be. */
export function wakeTime({ due, retry, waiting }: Left, now: number): number | null {
  const times = [
    ...(due === null ? [] : [due]),
    // From now on at the earliest: one that is under way for long would have the alarm ring without a pause.
    ...(retry === null ? [] : [Math.max(retry, now) + DELIVERY_WATCH_MS]),
    ...(waiting ? [now + TIMER_WATCH_MS] : []),
  ]
  return times.length === 0 ? null : Math.min(...times)
}
