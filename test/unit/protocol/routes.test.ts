import { describe, expect, test } from 'vitest'
import { tables } from '../../../aws/models/tables.ts'
import { matchRoute } from '../../../aws/wire/routes.ts'
import { MEMBER } from '../../../aws/wire/table.ts'
import type { OperationModel } from '../../../aws/wire/model.ts'
import { modelNamed, wireRequest } from './wire.ts'

/** The request of an operation with only what its URI, and its required members, ask for. */
async function requestOf(operation: OperationModel) {
  const [path = '', stated = ''] = operation.uri.split('?')
  const filled = path.replace(/\{([^}+]+)\+\}/g, 'some/$1').replace(/\{([^}]+)\}/g, 'some-$1')
  const query = stated.split('&').filter(Boolean)
  const headers: Record<string, string> = {}
  for (const member of operation.input?.bound ?? []) {
    if (!(member.flags & MEMBER.required)) continue
    if (member.flags & MEMBER.query) query.push(`${member.wire}=1`)
    if (member.flags & MEMBER.header) headers[member.wire] = '1'
  }
  return wireRequest(operation.method, `http://host${filled}?${query.join('&')}`, { headers })
}

const rest = Object.keys(tables).filter(name => modelNamed(name).forms[0]?.startsWith('rest-'))

describe.each(rest)('%s', service => {
  test('every operation is found by its own URI', async () => {
    const model = modelNamed(service)
    const astray: string[] = []
    for (const name of model.operations) {
      const operation = model.operation(name)
      if (!operation) throw new Error(name)
      const found = matchRoute(model, await requestOf(operation))
      if (found?.operation.name !== name) astray.push(`${name} -> ${found?.operation.name}`)
    }
    expect(astray).toEqual([])
  })
})

const route = async (service: string, method: string, url: string, headers: Record<string, string> = {}) =>
  matchRoute(modelNamed(service), await wireRequest(method, `http://host${url}`, { headers }))

const operationAt = async (...request: Parameters<typeof route>) => (await route(...request))?.operation.name

describe('S3', () => {
  test('a subresource names its operation, whatever is missing beside it', async () => {
    expect(await operationAt('s3', 'PUT', '/b?inventory')).toBe('PutBucketInventoryConfiguration')
    expect(await operationAt('s3', 'GET', '/b?inventory')).toBe('ListBucketInventoryConfigurations')
    expect(await operationAt('s3', 'GET', '/b?inventory&id=1')).toBe('GetBucketInventoryConfiguration')
    expect(await operationAt('s3', 'GET', '/b/k?attributes')).toBe('GetObjectAttributes')
  })

  test('the same URI means different operations by its parameters and headers', async () => {
    expect(await operationAt('s3', 'PUT', '/b/k')).toBe('PutObject')
    expect(await operationAt('s3', 'PUT', '/b/k', { 'x-amz-copy-source': '/a/b' })).toBe('CopyObject')
    expect(await operationAt('s3', 'PUT', '/b/k?partNumber=1&uploadId=u')).toBe('UploadPart')
    const copied = { 'x-amz-copy-source': '/a/b' }
    expect(await operationAt('s3', 'PUT', '/b/k?partNumber=1&uploadId=u', copied)).toBe('UploadPartCopy')
    expect(await operationAt('s3', 'GET', '/b/k?uploadId=u')).toBe('ListParts')
    expect(await operationAt('s3', 'GET', '/b?list-type=2')).toBe('ListObjectsV2')
    expect(await operationAt('s3', 'GET', '/')).toBe('ListBuckets')
    expect(await operationAt('s3', 'GET', '/?x-id=ListDirectoryBuckets')).toBe('ListDirectoryBuckets')
    expect(await operationAt('s3', 'PUT', '/b/k?X-Amz-Signature=s&x-amz-copy-source=a%2Fb')).toBe('CopyObject')
  })

  test('a key keeps its slashes, and a bucket may end in one', async () => {
    expect(await operationAt('s3', 'GET', '/b/')).toBe('ListObjects')
    for (const [path, key] of [
      ['/b/k/', 'k/'],
      ['/b//k', '/k'],
      ['/b//', '/'],
      ['/b/a%2Fb/c', 'a%2Fb/c'],
    ] as const) {
      const found = await route('s3', 'GET', path)
      expect([found?.operation.name, found?.labels.get('Key')]).toEqual(['GetObject', key])
    }
  })

  test('what names no operation matches none', async () => {
    expect(await operationAt('s3', 'POST', '/b/k')).toBeUndefined()
    expect(await operationAt('s3', 'PATCH', '/b/k')).toBeUndefined()
    expect(await operationAt('s3', 'PUT', '/')).toBeUndefined()
    expect(await operationAt('s3', 'PUT', '//k')).toBeUndefined()
  })
})

test('a trailing slash is forgiven but on S3', async () => {
  expect(await operationAt('lambda', 'GET', '/2015-03-31/functions/')).toBe('ListFunctions')
  expect(await operationAt('lambda', 'GET', '/2015-03-31/functions')).toBe('ListFunctions')
  expect(await operationAt('route53', 'POST', '/2013-04-01/hostedzone/Z1/rrset/')).toBe('ChangeResourceRecordSets')
  expect(await operationAt('lambda', 'GET', '/2015-03-31/nothing')).toBeUndefined()
})
