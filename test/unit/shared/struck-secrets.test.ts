import { expect, test } from 'vitest'
import { withoutSecrets } from '../../../durable-objects/shared/struck-secrets.ts'

test.each([
  ['https://user:p4ss@example.com/hook', 'https://***@example.com/hook'],
  ['https://user:p@ss@example.com/hook', 'https://***@example.com/hook'],
  ['http://token@example.com', 'http://***@example.com'],
  ['https://example.com/?access_token=abc&n=1', 'https://example.com/?access_token=***&n=1'],
  ['https://example.com/?n=1&X-Amz-Signature=abc#x', 'https://example.com/?n=1&X-Amz-Signature=***#x'],
  ['https://example.com/?key=k&sig=s&api-key=a', 'https://example.com/?key=***&sig=***&api-key=***'],
  ['fetch of https://u:p@example.com/ failed', 'fetch of https://***@example.com/ failed'],
])('of %s the secrets are struck out', (text, struck) => {
  expect(withoutSecrets(text)).toBe(struck)
})

test.each([
  'https://example.com/a@b?to=c@d',
  'arn:aws:sqs:us-east-1:123456789012:key',
  'https://example.com/?monkey=1',
])('%s stays as it is', text => {
  expect(withoutSecrets(text)).toBe(text)
})
