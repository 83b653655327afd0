import { expect, test } from 'vitest'
import { decrypt, encrypt, type Keys } from '../../../durable-objects/kernel/encryption/encryption.ts'
import type { Ctx } from '../../../durable-objects/kernel/object/operation.ts'

/** A context of an object whose services keep these keys. */
const contextWith = (keys?: Keys) => ({ keys }) as Ctx // what the door uses of it
const bytes = new Uint8Array([1, 2, 3])
const context = { 'aws:sqs:arn': 'arn:aws:sqs:us-east-1:123456789012:orders' }

test('where nobody keeps keys, bytes pass as they are, whatever key is named', async () => {
  const ctx = contextWith()
  const kept = await encrypt(ctx, 'alias/mine', { bytes, context })
  expect(kept).toEqual({ bytes, key: null })
  expect(await decrypt(contextWith(keeper()), kept, context)).toEqual(bytes)
})

function keeper(asked: unknown[] = []): Keys {
  const flipped = (how: string): Keys['encrypt'] => {
    return async (_ctx, key, bound) => {
      asked.push([how, key, bound.context])
      return bound.bytes.map(byte => byte ^ 0xff)
    }
  }
  return { encrypt: flipped('encrypt'), decrypt: flipped('decrypt') }
}

test('what a key has encrypted is decrypted by that key and in the same context, and what has no key asks nobody', async () => {
  const asked: unknown[] = []
  const ctx = contextWith(keeper(asked))
  const kept = await encrypt(ctx, 'alias/mine', { bytes, context })
  expect(kept).toEqual({ bytes: new Uint8Array([254, 253, 252]), key: 'alias/mine' })
  expect(await decrypt(ctx, kept, context)).toEqual(bytes)
  expect(await encrypt(ctx, undefined, { bytes, context })).toEqual({ bytes, key: null })
  expect(asked).toEqual([
    ['encrypt', 'alias/mine', context],
    ['decrypt', 'alias/mine', context],
  ])
  await expect(decrypt(contextWith(), kept, context)).rejects.toThrow('Nothing here keeps alias/mine')
})
