import { beforeAll, expect, test, vi } from 'vitest'
import { writeBlob } from '../../../durable-objects/kernel/blobs/blob-streams.ts'
import {
  CHUNK_BYTES,
  collectBlobs,
  dropBlob,
  eraseBlobs,
  letGo,
  newBlob,
  pinBlob,
  putBlob,
  readBlob,
  readChunk,
  unpinBlob,
} from '../../../durable-objects/kernel/blobs/blobs.ts'
import { dropText, keepText, readText } from '../../../durable-objects/kernel/blobs/texts.ts'
import { bareObject } from '../../support/object.ts'

beforeAll(() => {
  vi.stubGlobal('scheduler', { wait: () => new Promise(resolve => setImmediate(resolve)) })
})

const LONG = new Uint8Array(CHUNK_BYTES + 10).map((_, i) => i % 251)

function setUp() {
  const object = bareObject()
  const held = () => [object.count('_blobs'), object.count('_chunks')]
  return { ...object, ctx: object.contextOf('toy'), held }
}

const refuse = (work: () => void) => () => {
  work()
  throw new Error('refused')
}

test('bytes longer than a chunk come back whole, and are gone when their user lets go of them', () => {
  const { ctx, held } = setUp()
  const blob = ctx.change(tx => putBlob(tx, LONG))
  expect(held()).toEqual([1, 2])
  expect(Buffer.compare(readBlob(ctx, blob), LONG)).toBe(0)
  expect([...readChunk(ctx, { blob, from: CHUNK_BYTES, to: LONG.length })]).toEqual([...LONG.subarray(CHUNK_BYTES)])
  ctx.change(tx => dropBlob(tx, blob))
  expect(held()).toEqual([0, 0])
})

test('a change that is undone leaves no blob, and one it would have dropped', async () => {
  const { ctx, held, rest } = setUp()
  const blob = ctx.change(tx => putBlob(tx, LONG))
  expect(() => ctx.change(tx => refuse(() => putBlob(tx, LONG))())).toThrow('refused')
  expect(() => ctx.change(tx => refuse(() => dropBlob(tx, blob))())).toThrow('refused')
  await rest()
  expect(held()).toEqual([1, 2])
  expect(readBlob(ctx, blob)).toHaveLength(LONG.length)
})

test('a blob that was begun in a change that is undone holds up none that comes after it with its number', async () => {
  const { ctx, held, rest } = setUp()
  expect(() => ctx.change(tx => refuse(() => newBlob(tx))())).toThrow('refused')
  const blob = ctx.change(tx => putBlob(tx, LONG))
  ctx.change(tx => dropBlob(tx, blob))
  await rest()
  expect(held()).toEqual([0, 0])
})

test('what is being read stays until it has been, though its user let go of it', async () => {
  const { ctx, held, rest } = setUp()
  const blob = ctx.change(tx => putBlob(tx, LONG))
  pinBlob(ctx, blob)
  ctx.change(tx => dropBlob(tx, blob))
  ctx.change(tx => letGo(tx.sql, 'SELECT -1'))
  await rest()
  expect(readBlob(ctx, blob)).toHaveLength(LONG.length)
  unpinBlob(ctx, blob)
  await rest()
  expect(held()).toEqual([0, 0])
})

test('what a process left half written is swept away when its object wakes, and nothing else', async () => {
  const { ctx, held, rest, restart } = setUp()
  const kept = ctx.change(tx => putBlob(tx, LONG))
  let taken = 0
  const stream = new ReadableStream<Uint8Array>({
    pull: controller => {
      // The process ends before the third.
      if (taken++ < 3) controller.enqueue(new Uint8Array(CHUNK_BYTES))
      return taken > 3 ? new Promise(() => undefined) : undefined
    },
  })
  void writeBlob(ctx, stream, () => undefined)
  await vi.waitFor(() => expect(held()).toEqual([2, 2 + 3]))
  collectBlobs(ctx)
  await rest()
  expect(held()).toEqual([2, 2 + 3])
  restart()
  collectBlobs(ctx)
  await rest()
  expect(held()).toEqual([1, 2])
  expect(readBlob(ctx, kept)).toHaveLength(LONG.length)
})

test('a service that is reset takes its blobs along, also those being read, and no other', () => {
  const { ctx, contextOf, held } = setUp()
  const other = contextOf('other')
  const [first, second] = [ctx.change(tx => putBlob(tx, LONG)), ctx.change(tx => newBlob(tx))]
  const theirs = other.change(tx => putBlob(tx, LONG))
  pinBlob(ctx, first)
  ctx.change(eraseBlobs)
  expect(held()).toEqual([1, 2])
  expect(readBlob(other, theirs)).toHaveLength(LONG.length)
  expect(ctx.change(tx => putBlob(tx, LONG))).toBeGreaterThan(second)
})

test('what a query names is let go of at once, and collected when more is kept', async () => {
  const { ctx, held, rest } = setUp()
  for (let i = 0; i < 3; i++) ctx.change(tx => putBlob(tx, LONG))
  ctx.change(tx => letGo(tx.sql, 'SELECT id FROM _blobs WHERE id < ?', 3))
  ctx.change(tx => putBlob(tx, LONG))
  await rest()
  expect(held()).toEqual([2, 4])
})

test.each([
  ['short', 'a\u{1F600}', 0],
  ['long', `\uFEFF${'a\u{1F600}'.repeat(600_000)}`, 1],
])('a %s text comes back as it was', (_, text, blobs) => {
  const { ctx, held } = setUp()
  const kept = ctx.change(tx => keepText(tx, text))
  expect(held()[0]).toBe(blobs)
  expect(JSON.stringify(kept).length).toBeLessThan(100)
  expect(readText(ctx, JSON.parse(JSON.stringify(kept))) === text).toBe(true)
  ctx.change(tx => dropText(tx, kept))
  expect(held()).toEqual([0, 0])
})
