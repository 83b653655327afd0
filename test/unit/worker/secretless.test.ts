import { expect, test } from 'vitest'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import { withoutSecret } from '../../../worker/secretless.ts'

const ask = (url: string, headers: Record<string, string> = {}, secret?: string) =>
  withoutSecret(new Request(url, { headers }), { FAKECLOUD_SECRET: secret } as Env)?.('s3').message // no other binding is read

test('a deployment that has a secret serves everybody', () => {
  expect(ask('https://fakecloud.example.workers.dev/', { 'cf-ray': '1' }, 'secret')).toBeUndefined()
})

test.each([
  'http://localhost:8787/',
  'http://127.0.0.1:8787/_ns/a/bucket',
  'http://[::1]:8787/',
  'http://photos.s3.localhost:8787/',
  'http://sqs.us-east-1.amazonaws.com/',
  'http://host.docker.internal:8787/',
])('one that forgot it serves the machine that it runs on: %s', url => {
  expect(ask(url)).toBeUndefined()
})

test.each([
  'https://fakecloud.example.workers.dev/',
  'https://localhost.example.com/',
  'https://amazonaws.com.example.com/',
  'http://192.168.1.7:8787/',
])('and nobody else, and says what is missing: %s', url => {
  expect(ask(url)).toContain('FAKECLOUD_SECRET')
})

test('what came over Cloudflare’s network is not local, whatever it says of its host or its origin', () => {
  expect(ask('http://localhost/', { 'cf-ray': '8c1' })).toContain('FAKECLOUD_SECRET')
  expect(ask('http://localhost/', { 'cf-ray': '8c1', 'x-fakecloud-internal': 'fakecloud-development' })).toContain(
    'FAKECLOUD_SECRET',
  )
})
