/** What signs what we hand out and marks what comes from inside. A bare `wrangler dev` has none: a fixed one serves. */
export function secretOf({ FAKECLOUD_SECRET }: { FAKECLOUD_SECRET?: string }): string {
  return FAKECLOUD_SECRET || 'fakecloud-development'
}
