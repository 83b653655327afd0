import { createHash } from 'node:crypto'
import { sha256Hex } from './canonical.ts'
import { type Algorithm, type Scope, scopeText, unpadded, type Verifier } from './keys.ts'

/** The signature on which a body's chunks rest, and how they are signed. */
export type Seed = {
  algorithm: Algorithm
  scope: Scope
  /** X-Amz-Date of the request. */
  time: string
  signature: string
  /** The trailers are signed too. */
  trailer: boolean
  verify: Verifier
}

/** Follows a body as its framing comes off, and throws where a signature does not hold. */
export type ChunkInspector = {
  data(bytes: Uint8Array): void
  /** A chunk has ended; `signature` is what its header stated. */
  end(signature: string | undefined): void
  /** The body has ended; `lines` are its trailers as sent. */
  trailers(lines: readonly (readonly [string, string])[]): void
}

const EMPTY = sha256Hex('')
const TRAILER_SIGNATURE = 'x-amz-trailer-signature'

/**
 * Verifies a chain of chunks: each signature is over the one before it.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @param refuse makes the error for a signature that does not hold, from what should have been signed
 */
export function chunkInspector(seed: Seed, refuse: (stringToSign: string, signature: string) => Error): ChunkInspector {
  const { algorithm, time } = seed
  const head = (kind: string) => `${algorithm}-${kind}\n${time}\n${scopeText(seed.scope)}\n`
  let previous = unpadded(seed.signature)
  let hash = createHash('sha256')
  const check = (stringToSign: string, signature = '') => {
    if (!seed.verify(stringToSign, signature)) throw refuse(stringToSign, signature)
    previous = unpadded(signature)
  }
  return {
    data: bytes => void hash.update(bytes),
    end(signature) {
      check(`${head('PAYLOAD')}${previous}\n${EMPTY}\n${hash.digest('hex')}`, signature)
      hash = createHash('sha256')
    },
    trailers(lines) {
      if (!seed.trailer) return
      const signed = lines
        .filter(([name]) => name !== TRAILER_SIGNATURE)
        .map(([name, value]) => `${name}:${value}\n`)
        .sort()
      const signature = lines.find(([name]) => name === TRAILER_SIGNATURE)?.[1]
      check(`${head('TRAILER')}${previous}\n${sha256Hex(signed.join(''))}`, signature)
    },
  }
}
