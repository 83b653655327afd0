import { expect, test } from 'vitest'
import { namespaceOfHost } from '../../../aws/namespaces.ts'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import { bucketOfHost } from '../../../worker/doors/s3-hosts.ts'

const env = {} as Env // no domain configured

test.each([
  ['localhost:4566', undefined],
  ['127.0.0.1:4566', undefined],
  ['s3.localhost:4566', undefined],
  ['my-bucket.localhost:4566', 'my-bucket'],
  ['my-bucket.s3.localhost:4566', 'my-bucket'],
  ['my.dotted.bucket.s3.localhost', 'my.dotted.bucket'],
  ['my-bucket.s3.eu-west-1.localhost:4566', 'my-bucket'],
  ['my-bucket.s3.localhost.localstack.cloud:4566', 'my-bucket'],
  ['my-bucket.s3.amazonaws.com', 'my-bucket'],
  ['my-bucket.s3.eu-west-1.amazonaws.com', 'my-bucket'],
  ['my-bucket.s3-eu-west-1.amazonaws.com', 'my-bucket'],
  ['my-bucket.s3.dualstack.eu-west-1.amazonaws.com', 'my-bucket'],
  ['s3.eu-west-1.amazonaws.com', undefined],
  ['sqs.us-east-1.amazonaws.com', undefined],
  ['pr-7.fakecloud.localhost:4566', undefined],
  ['my-bucket.pr-7.fakecloud.localhost:4566', 'my-bucket'],
  ['my-bucket.s3.pr-7.fakecloud.localhost:4566', 'my-bucket'],
  ['s3.pr-7.fakecloud.localhost:4566', undefined],
  ['abc.lambda-url.us-east-1.localhost:4566', undefined],
])('%s names the bucket %s', (host, bucket) => {
  expect(bucketOfHost(host, env)).toBe(bucket)
})

test.each([
  ['pr-7.fakecloud.localhost:4566', 'pr-7'],
  ['bucket.s3.pr-7.fakecloud.localhost', 'pr-7'],
  ['localhost:4566', undefined],
  ['pr-7.localhost', undefined],
  ['fakecloud.localhost', undefined],
])('%s names the namespace %s', (host, namespace) => {
  expect(namespaceOfHost(host, undefined)).toBe(namespace)
})

test('a deployment names its own domain', () => {
  const hosted = { FAKECLOUD_HOST: 'cloud.example.com' } as Env
  expect(namespaceOfHost('team.cloud.example.com', hosted.FAKECLOUD_HOST)).toBe('team')
  expect(bucketOfHost('photos.s3.team.cloud.example.com', hosted)).toBe('photos')
  expect(bucketOfHost('team.cloud.example.com', hosted)).toBeUndefined()
})
