import { createECDH, createHash, createHmac, createPrivateKey, sign as ecdsa } from 'node:crypto'
import { request } from 'node:http'
import { asymmetricKey } from '../../aws/sigv4/keys.ts'

/*
 * Signature Version 4 as the guide has it, apart from the product's own, so that each part of a signature can be made
 * wrong: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */

export type Key = { accessKeyId: string; secretAccessKey: string; sessionToken?: string | undefined }
export type Unsigned = {
  method: string
  /** As it is sent, percent-encoded. */
  path: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string | Uint8Array
}
export type Signing = {
  key: Key
  service: string
  region?: string
  /** Epoch milliseconds. */
  time?: number
  /** What x-amz-content-sha256 says, where it is not the body's hash. */
  payload?: string
  /** Seconds: makes a presigned URL. */
  expires?: number
  /** Signs by version 4a, for these regions. */
  regionSet?: string
}
/** A signed request; what is sent may still be changed. */
export type Signed = Required<Unsigned> & { signature: string; chunk: Chunker }
/** What signs a chunk, or the trailers, after the signature before. */
type Chunker = (kind: 'PAYLOAD' | 'TRAILER', previous: string, hashes: string) => string

export type Reply = { status: number; headers: Record<string, string | string[] | undefined>; body: string }

export const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex')
const hmac = (key: string | Uint8Array, text: string) => createHmac('sha256', key).update(text).digest()

export const basicTime = (ms: number) => new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, '')

export const encode = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, character => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)

const queryText = (query: Record<string, string>) =>
  Object.entries(query)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .sort()
    .join('&')

/** All but S3 encode the path once more. */
const pathText = (path: string, service: string) => (service === 's3' ? path : path.split('/').map(encode).join('/'))

export function sign(host: string, unsigned: Unsigned, signing: Signing): Signed {
  const { key, service, time = Date.now(), payload, expires } = signing
  const { method, path, body = '' } = unsigned
  const presigned = expires !== undefined
  const stated = payload ?? (presigned && service === 's3' ? 'UNSIGNED-PAYLOAD' : sha256(body))
  const parts: Parts = {
    stamp: basicTime(time),
    scope: scopeOf(signing, basicTime(time)),
    algorithm: signing.regionSet === undefined ? 'AWS4-HMAC-SHA256' : 'AWS4-ECDSA-P256-SHA256',
  }
  const headers: Record<string, string> = { ...unsigned.headers, host }
  const query: Record<string, string> = { ...unsigned.query }
  if (presigned) Object.assign(query, parameters(signing, parts, headers))
  else Object.assign(headers, dated(signing, parts, stated))
  const names = Object.keys(headers).sort()
  const lines = names.map(name => `${name}:${headers[name]}\n`).join('')
  const canonical = [method, pathText(path, service), queryText(query), lines, names.join(';'), stated].join('\n')
  const signer = signerOf(signing, parts)
  const signature = signer('', sha256(canonical))
  if (presigned) query['X-Amz-Signature'] = signature
  else {
    const credential = `Credential=${key.accessKeyId}/${parts.scope}`
    headers.authorization = `${parts.algorithm} ${credential}, SignedHeaders=${names.join(';')}, Signature=${signature}`
  }
  const chunk: Chunker = (kind, previous, hashes) => signer(`-${kind}`, `${previous}\n${hashes}`)
  return { method, path, query, headers, body, signature, chunk }
}

type Parts = { stamp: string; scope: string; algorithm: string }

function scopeOf({ service, region = 'us-east-1', regionSet }: Signing, stamp: string): string {
  const named = regionSet === undefined ? `/${region}` : ''
  return `${stamp.slice(0, 8)}${named}/${service}/aws4_request`
}

function parameters({ key, expires, regionSet }: Signing, parts: Parts, headers: Record<string, string>) {
  return {
    'X-Amz-Algorithm': parts.algorithm,
    'X-Amz-Credential': `${key.accessKeyId}/${parts.scope}`,
    'X-Amz-Date': parts.stamp,
    'X-Amz-Expires': String(expires),
    'X-Amz-SignedHeaders': Object.keys(headers).sort().join(';'),
    ...(key.sessionToken && { 'X-Amz-Security-Token': key.sessionToken }),
    ...(regionSet !== undefined && { 'X-Amz-Region-Set': regionSet }),
  }
}

function dated({ key, service, regionSet }: Signing, { stamp }: Parts, stated: string) {
  return {
    'x-amz-date': stamp,
    ...(service === 's3' && { 'x-amz-content-sha256': stated }),
    ...(key.sessionToken && { 'x-amz-security-token': key.sessionToken }),
    ...(regionSet !== undefined && { 'x-amz-region-set': regionSet }),
  }
}

function signerOf({ key, service, region = 'us-east-1', regionSet }: Signing, { stamp, scope, algorithm }: Parts) {
  const textOf = (kind: string, rest: string) => `${algorithm}${kind}\n${stamp}\n${scope}\n${rest}`
  if (regionSet !== undefined) {
    const privateKey = privateKeyOf(key)
    return (kind: string, rest: string) => ecdsa('sha256', Buffer.from(textOf(kind, rest)), privateKey).toString('hex')
  }
  const derived = [stamp.slice(0, 8), region, service, 'aws4_request'].reduce<string | Uint8Array>(
    hmac,
    `AWS4${key.secretAccessKey}`,
  )
  return (kind: string, rest: string) => hmac(derived, textOf(kind, rest)).toString('hex')
}

/** Version 4a's key, whose derivation AWS's vectors hold. */
function privateKeyOf({ accessKeyId, secretAccessKey }: Key) {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(asymmetricKey({ accessKeyId, secret: secretAccessKey }))
  const point = curve.getPublicKey()
  const [d, x, y] = [curve.getPrivateKey(), point.subarray(1, 33), point.subarray(33)].map(part =>
    Buffer.concat([Buffer.alloc(32 - part.length), part]).toString('base64url'),
  )
  return createPrivateKey({ key: { kty: 'EC', crv: 'P-256', d: d ?? '', x: x ?? '', y: y ?? '' }, format: 'jwk' })
}

/** A body in aws-chunked framing: what a client sends under `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`(`-TRAILER`). */
export function chunked({ signature, chunk }: Signed, parts: string[], trailers?: Record<string, string>): string {
  let previous = signature
  const framed = [...parts, ''].map(part => {
    previous = chunk('PAYLOAD', previous, `${sha256('')}\n${sha256(part)}`)
    const head = `${part.length.toString(16)};chunk-signature=${previous}\r\n`
    return part === '' ? head : `${head}${part}\r\n`
  })
  if (!trailers) return `${framed.join('')}\r\n`
  const lines = Object.entries(trailers).map(([name, value]) => `${name}:${value}`)
  const signed = chunk('TRAILER', previous, sha256(lines.map(line => `${line}\n`).join('')))
  return `${framed.join('')}${[...lines, `x-amz-trailer-signature:${signed}`].map(line => `${line}\r\n`).join('')}\r\n`
}

/** Sends what was signed, by that host whatever the machine's resolver makes of it. */
export function send(url: string, { method, path, query = {}, headers = {}, body = '' }: Unsigned): Promise<Reply> {
  const { hostname, port } = new URL(url)
  const text = queryText(query)
  const bytes = Buffer.from(body)
  const target = { hostname, port, method, path: text ? `${path}?${text}` : path, headers: { ...headers } }
  if (bytes.length > 0) Object.assign(target.headers, { 'content-length': String(bytes.length) })
  return new Promise((resolve, reject) => {
    const sent = request(target, reply => {
      const pieces: Buffer[] = []
      reply.on('data', piece => pieces.push(piece))
      reply.once('error', reject)
      reply.once('end', () => {
        resolve({ status: reply.statusCode ?? 0, headers: reply.headers, body: Buffer.concat(pieces).toString() })
      })
    })
    sent.once('error', reject)
    sent.end(bytes)
  })
}

/** `status code: message` of a refusal, in whatever form it came. */
export function refusalIn({ status, headers, body }: Reply): string {
  const pick = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(body)?.[1]
  if (body.startsWith('<')) return `${status} ${pick('Code')}: ${pick('Message')}`
  const json = body === '' ? {} : (JSON.parse(body) as { __type?: string; message?: string; Message?: string })
  const code = json.__type?.split('#').at(-1) ?? headers['x-amzn-errortype']
  return `${status} ${code}: ${json.message ?? json.Message}`
}
