import { describe, expect, it } from 'vitest'
import { matchesTagFilters } from '../../../durable-objects/services/logs/groups/tag-filters.ts'

const tags = { env: 'Production', team: 'a' }
const matches = (key: string, ...values: string[]) => matchesTagFilters(tags, [{ key, values }])

describe('tag filters', () => {
  it('want the key, and one of the values when some are given', () => {
    expect(matches('env')).toBe(true)
    expect(matches('other')).toBe(false)
    expect(matches('env', 'x', 'Production')).toBe(true)
    expect(matches('env', 'production')).toBe(false)
  })

  it('ignore case with wildcards only', () => {
    expect(matches('env', 'prod*')).toBe(true)
    expect(matches('env', '*TION')).toBe(true)
    expect(matches('env', '*duc*')).toBe(true)
    expect(matches('env', '*x*')).toBe(false)
  })

  it('turn round with an exclamation mark', () => {
    expect(matches('env', '!Production')).toBe(false)
    expect(matches('env', '!prod*')).toBe(false)
    expect(matches('env', '!staging')).toBe(true)
  })

  it('hold together', () => {
    expect(matchesTagFilters(tags, [{ key: 'env' }, { key: 'team', values: ['b'] }])).toBe(false)
  })
})
