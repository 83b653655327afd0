import { expect, test } from 'vitest'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import { isKnownHost } from '../../../worker/hosts.ts'

const LOCAL = { FAKECLOUD_LOCAL: 'true', FAKECLOUD_ALLOWED_HOSTS: 'cloud.example, *.ci.example' } as Env // no binding is read

test.each([
  'cloud.example',
  'CLOUD.example:4566',
  'one.ci.example',
  'sqs.us-east-1.amazonaws.com',
  'photos.s3.amazonaws.com',
  'fakecloud:4566',
])('%s is a host of the emulator on a developer’s machine', host => expect(isKnownHost(host, LOCAL)).toBe(true))

test.each([
  'ci.example',
  'www.cloud.example',
  'amazonaws.com.example',
  'notamazonaws.com',
  'ec2-203-0-113-1.compute-1.amazonaws.com',
  'ec2-203-0-113-1.eu-west-1.compute.amazonaws.com',
  'page-1.us-east-1.elb.amazonaws.com',
])('%s is a host of somebody else’s', host => expect(isKnownHost(host, LOCAL)).toBe(false))
