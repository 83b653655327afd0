import type { Ctx } from '../../../kernel/object/operation.ts'

/** So many are kept, the newest. */
const MOST = 16

/** Hosts of AWS's own, by which functions come. */
const AWS = /(?:^|\.)(?:amazonaws\.com(?:\.cn)?|api\.aws|on\.aws|localhost\.localstack\.cloud)$/

/** Scheme and host under which the emulator was found, oldest first: what it hands out names them. */
export function originsOf(ctx: Ctx): string[] {
  return ctx.memory('lambda.origins', () =>
    ctx.sql.all<{ origin: string }>('SELECT origin FROM lambda_origins ORDER BY seq').map(({ origin }) => origin),
  )
}

/**
 * Where whoever asks has found the emulator; undefined where that says nothing new: behind the launcher our port is known
 * to be ours, whatever the host.
 */
export function askedOrigin({ http, env }: Ctx): string | undefined {
  if (!http || !URL.canParse(http.baseUrl)) return undefined
  const { origin, hostname, port } = new URL(http.baseUrl)
  return AWS.test(hostname) || (port !== '' && port === env.FAKECLOUD_PORT) ? undefined : origin
}

/** Keeps it for functions that run when nobody asks: for a message, or by a schedule. */
export function noteOrigin(ctx: Ctx): void {
  const origin = askedOrigin(ctx)
  const known = originsOf(ctx)
  if (origin === undefined || known.includes(origin)) return
  ctx.change(tx => {
    tx.sql.run('INSERT INTO lambda_origins (origin) VALUES (?) ON CONFLICT DO NOTHING', origin)
    tx.sql.run('DELETE FROM lambda_origins WHERE seq <= (SELECT MAX(seq) FROM lambda_origins) - ?', MOST)
  })
  known.push(origin)
  known.splice(0, known.length - MOST)
}
