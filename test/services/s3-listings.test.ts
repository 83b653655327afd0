import {
  DeleteObjectCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  ListObjectVersionsCommand,
  paginateListObjectsV2,
  PutBucketVersioningCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'

const Bucket = 'lists'
const KEYS = ['a', 'dir/1', 'dir/2', 'dir/sub/3', 'e f', 'käse', 'z']

async function setUp(keys: readonly string[] = KEYS) {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))
  const list = async (more: Partial<ListObjectsV2CommandInput> = {}) => {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ...more }))
    return {
      ...page,
      keys: page.Contents?.map(({ Key }) => Key) ?? [],
      prefixes: page.CommonPrefixes?.map(({ Prefix }) => Prefix) ?? [],
    }
  }
  return { aws, s3, list }
}

test('keys are listed in the order of their bytes, with what is known of each', async () => {
  const { list } = await setUp(['b', 'a', 'B', '😀', '￿', 'ä'])
  const page = await list({ FetchOwner: true })
  expect(page.keys).toEqual(['B', 'a', 'b', 'ä', '￿', '😀'])
  expect(page).toMatchObject({ Name: Bucket, Prefix: '', KeyCount: 6, MaxKeys: 1000, IsTruncated: false })
  expect(page.Contents?.[1]).toMatchObject({
    Key: 'a',
    Size: 1,
    ETag: '"0cc175b9c0f1b6a831c399e269772661"',
    StorageClass: 'STANDARD',
    LastModified: expect.any(Date),
    Owner: { ID: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  expect((await list()).Contents?.[0]?.Owner).toBeUndefined()
})

test('prefixes and delimiters make folders', async () => {
  const { list } = await setUp()
  expect(await list({ Delimiter: '/' })).toMatchObject({
    keys: ['a', 'e f', 'käse', 'z'],
    prefixes: ['dir/'],
    KeyCount: 5,
    Delimiter: '/',
  })
  expect(await list({ Delimiter: '/', Prefix: 'dir/' })).toMatchObject({
    keys: ['dir/1', 'dir/2'],
    prefixes: ['dir/sub/'],
  })
  expect((await list({ Prefix: 'dir' })).keys).toEqual(['dir/1', 'dir/2', 'dir/sub/3'])
  expect(await list({ Prefix: 'nothing' })).toMatchObject({ keys: [], KeyCount: 0 })
  expect(await list({ Delimiter: 'ub/' })).toMatchObject({ prefixes: ['dir/sub/'] })
})

test('pages follow each other without a gap, folders counted once', async () => {
  const { s3, list } = await setUp()
  const keys: (string | undefined)[] = []
  for await (const page of paginateListObjectsV2({ client: s3, pageSize: 2 }, { Bucket })) {
    expect(page.KeyCount).toBeLessThanOrEqual(2)
    keys.push(...(page.Contents ?? []).map(({ Key }) => Key))
  }
  expect(keys).toEqual(KEYS)
  const first = await list({ Delimiter: '/', MaxKeys: 2 })
  expect(first).toMatchObject({ keys: ['a'], prefixes: ['dir/'], IsTruncated: true })
  const second = await list({ Delimiter: '/', MaxKeys: 2, ContinuationToken: first.NextContinuationToken })
  expect(second).toMatchObject({ keys: ['e f', 'käse'], prefixes: [], IsTruncated: true })
  expect((await list({ StartAfter: 'dir/2' })).keys).toEqual(['dir/sub/3', 'e f', 'käse', 'z'])
  expect((await list({ StartAfter: 'dir', Prefix: 'dir/' })).keys).toEqual(['dir/1', 'dir/2', 'dir/sub/3'])
  expect(await list({ MaxKeys: 0 })).toMatchObject({ keys: [], IsTruncated: false })
  expect(await refused(list({ ContinuationToken: 'nonsense' }))).toMatchObject({
    name: 'InvalidArgument',
    message: 'The continuation token provided is incorrect',
  })
  expect(await refused(list({ MaxKeys: -1 }))).toMatchObject({
    message: 'Argument maxKeys must be an integer between 0 and 2147483647',
  })
  expect(await refused(list({ EncodingType: 'base64' as 'url' }))).toMatchObject({
    message: 'Invalid Encoding Method specified in Request',
  })
})

test('the first version of listing goes on behind a key', async () => {
  const { s3 } = await setUp()
  const list = (more = {}) => s3.send(new ListObjectsCommand({ Bucket, ...more }))
  const page = await list({ Delimiter: '/', MaxKeys: 2 })
  expect(page).toMatchObject({ IsTruncated: true, NextMarker: 'dir/', Marker: '' })
  expect((await list({ Delimiter: '/', Marker: page.NextMarker })).Contents?.map(({ Key }) => Key)).toEqual([
    'e f',
    'käse',
    'z',
  ])
  const plain = await list({ MaxKeys: 2 })
  expect([plain.NextMarker, plain.Contents?.[0]?.Owner?.ID]).toEqual([undefined, expect.any(String)])
  expect((await list({ Marker: 'dir/1', MaxKeys: 1 })).Contents?.[0]?.Key).toBe('dir/2')
  const encoded = await list({ EncodingType: 'url', Prefix: 'k' })
  expect([encoded.Contents?.[0]?.Key, encoded.EncodingType]).toEqual(['k%C3%A4se', 'url'])
})

test('versions are listed by key, the newest first, in pages that may part a key’s versions', async () => {
  const { s3 } = await setUp([])
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  const ids: string[] = []
  for (const Key of ['a', 'b', 'b', 'b', 'd/1', 'd/2']) {
    ids.push((await s3.send(new PutObjectCommand({ Bucket, Key, Body: Key }))).VersionId ?? '')
  }
  const marker = await s3.send(new DeleteObjectCommand({ Bucket, Key: 'a' }))
  const list = async (more = {}) => {
    const page = await s3.send(new ListObjectVersionsCommand({ Bucket, ...more }))
    return { ...page, ids: page.Versions?.map(({ VersionId }) => VersionId) ?? [] }
  }
  const all = await list()
  expect(all.ids).toEqual([ids[0], ids[3], ids[2], ids[1], ids[4], ids[5]])
  expect(all.DeleteMarkers).toMatchObject([{ Key: 'a', VersionId: marker.VersionId, IsLatest: true }])
  const first = await list({ MaxKeys: 3 })
  expect(first).toMatchObject({
    ids: [ids[0], ids[3]],
    IsTruncated: true,
    NextKeyMarker: 'b',
    NextVersionIdMarker: ids[3],
  })
  const next = { KeyMarker: first.NextKeyMarker, VersionIdMarker: first.NextVersionIdMarker }
  expect((await list({ MaxKeys: 3, ...next })).ids).toEqual([ids[2], ids[1], ids[4]])
  expect(await list({ Delimiter: '/' })).toMatchObject({ CommonPrefixes: [{ Prefix: 'd/' }] })
  expect((await list({ Prefix: 'b', KeyMarker: 'a' })).ids).toEqual([ids[3], ids[2], ids[1]])
  expect(await refused(list({ VersionIdMarker: ids[0] }))).toMatchObject({
    message: 'A version-id marker cannot be specified without a key marker.',
  })
})
