import type { Sql } from '../object/sql.ts'

/** One time a namespace: it runs with an offset to the real one, or stands still at `frozenAt` (epoch milliseconds). */
export type ClockState = { offsetMs: number; frozenAt: number | null }

export const REAL_CLOCK: ClockState = { offsetMs: 0, frozenAt: null }

export function clockNow(clock: ClockState): number {
  return clock.frozenAt ?? Date.now() + clock.offsetMs
}

/** A clock that stands still within one synchronous stretch, as it does on the edge: what is written is what is told. */
export function steadyClock(read: () => number): { now(): number; reset(): void } {
  let stretch: number | undefined
  const reset = () => {
    stretch = undefined
  }
  return {
    now() {
      if (stretch === undefined) {
        stretch = read()
        // A queueMicrotask would cross into the runtime.
        Promise.resolve().then(reset)
      }
      return stretch
    },
    reset,
  }
}

/** The real time at which the clock will show `due`; null while it stands still before it. */
export function realTimeOf(clock: ClockState, due: number): number | null {
  if (clock.frozenAt === null) return due - clock.offsetMs
  return due <= clock.frozenAt ? Date.now() : null
}

/** Timers of an object: a name and a key, due at a time of the namespace's clock. The payload is the resource's own row. */
export type Timers = {
  /** Sets or moves a timer. `due` is in epoch milliseconds of the namespace's clock. */
  set(name: string, key: string, due: number): void
  clear(name: string, key: string): void
}

export type TimerRow = { id: number; service: string; name: string; key: string; due: number; attempts: number }

/** A timer that is set again has another id: what ends the one that ran leaves the new one alone. */
export const TIMER_SCHEMA = `
CREATE TABLE _timers (
  id INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, name TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0, UNIQUE (service, name, key)
);
CREATE INDEX _timers_due ON _timers (due);`

/** The timers of one service. */
export function timersOf(sql: Sql, service: string, changed: () => void): Timers {
  return {
    set(name, key, due) {
      const at = Math.max(0, Math.ceil(due))
      sql.run('INSERT OR REPLACE INTO _timers (service, name, key, due) VALUES (?, ?, ?, ?)', service, name, key, at)
      changed()
    },
    clear: (name, key) => sql.run('DELETE FROM _timers WHERE service = ? AND name = ? AND key = ?', service, name, key),
  }
}

/** Failing timers wait 2 s, 4 s … 5 min of the namespace's clock, so that one starves no other. */
const retryDelay = (attempts: number) => Math.min(300_000, 1000 * 2 ** attempts)

/** Timers of an object that may await at the same time: a slow one holds up no other. */
const MOST_UNDER_WAY = 16

export type TimerHost = {
  sql: Sql
  now(): number
  run(timer: TimerRow): void | Promise<void>
  change<T>(work: () => T): T
  /** One that awaited has ended: others may be due. */
  ended(): void
  track(work: Promise<unknown>): void
}

export type TimerRounds = {
  /** Runs what is due, earliest first, and starts what awaits. Answers how many. */
  start(): number
  /** The same, and waits for all of it and what falls due meanwhile. */
  finish(): Promise<number>
  /** When the next one falls due that may be run; null where none may before another has ended. */
  next(): number | null
  /** Whether some are under way. */
  waiting(): boolean
  /** All was erased: what is under way ends nothing that is set from now on. */
  forget(): void
}

/**
 * Runs the timers of one object. A row goes in the change that its handler makes; one whose handler failed is moved on.
 * One that awaits is under way until it ended, and is run again should the object be killed before.
 */
export function timerRounds(host: TimerHost): TimerRounds {
  const { sql } = host
  let underWay = new Map<number, Promise<void>>()

  /** The earliest that is not under way, due by `until`, of those set up to the one of that id. */
  function first(until: number, last: number): TimerRow | undefined {
    const query = `SELECT * FROM _timers WHERE due <= ? AND id <= ? ORDER BY due, name, key LIMIT ${underWay.size + 1}`
    return sql.all<TimerRow>(query, until, last).find(({ id }) => !underWay.has(id))
  }

  function start(): number {
    const now = host.now()
    // What is set from here on is another round's: a timer that sets itself for now would never let go.
    const last = sql.first<{ id: number | null }>('SELECT MAX(id) AS id FROM _timers')?.id ?? 0
    let count = 0
    while (underWay.size < MOST_UNDER_WAY) {
      const row = first(now, last)
      if (!row) break
      count += 1
      runOne(row)
    }
    return count
  }

  function runOne(row: TimerRow): void {
    try {
      const work = host.change(() => {
        const given = host.run(row)
        if (!given) end(row)
        return given
      })
      if (work) whenDone(row, work)
    } catch (error) {
      failed(row, error)
    }
  }

  function whenDone(row: TimerRow, work: Promise<void>): void {
    // After an erase another timer may have its number.
    const round = underWay
    const ofNow = (ending: () => void) => {
      if (round === underWay) ending()
    }
    const ended = work
      .then(
        () => ofNow(() => host.change(() => end(row))),
        error => ofNow(() => failed(row, error)),
      )
      .finally(() => {
        round.delete(row.id)
        ofNow(host.ended)
      })
    round.set(row.id, ended)
    host.track(ended)
  }

  const end = ({ id }: TimerRow) => sql.run('DELETE FROM _timers WHERE id = ?', id)

  function failed({ id, service, name, key, attempts }: TimerRow, error: unknown): void {
    console.error(`timer ${service} ${name} ${key}`, error)
    const due = host.now() + retryDelay(attempts + 1)
    sql.run('UPDATE _timers SET due = ?, attempts = attempts + 1 WHERE id = ?', due, id)
  }

  async function finish(): Promise<number> {
    let count = start()
    while (underWay.size > 0) {
      await Promise.race(underWay.values())
      count += start()
    }
    return count
  }

  const next = () =>
    underWay.size < MOST_UNDER_WAY ? (first(Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER)?.due ?? null) : null

  const forget = () => {
    underWay = new Map()
  }
  return { start, finish, next, waiting: () => underWay.size > 0, forget }
}
