import { describe, expect, it } from 'vitest'
import { addressedBy } from '../../../node-runner/front/addressed.ts'

const by = (target: string, more: { host?: string; namespace?: string } = {}) =>
  addressedBy({ target, host: 'localhost:4566', namespace: undefined, ...more }, undefined)

describe('whom a request is for', () => {
  it.each([
    ['/', 'main'],
    ['/_ns/a', 'a'],
    ['/_ns/a/bucket/key?x=/_ns/b/', 'a'],
    ['/_ns/a/../../_ns/b', 'a'],
    ['http://localhost:4566/_ns/a/', 'a'],
    ['/_ns/a#/', 'a'],
    ['/_ns/NO/', 'main'],
    ['/_fakecloud/namespaces/a', 'a'],
    ['/_ns/b/_fakecloud/namespaces/%61/reset', 'a'],
    ['/_ns/b/_fakecloud/x/../namespaces/a', 'a'],
    ['/_ns/b/_fakecloud/health', 'b'],
    ['/bucket/_fakecloud/namespaces/a', 'main'],
  ])('%s is for %s', (target, namespace) => {
    expect(by(target)).toEqual({ namespace })
  })

  it.each([
    '/_fakecloud/namespaces',
    '/_fakecloud/namespaces/?x',
    '/_ns/a/_fakecloud/namespaces',
    '/_fakecloud/health',
    '/_localstack/health',
  ])('%s is for all', target => {
    expect(by(target)).toBe('all')
  })

  it('path, header and host count in this order', () => {
    const all = { namespace: 'header', host: 'host.fakecloud.localhost:4566' }
    expect(by('/_ns/path/', all)).toEqual({ namespace: 'path' })
    expect(by('/', all)).toEqual({ namespace: 'header' })
    expect(by('/', { host: all.host })).toEqual({ namespace: 'host' })
    const own = { target: '/', host: 'a.s3.team.cloud.example', namespace: undefined }
    expect(addressedBy(own, 'cloud.example')).toEqual({ namespace: 'team' })
  })
})
