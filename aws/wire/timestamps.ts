import type { TimestampFormat } from './shapes.ts'

/** Milliseconds since the epoch as a Date. @returns undefined outside of what a Date can hold, and for NaN */
export function dateOf(milliseconds: number): Date | undefined {
  const date = new Date(milliseconds)
  return Number.isNaN(date.getTime()) ? undefined : date
}

const EPOCH_SECONDS = /^[+-]?\d{1,15}(?:\.\d{1,9})?(?:E[+-]?\d{1,2})?$/i
const ISO = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?$/i
const HTTP_DATE =
  /^[A-Z][a-z]{2,8}, ?\d\d?[ -][A-Z][a-z]{2}[ -]\d{2,4} \d\d:\d\d:\d\d(?:\.\d{1,9})? (?:GMT|UTC|[+-]\d{4})$/

/** A timestamp as text: ISO 8601, an HTTP date or epoch seconds, whichever it is. */
export function parseTimestamp(text: string): Date | undefined {
  const trimmed = text.trim()
  if (EPOCH_SECONDS.test(trimmed)) return dateOf(Math.round(Number(trimmed) * 1000))
  if (HTTP_DATE.test(trimmed)) return dateOf(Date.parse(trimmed))
  if (!ISO.test(trimmed)) return undefined
  // Without a zone it is UTC; JavaScript would take local time.
  const zoned = /[T ]/i.test(trimmed) && !/(?:Z|[+-]\d\d:?\d\d)$/i.test(trimmed) ? `${trimmed}Z` : trimmed
  return dateOf(Date.parse(zoned))
}

/** @param wholeSeconds drops milliseconds when they are zero, as some services do */
export function formatTimestamp(value: unknown, format: TimestampFormat, wholeSeconds = false): string {
  const date = asDate(value)
  if (format === 'rfc822') return date.toUTCString()
  if (format === 'unixTimestamp') return String(date.getTime() / 1000)
  const text = date.toISOString()
  return wholeSeconds ? text.replace('.000Z', 'Z') : text
}

/** An operation's output as a Date; it may have kept milliseconds or text. */
export function asDate(value: unknown): Date {
  const date = value instanceof Date ? value : new Date(value as number | string)
  if (Number.isNaN(date.getTime())) throw new TypeError(`${String(value)} is not a timestamp`)
  return date
}
