import { expect, test } from 'vitest'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import { cameToNothing, membershipOf } from '../../../durable-objects/kernel/namespace/membership.ts'
import type { NamespaceSettings } from '../../../durable-objects/kernel/namespace/namespace-stub.ts'

/** An object of a namespace in its second life, which is there or is not yet. */
function secondLife(exists: boolean) {
  const settings = { id: 'second' } as NamespaceSettings // nothing else is read
  const made: string[] = []
  const stub = {
    door: async () => ({ exists, settings: exists ? settings : {} }),
    register: async (name: string) => {
      made.push(name)
      return settings
    },
  }
  const env = { NAMESPACES: { getByName: () => stub } } as unknown as Env // no other binding is used
  const name = 'ci/123456789012/us-east-1'
  const membership = membershipOf(env, {
    name,
    facts: { place: { namespace: 'ci' } },
    background: { busy: () => false },
    parts: { isBlank: () => true },
    erase: async () => membership.leave(),
    configure: async told => {
      membership.settings = told
    },
  })
  const admit = (viaNamespaceId?: string) => membership.admit({ to: name, caller: { viaNamespaceId } })
  return { admit, made }
}

const ENDED = 'The namespace in which this function runs has ended'

test('a function whose namespace has ended does not make one of its name anew', async () => {
  const { admit, made } = secondLife(false)
  await expect(admit('first')).rejects.toThrow(ENDED)
  expect(made).toEqual([])
})

test('a function whose namespace has ended reaches nothing in the one that has its name now', async () => {
  const { admit, made } = secondLife(true)
  await expect(admit('first')).rejects.toMatchObject({ code: 'AccessDeniedException', status: 403 })
  expect(made).toEqual([])
  await admit()
  await expect(admit('first')).rejects.toThrow(ENDED)
  await admit('second')
  expect(made).toHaveLength(1)
})

test('what was refused has left nothing, but what failed half-way may have', () => {
  const failed = (status: number) => ({ error: { code: 'Code', message: '', status, fields: {} } })
  expect([400, 404, 501].map(status => cameToNothing(failed(status), false))).toEqual([true, true, true])
  expect(cameToNothing(failed(500), false)).toBe(false)
  expect([cameToNothing({ output: {} }, true), cameToNothing({ output: {} }, false)]).toEqual([true, false])
  expect(cameToNothing({ output: { Found: 1 } }, true)).toBe(false)
})
