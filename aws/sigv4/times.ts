/** `yyyyMMdd'T'HHmmss'Z'` in epoch milliseconds; undefined for anything else. */
export function parseTime(text: string): number | undefined {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!parts) return undefined
  const [, year, month, day, hour, minute, second] = parts
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(time) ? undefined : time
}

/** `20150830T123600Z` */
export function basicTime(ms: number): string {
  return isoSeconds(ms).replace(/[-:]/g, '')
}

/** `2015-08-30T12:36:00Z` */
export function isoSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, -5)}Z`
}
