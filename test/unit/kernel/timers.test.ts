import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { TIMER_SCHEMA, type TimerHost, timerRounds, timersOf } from '../../../durable-objects/kernel/clock/clock.ts'
import type { Sql, SqlValue } from '../../../durable-objects/kernel/object/sql.ts'

/** Timers in a database of their own, at the time 1000. */
function setUp(run: (timers: ReturnType<typeof timersOf>, key: string) => void | Promise<void>) {
  const db = new DatabaseSync(':memory:')
  db.exec(TIMER_SCHEMA)
  const rows = (query: string, bindings: SqlValue[]) => db.prepare(query).all(...(bindings as (string | number)[]))
  const sql = {
    all: (query: string, ...bindings: SqlValue[]) => rows(query, bindings),
    first: (query: string, ...bindings: SqlValue[]) => rows(query, bindings)[0],
    run: (query: string, ...bindings: SqlValue[]) => void rows(query, bindings),
  } as unknown as Sql // what timers use of it
  const timers = timersOf(sql, 'service', () => undefined)
  const waiting: Promise<unknown>[] = []
  const host: TimerHost = {
    sql,
    now: () => 1000,
    run: ({ key }) => run(timers, key),
    change: work => work(),
    ended: () => undefined,
    track: work => void waiting.push(work),
  }
  const left = () => rows('SELECT key, due FROM _timers ORDER BY key', []).map(row => [row.key, row.due])
  const rounds = timerRounds(host)
  const round = async () => {
    const count = rounds.start()
    await Promise.all(waiting)
    return count
  }
  /** As an erased object does: its rows are gone, and their numbers begin again. */
  const erase = () => {
    db.exec("DELETE FROM _timers; DELETE FROM sqlite_sequence WHERE name = '_timers'")
    rounds.forget()
  }
  return { timers, left, round, finish: () => rounds.finish(), erase, rounds }
}

test('a timer that is set again for the same time while it runs stays, and runs in the next round', async () => {
  const ran: string[] = []
  const { timers, left, round } = setUp((own, key) => {
    ran.push(key)
    if (ran.length === 1) own.set('t', key, 900)
  })
  timers.set('t', 'a', 900)
  expect(await round()).toBe(1)
  expect(left()).toEqual([['a', 900]])
  expect(await round()).toBe(1)
  expect(left()).toEqual([])
  expect(ran).toEqual(['a', 'a'])
})

test('so does one that is cleared and set again while it waits', async () => {
  let go = () => {}
  const { timers, left, round } = setUp(() => new Promise<void>(resolve => (go = resolve)))
  timers.set('t', 'a', 900)
  const ended = round()
  await Promise.resolve()
  timers.clear('t', 'a')
  timers.set('t', 'a', 900)
  go()
  await ended
  expect(left()).toEqual([['a', 900]])
})

test('timers begin in the order of their times, and one that waits holds up no other', async () => {
  let go = () => {}
  const ran: string[] = []
  const { timers, left, round } = setUp((_own, key) => {
    ran.push(key)
    return key === 'slow' ? new Promise<void>(resolve => (go = resolve)) : undefined
  })
  timers.set('t', 'slow', 100)
  timers.set('t', 'b', 300)
  timers.set('t', 'a', 400)
  timers.set('t', 'later', 1001)
  const ended = round()
  await Promise.resolve()
  expect(ran).toEqual(['slow', 'b', 'a'])
  go()
  expect(await ended).toBe(3)
  expect(left()).toEqual([['later', 1001]])
})

test('no more than sixteen wait at once, and all have their turn', async () => {
  let waiting = 0
  let most = 0
  const { timers, left, finish } = setUp(async () => {
    waiting += 1
    most = Math.max(most, waiting)
    await new Promise(resolve => setImmediate(resolve))
    waiting -= 1
  })
  for (let i = 0; i < 100; i++) timers.set('t', String(i), i)
  expect(await finish()).toBe(100)
  expect(most).toBe(16)
  expect(left()).toEqual([])
})

test('one that fails waits, and the others run', async () => {
  const { timers, left, finish } = setUp((_own, key) => {
    if (key === 'bad') throw new Error('on purpose')
  })
  timers.set('t', 'bad', 100)
  timers.set('t', 'good', 200)
  expect(await finish()).toBe(2)
  expect(left()).toEqual([['bad', 3000]])
})

test('one that still waits when all is erased takes no timer that is set afterwards along', async () => {
  let go = () => {}
  const { timers, left, round, finish, erase } = setUp((_own, key) =>
    key === 'old' ? new Promise<void>(resolve => (go = resolve)) : undefined,
  )
  timers.set('t', 'old', 900)
  const ended = round()
  await Promise.resolve()
  erase()
  timers.set('t', 'new', 1001)
  go()
  await ended
  expect(left()).toEqual([['new', 1001]])
  timers.set('t', 'now', 900)
  expect(await finish()).toBe(1)
})

test('nor one that fails, and what is set then is run at its time whoever waits', async () => {
  let fail = (_error: Error) => {}
  const { timers, left, round, finish, erase } = setUp((_own, key) =>
    key === 'old' ? new Promise<void>((_resolve, reject) => (fail = reject)) : undefined,
  )
  timers.set('t', 'old', 900)
  const ended = round()
  await Promise.resolve()
  erase()
  timers.set('t', 'new', 900)
  expect(await finish()).toBe(1)
  timers.set('t', 'later', 1001)
  fail(new Error('on purpose'))
  await ended
  expect(left()).toEqual([['later', 1001]])
})

test('while as many wait as may, nothing asks to be woken for the others, and the object is looked after', async () => {
  const go: (() => void)[] = []
  const { timers, rounds, finish } = setUp(() => new Promise<void>(resolve => go.push(resolve)))
  for (let i = 0; i < 17; i++) timers.set('t', String(i), i)
  const ended = finish()
  expect([rounds.next(), rounds.waiting()]).toEqual([null, true])
  for (let i = 0; i < 17; i++) {
    go[i]?.()
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(await ended).toBe(17)
  expect(rounds.waiting()).toBe(false)
})
