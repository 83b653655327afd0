/**
 * The changes of one object. One within another is a savepoint of it: a throw undoes the inner one alone, and what the
 * outermost wrote commits as one.
 */
export type Changes = {
  run<T>(work: () => T): T
  /** Does something once all that is under way has committed, before anything leaves the object; at once outside a change. */
  committed(work: () => void): void
  /** Does something if the change under way is undone, the last first: what was noted in memory goes with what was written. */
  undone(work: () => void): void
  /** Counts what happens nearby within the outermost change. */
  readonly nearby: { depth: number; count: number }
}

export function changesOf(storage: Pick<DurableObjectStorage, 'transactionSync'>): Changes {
  const nearby = { depth: 0, count: 0 }
  let level = 0
  let afterwards: (() => void)[] = []
  let undoing: (() => void)[] = []

  function run<T>(work: () => T): T {
    const [commits, undos] = [afterwards.length, undoing.length]
    level += 1
    try {
      return storage.transactionSync(work)
    } catch (thrown) {
      afterwards.length = commits
      for (const undo of undoing.splice(undos).reverse()) undo()
      throw thrown
    } finally {
      level -= 1
      if (level === 0) end()
    }
  }

  function end(): void {
    nearby.count = 0
    undoing = []
    const works = afterwards
    afterwards = []
    for (const work of works) {
      try {
        work()
      } catch (error) {
        console.error('after a change', error)
      }
    }
  }

  return {
    run,
    committed: work => {
      if (level === 0) work()
      else afterwards.push(work)
    },
    undone: work => {
      if (level > 0) undoing.push(work)
    },
    nearby,
  }
}
