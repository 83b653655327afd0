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
