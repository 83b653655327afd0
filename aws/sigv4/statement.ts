import type { RequestHeaders } from '../wire/headers.ts'
import { AwsError } from '../errors.ts'
import type { WireRequest } from '../wire/types.ts'
import type { Algorithm, Scope } from './keys.ts'
import type { Dialect } from './proof.ts'
import {
  halfPresigned,
  halfVersionTwo,
  incompleteSignature,
  invalidSignature,
  malformedHeader,
  malformedUrl,
  missingToken,
  versionTwo,
} from './refusals.ts'
import { basicTime, parseTime } from './times.ts'

/** What a request states of its signature. */
export type Statement = {
  algorithm: Algorithm
  accessKeyId: string
  scope: Scope
  signedHeaders: string[]
  signature: string
  /** `yyyyMMdd'T'HHmmss'Z'` */
  time: string
  presigned: boolean
}

type Source = { wire: WireRequest; dialect: Dialect }

const HEADER = /^(AWS4-HMAC-SHA256|AWS4-ECDSA-P256-SHA256)[ \t]+(.*)$/s

/** Any of these makes a URL a presigned one, which must then have them all. */
const URL_MARKS = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature']

/**
 * What the Authorization header, or a presigned URL, states; undefined when the request is not signed.
 * @throws AwsError in the words of the service for what cannot be read, half a signature among it
 */
export function statementOf(source: Source): Statement | undefined {
  const { wire } = source
  const authorization = wire.headers.get('authorization')
  if (authorization !== null) return fromHeader(source, authorization)
  const parameter = (name: string) => wire.query.find(([key]) => key === name)?.[1]
  if (URL_MARKS.some(name => parameter(name) !== undefined)) return fromUrl(source, parameter)
  if (parameter('AWSAccessKeyId') === undefined) return undefined
  if (source.dialect !== 's3') throw missingToken(source.dialect)
  throw parameter('Signature') === undefined ? halfVersionTwo() : versionTwo()
}

function fromHeader(source: Source, authorization: string): Statement {
  const { wire, dialect } = source
  const [, algorithm, list = ''] = HEADER.exec(authorization) ?? []
  if (!algorithm) throw unknownMechanism(dialect, authorization)
  const parts = partsOf(dialect, list)
  const { Credential: credential, SignedHeaders: signedHeaders, Signature: signature } = parts
  const time = timeOf(wire.headers)
  if (!credential || !signedHeaders || !signature || !time) throw missingParts(dialect, { parts, time, authorization })
  const read = credentialOf(credential, algorithm as Algorithm, reason =>
    dialect === 's3' ? malformedHeader(reason) : undefined,
  )
  if (!read) throw incompleteSignature(dialect, badCredential(credential))
  const statement = { ...read, signedHeaders: namesOf(signedHeaders), signature, time, presigned: false }
  checkDate(dialect, statement)
  return statement
}

const URL_PARTS = ['X-Amz-Algorithm', 'X-Amz-Credential', 'X-Amz-Signature', 'X-Amz-SignedHeaders', 'X-Amz-Date']

function fromUrl({ dialect }: Source, parameter: (name: string) => string | undefined): Statement {
  if (URL_PARTS.some(name => !parameter(name))) throw missingParameters(dialect, parameter)
  const [algorithm = '', credential = '', signature = '', signedHeaders = '', time = ''] = URL_PARTS.map(parameter)
  if (!HEADER.test(`${algorithm} `)) throw incompleteSignature(dialect, `Unsupported algorithm: '${algorithm}'`)
  if (parseTime(time) === undefined) {
    throw incompleteSignature(dialect, `Date must be in ISO-8601 'basic format'. Got '${time}'.`)
  }
  const read = credentialOf(credential, algorithm as Algorithm, reason =>
    dialect === 's3' ? malformedUrl(`Error parsing the X-Amz-Credential parameter; ${reason}`) : undefined,
  )
  if (!read) throw incompleteSignature(dialect, badCredential(credential))
  const statement = { ...read, signedHeaders: namesOf(signedHeaders), signature, time, presigned: true }
  checkDate(dialect, statement)
  return statement
}

function missingParameters(dialect: Dialect, parameter: (name: string) => string | undefined): AwsError {
  if (dialect === 's3') return halfPresigned()
  const missing = URL_PARTS.filter(name => !parameter(name))
  const reasons = missing.map(name => `AWS query-string parameters must include '${name}'. `)
  return incompleteSignature(dialect, `${reasons.join('')}Re-examine the query-string parameters.`)
}

const namesOf = (list: string) => list.toLowerCase().split(';').filter(Boolean)

function partsOf(dialect: Dialect, list: string): Record<string, string> {
  const parts: Record<string, string> = {}
  for (const pair of list.split(',')) {
    const text = pair.trim()
    if (text === '') continue
    const equals = text.indexOf('=')
    if (equals > 0) {
      parts[text.slice(0, equals)] = text.slice(equals + 1)
      continue
    }
    if (dialect === 's3')
      throw malformedHeader(
        'the authorization header requires three components: Credential, SignedHeaders, and Signature.',
      )
    const reason = `'${text}' not a valid key=value pair (missing equal-sign) in Authorization header: '${list}'.`
    throw incompleteSignature(dialect, reason)
  }
  return parts
}

/** X-Amz-Date, or the Date of older clients. */
function timeOf(headers: RequestHeaders): string | undefined {
  const given = headers.get('x-amz-date') ?? headers.get('date')
  if (given === null) return undefined
  if (parseTime(given) !== undefined) return given
  const time = Date.parse(given)
  return Number.isNaN(time) ? undefined : basicTime(time)
}

type Missing = { parts: Record<string, string>; time: string | undefined; authorization: string }

function missingParts(dialect: Dialect, { parts, time, authorization }: Missing): AwsError {
  const missing = ['Credential', 'Signature', 'SignedHeaders'].filter(name => !parts[name])
  if (dialect === 's3') {
    return missing.length > 0
      ? malformedHeader('the authorization header requires three components: Credential, SignedHeaders, and Signature.')
      : new AwsError('AccessDenied', 'AWS authentication requires a valid Date or x-amz-date header', 403)
  }
  const reasons = missing.map(name => `Authorization header requires '${name}' parameter. `)
  if (!time) reasons.push("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header. ")
  return incompleteSignature(dialect, `${reasons.join('')}Authorization=${authorization.split(' ', 1)[0]}`)
}

const MALFORMED = 'the Credential is mal-formed; expecting "<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request".'

/** Reads `key/date/region/service/aws4_request`, a key of a client's own having perhaps slashes itself. */
function credentialOf(
  text: string,
  algorithm: Algorithm,
  refuse: (reason: string) => AwsError | undefined,
): Pick<Statement, 'algorithm' | 'accessKeyId' | 'scope'> | undefined {
  const parts = text.split('/')
  const named = algorithm === 'AWS4-HMAC-SHA256'
  const length = named ? 4 : 3
  const [date = '', ...rest] = parts.slice(-length)
  const accessKeyId = parts.slice(0, -length).join('/')
  const [region = '', service = '', terminal = ''] = named ? rest : ['', ...rest]
  const refuseWith = (reason: string) => {
    const error = refuse(reason)
    if (error) throw error
    return undefined
  }
  if (parts.length <= length || !accessKeyId) return refuseWith(MALFORMED)
  if (!/^\d{8}$/.test(date)) {
    return refuseWith(`incorrect date format "${date}". This date in the credential must be in the format "yyyyMMdd".`)
  }
  if (terminal !== 'aws4_request') {
    return refuseWith(`incorrect terminal "${terminal}". This endpoint uses "aws4_request".`)
  }
  return { algorithm, accessKeyId, scope: { date, region, service } }
}

const badCredential = (text: string) =>
  `Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got '${text}'`

function checkDate(dialect: Dialect, { scope, time, presigned }: Statement): void {
  if (time.startsWith(scope.date)) return
  if (dialect !== 's3') {
    throw invalidSignature(
      dialect,
      `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${time.slice(0, 8)}', from '${time}'.`,
    )
  }
  const reason = `Invalid credential date "${scope.date}". This date is not the same as X-Amz-Date: "${time.slice(0, 8)}".`
  throw presigned ? malformedUrl(reason) : malformedHeader(reason)
}

function unknownMechanism(dialect: Dialect, authorization: string): AwsError {
  if (dialect !== 's3') {
    return missingParts(dialect, { parts: {}, time: 'given', authorization })
  }
  if (/^AWS [^:\s]+:/.test(authorization)) return versionTwo()
  const fields = { ArgumentName: 'Authorization', ArgumentValue: authorization }
  return new AwsError('InvalidArgument', 'Unsupported Authorization Type', 400, fields)
}
