import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { md5Hex } from '../../../durable-objects/shared/hash-md5.ts'

test('of any length and content it is what MD5 gives', () => {
  const texts = Array.from({ length: 1100 }, (_, length) => 'aZ09 ~\n\u0001'.repeat(200).slice(0, length))
  for (const text of [...texts, 'ü'.repeat(40), '€ and more', '\u0080']) {
    expect(md5Hex(text)).toBe(createHash('md5').update(text).digest('hex'))
  }
  expect(md5Hex(Uint8Array.of(0, 255))).toBe(createHash('md5').update(Uint8Array.of(0, 255)).digest('hex'))
})
