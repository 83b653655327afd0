import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { insert } from '../../kernel/object/rows.ts'
import type { ArchiveRow, BusEvent } from './schema.ts'

const DAY_MS = 86_400_000

/** Keeps an event that its archive's rule has matched. */
export function archiveEvent(ctx: Tx, archive: string, event: BusEvent): void {
  const text = JSON.stringify(event)
  insert(ctx.sql, 'events_archived_events', {
    archive,
    time: Date.parse(event.time),
    at: ctx.now,
    event: text,
    bytes: new TextEncoder().encode(text).byteLength,
  })
  armRetention(ctx, archive)
}

/** The timer of an archive: when its oldest event has been there for as long as it is kept. */
export function armRetention(ctx: Tx, name: string): void {
  const row = ctx.sql.first<{ retentionDays: number; oldest: number | null }>(
    `SELECT retentionDays, (SELECT MIN(at) FROM events_archived_events WHERE archive = ?1) AS oldest FROM events_archives WHERE name = ?1`,
    name,
  )
  if (!row?.retentionDays || row.oldest === null) ctx.timers.clear('retention', name)
  else ctx.timers.set('retention', name, row.oldest + row.retentionDays * DAY_MS)
}

export function onRetention(ctx: Tx, name: string): void {
  const row = ctx.sql.first<Pick<ArchiveRow, 'retentionDays'>>(
    'SELECT retentionDays FROM events_archives WHERE name = ?',
    name,
  )
  if (!row?.retentionDays) return
  const until = ctx.now - row.retentionDays * DAY_MS
  ctx.sql.run('DELETE FROM events_archived_events WHERE archive = ? AND at <= ?', name, until)
  armRetention(ctx, name)
}

export function contentsOf(ctx: Ctx, archive: string): { EventCount: number; SizeBytes: number } {
  const row = ctx.sql.first<{ EventCount: number; SizeBytes: number }>(
    'SELECT COUNT(*) AS EventCount, COALESCE(SUM(bytes), 0) AS SizeBytes FROM events_archived_events WHERE archive = ?',
    archive,
  )
  return row ?? { EventCount: 0, SizeBytes: 0 }
}
