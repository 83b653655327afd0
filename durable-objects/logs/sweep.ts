import type { Ctx } from '../operation.ts'
import type { Source } from './event-rows.ts'

/** Events deleted at once, and the pause after them: a group may hold millions, and others use the object meanwhile. */
const LOT = 20_000
const PAUSE_MS = 100

/** Deletes the events of a stream or group that is gone: nothing finds them any more, so this may take its time. */
export function sweep(ctx: Ctx, { column, id }: Source): void {
  ctx.sql.run(`DELETE FROM log_events WHERE seq IN (SELECT seq FROM log_events WHERE ${column} = ? LIMIT ?)`, id, LOT)
  if (ctx.sql.changes() === LOT) ctx.timers.set('sweep', `${column}/${id}`, ctx.now + PAUSE_MS)
}

/** The timer that goes on with it. */
export function onSweep(ctx: Ctx, key: string): void {
  const [column, id] = key.split('/')
  sweep(ctx, { column: column === 'stream' ? 'stream' : 'logGroup', id: Number(id) })
}
