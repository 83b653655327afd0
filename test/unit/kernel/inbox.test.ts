import { expect, test } from 'vitest'
import type { OperationRequest, OperationResult } from '../../../durable-objects/kernel/object/operation.ts'
import { type Arriving, receiveAll } from '../../../durable-objects/kernel/outbox/inbox.ts'

const request = (id: string) => ({ delivery: { id } }) as OperationRequest // what the inbox looks at

/** An object that does what arrives when it is told to, each delivery once. */
function setUp() {
  const arriving: Arriving = new Map()
  const done = new Set<string>()
  const under: { id: string; end: (result: OperationResult) => void }[] = []
  const invoke = async ({ delivery }: OperationRequest): Promise<OperationResult> => {
    const id = delivery?.id ?? ''
    if (done.has(id)) return { output: {} }
    const result = await new Promise<OperationResult>(end => under.push({ id, end }))
    if (!result.error) done.add(id)
    return result
  }
  const arrive = (id: string) => receiveAll([[request(id)]], arriving, invoke)
  const turn = () => new Promise(resolve => setImmediate(resolve))
  return { arriving, under, arrive, turn }
}

const FAILED: OperationResult = { error: { code: 'Unavailable', message: '', status: 503, fields: {} } }

test('a copy of a delivery that arrives while the first is being done is answered, and not done again', async () => {
  const { arriving, under, arrive, turn } = setUp()
  const answers = [arrive('a'), arrive('a'), arrive('b'), arrive('a')]
  await turn()
  expect(under.map(({ id }) => id)).toEqual(['a', 'b'])
  for (const { end } of under) end({ output: {} })
  await Promise.all(answers)
  expect(under).toHaveLength(2)
  expect(arriving.size).toBe(0)
})

test('after a first that failed one of the copies is done, and no two at once', async () => {
  const { under, arrive, turn } = setUp()
  const answers = [arrive('a'), arrive('a'), arrive('a')]
  await turn()
  under[0]?.end(FAILED)
  await turn()
  expect(under).toHaveLength(2)
  under[1]?.end({ output: {} })
  expect(await Promise.all(answers)).toEqual([[[FAILED]], [[{ output: {} }]], [[{ output: {} }]]])
  expect(under).toHaveLength(2)
})
