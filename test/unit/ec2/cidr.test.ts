import { expect, test } from 'vitest'
import { cidrText, contains, overlaps, parseCidr, sizeOf } from '../../../durable-objects/services/ec2/cidr.ts'
import { wild } from '../../../durable-objects/services/ec2/filters.ts'

const canonical = (text: string) => {
  const block = parseCidr(text)
  return block && cidrText(block)
}

const block = (text: string) => parseCidr(text) ?? { v6: false, start: 0n, bits: 0 }

test('a block is given back in its canonical form', () => {
  expect(canonical('100.68.0.18/18')).toBe('100.68.0.0/18')
  expect(canonical('255.255.255.255/0')).toBe('0.0.0.0/0')
  expect(canonical('2001:0DB8:0:0::1/32')).toBe('2001:db8::/32')
  expect(canonical('::/0')).toBe('::/0')
  expect(canonical('1:0:0:2:0:0:0:3/128')).toBe('1:0:0:2::3/128')
})

test('what is no block is none', () => {
  const texts = [
    '',
    '10.0.0.0',
    '10.0.0/8',
    '256.0.0.0/8',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    '1::2::3/64',
    'g::/8',
    '::/129',
  ]
  for (const text of texts) expect(canonical(text), text).toBeUndefined()
})

test('blocks hold others, or have addresses in common, within one family', () => {
  expect(sizeOf(block('10.0.0.0/28'))).toBe(16n)
  expect(contains(block('10.0.0.0/16'), block('10.0.255.0/24'))).toBe(true)
  expect(contains(block('10.0.255.0/24'), block('10.0.0.0/16'))).toBe(false)
  expect(overlaps(block('10.0.255.0/24'), block('10.0.0.0/16'))).toBe(true)
  expect(overlaps(block('10.1.0.0/24'), block('10.0.0.0/16'))).toBe(false)
  expect(overlaps(block('0.0.0.0/0'), block('::/0'))).toBe(false)
})

test('a filter’s wildcards match, and a backslash takes their meaning', () => {
  expect(wild('a*c?')('abbcd')).toBe(true)
  expect(wild('a*c?')('abbc')).toBe(false)
  expect(wild('\\*')('*')).toBe(true)
  expect(wild('\\*')('a')).toBe(false)
  expect(wild('*')('')).toBe(true)
})
