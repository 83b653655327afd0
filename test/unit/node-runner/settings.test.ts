import { availableParallelism } from 'node:os'
import { describe, expect, it } from 'vitest'
import { argumentsFor, readSettings, withDefaults } from '../../../node-runner/settings.ts'

describe('settings', () => {
  it('have defaults', () => {
    expect(readSettings({}, {})).toMatchObject({
      host: '0.0.0.0',
      port: 4566,
      region: 'us-east-1',
      accountId: '123456789012',
      iam: 'off',
    })
  })

  it('come from flags before variables, and an empty variable says nothing', () => {
    const env = { FAKECLOUD_REGION: 'eu-west-1', FAKECLOUD_ADDR: '127.0.0.1:1', FAKECLOUD_IAM: '' }
    expect(readSettings({ addr: '[::1]:0' }, env)).toMatchObject({
      host: '::1',
      port: 0,
      region: 'eu-west-1',
      iam: 'off',
    })
  })

  it('take as many workers as there are cores, four at most, unless told otherwise', () => {
    const { workers } = readSettings({}, {})
    expect(workers).toBe(Math.min(availableParallelism(), 4))
    const told = readSettings({ workers: '3' }, { FAKECLOUD_WORKERS: '2' })
    expect(told.workers).toBe(3)
    expect(argumentsFor(told)).toContain('--workers=3')
  })

  it('keep state where a directory is given, unless memory is asked for', () => {
    expect(readSettings({ persist: 'd' }, {}).dataPath).toBe('d')
    expect(readSettings({}, { FAKECLOUD_DATA_PATH: 'd', FAKECLOUD_STORAGE_MODE: 'memory' }).dataPath).toBeUndefined()
    expect(() => readSettings({}, { FAKECLOUD_STORAGE_MODE: 'persistent' })).toThrow('needs a directory')
  })

  it.each([
    ['FAKECLOUD_ADDR', '4566'],
    ['FAKECLOUD_ADDR', '127.0.0.1:65536'],
    ['FAKECLOUD_REGION', 'Ireland'],
    ['FAKECLOUD_ACCOUNT_ID', '123'],
    ['FAKECLOUD_LOG', 'loud'],
    ['FAKECLOUD_IAM', 'on'],
    ['FAKECLOUD_VERIFY_SIGV4', 'perhaps'],
    ['FAKECLOUD_EXTERNAL_URL', 'ftp://x'],
    ['FAKECLOUD_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['FAKECLOUD_ALLOWED_HOSTS', 'http://a.example'],
    ['FAKECLOUD_MAX_REQUEST_BODY_BYTES', '-1'],
    ['FAKECLOUD_LAMBDA_INTERNET', 'maybe'],
    ['FAKECLOUD_WORKERS', '0'],
    ['FAKECLOUD_WORKERS', 'many'],
    ['FAKECLOUD_WORKERS', '65'],
  ])('refuse %s=%s, and say which it is and what it may be', (name, value) => {
    expect(() => readSettings({}, { [name]: value })).toThrow(
      new RegExp(`^${name} is "${value.replace(/[+]/g, '.')}": `),
    )
  })

  it('of a program are defaults but for what is said', () => {
    expect(withDefaults({ port: 0, region: undefined })).toMatchObject({ port: 0, region: 'us-east-1' })
  })
})

describe('a secret', () => {
  const secret = 'sixteen-letters-or-more'

  it('comes from its variable, is no argument, and is shown in no message', () => {
    const settings = readSettings({}, { FAKECLOUD_SECRET: secret })
    expect(settings.secret).toBe(secret)
    expect(argumentsFor(settings).join(' ')).not.toContain(secret)
    expect(() => readSettings({}, { FAKECLOUD_SECRET: 'short' })).toThrow(
      'FAKECLOUD_SECRET is no good: expected 16 letters, digits and signs, or more',
    )
  })
})
