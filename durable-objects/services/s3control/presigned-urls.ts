import { canonicalRequest, sha256Hex, uriEncode } from '../../../aws/sigv4/canonical.ts'
import { scopeText, signingKey } from '../../../aws/sigv4/keys.ts'
import { basicTime } from '../../../aws/sigv4/times.ts'
import { createHmac } from 'node:crypto'
import type { Ctx, Session } from '../../kernel/object/operation.ts'
import { mintSession } from '../../kernel/namespace/credentials.ts'

/** How long the URL that a function gets is good for. */
const SECONDS = 61

export type Presigned = {
  method: string
  path: string
  query: [string, string][]
  session: Session
  /** What the caller's request may have put before the emulator's own host. */
  hosted: readonly string[]
}

/** A URL that lets whoever has it make one request as the caller, on the emulator's own address. */
export function presignedUrl(ctx: Ctx, { method, path, query, session, hosted }: Presigned): string {
  const { region } = ctx.place
  const root = rootOf(ctx, hosted)
  const prefix = root.pathname.replace(/\/+$/, '')
  const credentials = mintSession(ctx, session)
  const time = basicTime(ctx.now)
  const scope = { date: time.slice(0, 8), region, service: 's3' }
  const signed: [string, string][] = [
    ...query,
    ['X-Amz-Algorithm', 'AWS4-HMAC-SHA256'],
    ['X-Amz-Credential', `${credentials.AccessKeyId}/${scopeText(scope)}`],
    ['X-Amz-Date', time],
    ['X-Amz-Expires', String(SECONDS)],
    ['X-Amz-Security-Token', credentials.SessionToken],
    ['X-Amz-SignedHeaders', 'host'],
  ]
  const sent = `${prefix}${path}`
  const header = (name: string) => (name === 'host' ? root.host : undefined)
  const request = { method, path: sent, query: signed, header, signedHeaders: ['host'] }
  const hash = sha256Hex(canonicalRequest(request, 's3', 'UNSIGNED-PAYLOAD'))
  const text = ['AWS4-HMAC-SHA256', time, scopeText(scope), hash].join('\n')
  const signature = createHmac('sha256', signingKey(credentials.SecretAccessKey, scope)).update(text).digest('hex')
  const pairs = [...signed, ['X-Amz-Signature', signature] as const]
  return `${root.origin}${sent}?${pairs.map(([name, value]) => `${uriEncode(name)}=${uriEncode(value)}`).join('&')}`
}

/** Where paths begin with a bucket. */
function rootOf({ http, place }: Ctx, hosted: readonly string[]): URL {
  const own = `s3.${place.region}.amazonaws.com`
  const root = new URL(http?.baseUrl ?? `https://${own}`)
  const label = hosted.find(each => root.host.startsWith(`${each}.`))
  if (root.host.endsWith('.amazonaws.com')) root.host = own
  else if (label !== undefined) root.host = root.host.slice(label.length + 1)
  return root
}
