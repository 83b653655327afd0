import { expect, onTestFinished, test, vi } from 'vitest'
import type { OperationRequest, OperationResult } from '../../../durable-objects/kernel/object/operation.ts'
import { outboxOf } from '../../../durable-objects/kernel/outbox/outbox.ts'
import { bareObject } from '../../support/object.ts'

/** An outbox in an object: what it tells is written, and `end` is what the source does at the end of a delivery. */
function setUp(end: () => void = () => undefined) {
  const { sql, changes, database, count } = bareObject()
  database.exec('CREATE TABLE told (text TEXT)')
  const tell = (text: string) => sql.run('INSERT INTO told VALUES (?)', text)
  const sent: ((result: OperationResult) => void)[] = []
  const work: Promise<unknown>[] = []
  const outbox = outboxOf({
    sql,
    request: (_sent, { to }) => ({ to, input: {} }) as unknown as OperationRequest,
    send: (_to, lists) =>
      new Promise(resolve => sent.push(result => resolve(lists.map(list => list.map(() => result))))),
    change: run => changes.run(run),
    gathered: write => changes.gathered(write),
    whenUndone: changes.whenUndone,
    note: (_trace, { event, outcome }) => tell(`${event} ${outcome}`),
    now: () => 0,
    ended: (_of, { event = '' }, undelivered) => {
      tell(`${event} ended ${undelivered ? 'in vain' : 'well'}`)
      end()
    },
    deliver: ({ to, event }) => tell(`${event} sent on to ${to}`),
    track: promise => void work.push(promise),
    wakeBy: () => undefined,
  })
  const add = (event: string, deadLetter?: string) =>
    changes.run(() =>
      outbox.add({ to: 'a', from: 's', principal: 'p', event, deadLetter }, { service: 's', traceId: 't' }),
    )
  const turn = () => new Promise(resolve => setImmediate(resolve))
  const later = async () => {
    vi.setSystemTime(Date.now() + 60_000)
    outbox.kick()
    await turn()
  }
  const told = () => sql.all<{ text: string }>('SELECT text FROM told').map(({ text }) => text)
  const waiting = () => count('_outbox')
  return { outbox, database, add, sent, turn, later, told, waiting, rest: () => Promise.all(work) }
}

function frozenTime() {
  vi.useFakeTimers({ toFake: ['Date'] })
  onTestFinished(() => void vi.useRealTimers())
}

test('the end of a delivery that was erased is no other’s, though that has its number', async () => {
  const { database, add, sent, turn, told, waiting, rest } = setUp()
  add('first')
  await turn()
  // As after a reset: numbers begin again.
  database.exec("DELETE FROM _outbox; DELETE FROM sqlite_sequence WHERE name = '_outbox'")
  add('second')
  sent[0]?.({ output: {} })
  await turn()
  expect([waiting(), told()]).toEqual([1, []])
  sent[1]?.({ output: {} })
  await rest()
  expect([waiting(), told()]).toEqual([0, ['second delivered', 'second ended well']])
})

const REFUSED: OperationResult = { error: { code: 'Refused', message: 'on purpose', status: 400, fields: {} } }

test.each([
  ['one that arrived', { output: {} }, ['first delivered', 'first ended well']],
  ['one that was refused', REFUSED, ['first refused', 'first ended in vain']],
])(
  'a source that fails at the end of a delivery (%s) hears of it again, and it is told once',
  async (_, answer, end) => {
    frozenTime()
    let faults = 1
    const { outbox, add, sent, turn, later, told, waiting } = setUp(() => {
      if (faults-- > 0) throw new Error('on purpose')
    })
    add('first')
    await turn()
    sent[0]?.(answer)
    await turn()
    // Nothing of that end holds: what it told, and that the delivery is gone.
    expect([waiting(), told()]).toEqual([1, []])
    await later()
    sent[1]?.(answer)
    await turn()
    expect([waiting(), told()]).toEqual([0, end])
    expect(outbox.waits('a')).toBe(false)
  },
)

test('a dead letter that cannot be sent on is sent on later, and the delivery is not gone before', async () => {
  frozenTime()
  const { add, sent, turn, later, told, waiting, database } = setUp()
  add('first', 'dlq')
  await turn()
  database.exec(
    "CREATE TRIGGER full BEFORE INSERT ON told WHEN new.text LIKE '%sent on%' BEGIN SELECT RAISE(FAIL, 'full'); END",
  )
  sent[0]?.(REFUSED)
  await turn()
  expect([waiting(), told()]).toEqual([1, []])
  database.exec('DROP TRIGGER full')
  await later()
  sent[1]?.(REFUSED)
  await turn()
  expect([waiting(), told()]).toEqual([0, ['first dead-lettered', 'first sent on to dlq']])
})
