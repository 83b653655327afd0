import { describe, expect, it } from 'vitest'
import { accountOfUrlId, newUrlId } from '../../../durable-objects/services/lambda/urls/url-ids.ts'

describe('the id of a function URL', () => {
  it.each(['000000000000', '123456789012', '999999999999'])('carries account %s', account => {
    const id = newUrlId(account)
    expect(id).toMatch(/^[a-z2-7]{32}$/)
    expect(accountOfUrlId(id)).toBe(account)
    expect(newUrlId(account)).not.toBe(id)
  })

  it.each(['', 'a'.repeat(32), `${newUrlId('123456789012').slice(0, 31)}1`, newUrlId('123456789012').toUpperCase()])(
    'is not %j',
    text => {
      expect(accountOfUrlId(text)).toBeUndefined()
    },
  )
})
