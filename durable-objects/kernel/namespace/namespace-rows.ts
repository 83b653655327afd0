import type { IamMode } from './namespace-stub.ts'
import type { Sql } from '../object/sql.ts'
import type { NamespaceSettings } from './namespace-stub.ts'

/** What an object of a namespace may be asked for, each a row: tables are made with the first of them. */
export const NAMESPACE_SCHEMA = `
CREATE TABLE namespace (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, createdAt INTEGER NOT NULL, expiresAt INTEGER, version INTEGER NOT NULL,
  offsetMs INTEGER NOT NULL, frozenAt INTEGER, iam TEXT, verifySigv4 INTEGER, pendingMs INTEGER, accessKeyId TEXT, secretAccessKey TEXT
) WITHOUT ROWID;
CREATE TABLE objects (name TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE active (name TEXT PRIMARY KEY, token TEXT NOT NULL) WITHOUT ROWID;`

/** An object that may have work under way, and the token under which it said so. */
export type ActiveRow = { name: string; token: string }

/** Times are in real epoch milliseconds, `frozenAt` in those of the namespace's clock. */
export type NamespaceRow = {
  id: string
  name: string
  createdAt: number
  expiresAt: number | null
  version: number
  offsetMs: number
  frozenAt: number | null
  iam: string | null
  verifySigv4: number | null
  pendingMs: number | null
  accessKeyId: string | null
  secretAccessKey: string | null
}

export function settingsOf(row: NamespaceRow): NamespaceSettings {
  const { id, version, offsetMs, frozenAt, iam, verifySigv4, pendingMs, accessKeyId, secretAccessKey } = row
  return {
    id,
    version,
    clock: { offsetMs, frozenAt },
    ...(iam !== null && { iam: iam as IamMode }), // written by writeSettings()
    ...(verifySigv4 !== null && { verifySigv4: verifySigv4 === 1 }),
    ...(pendingMs !== null && { pendingMs }),
    ...(accessKeyId !== null && secretAccessKey !== null && { credentials: { accessKeyId, secretAccessKey } }),
  }
}

/** Writes settings as the next version: whoever hears of two of them takes the higher. */
export function writeSettings(sql: Sql, { clock, iam, verifySigv4, pendingMs, credentials }: NamespaceSettings): void {
  sql.run(
    `UPDATE namespace SET version = version + 1, offsetMs = ?, frozenAt = ?, iam = ?, verifySigv4 = ?, pendingMs = ?,
     accessKeyId = ?, secretAccessKey = ?`,
    clock.offsetMs,
    clock.frozenAt,
    iam ?? null,
    verifySigv4 === undefined ? null : Number(verifySigv4),
    pendingMs ?? null,
    credentials?.accessKeyId ?? null,
    credentials?.secretAccessKey ?? null,
  )
}

/** Of two tellings of a namespace's settings the later one. Versions grow from one life of a namespace to the next. */
export function later(known: NamespaceSettings | undefined, told: NamespaceSettings): NamespaceSettings {
  return known && known.version > told.version ? known : told
}
