/**
 * What signs what we hand out and marks what comes from inside. A bare `wrangler dev` has none: a fixed one serves there,
 * and nowhere else, as the Worker refuses whatever comes from another machine.
 */
export function secretOf({ FAKECLOUD_SECRET }: { FAKECLOUD_SECRET?: string }): string {
  return FAKECLOUD_SECRET || 'fakecloud-development'
}

/**
 * Whether this emulator is one developer's own: the launcher says so, and a bare `wrangler dev` has no secret. One that
 * was given a secret is hosted, for callers who need not trust each other.
 */
export function isLocal(env: { FAKECLOUD_LOCAL?: string; FAKECLOUD_SECRET?: string }): boolean {
  return env.FAKECLOUD_LOCAL === 'true' || !env.FAKECLOUD_SECRET
}
