/** How often an object was erased, and its services each by itself: what began before changes nothing afterwards. */
export type Lives = {
  /** The number of a service's present life, another than all before. */
  of(service: string): number
  /** Ends that of one service, or of all. */
  end(service?: string): void
}

export function livesOf(): Lives {
  let ended = 0
  const alone = new Map<string, number>()
  return {
    of: service => ended + (alone.get(service) ?? 0),
    end(service) {
      if (service === undefined) ended += 1
      else alone.set(service, (alone.get(service) ?? 0) + 1)
    },
  }
}
