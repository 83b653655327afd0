type TagFilter = { key: string; values?: readonly string[] | undefined }

/** Whether tags satisfy every filter: the key is there, with one of the values when some are given. */
export function matchesTagFilters(tags: Record<string, string>, filters: readonly TagFilter[]): boolean {
  return filters.every(({ key, values = [] }) => {
    const value = Object.hasOwn(tags, key) ? tags[key] : undefined
    if (value === undefined) return false
    return values.length === 0 || values.some(wanted => matchesValue(value, wanted))
  })
}

/** `prod`, `prod*`, `*prod*`; `!` in front turns it round. Only what has a wildcard ignores case. */
function matchesValue(value: string, wanted: string): boolean {
  if (wanted.startsWith('!')) return !matchesValue(value, wanted.slice(1))
  const [open, close] = [wanted.startsWith('*'), wanted.length > 1 && wanted.endsWith('*')]
  if (!open && !close) return value === wanted
  const text = wanted.slice(open ? 1 : 0, close ? -1 : undefined).toLowerCase()
  const lower = value.toLowerCase()
  if (open && close) return lower.includes(text)
  return open ? lower.endsWith(text) : lower.startsWith(text)
}
