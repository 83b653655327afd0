import type { ServerSideEncryptionConfiguration } from '../../../../aws/models/s3.types.ts'
import { decodeBase64, encodeBase64 } from '../../../../aws/wire/base64.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { digestOf } from '../../../shared/hash.ts'
import { configurationOf } from '../configurations/configuration.ts'
import { accessDenied, invalidArgument, invalidRequest } from './object-refusals.ts'
import type { StoredEncryption } from './object-schema.ts'

/** A key that the client brings along with each request. */
export type CustomerKey = {
  SSECustomerAlgorithm?: string | undefined
  SSECustomerKey?: string | undefined
  SSECustomerKeyMD5?: string | undefined
}

export type EncryptionInput = CustomerKey & {
  ServerSideEncryption?: string | undefined
  SSEKMSKeyId?: string | undefined
  SSEKMSEncryptionContext?: string | undefined
  BucketKeyEnabled?: boolean | undefined
}

const WITH_KMS = ['aws:kms', 'aws:kms:dsse']

/**
 * How an object is to be encrypted: by the request, else by the bucket's default, else with S3's own keys.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/serv-side-encryption.html
 * @throws AwsError InvalidArgument, InvalidEncryptionAlgorithmError…
 */
export function encryptionOf(ctx: Ctx, input: EncryptionInput): StoredEncryption {
  const { ServerSideEncryption: method, SSEKMSKeyId: keyId } = input
  const customer = customerKeyOf(input)
  if (customer && method !== undefined) {
    throw invalidArgument(
      'Server Side Encryption with Customer provided key is incompatible with the encryption method specified',
      'x-amz-server-side-encryption',
      method,
    )
  }
  if (customer) return { SSECustomerAlgorithm: 'AES256', SSECustomerKeyMD5: customer }
  if (method === undefined) {
    if (keyId !== undefined) throw kmsHeadersAlone(keyId)
    return defaultEncryption(ctx)
  }
  if (method !== 'AES256' && !WITH_KMS.includes(method)) {
    const message = 'The encryption method specified is not supported'
    throw invalidArgument(message, 'x-amz-server-side-encryption', method)
  }
  if (method === 'AES256') {
    if (keyId !== undefined) throw kmsHeadersAlone(keyId)
    return { ServerSideEncryption: method }
  }
  return kmsEncryption(method, keyId, input.BucketKeyEnabled)
}

function kmsHeadersAlone(keyId: string): AwsError {
  const name = 'x-amz-server-side-encryption-aws-kms-key-id'
  const message =
    'Server Side Encryption with AWS KMS managed key requires HTTP header x-amz-server-side-encryption : aws:kms'
  return invalidArgument(message, name, keyId)
}

/** Only the headers are kept: what encrypts with the key itself asks KMS. */
function kmsEncryption(method: string, keyId: string | undefined, bucketKey: boolean | undefined): StoredEncryption {
  return {
    ServerSideEncryption: method,
    ...(keyId !== undefined && { SSEKMSKeyId: keyId }),
    ...(bucketKey && { BucketKeyEnabled: true }),
  }
}

function defaultEncryption(ctx: Ctx): StoredEncryption {
  const [rule] = configurationOf<ServerSideEncryptionConfiguration>(ctx, 'encryption')?.Rules ?? []
  const applied = rule?.ApplyServerSideEncryptionByDefault
  if (!applied || applied.SSEAlgorithm === 'AES256') return { ServerSideEncryption: 'AES256' }
  return kmsEncryption(applied.SSEAlgorithm, applied.KMSMasterKeyID, rule?.BucketKeyEnabled)
}

/** The MD5 of a customer's key, when the request brings one. @throws AwsError InvalidArgument */
export function customerKeyOf(input: CustomerKey): string | undefined {
  const { SSECustomerAlgorithm: algorithm, SSECustomerKey: key, SSECustomerKeyMD5: md5 } = input
  if (algorithm === undefined && key === undefined && md5 === undefined) return undefined
  const must = 'Requests specifying Server Side Encryption with Customer provided keys must provide'
  const prefix = 'x-amz-server-side-encryption-customer'
  if (algorithm === undefined) throw invalidArgument(`${must} a valid encryption algorithm.`, `${prefix}-algorithm`)
  if (algorithm !== 'AES256') {
    const message = 'The Encryption request you specified is not valid. Supported value: AES256.'
    throw new AwsError('InvalidEncryptionAlgorithmError', message, 400, {
      ArgumentName: `${prefix}-algorithm`,
      ArgumentValue: algorithm,
    })
  }
  if (key === undefined) throw invalidArgument(`${must} an appropriate secret key.`, `${prefix}-key`)
  if (md5 === undefined)
    throw invalidArgument(`${must} the client calculated MD5 of the secret key.`, `${prefix}-key-MD5`)
  const bytes = decodeBase64(key)
  if (bytes?.length !== 32) {
    throw invalidArgument('The secret key was invalid for the specified algorithm.', `${prefix}-key`)
  }
  if (encodeBase64(digestOf('MD5', bytes)) !== md5) {
    const message = 'The calculated MD5 hash of the key did not match the hash that was provided.'
    throw invalidArgument(message, `${prefix}-key-MD5`, md5)
  }
  return md5
}

/** Whether a request to read an object brings the key that it was stored with. @throws AwsError */
export function checkCustomerKey(input: CustomerKey, stored: StoredEncryption): void {
  const given = customerKeyOf(input)
  const { SSECustomerKeyMD5: md5 } = stored
  if (given === md5) return
  if (md5 === undefined) throw invalidRequest('The encryption parameters are not applicable to this object.')
  if (given === undefined) {
    throw invalidRequest(
      'The object was stored using a form of Server Side Encryption. The correct parameters must be provided to retrieve the object.',
    )
  }
  throw accessDenied()
}
