import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test, vi } from 'vitest'
import { changesOf } from '../../../durable-objects/kernel/object/changes.ts'
import type { OperationRequest, OperationResult } from '../../../durable-objects/kernel/object/operation.ts'
import type { Sql, SqlValue } from '../../../durable-objects/kernel/object/sql.ts'
import { outboxOf } from '../../../durable-objects/kernel/outbox/outbox.ts'
import { OUTBOX_SCHEMA } from '../../../durable-objects/kernel/outbox/outbox-rows.ts'

type Lists = OperationRequest[][]

/** An outbox with a database of its own; everything goes to one object, which answers when told. */
function setUp() {
  const db = new DatabaseSync(':memory:')
  const create = () => db.exec(OUTBOX_SCHEMA)
  create()
  const rows = (query: string, bindings: SqlValue[]) => db.prepare(query).all(...(bindings as (string | number)[]))
  const sql = {
    all: (query: string, ...bindings: SqlValue[]) => rows(query, bindings),
    first: (query: string, ...bindings: SqlValue[]) => rows(query, bindings)[0],
    run: (query: string, ...bindings: SqlValue[]) => void rows(query, bindings),
    changes: () => Number(rows('SELECT changes() AS n', [])[0]?.n),
  } as unknown as Sql // what an outbox uses of it
  const sent: { lists: Lists; answer: (result: OperationResult) => void }[] = []
  const noted: string[] = []
  const ended: (number | undefined)[] = []
  const work: Promise<unknown>[] = []
  const changes = changesOf({ transactionSync: run => run() })
  const outbox = outboxOf({
    sql,
    request: (_sent, { to }) => ({ to: 'there', input: { to } }) as unknown as OperationRequest,
    send: (_to, lists) =>
      new Promise(resolve => {
        const answer = (result: OperationResult) => resolve(lists.map(list => list.map(() => result)))
        sent.push({ lists, answer })
      }),
    change: changes.run,
    gathered: write => changes.gathered(write),
    whenUndone: changes.whenUndone,
    note: (_trace, { to, outcome }) => void noted.push(`${to} ${outcome}`),
    now: () => 0,
    ended: (_of, _delivery, undelivered) => void ended.push(undelivered?.attempts),
    deliver: () => undefined,
    track: promise => void work.push(promise.catch(() => undefined)),
    wakeBy: () => undefined,
  })
  const deliver = (...targets: string[]) => {
    for (const to of targets) outbox.add({ to, from: 'source', principal: 'p' }, { service: 's', traceId: 't' })
  }
  const turn = () => new Promise(resolve => setImmediate(resolve))
  const erase = () => db.exec('DROP TABLE _outbox')
  return { outbox, changes, create, deliver, sent, noted, ended, turn, erase, rest: () => Promise.all(work) }
}

const UNAVAILABLE = { error: { code: 'Unavailable', message: '', status: 503, fields: {} } }

test.each([[{ output: {} }], [UNAVAILABLE]])(
  'deliveries under way when all is erased hold up none that their targets get afterwards',
  async end => {
    const { outbox, create, deliver, sent, noted, turn, erase, rest } = setUp()
    deliver('a', 'b', 'c')
    await turn()
    erase()
    outbox.forget()
    create()
    deliver('b')
    await turn()
    sent[0]?.answer(end)
    await turn()
    expect(noted).toEqual([])
    sent[1]?.answer({ output: {} })
    await rest()
    expect(noted).toEqual(['b delivered'])
    expect(outbox.waits('a')).toBe(false)
    expect(outbox.waits('b')).toBe(false)
  },
)

test('a delivery that is taken back while it is under way is not tried again, and nothing is told of it', async () => {
  const { outbox, create, deliver, sent, noted, turn, erase, rest } = setUp()
  deliver('a', 'b')
  await turn()
  erase()
  create()
  outbox.reread()
  sent[0]?.answer(UNAVAILABLE)
  await rest()
  expect(noted).toEqual([])
  expect([outbox.waits('a'), outbox.waits('b')]).toEqual([false, false])
})

test('an end that cannot be told holds up no other target', async () => {
  const { outbox, create, deliver, sent, turn, erase, rest } = setUp()
  deliver('a', 'b', 'c')
  await turn()
  erase()
  sent[0]?.answer({ output: {} })
  await rest()
  create()
  outbox.reread()
  deliver('c')
  await turn()
  expect(sent).toHaveLength(2)
  expect(outbox.waits('b')).toBe(false)
})

const nearby = { id: 'd', service: 's', traceId: 't' }
const delivery = { to: 'a', from: 'source', principal: 'p' }

test.each([
  [0, ['a refused'], 1],
  [1, ['a retried', 'a refused'], 2],
  [2, ['a retried', 'a retried', 'a refused'], 3],
])(
  'a delivery with %i retries whose first try was nearby is tried no more often than another',
  async (retries, told, tries) => {
    vi.useFakeTimers({ toFake: ['Date'] })
    onTestFinished(() => void vi.useRealTimers())
    const { outbox, sent, noted, ended, turn, rest } = setUp()
    outbox.retry(nearby, { ...delivery, retries }, UNAVAILABLE.error)
    for (let i = 0; i < 5; i++) {
      vi.setSystemTime(Date.now() + 60_000)
      outbox.kick()
      await turn()
      sent[i]?.answer(UNAVAILABLE)
      await rest()
    }
    expect(sent).toHaveLength(tries - 1)
    expect(noted).toEqual(told)
    expect(ended).toEqual([tries])
  },
)

test('a delivery that failed nearby holds up those to the same target at once, in the change in which it failed too', async () => {
  const { outbox, changes, rest } = setUp()
  changes.run(() => {
    changes.run(() => outbox.retry(nearby, delivery, UNAVAILABLE.error))
    expect(outbox.waits('a')).toBe(true)
    expect(outbox.waits('b')).toBe(false)
  })
  await rest()
  expect(outbox.waits('a')).toBe(true)
})
