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

/** `generation` tells one setting of a timer from the next. */
export type TimerRow = { name: string; key: string; due: number; attempts: number; generation: number }

export const TIMER_SCHEMA = `
CREATE TABLE _timers (
  name TEXT NOT NULL, key TEXT NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (name, key)
) WITHOUT ROWID;
CREATE INDEX _timers_due ON _timers (due);`

/** A timer that is set again while it runs has another generation, and stays. */
export const TIMER_GENERATIONS = 'ALTER TABLE _timers ADD COLUMN generation INTEGER NOT NULL DEFAULT 0'

const newGeneration = () => Math.floor(Math.random() * 2 ** 48)

export function timersOf(sql: Sql, changed: () => void): Timers {
  return {
    set(name, key, due) {
      const at = Math.max(0, Math.ceil(due))
      sql.run(
        'INSERT OR REPLACE INTO _timers (name, key, due, generation) VALUES (?, ?, ?, ?)',
        name,
        key,
        at,
        newGeneration(),
      )
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

/** Timers that wait for something at once: a slow one holds up few others. */
const MOST_AT_ONCE = 16

const idOf = ({ name, key }: TimerRow) => JSON.stringify([name, key])

/**
 * Starts every timer that is due, earliest first, and none a second time: what sets itself anew for now is due in the
 * next round. One that waits lets others begin. A row goes when its handler succeeded and did not set it anew; one that
 * failed is moved on.
 */
async function runDueTimers(sql: Sql, host: TimerHost): Promise<number> {
  const now = host.now()
  const started = new Set<string>()
  const waiting = new Set<Promise<void>>()
  for (;;) {
    const row = nextDue(sql, now, started)
    if (!row && waiting.size === 0) return started.size
    if (!row || waiting.size >= MOST_AT_ONCE) {
      await Promise.race(waiting)
      continue
    }
    started.add(idOf(row))
    const conclude = (succeeded: boolean) => concludeTimer(sql, row, { succeeded, now })
    const running = runTimer(host, row)
    if (typeof running === 'boolean') conclude(running)
    else {
      const ended: Promise<void> = running.then(conclude).finally(() => waiting.delete(ended))
      waiting.add(ended)
    }
  }
}

/** The earliest row of a timer that has not been started. */
function nextDue(sql: Sql, now: number, started: ReadonlySet<string>): TimerRow | undefined {
  const first = sql.first<TimerRow>('SELECT * FROM _timers WHERE due <= ? ORDER BY due, name, key LIMIT 1', now)
  if (!first || !started.has(idOf(first))) return first
  for (let offset = 0; ; offset += 50) {
    const rows = sql.all<TimerRow>(
      'SELECT * FROM _timers WHERE due <= ? ORDER BY due, name, key LIMIT 50 OFFSET ?',
      now,
      offset,
    )
    const row = rows.find(each => !started.has(idOf(each)))
    if (row || rows.length < 50) return row
  }
}

function concludeTimer(sql: Sql, row: TimerRow, { succeeded, now }: { succeeded: boolean; now: number }): void {
  const same = [row.name, row.key, row.generation] as const
  if (succeeded) {
    sql.run('DELETE FROM _timers WHERE name = ? AND key = ? AND generation = ?', ...same)
    return
  }
  const due = now + retryDelay(row.attempts + 1)
  sql.run(
    'UPDATE _timers SET due = ?, attempts = attempts + 1 WHERE name = ? AND key = ? AND generation = ?',
    due,
    ...same,
  )
}

/** Whether it succeeded; a promise of that where the handler waits for something. */
function runTimer(host: TimerHost, { name, key }: TimerRow): boolean | Promise<boolean> {
  const failed = (error: unknown) => {
    console.error(`timer ${name} ${key}`, error)
    return false
  }
  try {
    const running = host.run(name, key)
    return running ? running.then(() => true, failed) : true
  } catch (error) {
    return failed(error)
  }
}
