import type { Ctx, Tx } from '../object/operation.ts'
import type { Sql, SqlValue } from '../object/sql.ts'

/**
 * Bytes of any length, kept as rows of at most 1 MiB. A blob is written before the change that uses it: until that takes
 * it (`keepBlob`) it is nobody's, and after its last user let go of it (`dropBlob`) it is again, and is collected.
 * Chunk rows are numbered so that one blob's follow each other and a new one's come last.
 */
export const BLOB_SCHEMA = `
CREATE TABLE _blobs (id INTEGER PRIMARY KEY AUTOINCREMENT, size INTEGER NOT NULL DEFAULT 0, refs INTEGER NOT NULL DEFAULT 0);
CREATE INDEX _blobs_unused ON _blobs (id) WHERE refs = 0;
CREATE TABLE _chunks (id INTEGER PRIMARY KEY, data BLOB NOT NULL);`

/** Whose each is: what a reset of one service takes along. */
export const BLOB_SERVICES = `ALTER TABLE _blobs ADD COLUMN service TEXT NOT NULL DEFAULT '';`

/** Length in bytes of every chunk but a blob's last. */
export const CHUNK_BYTES = 1_048_576

/** Rows that one blob can have: 1 TiB. */
const CHUNKS_PER_BLOB = 2 ** 20

/** Chunks that are deleted at one go; a longer blob is deleted piece by piece, other work in between. */
const DELETED_AT_ONCE = 8

/** Bytes `from` (included) to `to` (excluded) of a blob. */
export type Piece = { blob: number; from: number; to: number }

/** Blobs that someone is writing or reading, and how often: they are not collected. */
const pinsOf = (ctx: Pick<Ctx, 'memory'>) => ctx.memory('blobs.pins', () => new Map<number, number>())

export function pinBlob(ctx: Ctx, blob: number): void {
  const pins = pinsOf(ctx)
  pins.set(blob, (pins.get(blob) ?? 0) + 1)
}

/** @returns whether it was the last */
function takePin(ctx: Ctx, blob: number): boolean {
  const pins = pinsOf(ctx)
  const left = (pins.get(blob) ?? 1) - 1
  if (left > 0) pins.set(blob, left)
  else pins.delete(blob)
  return left <= 0
}

export function unpinBlob(ctx: Ctx, blob: number): void {
  if (ctx.erased || !takePin(ctx, blob)) return
  const unused = ctx.sql.first('SELECT 1 FROM _blobs WHERE id = ? AND refs = 0', blob)
  if (unused) collectBlobs(ctx)
}

function beginBlob({ sql, service }: Tx): number {
  return sql.first<{ id: number }>('INSERT INTO _blobs (service) VALUES (?) RETURNING id', service)?.id ?? 0
}

/** Begins a blob, pinned for its writer. */
export function newBlob(ctx: Tx): number {
  const blob = beginBlob(ctx)
  pinBlob(ctx, blob)
  // The next one would have its number, and its pin.
  ctx.undone(() => takePin(ctx, blob))
  return blob
}

/** Keeps bytes that are at hand, in the change that uses them. */
export function putBlob(ctx: Tx, bytes: Uint8Array): number {
  const blob = beginBlob(ctx)
  for (let index = 0; index * CHUNK_BYTES < bytes.length; index++) {
    writeChunk(ctx, { blob, index }, bytes.subarray(index * CHUNK_BYTES, (index + 1) * CHUNK_BYTES))
  }
  keepBlob(ctx, blob, bytes.length)
  // What logs let go of as they come round goes when more is kept.
  collectBlobs(ctx)
  return blob
}

/** Writes the chunk of that index. Each but the last is CHUNK_BYTES long. */
export function writeChunk(ctx: Tx, at: { blob: number; index: number }, data: Uint8Array): void {
  ctx.sql.run('INSERT INTO _chunks (id, data) VALUES (?, ?)', at.blob * CHUNKS_PER_BLOB + at.index, data)
}

/** Takes a written blob into use, once more for each user. */
export function keepBlob(ctx: Tx, blob: number, size: number): void {
  ctx.sql.run('UPDATE _blobs SET size = ?, refs = refs + 1 WHERE id = ?', size, blob)
}

/** A user lets go of a blob; after the last one its rows are deleted. */
export function dropBlob(ctx: Tx, blob: number): void {
  const row = ctx.sql.first<{ refs: number; size: number }>(
    'UPDATE _blobs SET refs = refs - 1 WHERE id = ? RETURNING refs, size',
    blob,
  )
  if (!row || row.refs > 0 || pinsOf(ctx).has(blob)) return
  if (row.size <= DELETED_AT_ONCE * CHUNK_BYTES) deleteSome(ctx, blob)
  else collectBlobs(ctx)
}

/** A user lets go of many blobs: their rows are deleted in the background. */
export function dropBlobs(ctx: Tx, blobs: readonly number[]): void {
  for (const blob of blobs) ctx.sql.run('UPDATE _blobs SET refs = refs - 1 WHERE id = ?', blob)
  if (blobs.length > 0) collectBlobs(ctx)
}

/** The user of the blobs that a query names, one a row, lets go of them: they are collected when others are kept. */
export function letGo(sql: Pick<Sql, 'run'>, query: string, ...bindings: SqlValue[]): void {
  sql.run(`UPDATE _blobs SET refs = refs - 1 WHERE id IN (${query})`, ...bindings)
}

/** Deletes what nobody uses, in the background and bit by bit: also what an upload cut off by a crash left behind. */
export function collectBlobs(ctx: Ctx): void {
  const running = ctx.memory('blobs.collecting', () => ({ now: false }))
  if (running.now || !ctx.sql.first('SELECT 1 FROM _blobs WHERE refs = 0 LIMIT 1')) return
  running.now = true
  ctx.background(
    collectAll(ctx).finally(() => {
      running.now = false
    }),
  )
}

async function collectAll(ctx: Ctx): Promise<void> {
  let after = 0
  for (;;) {
    // Others' requests go first; a delete of the requester's own commits before its blobs go.
    await scheduler.wait(0)
    const row = ctx.sql.first<{ id: number }>(
      'SELECT id FROM _blobs WHERE refs = 0 AND id > ? ORDER BY id LIMIT 1',
      after,
    )
    if (!row) return
    if (pinsOf(ctx).has(row.id) || ctx.change(tx => deleteSome(tx, row.id))) after = row.id
  }
}

/** All that a service kept is gone, whoever is reading it: no number comes again. */
export function eraseBlobs(tx: Tx): void {
  const { sql, service } = tx
  const blobs = sql.all<{ id: number }>('SELECT id FROM _blobs WHERE service = ?', service)
  for (const { id } of blobs) {
    sql.run('DELETE FROM _chunks WHERE id >= ? AND id < ?', id * CHUNKS_PER_BLOB, (id + 1) * CHUNKS_PER_BLOB)
    pinsOf(tx).delete(id)
  }
  sql.run('DELETE FROM _blobs WHERE service = ?', service)
}

/** @returns whether nothing of the blob is left */
function deleteSome(ctx: Tx, blob: number): boolean {
  const first = blob * CHUNKS_PER_BLOB
  ctx.sql.run(
    'DELETE FROM _chunks WHERE id IN (SELECT id FROM _chunks WHERE id >= ? AND id < ? LIMIT ?)',
    first,
    first + CHUNKS_PER_BLOB,
    DELETED_AT_ONCE,
  )
  if (ctx.sql.changes() === DELETED_AT_ONCE) return false
  ctx.sql.run('DELETE FROM _blobs WHERE id = ?', blob)
  return true
}

/** The bytes of a piece that lie in one chunk, from the piece's start: at most CHUNK_BYTES. */
export function readChunk(ctx: Ctx, { blob, from, to }: Piece): Uint8Array<ArrayBuffer> {
  const index = Math.floor(from / CHUNK_BYTES)
  const row = ctx.sql.first<{ data: ArrayBuffer }>(
    'SELECT data FROM _chunks WHERE id = ?',
    blob * CHUNKS_PER_BLOB + index,
  )
  if (!row) throw new Error(`chunk ${index} of blob ${blob} is missing`)
  const start = from - index * CHUNK_BYTES
  return new Uint8Array(row.data, start, Math.min(to - index * CHUNK_BYTES, row.data.byteLength) - start)
}

/** All of a blob's bytes, which its reader knows to be few enough. */
export function readBlob(ctx: Ctx, blob: number): Uint8Array<ArrayBuffer> {
  const first = blob * CHUNKS_PER_BLOB
  const chunks = ctx.sql.all<{ data: ArrayBuffer }>(
    'SELECT data FROM _chunks WHERE id >= ? AND id < ? ORDER BY id',
    first,
    first + CHUNKS_PER_BLOB,
  )
  return Buffer.concat(chunks.map(({ data }) => new Uint8Array(data)))
}

/** Ends a chunk that has been read: one for each megabyte would be a lot of garbage, and collected late. */
export function endChunk(chunk: Uint8Array<ArrayBuffer>): void {
  chunk.buffer.transfer(0)
}
