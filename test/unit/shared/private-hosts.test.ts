import { expect, test } from 'vitest'
import { isPrivateHost } from '../../../durable-objects/shared/private-hosts.ts'

const hostOf = (authority: string) => new URL(`http://${authority}/`).hostname

test.each([
  'localhost',
  'LOCALHOST.',
  'a.localhost',
  'printer',
  'host.docker.internal',
  'metadata.google.internal',
  '127.0.0.1',
  '127.1',
  '0x7f.0.0.1',
  '2130706433',
  '0.0.0.0',
  '10.1.2.3',
  '100.64.0.1',
  '169.254.169.254',
  '172.16.0.1',
  '192.168.1.1',
  '255.255.255.255',
  '[::]',
  '[::1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:10.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[2002:7f00:1::]',
  '[fd00:ec2::254]',
  '[fe80::1]',
])('%s is no address of the internet', authority => {
  expect(isPrivateHost(hostOf(authority))).toBe(true)
})

test.each([
  'example.com',
  'localhost.example.com',
  '8.8.8.8',
  '100.128.0.1',
  '172.32.0.1',
  '192.0.2.1',
  '[2606:4700::1111]',
  '[::ffff:8.8.8.8]',
])('%s may be called', authority => {
  expect(isPrivateHost(hostOf(authority))).toBe(false)
})
