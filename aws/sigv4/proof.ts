import type { Algorithm, Scope } from './keys.ts'

/** In whose words a service refuses; `rest-json` speaks as `json` does, with other statuses. */
export type Dialect = 's3' | 'query' | 'json' | 'rest-json'

/** The code by which an object asks the Worker for a request's proof, which is made for those who verify alone. */
export const PROOF_WANTED = 'fakecloud:ProofWanted'

/** How long a presigned URL holds. */
export type Lifetime = {
  /** Epoch milliseconds. */
  from: number
  seconds: number
  /** X-Amz-Expires or Expires as the URL states it. */
  stated: string
  /** Signature Version 2's URLs state their end and no beginning. */
  legacy?: true
}

/** How a request came from outside, for its object to look at: the clock and the namespace's modes are there. */
export type Signed = {
  dialect: Dialect
  lifetime?: Lifetime | undefined
  /** A session token came with it that was not made for this namespace and key. */
  strangeToken?: true | undefined
  /** The operation needs no credentials. */
  open?: true | undefined
  /** What its signature rests on; null when it has none. Left out until the object asks for it. */
  proof?: Proof | null | undefined
}

export type Proof = {
  algorithm: Algorithm
  scope: Scope
  /** The regions of Signature Version 4a's X-Amz-Region-Set. */
  regionSet?: string | undefined
  /** `yyyyMMdd'T'HHmmss'Z'` */
  time: string
  presigned: boolean
  /** Hexadecimal. */
  signature: string
  canonicalRequest: string
  stringToSign: string
  /** What the payload's hash was stated to be, and what it is where the body was at hand. */
  payload: { stated: string; computed?: string | undefined }
}
