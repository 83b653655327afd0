import { expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { changesOf } from '../../../durable-objects/kernel/object/changes.ts'
import type { OperationRequest } from '../../../durable-objects/kernel/object/operation.ts'
import { deliverNearby, type Neighbourhood } from '../../../durable-objects/kernel/outbox/nearby.ts'

/** A neighbour that refuses, told of to a source whose own end of it may fail. */
function refusing(end: () => void, thrown: Error = new AwsError('Refused', 'on purpose')) {
  const told: string[] = []
  const refuse = () => {
    throw thrown
  }
  const here = {
    self: () => 'here',
    catalog: { definitionOf: () => ({ operations: { Take: refuse } }) },
    gate: () => ({ admitNearby: () => true }),
    changes: changesOf({ transactionSync: work => work() }),
    outbox: {
      waits: () => false,
      arrives: () => undefined,
      refused: () => {
        end()
        told.push('refused')
      },
      retry: (_of: unknown, _delivery: unknown, { code }: { code: string }) => void told.push(`retry ${code}`),
    },
    request: () => ({ to: 'here', service: 's', operation: 'Take', input: {} }) as unknown as OperationRequest,
    open: () => undefined,
    context: () => ({}),
  } as unknown as Neighbourhood // what a delivery nearby uses of it
  const deliver = () =>
    deliverNearby(here, { to: 'target', from: 'source', principal: 'p' }, { service: 's', traceId: 't' })
  return { deliver, told, here }
}

test('a refusal nearby is told to its source, and is the end of the delivery', () => {
  const { deliver, told } = refusing(() => undefined)
  expect(deliver()).toBe(true)
  expect(told).toEqual(['refused'])
})

test('a source that cannot take the end of its delivery answers its own caller all the same', () => {
  const { deliver, told, here } = refusing(() => {
    throw new Error('on purpose')
  })
  expect(deliver()).toBe(false)
  expect(told).toEqual([])
  expect(here.changes.nearby.depth).toBe(0)
})

test.each([
  ['throttled', new AwsError('ThrottlingException', 'on purpose'), 'retry ThrottlingException'],
  ['a fault', new Error('on purpose'), 'retry InternalFailure'],
])('a try nearby that failed for now (%s) is the first of its tries', (_, thrown, end) => {
  const { deliver, told } = refusing(() => undefined, thrown)
  expect(deliver()).toBe(true)
  expect(told).toEqual([end])
})
