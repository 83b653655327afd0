import { expect, test } from 'vitest'
import { dropBlob, putBlob, readBlob } from '../../../durable-objects/kernel/blobs/blobs.ts'
import { findArchive } from '../../../durable-objects/services/lambda/code/archives.ts'
import { migrations } from '../../../durable-objects/services/lambda/schema.ts'
import { bareObject } from '../../support/object.ts'

test('zips of an older layout are the blobs of the present one, and blobs that are there already stay what they are', () => {
  const { contextOf, database, sql, count } = bareObject()
  const [ctx, other] = [contextOf('lambda'), contextOf('other')]
  const theirs = other.change(tx => putBlob(tx, new Uint8Array([9])))
  for (const migration of migrations.slice(0, 4)) database.exec(migration)
  for (const sha of ['b', 'a']) {
    sql.run('INSERT INTO lambda_archives (sha, size, unzippedSize) VALUES (?, ?, 7)', sha, 2 ** 20 + 1)
    sql.run('INSERT INTO lambda_archive_parts VALUES (?, 0, ?)', sha, new Uint8Array(2 ** 20))
    sql.run('INSERT INTO lambda_archive_parts VALUES (?, 1, ?)', sha, new TextEncoder().encode(sha))
  }
  for (const migration of migrations.slice(4)) database.exec(migration)
  for (const sha of ['a', 'b']) {
    const { blob = 0, ...facts } = findArchive(ctx, sha) ?? {}
    expect(facts).toEqual({ sha, size: 2 ** 20 + 1, unzippedSize: 7 })
    const bytes = readBlob(ctx, blob)
    expect([bytes.length, bytes.at(-1)]).toEqual([2 ** 20 + 1, sha.charCodeAt(0)])
    ctx.change(tx => dropBlob(tx, blob))
  }
  expect(count('_chunks')).toBe(1)
  expect([...readBlob(ctx, theirs)]).toEqual([9])
})
