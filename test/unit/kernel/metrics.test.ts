import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { META_SCHEMA } from '../../../durable-objects/kernel/object/meta.ts'
import {
  METRICS_SCHEMA,
  type MetricsPage,
  metricsPage,
  noteMetric,
} from '../../../durable-objects/kernel/metrics/metrics.ts'
import type { Tx } from '../../../durable-objects/kernel/object/operation.ts'
import type { Sql } from '../../../durable-objects/kernel/object/sql.ts'
import { bareObject } from '../../support/object.ts'

const MINUTE = 60_000
const START = 30_000_000 * MINUTE

/** An object that can be put to sleep, and wakes with what it wrote. */
function object() {
  const database = new DatabaseSync(':memory:')
  database.exec(META_SCHEMA + METRICS_SCHEMA)
  let writes = 0
  let told = 0
  const bound = (bindings: unknown[]) => bindings as SQLInputValue[]
  const sql = {
    all: (query: string, ...bindings: unknown[]) => {
      if (query.startsWith('INSERT')) writes += 1
      return database.prepare(query).all(...bound(bindings))
    },
    first: (query: string, ...bindings: unknown[]) => database.prepare(query).get(...bound(bindings)),
    run: (query: string, ...bindings: unknown[]) => {
      if (/^(INSERT|UPDATE)/.test(query)) writes += 1
      database.prepare(query).run(...bound(bindings))
    },
  } as unknown as Sql // what metrics use of it
  let memory = new Map<string, unknown>()
  const ctx: Tx & { now: number } = {
    now: START,
    service: 'none',
    sql,
    change: <T>(work: (tx: Tx) => T): T => work(ctx),
    committed: (work: () => void) => work(),
    memory: (key: string, initial: () => unknown) => {
      if (!memory.has(key)) memory.set(key, initial())
      return memory.get(key)
    },
    background: (work: Promise<unknown>) => void work.catch(() => undefined),
    env: {},
    place: {},
    caller: {},
  } as unknown as Tx & { now: number } // likewise
  const note = (value: number, name = 'Duration', dimensions: Record<string, string> = { FunctionName: 'work' }) =>
    noteMetric(
      ctx,
      { namespace: 'AWS/Lambda', name, value, unit: 'Milliseconds', dimensions },
      {
        any: () => true,
        tell: () => {
          told += 1
        },
      },
    )
  const fetch = (page?: MetricsPage) =>
    metricsPage(ctx, () => [], {
      watched: true,
      after: page?.rows.at(-1)?.version ?? 0,
      epoch: page?.epoch ?? '',
    })
  const sleep = () => {
    memory = new Map()
  }
  return {
    ctx,
    note,
    fetch,
    sleep,
    writes: () => writes,
    told: () => told,
    rows: () => sql.all('SELECT * FROM _metrics').length,
  }
}

const pause = () => Promise.resolve()
const shown = (page: MetricsPage) => page.rows.map(({ minute, metrics: text }) => ({ minute, ...JSON.parse(text) }))

test('values of one set of dimensions and minute are one row, written once for all that happens together', async () => {
  const { note, fetch, writes } = object()
  note(10)
  note(30)
  note(10)
  note(1, 'Errors')
  await pause()
  expect(writes()).toBe(1)
  expect(shown(fetch())).toEqual([
    {
      minute: 30_000_000,
      Duration: { u: 'Milliseconds', n: 3, s: 50, l: 10, h: 30, v: [10, 2, 30, 1] },
      Errors: { u: 'Milliseconds', n: 1, s: 1, l: 1, h: 1, v: [1, 1] },
    },
  ])
})

test('what was written and not fetched is there after the object has slept', async () => {
  const { note, fetch, sleep } = object()
  note(10)
  await pause()
  sleep()
  note(20)
  await pause()
  expect(shown(fetch()).map(row => row.Duration.s)).toEqual([10, 20])
})

test('a reader gets what changed since it last asked, the row of a minute that goes on as a whole', async () => {
  const { note, fetch, rows, ctx } = object()
  note(10)
  const first = fetch()
  expect(fetch(first).rows).toEqual([])
  note(5)
  const second = fetch(first)
  expect(shown(second)).toMatchObject([{ Duration: { n: 2, s: 15 } }])
  expect(second.rows[0]?.id).toBe(first.rows[0]?.id)
  ctx.now += MINUTE
  note(7)
  const third = fetch(second)
  expect(shown(third)).toMatchObject([{ minute: 30_000_001, Duration: { n: 1, s: 7 } }])
  expect(rows()).toBe(1)
})

test('a clock that goes back to a minute that was fetched counts on in another row', async () => {
  const { note, fetch, ctx } = object()
  note(10)
  const first = fetch()
  ctx.now += MINUTE
  note(7)
  const second = fetch(first)
  ctx.now -= MINUTE
  note(3)
  const [row] = fetch(second).rows
  expect(row).toMatchObject({ minute: 30_000_000 })
  expect(row?.id).not.toBe(first.rows[0]?.id)
})

test('an object that began anew is read from its beginning', async () => {
  const { note, fetch } = object()
  note(10)
  const page = fetch()
  expect(fetch({ ...page, epoch: 'another life' }).rows).toHaveLength(1)
})

test('many different values keep a row small, and their statistics exact', async () => {
  const { note, fetch } = object()
  for (let i = 1; i <= 5000; i++) note(i)
  const [row] = shown(fetch())
  expect(row.Duration).toMatchObject({ n: 5000, s: 12_502_500, l: 1, h: 5000 })
  expect(row.Duration.v.length).toBeLessThan(600)
})

test('CloudWatch is told of news once, and again after it has fetched them', async () => {
  const { note, fetch, told } = object()
  for (const value of [1, 2]) {
    note(value)
    await pause()
  }
  expect(told()).toBe(1)
  fetch()
  note(3)
  await pause()
  expect(told()).toBe(2)
})

test('what an undone change measured does not count, but for what tells of its refusal', () => {
  const { contextOf } = bareObject()
  const ctx = contextOf('toy', { now: START })
  const nobody = { any: () => false, tell: () => undefined }
  const note = (name: string, refusal?: boolean) =>
    noteMetric(ctx, { namespace: 'AWS/Toy', name, value: 1, unit: 'Count', refusal }, nobody)
  const refused = (work: () => void) =>
    expect(() =>
      ctx.change(() => {
        work()
        throw new Error('refused')
      }),
    ).toThrow('refused')
  ctx.change(() => {
    note('Sent')
    // A neighbour that refuses undoes itself alone.
    refused(() => {
      note('Received')
      note('Throttled', true)
    })
  })
  refused(() => {
    note('Sent')
    ctx.change(() => note('Throttled', true))
  })
  const { rows } = metricsPage(ctx, () => [], { watched: true, after: 0, epoch: '' })
  const metrics = Object.entries(JSON.parse(rows[0]?.metrics ?? '{}') as Record<string, { n: number }>)
  expect(metrics.map(([name, { n }]) => [name, n])).toEqual([
    ['Throttled', 2],
    ['Sent', 1],
  ])
})

test('a service that is erased holds up nothing that others measure', async () => {
  const { contextOf, count } = bareObject()
  const [erased, other] = [contextOf('erased', { now: START }), contextOf('other', { now: START })]
  const note = (ctx: Tx, name: string) =>
    noteMetric(ctx, { namespace: 'AWS/Toy', name, value: 1, unit: 'Count' }, { any: () => true, tell: () => undefined })
  note(erased, 'Sent')
  Object.assign(erased, { erased: true })
  await pause()
  note(other, 'Received')
  await pause()
  expect(count('_metrics')).toBe(1)
})
