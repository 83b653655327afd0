import { createHash } from 'node:crypto'

/** What a signature covers, but for the payload. */
export type Signable = {
  method: string
  /** As sent, still percent-encoded. */
  path: string
  /** Decoded pairs. */
  query: readonly (readonly [string, string])[]
  /** The value of a header, by lower-case name; undefined when it was not sent. */
  header: (name: string) => string | undefined
  /** In the order in which the client states them. */
  signedHeaders: readonly string[]
}

/** S3 takes keys as they are; other services resolve `.` and `//`, and encode the path that they were sent once more. */
export type PathStyle = 's3' | 'normalized'

export const sha256Hex = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')

/** Percent-encoding as AWS has it: all but unreserved characters. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function uriDecode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

export function canonicalPath(path: string, style: PathStyle): string {
  if (style === 's3') {
    return path
      .split('/')
      .map(segment => uriEncode(uriDecode(segment)))
      .join('/')
  }
  return normalized(path).split('/').map(uriEncode).join('/')
}

/** RFC 3986's removal of dot segments, and of empty ones. */
function normalized(path: string): string {
  const kept: string[] = []
  for (const segment of path.split('/')) {
    if (segment === '..') kept.pop()
    else if (segment !== '' && segment !== '.') kept.push(segment)
  }
  const folder = /\/\.{0,2}$/.test(path) && kept.length > 0
  return `/${kept.join('/')}${folder ? '/' : ''}`
}

const byCodeUnit = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

/** The query in order, without the signature that is over it. */
export function canonicalQuery(query: Signable['query']): string {
  return query
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [uriEncode(name), uriEncode(value)] as const)
    .sort((a, b) => byCodeUnit(a[0], b[0]) || byCodeUnit(a[1], b[1]))
    .map(([name, value]) => `${name}=${value}`)
    .join('&')
}

/**
 * The text whose hash is signed.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#create-canonical-request
 */
export function canonicalRequest(request: Signable, style: PathStyle, payloadHash: string): string {
  const { signedHeaders, header } = request
  const headers = signedHeaders.map(name => `${name}:${(header(name) ?? '').trim().replace(/\s+/g, ' ')}\n`)
  return [
    request.method,
    canonicalPath(request.path, style),
    canonicalQuery(request.query),
    headers.join(''),
    signedHeaders.join(';'),
    payloadHash,
  ].join('\n')
}
