/** What a part of the emulator was found to have done with what it had acknowledged. */
export type Findings = {
  /** How much was acknowledged, in words. */
  figure: string
  /** Acknowledged, and not there. */
  lost: string[]
  /** There more than once where AWS says exactly once, or in the wrong order. */
  wrong: string[]
  /** More than once where AWS says at least once. */
  repeated: number
}

/** One kind of work that goes on while processes die. */
export type Part = {
  name: string
  /** Works until it is over; what fails is the emulator's death, and tried again or left. */
  work(isOver: () => boolean): Promise<void>
  /** Looks for everything once the emulator is back for good. */
  verify(): Promise<Findings>
}

export const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, ms))

/** After a failure the emulator needs a moment. */
const PAUSE_MS = 40

/** @returns whether it was acknowledged */
export async function acknowledged(request: () => Promise<unknown>): Promise<boolean> {
  try {
    await request()
    return true
  } catch {
    await sleep(PAUSE_MS)
    return false
  }
}

/** Repeats a request until it is acknowledged. */
export async function insist<T>(request: () => Promise<T>, attempts = 400): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request()
    } catch (error) {
      if (attempt === attempts) throw error
      await sleep(PAUSE_MS)
    }
  }
}
