import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { expect, test } from 'vitest'
import { AwsError } from '../../../aws/errors.ts'
import { CLIENT_TOKEN_SCHEMA, once } from '../../../durable-objects/kernel/idempotency/client-tokens.ts'
import type { Tx } from '../../../durable-objects/kernel/object/operation.ts'

const mismatch = () => new AwsError('IdempotentParameterMismatch', 'Not the same request.')

function object() {
  const database = new DatabaseSync(':memory:')
  database.exec(CLIENT_TOKEN_SCHEMA)
  const first = (query: string, ...bindings: unknown[]) => database.prepare(query).get(...(bindings as SQLInputValue[]))
  const sql = { first, run: first }
  let made = 0
  const ask = (token: string | undefined, input: object, at: Record<string, unknown> = {}) => {
    const tx = { service: 'ec2', operation: 'RunInstances', now: 0, sql, ...at } as unknown as Tx // what it uses
    return once(tx, { token, input, keepMs: 1000, ...(at.lenient ? {} : { mismatch }) }, () => ({ id: ++made }))
  }
  return { ask, count: () => Number(database.prepare('SELECT COUNT(*) AS n FROM _client_tokens').get()?.n) }
}

test('a request that comes again with its token is answered as before, and done once', () => {
  const { ask } = object()
  expect(ask('a', { Type: 't3', Count: 2 })).toEqual({ id: 1 })
  expect(ask('a', { Count: 2, Type: 't3' })).toEqual({ id: 1 })
  expect(ask('b', { Type: 't3', Count: 2 })).toEqual({ id: 2 })
  expect(ask(undefined, {})).toEqual({ id: 3 })
  expect(ask(undefined, {})).toEqual({ id: 4 })
})

test('another request with a token that was used is refused, or done for itself where AWS does not refuse', () => {
  const { ask } = object()
  ask('a', { Count: 1 })
  expect(() => ask('a', { Count: 2 })).toThrow('Not the same request.')
  expect(() => ask('a', { Count: 1 }, { operation: 'Other' })).toThrow('Not the same request.')
  expect(ask('a', { Count: 2 }, { lenient: true })).toEqual({ id: 2 })
  expect(ask('a', { Count: 1 }, { service: 'sqs' })).toEqual({ id: 3 })
})

test('a token is forgotten in time, and when very many came after it', () => {
  const { ask, count } = object()
  ask('a', {})
  expect(ask('a', {}, { now: 999 })).toEqual({ id: 1 })
  expect(ask('a', { other: 1 }, { now: 1000 })).toEqual({ id: 2 })
  for (let i = 0; i < 10_100; i++) ask(`t${i}`, {})
  expect(count()).toBe(10_000)
})
