import { AwsError } from '../errors.ts'
import type { Algorithm, Scope } from './keys.ts'
import type { Lifetime, Proof } from './proof.ts'
import { parseTime } from './times.ts'

/** By whose leave a form uploads. Without `proof` it is signed by Signature Version 2, which is never verified. */
export type FormCredentials = {
  /** `key/date/region/service/aws4_request`, or a key alone. */
  credential: string
  sessionToken: string | undefined
  lifetime: Lifetime | undefined
  proof: Proof | undefined
}

type Field = (name: string) => string | undefined

const VERSION_FOUR = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Date', 'X-Amz-Signature']
const VERSION_TWO = ['AWSAccessKeyId', 'Signature']

/** The policy alone says how long such a form holds. */
const AS_LONG_AS_ITS_POLICY = 3e9

/**
 * What a form's fields state of its signature, which is over its policy as sent; undefined when it is not signed.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-authentication-HTTPPOST.html
 * @throws AwsError InvalidArgument
 */
export function formCredentials(field: Field): FormCredentials | undefined {
  const sessionToken = field('x-amz-security-token')
  if (VERSION_TWO.some(name => field(name) !== undefined)) {
    for (const name of [...VERSION_TWO, 'policy']) if (field(name) === undefined) throw missingField(name)
    return { credential: field('AWSAccessKeyId') ?? '', sessionToken, lifetime: undefined, proof: undefined }
  }
  if (!VERSION_FOUR.some(name => field(name) !== undefined)) return undefined
  for (const name of [...VERSION_FOUR, 'policy']) if (field(name) === undefined) throw missingField(name)
  const credential = field('x-amz-credential') ?? ''
  const time = field('x-amz-date') ?? ''
  const from = parseTime(time)
  if (from === undefined) throw invalid('X-Amz-Date must be formated via ISO8601 Long format', 'X-Amz-Date', time)
  return {
    credential,
    sessionToken,
    lifetime: { from, seconds: AS_LONG_AS_ITS_POLICY, stated: '' },
    proof: {
      algorithm: algorithmOf(field('x-amz-algorithm') ?? ''),
      scope: scopeOf(credential),
      time,
      presigned: false,
      signature: field('x-amz-signature') ?? '',
      canonicalRequest: '',
      stringToSign: field('policy') ?? '',
      payload: { stated: 'UNSIGNED-PAYLOAD' },
    },
  }
}

function invalid(message: string, ArgumentName: string, ArgumentValue: string): AwsError {
  return new AwsError('InvalidArgument', message, 400, { ArgumentName, ArgumentValue })
}

export const missingField = (name: string) =>
  invalid(
    `Bucket POST must contain a field named '${name}'.  If it is specified, please check the order of the fields.`,
    name,
    '',
  )

function algorithmOf(name: string): Algorithm {
  if (name === 'AWS4-HMAC-SHA256') return name
  throw invalid('X-Amz-Algorithm only supports "AWS4-HMAC-SHA256"', 'X-Amz-Algorithm', name)
}

function scopeOf(credential: string): Scope {
  const [date = '', region = '', service = '', terminal = ''] = credential.split('/').slice(-4)
  const accessKeyId = credential.split('/').slice(0, -4).join('/')
  if (accessKeyId === '' || !/^\d{8}$/.test(date) || terminal !== 'aws4_request') {
    const message = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'
    throw invalid(message, 'X-Amz-Credential', credential)
  }
  return { date, region, service }
}
