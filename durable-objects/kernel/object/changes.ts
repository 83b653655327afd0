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
  /** Something is done whenever any change is undone. */
  whenUndone(work: () => void): void
  /**
   * Rows that are gathered while a change is under way, and written by one statement at its end, as a part of it; outside
   * a change each is written at once. What a savepoint gathered goes with it, but for what `survives` an undo.
   */
  gathered<Row>(write: (rows: readonly Row[]) => void, survives?: (row: Row) => boolean): Gathered<Row>
  /** Counts what happens nearby within the outermost change. */
  readonly nearby: { depth: number; count: number }
}

export type Gathered<Row> = { add(row: Row): void }

type Gathering = { rows: unknown[]; write(rows: readonly unknown[]): void; survives(row: unknown): boolean }

export function changesOf(storage: Pick<DurableObjectStorage, 'transactionSync'>): Changes {
  const nearby = { depth: 0, count: 0 }
  const gatherings: Gathering[] = []
  const whenUndone: (() => void)[] = []
  let level = 0
  let afterwards: (() => void)[] = []
  let undoing: (() => void)[] = []

  function run<T>(work: () => T): T {
    const outermost = level === 0
    const [commits, undos] = [afterwards.length, undoing.length]
    const gathered = gatherings.map(({ rows }) => rows.length)
    level += 1
    try {
      return storage.transactionSync(outermost ? () => withGathered(work) : work)
    } catch (thrown) {
      afterwards.length = commits
      for (const [i, { rows, survives }] of gatherings.entries())
        rows.push(...rows.splice(gathered[i] ?? 0).filter(survives))
      for (const undo of [...undoing.splice(undos).reverse(), ...whenUndone]) undo()
      throw thrown
    } finally {
      level -= 1
      if (level === 0) end()
    }
  }

  function withGathered<T>(work: () => T): T {
    const answer = work()
    write()
    return answer
  }

  function write(): void {
    for (const { rows, write } of gatherings) if (rows.length > 0) write(rows.splice(0))
  }

  function end(): void {
    nearby.count = 0
    undoing = []
    const works = [write, ...afterwards] // of an undone change, what survived
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
    whenUndone: work => void whenUndone.push(work),
    gathered<Row>(write: (rows: readonly Row[]) => void, survives: (row: Row) => boolean = () => false) {
      const gathering = { rows: [] as Row[], write, survives }
      gatherings.push(gathering as unknown as Gathering) // its rows are its own
      return { add: (row: Row) => void (level === 0 ? write([row]) : gathering.rows.push(row)) }
    },
    nearby,
  }
}
