import { expect, test } from 'vitest'
import { operationsOf } from '../../../durable-objects/kernel/object/operations-of.ts'

const CreateScheduleGroup = (_tx: unknown, { Name }: { Name: string }) => ({ ScheduleGroupArn: `arn:${Name}` })
const DeleteScheduleGroup = async () => {}

test('the operations of a service are what its modules export under names with a capital, as functions', () => {
  const groups = { CreateScheduleGroup, GROUP_LIMIT: 3, SORT: () => 0, findGroup: () => undefined }
  const operations = { CreateScheduleGroup, DeleteScheduleGroup }
  expect(operationsOf('scheduler', groups, { DeleteScheduleGroup })).toEqual(operations)
})

test('an operation that two modules export is refused', () => {
  const twice = () => operationsOf('scheduler', { DeleteScheduleGroup }, { DeleteScheduleGroup })
  expect(twice).toThrow('Two modules of scheduler export the operation DeleteScheduleGroup.')
})

test('a handler of another type than its operation does not compile, nor one of an operation that there is not', () => {
  // @ts-expect-error: the answer has no ARN
  operationsOf('scheduler', { CreateScheduleGroup: () => ({}) })
  // @ts-expect-error: the input has no Size
  operationsOf('scheduler', { DeleteScheduleGroup: (_tx: unknown, { Size }: { Size: number }) => ({ Size }) })
  // @ts-expect-error: the scheduler has no such operation
  operationsOf('scheduler', { CreateScheduleGroup, OpenScheduleGroup: () => ({}) })
})
