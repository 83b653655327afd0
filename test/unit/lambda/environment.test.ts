import { describe, expect, it } from 'vitest'
import { checkEnvironment } from '../../../durable-objects/services/lambda/functions/environment.ts'

describe('environment variables', () => {
  it('may be the function’s own, up to 4 KB', () => {
    expect(() => checkEnvironment({ TABLE: 'orders', BIG: 'x'.repeat(4000) })).not.toThrow()
  })

  it('may not be those that Lambda sets', () => {
    expect(() => checkEnvironment({ AWS_REGION: 'eu-west-1', TABLE: 'orders', _HANDLER: 'x' })).toThrow(
      'Lambda was unable to configure your environment variables because the environment variables you have provided contains reserved keys that are currently not supported for modification. Reserved keys used in this request: AWS_REGION, _HANDLER',
    )
  })

  it('may not be more than 4 KB together', () => {
    const variables = { BIG: 'x'.repeat(4100) }
    expect(() => checkEnvironment(variables)).toThrow(
      `exceeded the 4KB limit. String measured: ${JSON.stringify(variables)}`,
    )
  })
})
