import type { Ctx, Tx } from '../object/operation.ts'

/**
 * What takes AWS a while after it has answered is done here before, and the answer says all the same that it is under
 * way. Whoever asks next finds it done, unless the namespace says how long it is to take (`pendingSeconds`, by its
 * clock): until then the resource is shown as the answer showed it.
 */
export const STATE_SCHEMA = `
CREATE TABLE _states (
  service TEXT NOT NULL, key TEXT NOT NULL, shown TEXT NOT NULL, until INTEGER NOT NULL, PRIMARY KEY (service, key)
) WITHOUT ROWID;
CREATE INDEX _states_until ON _states (until);`

/**
 * Members that a resource shows while what was asked is under way; answers them, for the answer.
 * @param key the resource's own, among all of its service
 */
export function meanwhile<Shown extends object>(tx: Tx, key: string, shown: Shown): Shown {
  if (tx.pendingMs === 0) return shown
  tx.sql.run('DELETE FROM _states WHERE until <= ?', tx.now)
  tx.sql.run(
    'INSERT OR REPLACE INTO _states (service, key, shown, until) VALUES (?, ?, ?, ?)',
    tx.service,
    key,
    JSON.stringify(shown),
    tx.now + tx.pendingMs,
  )
  return shown
}

/** Those members as long as it is under way; none once it is done. */
export function stillShown<Shown extends object>(ctx: Ctx, key: string): Partial<Shown> {
  if (ctx.pendingMs === 0) return {}
  const row = ctx.sql.first<{ shown: string }>(
    'SELECT shown FROM _states WHERE service = ? AND key = ? AND until > ?',
    ctx.service,
    key,
    ctx.now,
  )
  return row ? (JSON.parse(row.shown) as Shown) : {} // written by meanwhile()
}
