import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { dropService, META_SCHEMA } from '../../../durable-objects/kernel/object/meta.ts'
import type { Tx } from '../../../durable-objects/kernel/object/operation.ts'
import { KERNEL_MIGRATIONS } from '../../../durable-objects/kernel/object/tables.ts'
import { atMost, keysWithin, notReserved, notTwice, valuesWithin } from '../../../durable-objects/kernel/tags/rules.ts'
import { map, pairs, taggable, tagOperations } from '../../../durable-objects/kernel/tags/taggable.ts'
import { taggedResources } from '../../../durable-objects/kernel/tags/tags.ts'

const [QUEUE, OTHER] = ['arn:aws:sqs:us-east-1:123456789012:orders', 'arn:aws:sqs:us-east-1:123456789012:others']

function contextOf(service = 'sqs', database = new DatabaseSync(':memory:')) {
  if (service === 'sqs') database.exec(META_SCHEMA + KERNEL_MIGRATIONS.join('\n'))
  const bound = (bindings: unknown[]) => bindings as SQLInputValue[]
  const sql = {
    all: (query: string, ...bindings: unknown[]) => database.prepare(query).all(...bound(bindings)),
    run: (query: string, ...bindings: unknown[]) => database.prepare(query).run(...bound(bindings)),
  }
  // What tags use of it.
  return { tx: { service, sql } as unknown as Tx, beside: (name: string) => contextOf(name, database).tx }
}

const refusal = (text: string) => new AwsError('Refused', text)
const mapped = taggable({ form: map, rules: [atMost(3, ({ resource }) => refusal(`too many for ${resource}`))] })
const paired = taggable({
  form: pairs('Key', 'Value'),
  rules: [
    keysWithin(1, 4, key => refusal(`key ${key}`)),
    valuesWithin(5, value => refusal(`value ${value}`)),
    notReserved(key => refusal(`reserved ${key}`)),
    notTwice(key => refusal(`twice ${key}`)),
  ],
})

test('tags are shown in the order in which they were set, and a new value keeps its place', () => {
  const { tx } = contextOf()
  mapped.set(tx, QUEUE, { zone: 'a', cost: '1' })
  mapped.add(tx, QUEUE, { base: 'x', zone: 'b' })
  expect(Object.entries(mapped.read(tx, QUEUE))).toEqual([
    ['zone', 'b'],
    ['cost', '1'],
    ['base', 'x'],
  ])
})

test('setting tags leaves none of those before, and a dropped resource has none', () => {
  const { tx } = contextOf()
  mapped.set(tx, QUEUE, { zone: 'a' })
  mapped.set(tx, OTHER, { zone: 'a' })
  mapped.set(tx, QUEUE, { cost: '1' })
  expect(mapped.read(tx, QUEUE)).toEqual({ cost: '1' })
  mapped.drop(tx, QUEUE)
  expect(mapped.read(tx, QUEUE)).toEqual({})
  expect(mapped.member(tx, QUEUE, 'Tags')).toEqual({})
  expect(mapped.member(tx, OTHER, 'Tags')).toEqual({ Tags: { zone: 'a' } })
})

test('removing tags is quiet about keys that are not there', () => {
  const { tx } = contextOf()
  mapped.set(tx, QUEUE, { zone: 'a', cost: '1' })
  mapped.remove(tx, QUEUE, ['zone', 'none'])
  expect(mapped.read(tx, QUEUE)).toEqual({ cost: '1' })
})

test('the limit counts what a resource would have, not what a request brings', () => {
  const { tx } = contextOf()
  mapped.set(tx, QUEUE, { a: '1', b: '2', c: '3' })
  mapped.add(tx, QUEUE, { a: '4', b: '5', c: '6' })
  expect(() => mapped.add(tx, QUEUE, { d: '7' })).toThrow(`too many for ${QUEUE}`)
  expect(() => mapped.check(QUEUE, { a: '', b: '', c: '', d: '' })).toThrow('too many')
  expect(mapped.read(tx, QUEUE)).toEqual({ a: '4', b: '5', c: '6' })
})

test('refusals are the service’s, in its order, of lengths in characters', () => {
  const refused =
    (Key: string, Value = '') =>
    () =>
      paired.check(QUEUE, [{ Key, Value }])
  expect(refused('')).toThrow('key ')
  expect(refused('abcde', 'abcdef')).toThrow('key abcde')
  expect(refused('key', 'abcdef')).toThrow('value abcdef')
  expect(refused('AWS:')).toThrow('reserved AWS:')
  expect(refused('🎈🎈🎈🎈', '🎈🎈🎈🎈🎈')).not.toThrow()
  const [one, two] = [
    { Key: 'a', Value: '1' },
    { Key: 'a', Value: '2' },
  ]
  expect(() => paired.check(QUEUE, [one, two])).toThrow('twice a')
})

test('keys without a case are one key: the later tag takes the place of the earlier', () => {
  const { tx } = contextOf()
  const caseless = taggable({
    form: pairs('Key', 'Value'),
    caseless: true,
    sorted: true,
    rules: [notTwice(key => refusal(`twice ${key}`)), atMost(2, () => refusal('many'))],
  })
  caseless.set(tx, QUEUE, [
    { Key: 'zone', Value: 'a' },
    { Key: 'Cost', Value: '1' },
  ])
  caseless.add(tx, QUEUE, [
    { Key: 'ZONE', Value: 'b' },
    { Key: 'COST', Value: '2' },
  ])
  expect(caseless.read(tx, QUEUE)).toEqual([
    { Key: 'COST', Value: '2' },
    { Key: 'ZONE', Value: 'b' },
  ])
  caseless.remove(tx, QUEUE, ['cost'])
  expect(caseless.read(tx, QUEUE)).toEqual([{ Key: 'ZONE', Value: 'b' }])
  const twice = ['a', 'A'].map(Key => ({ Key, Value: '' }))
  expect(() => caseless.check(QUEUE, twice)).toThrow('twice a')
})

test('operations find, change and tell under the names of their service', () => {
  const { tx } = contextOf()
  const changed: string[] = []
  const { tag, untag, list } = tagOperations(paired, {
    members: ['tags', 'tagKeys'],
    find(_ctx, { arn }: { arn: string }, verb) {
      if (verb === 'tag' && arn === OTHER) throw refusal('closed')
      return arn
    },
    changed: (_tx, resource) => void changed.push(resource),
  })
  expect(tag(tx, { arn: QUEUE, tags: [{ Key: 'a', Value: '1' }, { Key: 'b' }] })).toEqual({})
  expect(untag(tx, { arn: QUEUE, tagKeys: ['a'] })).toEqual({})
  expect(list(tx, { arn: QUEUE })).toEqual({ tags: [{ Key: 'b', Value: '' }] })
  expect(() => tag(tx, { arn: OTHER, tags: [] })).toThrow('closed')
  expect(changed).toEqual([QUEUE, QUEUE])
})

test('a service sees its own tags alone, and a resource keeps them under a new ARN', () => {
  const { tx, beside } = contextOf()
  const sns = beside('sns')
  mapped.set(tx, QUEUE, { zone: 'a' })
  mapped.set(sns, QUEUE, { zone: 'b' })
  mapped.move(tx, QUEUE, OTHER)
  expect([mapped.read(tx, QUEUE), mapped.read(tx, OTHER)]).toEqual([{}, { zone: 'a' }])
  expect(mapped.read(sns, QUEUE)).toEqual({ zone: 'b' })
})

test('a service that is dropped takes its tags along', () => {
  const { tx, beside } = contextOf()
  const sns = beside('sns')
  for (const each of [tx, sns]) mapped.set(each, QUEUE, { zone: 'a' })
  dropService(tx.sql, 'sqs')
  expect([mapped.read(tx, QUEUE), mapped.read(sns, QUEUE)]).toEqual([{}, { zone: 'a' }])
})

test('resources are listed by a tag, with any of some values, page by page', () => {
  const { tx } = contextOf()
  const names = ['a', 'b', 'c', 'd'].map(name => `arn:aws:sqs:us-east-1:123456789012:${name}`)
  for (const [at, name] of names.entries()) mapped.set(tx, name, at === 3 ? { cost: '1' } : { zone: `z${at}` })
  const listed = (values?: string[], after = '', limit = 10) =>
    taggedResources(tx, { service: 'sqs', key: 'zone', values }, { after, limit })
  expect(listed()).toEqual(names.slice(0, 3))
  expect(listed(['z0', 'z2', 'none'])).toEqual([names[0], names[2]])
  expect(listed(undefined, '', 2)).toEqual(names.slice(0, 2))
  expect(listed(undefined, names[1], 2)).toEqual([names[2]])
  expect(taggedResources(tx, { service: 'sns', key: 'zone' }, { after: '', limit: 10 })).toEqual([])
})
