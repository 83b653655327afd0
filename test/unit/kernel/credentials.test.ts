import { expect, test } from 'vitest'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import {
  accountOfAccessKey,
  mintSession,
  newAccessKeyId,
  openSession,
} from '../../../durable-objects/kernel/namespace/credentials.ts'

const env = { FAKECLOUD_SECRET: 'a secret' } as Env // the only binding that credentials use
const session = {
  accountId: '210987654321',
  roleArn: 'arn:aws:iam::210987654321:role/r',
  roleId: 'AROAX',
  name: 'me',
  expires: Date.UTC(2030, 0, 1),
}

test('an access key id of ours carries its account', () => {
  for (const account of ['123456789012', '000000000000', '999999999999']) {
    const key = newAccessKeyId('AKIA', account)
    expect(key).toMatch(/^AKIA[A-Z2-7]{16}$/)
    expect(accountOfAccessKey(key)).toBe(account)
  }
})

test('no account is read from a key that we did not make', () => {
  for (const key of ['AKIAIOSFODNN7EXAMPLE', 'test', '', 'AKIA'.padEnd(20, 'A'), 'ASIAZZZZZZZZZZZZZZZZ']) {
    expect(accountOfAccessKey(key)).toBeUndefined()
  }
})

test('a session token says who it is, in its own namespace and with its own key only', () => {
  const minted = mintSession({ env, place: { namespace: 'one' }, namespaceId: 'id' }, session)
  const given = { accessKeyId: minted.AccessKeyId, sessionToken: minted.SessionToken }
  expect(openSession(env, 'one', given)).toEqual({ ...session, namespaceId: 'id' })
  expect(openSession(env, 'two', given)).toBeUndefined()
  expect(openSession({ FAKECLOUD_SECRET: 'another' } as Env, 'one', given)).toBeUndefined()
  expect(openSession(env, 'one', { ...given, accessKeyId: newAccessKeyId('ASIA', session.accountId) })).toBeUndefined()
  expect(openSession(env, 'one', { ...given, sessionToken: `${given.sessionToken}x` })).toBeUndefined()
})
