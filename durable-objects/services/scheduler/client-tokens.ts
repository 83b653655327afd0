import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { conflict } from './refusals.ts'

/** How long a token is remembered. */
const KEPT_MS = 8 * 3_600_000

type Request = { ClientToken?: string | undefined }

/** Everything that a request asks for, but for its token. */
function digest(ctx: Ctx, { ClientToken: _token, ...rest }: Request): string {
  const sorted = Object.entries(rest).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([ctx.operation, sorted])
}

/**
 * What a request was answered when it came before with the same token.
 * @throws AwsError when the token was another request's
 */
export function answered<Output>(ctx: Ctx, input: Request): Output | undefined {
  const known = ctx.sql.first<{ request: string; output: string }>(
    'SELECT request, output FROM scheduler_tokens WHERE token = ? AND until > ?',
    input.ClientToken ?? '',
    ctx.now,
  )
  if (!known) return undefined
  if (known.request === digest(ctx, input)) return JSON.parse(known.output) as Output // written by remember()
  throw conflict('The request uses the same client token as a previous, but non-identical request.')
}

/** Keeps an answer for the case that the same request comes again. */
export function remember<Output>(ctx: Tx, input: Request, output: Output): Output {
  ctx.sql.run('DELETE FROM scheduler_tokens WHERE until <= ?', ctx.now)
  if (input.ClientToken === undefined) return output
  ctx.sql.run(
    'INSERT OR REPLACE INTO scheduler_tokens (token, request, output, until) VALUES (?, ?, ?, ?)',
    input.ClientToken,
    digest(ctx, input),
    JSON.stringify(output),
    ctx.now + KEPT_MS,
  )
  return output
}
