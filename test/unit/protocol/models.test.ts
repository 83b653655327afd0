import { expect, test } from 'vitest'
import { signingNames, targets, versions } from '../../../aws/models/index.ts'
import { tables } from '../../../aws/models/tables.ts'
import { loadModel } from '../../../aws/wire/model.ts'
import { compilePattern } from '../../../aws/wire/patterns.ts'
import { shapeReader } from '../../../aws/wire/shapes.ts'
import { FIRST_ROW } from '../../../aws/wire/table.ts'
import { modelNamed } from './wire.ts'

test.each(Object.keys(tables))('every shape and operation of %s can be hydrated', service => {
  const table = tables[service]?.()
  if (!table) throw new Error(service)
  const shapeOf = shapeReader(table.s)
  for (const index of table.s.keys()) {
    const shape = shapeOf(FIRST_ROW + index)
    if (shape.kind === 'structure') for (const member of shape.members) expect(member.shape.kind).toBeTypeOf('string')
    else if (shape.kind === 'list') expect(shape.member.kind).toBeTypeOf('string')
    else if (shape.kind === 'map') expect([shape.key.kind, shape.value.kind]).not.toContain(undefined)
    else expect(shape.pattern === undefined).toBe(shape.patternSource === undefined)
  }
  const model = modelNamed(service)
  for (const name of model.operations) expect(model.operation(name)?.name).toBe(name)
})

test('a model is parsed once, and only services have one', () => {
  expect(loadModel('sqs')).toBe(loadModel('sqs'))
  for (const name of ['ec3', '', '__proto__', 'constructor', 'toString']) expect(loadModel(name)).toBeUndefined()
})

test('operations are found by their own names alone', () => {
  const model = modelNamed('sqs')
  for (const name of ['constructor', '__proto__', 'sendMessage', '']) expect(model.operation(name)).toBeUndefined()
})

test('the index leads to every service', () => {
  const named = new Set([...Object.values(signingNames).flat(), ...Object.values(targets), ...Object.values(versions)])
  expect([...named].sort()).toEqual(Object.keys(tables).sort())
})

test('an error is found by its shape, its Query code and its older code', () => {
  const iam = modelNamed('iam')
  expect(iam.error('NoSuchEntity')).toBe(iam.error('NoSuchEntityException'))
  const sqs = modelNamed('sqs')
  expect(sqs.error('AWS.SimpleQueueService.NonExistentQueue')).toBe(sqs.error('QueueDoesNotExist'))
  expect(sqs.error('toString')).toBeUndefined()
})

test.each([
  ['[a-z]+', ['abc'], ['abc1', '', 'abc\n']],
  ['^[a-z]+$', ['abc'], ['1abc']],
  ['(?i)abc', ['ABC'], ['ABCD']],
  ['(?s).*', ['a\nb'], []],
  ['[\\p{Alnum}_]+', ['a1_'], ['a-1']],
  ['\\p{Print}*', ['a ~'], ['\u0007']],
  ['a|bc', ['a', 'bc'], ['ab', 'abc']],
  ['[\\w\\-]+', ['a-b'], ['a b']],
])('the pattern %s matches whole values', (source, matching, others) => {
  const pattern = compilePattern(source)
  for (const text of matching) expect(pattern?.test(text), text).toBe(true)
  for (const text of others) expect(pattern?.test(text), text).toBe(false)
})

test('patterns that backtrack for hours are written so that they do not', () => {
  const repository = compilePattern('^[a-z0-9*](?:[._\\-/a-z0-9*]?[a-z0-9*]+)*$')
  expect(repository?.test(`${'a'.repeat(200)}!`)).toBe(false)
  expect(repository?.test('team/app_1.2-x*')).toBe(true)
  expect(repository?.test('team//app')).toBe(false)
})
