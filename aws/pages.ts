import type { AwsError } from './errors.ts'

/** Where a listing stopped: the last key, and the hash of the parameters that must not change between pages. */
type Cursor = { after: string; of: string }

function encode(cursor: Cursor): string {
  const bytes = new TextEncoder().encode(JSON.stringify([cursor.after, cursor.of]))
  let binary = ''
  for (const byte of bytes) binary += String.fromCharCode(byte)
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

function decode(token: string): Cursor | undefined {
  try {
    const binary = atob(token.replaceAll('-', '+').replaceAll('_', '/'))
    const parts: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, c => c.charCodeAt(0))))
    if (!Array.isArray(parts) || typeof parts[0] !== 'string' || typeof parts[1] !== 'string') return undefined
    return { after: parts[0], of: parts[1] }
  } catch {
    return undefined
  }
}

/** A short, stable digest (FNV-1a) of a listing's other parameters; not for security. */
function digest(parameters: unknown): string {
  const text = JSON.stringify(parameters) ?? ''
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return (hash >>> 0).toString(36)
}

/** The token of the next page: the last key shown, bound to the listing's other parameters. */
export function pageToken(after: string, parameters: unknown): string {
  return encode({ after, of: digest(parameters) })
}

type Refusal = AwsError | (() => AwsError)

/**
 * The key after which a page starts, or undefined for the first page.
 * @param refusal the service's own error for a token that is malformed or of another listing
 */
export function pageStart(token: string | undefined, parameters: unknown, refusal: Refusal): string | undefined {
  if (token === undefined) return undefined
  const cursor = decode(token)
  if (cursor?.of !== digest(parameters)) throw typeof refusal === 'function' ? refusal() : refusal
  return cursor.after
}

/** Cuts a `LIMIT n + 1` result into a page and the token of the next one. */
export function cutPage<Row>(rows: Row[], limit: number, token: (last: Row) => string): { page: Row[]; next?: string } {
  const page = rows.slice(0, limit)
  const last = page.at(-1)
  return rows.length > limit && last !== undefined ? { page, next: token(last) } : { page }
}
