import { append, appendAll, type RingLog } from '../ring-logs/ring-logs.ts'
import { withoutSecrets } from '../../shared/struck-secrets.ts'
import type { Changes, Gathered } from '../object/changes.ts'
import type { Sql } from '../object/sql.ts'

/** How a hop ended: what `/_fakecloud/journal` shows and `why` explains. */
export type Outcome = 'delivered' | 'filtered' | 'refused' | 'retried' | 'dead-lettered' | 'called' | 'denied'

/** One hop between two resources. `at` is in epoch milliseconds of the namespace's clock. */
export type Hop = {
  from: string
  to: string
  outcome: Outcome
  /** Why it ended so: the rule or filter that did not match, the target's error. */
  reason?: string | undefined
  /** What travelled: `s3:ObjectCreated:Put uploads/hello.txt`. */
  event?: string | undefined
  deliveryId?: string | undefined
  attempt?: number | undefined
  /** The chain it belongs to, where that is not the operation's at hand. */
  traceId?: string | undefined
}

export type JournalRow = {
  id: number
  traceId: string
  at: number
  from: string
  to: string
  outcome: Outcome
  reason: string | null
  event: string | null
  deliveryId: string | null
  attempt: number | null
}

/** Notes one hop of the operation at hand. */
export type Journal = (hop: Hop) => void

export type JournalQuery = {
  traceId?: string
  arn?: string
  event?: string
  limit?: number
  /** Only what went wrong: what was refused or denied, and what is still being tried again. */
  failed?: true
}

/** Outcomes by which something has gone wrong. */
const FAILURES: readonly Outcome[] = ['refused', 'retried', 'dead-lettered', 'denied']

const JOURNAL: RingLog = { table: '_journal', key: 'id', keptRows: 5000 }

export const JOURNAL_SCHEMA = `
CREATE TABLE _journal (
  id INTEGER PRIMARY KEY AUTOINCREMENT, traceId TEXT NOT NULL, at INTEGER NOT NULL, "from" TEXT NOT NULL, "to" TEXT NOT NULL,
  outcome TEXT NOT NULL, reason TEXT, event TEXT, deliveryId TEXT, attempt INTEGER
);
CREATE INDEX _journal_trace ON _journal (traceId);`

/** A hop of a chain. `now`: the namespace's clock when it was noted. */
export type NotedHop = { traceId: string; now: number; hop: Hop }

/** What a hop tells of a refusal holds also if the change in which it was noted is undone by it. */
const REFUSALS: ReadonlySet<Outcome> = new Set<Outcome>(['denied', 'filtered', 'refused'])

/** The hops of an object: those of one change are written by one statement. */
export function hopsOf(sql: Sql, changes: Changes): Gathered<NotedHop> {
  return changes.gathered<NotedHop>(
    noted => void appendAll(sql, JOURNAL, noted.map(rowOf)),
    ({ hop }) => REFUSALS.has(hop.outcome),
  )
}

/** Without the secrets that an endpoint's URL may hold. */
function rowOf({ traceId, now, hop }: NotedHop) {
  return {
    traceId: hop.traceId ?? traceId,
    at: now,
    from: withoutSecrets(hop.from),
    to: withoutSecrets(hop.to),
    outcome: hop.outcome,
    reason: hop.reason && withoutSecrets(hop.reason),
    event: hop.event,
    deliveryId: hop.deliveryId,
    attempt: hop.attempt,
  }
}

/** Writes a hop at once. Answers the row's id, for its end. */
export const beginHop = (sql: Sql, noted: NotedHop): number => append(sql, JOURNAL, rowOf(noted)) ?? 0

/** Whether there are no hops but of those who were let do nothing. */
export function tellsNothing(sql: Sql): boolean {
  return sql.first("SELECT 1 FROM _journal WHERE outcome <> 'denied' LIMIT 1") === undefined
}

/** How a hop ended that was written when it began, so that it stands before what it set off; undefined: it is none. */
export function endHop(sql: Sql, id: number, end: Pick<Hop, 'outcome' | 'reason'> | undefined): void {
  if (!end) sql.run('DELETE FROM _journal WHERE id = ?', id)
  else sql.run('UPDATE _journal SET outcome = ?, reason = ? WHERE id = ?', end.outcome, end.reason ?? null, id)
}

/** A try that another one followed is no failure of its own. */
const FAILED = `AND outcome IN (${FAILURES.map(each => `'${each}'`).join()}) AND (outcome <> 'retried' OR NOT EXISTS (
  SELECT 1 FROM _journal AS later
  WHERE later.traceId = hop.traceId AND later.deliveryId = hop.deliveryId AND later.id > hop.id))`

/** Hops of this object, newest first: of one trace, touching one ARN, or about one event. */
export function readHops(sql: Sql, query: JournalQuery): JournalRow[] {
  const limit = Math.min(query.limit ?? 1000, JOURNAL.keptRows)
  return sql.all<JournalRow>(
    `SELECT * FROM _journal AS hop WHERE (?1 IS NULL OR traceId = ?1) AND (?2 IS NULL OR "from" = ?2 OR "to" = ?2)
     AND (?3 IS NULL OR instr(event, ?3) > 0) ${query.failed ? FAILED : ''} ORDER BY id DESC LIMIT ?4`,
    query.traceId ?? null,
    query.arn === undefined ? null : withoutSecrets(query.arn),
    query.event ?? null,
    limit,
  )
}
