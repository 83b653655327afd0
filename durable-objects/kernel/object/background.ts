/** Whether something is under way in an object, and when its next timer falls due (namespace's clock). */
export type SettleReport = { busy: boolean; due: number | null }

/** Work of an object that goes on after its answers: deliveries, and what handlers leave to it. */
export type Background = {
  /** Takes on work; `failed` hears of it should it fail. */
  add(work: Promise<unknown>, failed: (error: unknown) => void): Promise<void>
  busy(): boolean
  /** Waits until none is under way, no longer than `boundMs` of real time. */
  rest(boundMs: number): Promise<void>
}

export function backgroundOf(): Background {
  const active = new Set<Promise<unknown>>()
  return {
    add(work, failed) {
      const settled = work.then(() => undefined, failed).finally(() => active.delete(settled))
      active.add(settled)
      return settled
    },
    busy: () => active.size > 0,
    async rest(boundMs) {
      const end = Date.now() + boundMs
      while (active.size > 0 && Date.now() < end) {
        await Promise.race([Promise.allSettled(active), scheduler.wait(end - Date.now())])
      }
    },
  }
}
