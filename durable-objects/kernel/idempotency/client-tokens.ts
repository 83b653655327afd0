import { createHash } from 'node:crypto'
import type { AwsError } from '../../../aws/errors.ts'
import type { Tx } from '../object/operation.ts'

/** What requests with a client token were answered, by service. */
export const CLIENT_TOKEN_SCHEMA = `
CREATE TABLE _client_tokens (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, service TEXT NOT NULL, token TEXT NOT NULL, request TEXT NOT NULL,
  answer TEXT NOT NULL, until INTEGER NOT NULL, UNIQUE (service, token)
);`

/** So many of the newest tokens of an object are remembered, of all its services. */
const MOST_TOKENS = 10_000
const DAY_MS = 24 * 3_600_000

export type Idempotent = {
  /** The client's; a request without one is never the same as another. */
  token: string | undefined
  /** What the request asks for; its token may be in it. */
  input: object
  /** How long an answer is remembered; by default for a day. */
  keepMs?: number
  /** In the service's words: the token was another request's. Without it, such a request is done for itself. */
  mismatch?: () => AwsError
}

/**
 * Does what a request asks for, unless the same came before with the same token: then its answer is given again.
 * The answer is kept as JSON: name what was made by its ids, and describe it afterwards.
 * @throws AwsError the mismatch
 */
export function once<Answer>(
  tx: Tx,
  { token, input, keepMs = DAY_MS, mismatch }: Idempotent,
  work: () => Answer,
): Answer {
  if (token === undefined) return work()
  const { service, now } = tx
  const request = digest([tx.operation, Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1))])
  const known = tx.sql.first<{ request: string; answer: string }>(
    'SELECT request, answer FROM _client_tokens WHERE service = ? AND token = ? AND until > ?',
    service,
    token,
    now,
  )
  if (known?.request === request) return JSON.parse(known.answer) as Answer // written below
  if (known && mismatch) throw mismatch()
  const answer = work()
  const row = tx.sql.first<{ seq: number }>(
    `INSERT OR REPLACE INTO _client_tokens (service, token, request, answer, until) VALUES (?, ?, ?, ?, ?)
     RETURNING seq`,
    service,
    token,
    request,
    JSON.stringify(answer),
    now + keepMs,
  )
  if (row) tx.sql.run('DELETE FROM _client_tokens WHERE seq <= ?', row.seq - MOST_TOKENS)
  return answer
}

const digest = (request: unknown) => createHash('sha256').update(JSON.stringify(request)).digest('base64')
