import { ANONYMOUS } from './identity.ts'
import { append, type RingLog } from '../kernel/ring-logs/ring-logs.ts'
import type { Sql } from '../kernel/object/sql.ts'
import type { Decision } from '../shared/policy-evaluate.ts'
import type { IamMode } from '../kernel/namespace/namespace-stub.ts'

/** One decision as `/_fakecloud/iam/explain` gives it. `at` is in epoch milliseconds of the namespace's clock. */
export type DecisionView = {
  requestId: string
  traceId: string
  at: number
  mode: IamMode
  principal: string
  action: string
  resource: string
  decision: Decision['decision']
  layer: Decision['layer']
  statements: Decision['statements']
  reason: string
}

type Row = Omit<DecisionView, 'statements'> & { statements: string }

/** Decisions kept by each object: the newest that many. Only namespaces that enforce or audit write any. */
const DECISIONS: RingLog = { table: '_decisions', key: 'id', keptRows: 1000 }

export const DECISIONS_SCHEMA = `
CREATE TABLE _decisions (
  id INTEGER PRIMARY KEY AUTOINCREMENT, requestId TEXT NOT NULL, traceId TEXT NOT NULL, at INTEGER NOT NULL, mode TEXT NOT NULL,
  principal TEXT NOT NULL, action TEXT NOT NULL, resource TEXT NOT NULL, decision TEXT NOT NULL, layer TEXT NOT NULL,
  statements TEXT NOT NULL, reason TEXT NOT NULL
);
CREATE INDEX _decisions_request ON _decisions (requestId);
CREATE INDEX _decisions_trace ON _decisions (traceId);`

export function writeDecision(sql: Sql, view: DecisionView): void {
  append(sql, DECISIONS, { ...view, statements: JSON.stringify(view.statements) })
}

/** Whether somebody who is known was denied something, and may ask why. */
export function hasDenied(sql: Sql): boolean {
  const query = "SELECT 1 FROM _decisions WHERE decision <> 'allowed' AND principal <> ? LIMIT 1"
  return sql.first(query, ANONYMOUS.arn) !== undefined
}

export type DecisionQuery = { requestId?: string; traceId?: string; limit?: number }

/** Decisions of one request or trace, or the newest of this object; in order. */
export function readDecisions(sql: Sql, { requestId, traceId, limit = 100 }: DecisionQuery): DecisionView[] {
  const rows = sql.all<Row>(
    `SELECT * FROM _decisions WHERE (?1 IS NULL OR requestId = ?1) AND (?2 IS NULL OR traceId = ?2)
     ORDER BY id DESC LIMIT ?3`,
    requestId ?? null,
    traceId ?? null,
    limit,
  )
  return rows.reverse().map(({ statements, ...row }) => ({ ...row, statements: JSON.parse(statements) }))
}
