import { describe, expect, it } from 'vitest'
import { routedVersion } from '../../../durable-objects/services/lambda/functions/aliases.ts'
import type { AliasRow } from '../../../durable-objects/services/lambda/schema.ts'

const alias: AliasRow = { name: 'f', alias: 'live', number: 1, description: '', weights: '{"2":0.25}', revisionId: 'r' }

describe('an alias', () => {
  it('sends the additional version its share, and its main version the rest', () => {
    expect(routedVersion(alias, 0.1)).toBe(2)
    expect(routedVersion(alias, 0.2499)).toBe(2)
    expect(routedVersion(alias, 0.25)).toBe(1)
    expect(routedVersion(alias, 0.9)).toBe(1)
  })

  it('without weights sends its main version everything', () => {
    expect(routedVersion({ ...alias, weights: null }, 0)).toBe(1)
  })
})
