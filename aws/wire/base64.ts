import { Buffer } from 'node:buffer'

const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/

/** Base64 as strict as AWS: the standard alphabet, padded. @returns undefined for anything else */
export function decodeBase64(text: string): Uint8Array | undefined {
  if (text.length % 4 !== 0 || !BASE64.test(text)) return undefined
  // A copy: small Buffers share one pool, which would travel with them across RPC.
  return new Uint8Array(Buffer.from(text, 'base64'))
}

export function encodeBase64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
}
