import type { Sql } from '../object/sql.ts'

/** One time a namespace: it runs with an offset to the real one, or stands still at `frozenAt` (epoch milliseconds). */
export type ClockState = { offsetMs: number; frozenAt: number | null }

export const REAL_CLOCK: ClockState = { offsetMs: 0, frozenAt: null }

export function clockNow(clock: ClockState): number {
  return clock.frozenAt ?? Date.now() + clock.offsetMs
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

export type TimerRow = { name: string; key: string; due: number; attempts: number }

export const TIMER_SCHEMA = `
CREATE TABLE _timers (
  name TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, key)
) WITHOUT ROWID;
CREATE INDEX _timers_due ON _timers (due);`

export function timersOf(sql: Sql, changed: () => void): Timers {
  return {
    set(name, key, due) {
      const at = Math.max(0, Math.ceil(due))
      sql.run('INSERT OR REPLACE INTO _timers (name, key, due) VALUES (?, ?, ?)', name, key, at)
      changed()
    },
    clear: (name, key) => sql.run('DELETE FROM _timers WHERE name = ? AND key = ?', name, key),
  }
}

export function nextTimer(sql: Sql): number | null {
  return sql.first<{ due: number | null }>('SELECT MIN(due) AS due FROM _timers')?.due ?? null
}

/** Failing timers wait 2 s, 4 s … 5 min of the namespace's clock, so that one starves no other. */
const retryDelay = (attempts: number) => Math.min(300_000, 1000 * 2 ** attempts)

export type TimerHost = { now(): number; run(name: string, key: string): void | Promise<void> }

/** Runs what is due, one round at a time: an alarm and an advancing clock may ask at once. Answers how many ran. */
export function timerRounds(sql: Sql, host: TimerHost): () => Promise<number> {
  let last: Promise<unknown> = Promise.resolve()
  return () => {
    const round = last.then(() => runDueTimers(sql, host))
    last = round.catch(() => undefined)
    return round
  }
}

/**
 * Runs every timer that is due, earliest first. A row goes when its handler succeeded and did not set it anew; one that
 * failed is moved on.
 */
async function runDueTimers(sql: Sql, host: TimerHost): Promise<number> {
  const now = host.now()
  let count = 0
  for (;;) {
    const row = sql.first<TimerRow>('SELECT * FROM _timers WHERE due <= ? ORDER BY due, name, key LIMIT 1', now)
    if (!row) return count
    count += 1
    const same = [row.name, row.key, row.due] as const
    // A handler that sets its timer again writes another due, and that row stays.
    if (await succeeds(host, row)) {
      sql.run('DELETE FROM _timers WHERE name = ? AND key = ? AND due = ?', ...same)
    } else {
      const due = now + retryDelay(row.attempts + 1)
      sql.run(
        'UPDATE _timers SET due = ?, attempts = attempts + 1 WHERE name = ? AND key = ? AND due = ?',
        due,
        ...same,
      )
    }
  }
}

async function succeeds(host: TimerHost, { name, key }: TimerRow): Promise<boolean> {
  try {
    await host.run(name, key)
    return true
  } catch (error) {
    console.error(`timer ${name} ${key}`, error)
    return false
  }
}
