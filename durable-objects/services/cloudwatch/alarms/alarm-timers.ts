import type { Tx } from '../../../kernel/object/operation.ts'

/*
 * When metric alarms are evaluated: at the next whole minute (ten seconds for short periods) after there is new data or
 * the alarm was changed, and then for as long as there is data in its range. An alarm without data costs nothing.
 */

/** The alarm's next step after ?1: bound numbers are no integers. */
const NEXT = '(CAST(?1 / step AS INTEGER) + 1) * step'

/** Every metric alarm is to be looked at: there is new data. */
export function noteData(ctx: Tx): void {
  ctx.sql.run(
    `UPDATE cloudwatch_alarms SET nextAt = ${NEXT} WHERE type = 'MetricAlarm' AND (nextAt IS NULL OR nextAt > ${NEXT})`,
    ctx.now,
  )
  if (ctx.sql.changes() > 0) setTimer(ctx)
}

/** One alarm is to be looked at. */
export function noteAlarm(ctx: Tx, name: string): void {
  ctx.sql.run(`UPDATE cloudwatch_alarms SET nextAt = ${NEXT} WHERE name = ?2 AND type = 'MetricAlarm'`, ctx.now, name)
  setTimer(ctx)
}

export function setTimer(ctx: Tx): void {
  const next = ctx.sql.first<{ at: number | null }>('SELECT MIN(nextAt) AS at FROM cloudwatch_alarms')?.at ?? null
  if (next !== null) ctx.timers.set('evaluate', '', next)
}
