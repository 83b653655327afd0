import { AwsError } from '../errors.ts'
import type { Dialect, Proof } from './proof.ts'

/** A code and status in each dialect, and in S3's words where S3 has its own. */
type Words = { json: string; query: string; message: string; s3?: [code: string, message: string, status?: number] }

function refusal(dialect: Dialect, words: Words, fields: Record<string, unknown> = {}): AwsError {
  if (dialect === 's3') {
    const [code, message, status] = words.s3 ?? [words.query, words.message]
    return new AwsError(code, message, status ?? 403, fields)
  }
  const code = dialect === 'query' ? words.query : words.json
  return new AwsError(code, words.message, dialect === 'json' ? 400 : 403)
}

export const malformedHeader = (reason: string, fields: Record<string, unknown> = {}) =>
  new AwsError('AuthorizationHeaderMalformed', `The authorization header is malformed; ${reason}`, 400, fields)

export const malformedUrl = (message: string, fields: Record<string, unknown> = {}) =>
  new AwsError('AuthorizationQueryParametersError', message, 400, fields)

/** A URL of S3 that has some of a presigned one's parameters. */
export const halfPresigned = () =>
  malformedUrl(
    'Query-string authentication version 4 requires the X-Amz-Algorithm, X-Amz-Credential, X-Amz-Signature, X-Amz-Date, X-Amz-SignedHeaders, and X-Amz-Expires parameters.',
  )

export const halfVersionTwo = () =>
  new AwsError(
    'AccessDenied',
    'Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters',
    403,
  )

/** A header that cannot be read as a signature, but for S3's. */
export const incompleteSignature = (dialect: Dialect, message: string) =>
  refusal(dialect, { json: 'IncompleteSignatureException', query: 'IncompleteSignature', message })

export const missingToken = (dialect: Dialect) =>
  refusal(dialect, {
    json: 'MissingAuthenticationTokenException',
    query: 'MissingAuthenticationToken',
    message: dialect === 'query' ? 'Request is missing Authentication Token' : 'Missing Authentication Token',
    s3: ['AccessDenied', 'Access Denied'],
  })

export const unknownKey = (dialect: Dialect, accessKeyId: string) =>
  refusal(
    dialect,
    {
      json: 'UnrecognizedClientException',
      query: 'InvalidClientTokenId',
      message: 'The security token included in the request is invalid.',
      s3: ['InvalidAccessKeyId', 'The AWS Access Key Id you provided does not exist in our records.'],
    },
    { AWSAccessKeyId: accessKeyId },
  )

export const invalidToken = (dialect: Dialect) =>
  refusal(dialect, {
    json: 'UnrecognizedClientException',
    query: 'InvalidClientTokenId',
    message: 'The security token included in the request is invalid.',
    s3: ['InvalidToken', 'The provided token is malformed or otherwise invalid.', 400],
  })

export const expiredToken = (dialect: Dialect) =>
  refusal(dialect, {
    json: 'ExpiredTokenException',
    query: 'ExpiredToken',
    message: 'The security token included in the request is expired',
    s3: ['ExpiredToken', 'The provided token has expired.', 400],
  })

/** A signature that is not for now, not for here or not over this: but for S3's. */
const invalidSignature = (dialect: Dialect, message: string) =>
  refusal(dialect, { json: 'InvalidSignatureException', query: 'SignatureDoesNotMatch', message })

export { invalidSignature }

const MISMATCH = 'The request signature we calculated does not match the signature you provided. Check your'

/** Spaced hexadecimal bytes, as S3 shows what it signed. */
const bytesOf = (text: string) =>
  Array.from(new TextEncoder().encode(text), byte => byte.toString(16).padStart(2, '0')).join(' ')

export function signatureMismatch(dialect: Dialect, accessKeyId: string, proof: Proof): AwsError {
  const { canonicalRequest, stringToSign, signature } = proof
  if (dialect === 's3') {
    return new AwsError('SignatureDoesNotMatch', `${MISMATCH} key and signing method.`, 403, {
      AWSAccessKeyId: accessKeyId,
      StringToSign: stringToSign,
      SignatureProvided: signature,
      StringToSignBytes: bytesOf(stringToSign),
      // A form's policy is signed, and no request.
      ...(canonicalRequest !== '' && {
        CanonicalRequest: canonicalRequest,
        CanonicalRequestBytes: bytesOf(canonicalRequest),
      }),
    })
  }
  const plain = `${MISMATCH} AWS Secret Access Key and signing method. Consult the service documentation for details.`
  if (dialect === 'query') return invalidSignature(dialect, plain)
  const shown = `\n\nThe Canonical String for this request should have been\n'${canonicalRequest}'\n\nThe String-to-Sign should have been\n'${stringToSign}'\n`
  return invalidSignature(dialect, plain + shown)
}

/** A chunk, or the trailers, of a streamed body. */
export function chunkMismatch(accessKeyId: string, stringToSign: string, signature: string): AwsError {
  return new AwsError('SignatureDoesNotMatch', `${MISMATCH} key and signing method.`, 403, {
    AWSAccessKeyId: accessKeyId,
    StringToSign: stringToSign,
    SignatureProvided: signature,
    StringToSignBytes: bytesOf(stringToSign),
  })
}

export function payloadMismatch(stated: string, computed: string): AwsError {
  const message = "The provided 'x-amz-content-sha256' header does not match what was computed."
  const fields = { ClientComputedContentSHA256: stated, S3ComputedContentSHA256: computed }
  return new AwsError('XAmzContentSHA256Mismatch', message, 400, fields)
}

/** Signature Version 2 is not verified. */
export const versionTwo = () =>
  new AwsError(
    'InvalidRequest',
    'The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256.',
    400,
  )
