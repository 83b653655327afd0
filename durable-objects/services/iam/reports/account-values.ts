import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'

/** What the account itself has, by name: its alias, its password policy, its preferences. */
export function accountValue<T>(ctx: Ctx, key: string): T | undefined {
  const row = ctx.sql.first<{ value: string }>('SELECT value FROM iam_account WHERE key = ?', key)
  return row && (JSON.parse(row.value) as T) // each key has one type, its only user's
}

export function setAccountValue(ctx: Tx, key: string, value: unknown): void {
  replace(ctx.sql, 'iam_account', { key, value: JSON.stringify(value) })
}

export function clearAccountValue(ctx: Tx, key: string): void {
  ctx.sql.run('DELETE FROM iam_account WHERE key = ?', key)
}
