import { expect, test } from 'vitest'
import { type Changes, changesOf } from '../../../durable-objects/kernel/object/changes.ts'

/** Storage that undoes nothing: what changes do around it is looked at. */
const changes = (): Changes => changesOf({ transactionSync: work => work() })

const refused = (work: () => void) => () => {
  work()
  throw new Error('refused')
}

test('what is left for after a change is done once the outermost has committed, in order', () => {
  const { run, committed } = changes()
  const done: string[] = []
  run(() => {
    committed(() => done.push('outer'))
    run(() => committed(() => done.push('inner')))
    expect(done).toEqual([])
  })
  expect(done).toEqual(['outer', 'inner'])
})

test('it is never done when the change is undone, and a part that is undone takes only its own along', () => {
  const { run, committed } = changes()
  const done: string[] = []
  expect(() => run(refused(() => committed(() => done.push('never'))))).toThrow('refused')
  run(() => {
    committed(() => done.push('outer'))
    expect(() => run(refused(() => committed(() => done.push('inner'))))).toThrow('refused')
  })
  expect(done).toEqual(['outer'])
})

test('outside a change it is done at once', () => {
  const { committed } = changes()
  const done: string[] = []
  committed(() => done.push('now'))
  expect(done).toEqual(['now'])
})

test('what was noted in memory is taken back with the change, and with an outer one that is undone later', () => {
  const { run, undone } = changes()
  const taken: string[] = []
  run(() => undone(() => taken.push('kept')))
  expect(taken).toEqual([])
  expect(() =>
    run(
      refused(() => {
        run(() => undone(() => taken.push('inner')))
        expect(taken).toEqual([])
      }),
    ),
  ).toThrow('refused')
  expect(taken).toEqual(['inner'])
})

test('what was noted in memory is taken back in the reverse order, so that the first that was there stays', () => {
  const { run, undone } = changes()
  let value = 'first'
  const set = (next: string) => {
    const before = value
    value = next
    undone(() => {
      value = before
    })
  }
  expect(() =>
    run(
      refused(() => {
        set('second')
        run(() => set('third'))
        set('fourth')
      }),
    ),
  ).toThrow('refused')
  expect(value).toBe('first')
})

test('what happens nearby is counted anew in each outermost change', () => {
  const { run, nearby } = changes()
  run(() => {
    nearby.count = 5
    run(() => {})
    expect(nearby.count).toBe(5)
  })
  expect(nearby.count).toBe(0)
})
