import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import type { Topic } from './schema.ts'

const AWS = /^https?:\/\/[^/]*\.amazonaws\.com/

/**
 * Root of the URLs that a topic's messages carry: where its makers and publishers reach the emulator. What is published
 * from inside, by a function or another service, comes by AWS's own hosts or by none.
 */
export function rootOf(ctx: Ctx, topic: Topic): string {
  return outside(ctx) ?? topic.root ?? ctx.env.FAKECLOUD_EXTERNAL_URL ?? `https://sns.${ctx.place.region}.amazonaws.com`
}

/** Where whoever calls from outside reaches the emulator. */
export function outside({ http, caller }: Ctx): string | undefined {
  return http && !caller.service && !AWS.test(http.baseUrl) ? http.baseUrl : undefined
}

/** Keeps it for what is published from inside. */
export function noteRoot(ctx: Tx, topic: Topic): void {
  const root = outside(ctx)
  if (root !== undefined && root !== topic.root) {
    ctx.sql.run('UPDATE sns_topics SET root = ? WHERE arn = ?', root, topic.arn)
  }
}
