/**
 * What signs what we hand out and marks what comes from inside. A bare `wrangler dev` has none: a fixed one serves there,
 * and nowhere else, as the Worker refuses whatever comes from another machine.
 */
export function secretOf({ FAKECLOUD_SECRET }: { FAKECLOUD_SECRET?: string }): string {
  return FAKECLOUD_SECRET || 'fakecloud-development'
}
