import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import type { Source } from '../events/event-rows.ts'

/** Events deleted at once: a group may hold millions, and others use the object meanwhile. */
export const LOT = 10_000

/** Deletes the events of a stream or group that is gone: nothing finds them any more, so this may take its time. */
export function sweep(ctx: Tx, source: Source): void {
  if (deleteLot(ctx, source)) ctx.timers.set('sweep', `${source.column}/${source.id}`, ctx.now)
}

/** Deletes some; answers whether there may be more. */
function deleteLot(ctx: Tx, { column, id }: Source): boolean {
  ctx.sql.run(
    `DELETE FROM logs_log_events WHERE seq IN (SELECT seq FROM logs_log_events WHERE ${column} = ? LIMIT ?)`,
    id,
    LOT,
  )
  return ctx.sql.changes() === LOT
}

/** The timer that goes on with it. */
export async function onSweep(ctx: Ctx, key: string): Promise<void> {
  const [column, id] = key.split('/')
  const source: Source = { column: column === 'stream' ? 'stream' : 'logGroup', id: Number(id) }
  while (ctx.change(tx => deleteLot(tx, source))) await scheduler.wait(1)
}
