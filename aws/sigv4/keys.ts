import { createECDH, createHmac, createPublicKey, timingSafeEqual, verify } from 'node:crypto'

/** Signature Version 4, and 4a, whose signatures hold in several regions. */
export type Algorithm = 'AWS4-HMAC-SHA256' | 'AWS4-ECDSA-P256-SHA256'

/** What a signature is bound to. Version 4a names no region here: it is empty. */
export type Scope = { date: string; region: string; service: string }

export type Key = { accessKeyId: string; secret: string }

/** Whether a signature (hexadecimal) is over a text, by one key in one scope. */
export type Verifier = (stringToSign: string, signature: string) => boolean

export function scopeText({ date, region, service }: Scope): string {
  return [date, ...(region ? [region] : []), service, 'aws4_request'].join('/')
}

const hmac = (key: string | Uint8Array, text: string | Uint8Array) => createHmac('sha256', key).update(text).digest()

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#derive-signing-key */
export function signingKey(secret: string, { date, region, service }: Scope): Uint8Array {
  return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), 'aws4_request')
}

export function verifierOf(algorithm: Algorithm, key: Key, scope: Scope): Verifier {
  if (algorithm === 'AWS4-ECDSA-P256-SHA256') return asymmetric(key)
  const signing = signingKey(key.secret, scope)
  return (stringToSign, signature) => {
    const given = Buffer.from(signature, 'hex')
    const expected = hmac(signing, stringToSign)
    return signature.length === 64 && given.length === expected.length && timingSafeEqual(given, expected)
  }
}

/** P-256's order less two: the largest candidate for a private key less one. */
const LARGEST = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc63254fn

/**
 * The private key of Signature Version 4a, derived from the secret by counter-mode HMAC until it lies on the curve.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html#signing-key-sigv4a
 */
export function asymmetricKey({ accessKeyId, secret }: Key): Uint8Array {
  for (let counter = 1; counter < 255; counter++) {
    const input = Buffer.concat([
      Uint8Array.of(0, 0, 0, 1),
      Buffer.from('AWS4-ECDSA-P256-SHA256\0'),
      Buffer.from(accessKeyId),
      Uint8Array.of(counter, 0, 0, 1, 0),
    ])
    const candidate = BigInt(`0x${hmac(`AWS4A${secret}`, input).toString('hex')}`)
    if (candidate <= LARGEST) return Buffer.from((candidate + 1n).toString(16).padStart(64, '0'), 'hex')
  }
  throw new Error('no key on the curve in 254 tries') // one chance in 2^8000
}

function asymmetric(key: Key): Verifier {
  const curve = createECDH('prime256v1')
  curve.setPrivateKey(asymmetricKey(key))
  const point = curve.getPublicKey()
  const x = point.subarray(1, 33).toString('base64url')
  const y = point.subarray(33).toString('base64url')
  const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x, y }, format: 'jwk' })
  return (stringToSign, signature) => {
    // Streamed signatures are padded to a fixed length.
    const hex = unpadded(signature)
    if (!/^(?:[0-9a-f]{2}){8,72}$/i.test(hex)) return false
    try {
      return verify('sha256', Buffer.from(stringToSign), publicKey, Buffer.from(hex, 'hex'))
    } catch {
      return false
    }
  }
}

/** A signature without the `*` that fill it up. */
export function unpadded(signature: string): string {
  return signature.replace(/^\*+|\*+$/g, '')
}
