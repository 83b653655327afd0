import { AwsError } from '../errors.ts'
import type { ServiceModel } from '../wire/model.ts'
import type { WireForm, WireRequest } from '../wire/types.ts'
import { canonicalRequest, sha256Hex } from './canonical.ts'
import { scopeText } from './keys.ts'
import { lifetimeOf } from './lifetime.ts'
import type { Dialect, Proof, Signed } from './proof.ts'
import { invalidSignature } from './refusals.ts'
import { type Statement, statementOf } from './statement.ts'

/** The words in which a service refuses, by the form that it speaks. */
export function dialectOf({ name, queryCompatible }: ServiceModel, form: WireForm): Dialect {
  if (name === 's3' || name === 's3control') return 's3'
  // Services that spoke Query first have kept its statuses.
  if (form === 'json' || form === 'rpc-v2-cbor') return queryCompatible ? 'rest-json' : 'json'
  return form === 'rest-json' ? 'rest-json' : 'query'
}

export type Arrival = {
  dialect: Dialect
  strangeToken: boolean
  open: boolean
}

/** What is always looked at of a request's signature. @throws AwsError for a presigned URL that S3 would not read */
export function signedOf(wire: WireRequest, { dialect, strangeToken, open }: Arrival): Signed {
  return {
    dialect,
    lifetime: lifetimeOf(wire, dialect),
    strangeToken: strangeToken || undefined,
    open: open || undefined,
  }
}

/** A request as its client signed it. */
export type SignedRequest = {
  wire: WireRequest
  /** The path as sent: with the namespace's prefix, and without a virtual host's bucket. */
  path: string
  dialect: Dialect
  /** Accept-Encoding as sent: on the edge it arrives changed. */
  acceptEncoding: string | undefined
  /** The body goes on as a stream, and is hashed where it is read. */
  streams: boolean
  /** The body is one that the operation streams, whatever its size. */
  streamed: boolean
}

/** What a request's signature rests on; null when it is not signed. @throws AwsError for what cannot be read */
export async function proofOf(request: SignedRequest): Promise<Proof | null> {
  const { wire, dialect } = request
  const statement = statementOf(request)
  if (!statement) return null
  checkHeaders(request, statement)
  const payload = await payloadOf(request, statement)
  const canonical = canonicalRequest(
    {
      method: wire.method,
      path: request.path,
      query: wire.query,
      signedHeaders: statement.signedHeaders,
      header: name => headerOf(request, name),
    },
    dialect === 's3' ? 's3' : 'normalized',
    payload.stated,
  )
  const { algorithm, scope, time, signature, presigned } = statement
  const stringToSign = [algorithm, time, scopeText(scope), sha256Hex(canonical)].join('\n')
  const regionSet = wire.headers.get('x-amz-region-set') ?? parameter(wire, 'X-Amz-Region-Set')
  return { algorithm, scope, regionSet, time, signature, presigned, canonicalRequest: canonical, stringToSign, payload }
}

const parameter = (wire: WireRequest, name: string) => wire.query.find(([key]) => key === name)?.[1]

function headerOf({ wire, acceptEncoding }: SignedRequest, name: string): string | undefined {
  if (name === 'host') return wire.host
  if (name === 'accept-encoding' && acceptEncoding !== undefined) return acceptEncoding
  return wire.headers.get(name) ?? undefined
}

/** The host must be signed, and on S3 whatever changes what a request means. */
function checkHeaders({ wire, dialect }: SignedRequest, { signedHeaders }: Statement): void {
  const hasHost = signedHeaders.includes('host')
  if (dialect !== 's3') {
    const message = "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."
    if (!hasHost) throw invalidSignature(dialect, message)
    return
  }
  const unsigned = [...wire.headers]
    .map(([name]) => name)
    .filter(name => name.startsWith('x-amz-') && name !== 'x-amz-content-sha256' && !signedHeaders.includes(name))
  if (!hasHost) unsigned.unshift('host')
  if (unsigned.length === 0) return
  const message = 'There were headers present in the request which were not signed'
  throw new AwsError('AccessDenied', message, 403, { HeadersNotSigned: unsigned.join(', ') })
}

const UNSIGNED = 'UNSIGNED-PAYLOAD'
const STREAMED = [
  'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD',
  'STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD',
  'STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD-TRAILER',
]
const HASH = /^[0-9a-f]{64}$/i

async function payloadOf(request: SignedRequest, statement: Statement): Promise<Proof['payload']> {
  const { wire, dialect, streams } = request
  const given = wire.headers.get('x-amz-content-sha256')
  const computed = async () => sha256Hex(wire.stream ? await wire.body() : '')
  if (dialect !== 's3') {
    if (streams && given !== null) return { stated: given }
    const hash = await computed()
    return { stated: hash, computed: hash }
  }
  const stated = given ?? (statement.presigned ? (parameter(wire, 'X-Amz-Content-Sha256') ?? UNSIGNED) : undefined)
  if (stated === undefined) {
    const message = 'Missing required header for this request: x-amz-content-sha256'
    throw new AwsError('InvalidRequest', message, 400)
  }
  checkStated(request, stated)
  return HASH.test(stated) && !streams ? { stated, computed: await computed() } : { stated }
}

function checkStated({ wire, streamed }: SignedRequest, stated: string): void {
  if (HASH.test(stated) || stated === UNSIGNED) return
  // Signed chunks are verified where a body is streamed; any other body is too small to be sent in them.
  const signedChunks = stated.startsWith('STREAMING-AWS4') && wire.stream !== null && !streamed
  if (STREAMED.includes(stated) && !signedChunks) return
  const message = `x-amz-content-sha256 must be ${UNSIGNED}, ${STREAMED.join(', ')} or a valid sha256 value.`
  throw new AwsError('InvalidArgument', message, 400, {
    ArgumentName: 'x-amz-content-sha256',
    ArgumentValue: stated,
  })
}
