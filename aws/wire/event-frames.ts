import { crc32 } from 'node:zlib'

/** Type of a header whose value is a string. */
const STRING = 7
const PRELUDE = 12
const CHECKSUM = 4

const encoder = new TextEncoder()

/**
 * One message of an event stream: lengths, their CRC-32, headers, payload, and the CRC-32 of it all.
 * https://smithy.io/2.0/aws/amazon-eventstream.html
 */
export function eventFrame(headers: Record<string, string>, payload: Uint8Array): Uint8Array {
  const encoded = Object.entries(headers).map(([name, value]) => [encoder.encode(name), encoder.encode(value)] as const)
  const headersLength = encoded.reduce((sum, [name, value]) => sum + name.length + value.length + 4, 0)
  const total = PRELUDE + headersLength + payload.length + CHECKSUM
  const frame = new Uint8Array(total)
  const view = new DataView(frame.buffer)
  view.setUint32(0, total)
  view.setUint32(4, headersLength)
  view.setUint32(8, crc32(frame.subarray(0, 8)))
  let at = PRELUDE
  for (const [name, value] of encoded) {
    frame[at] = name.length
    frame.set(name, at + 1)
    at += name.length + 1
    frame[at] = STRING
    view.setUint16(at + 1, value.length)
    frame.set(value, at + 3)
    at += value.length + 3
  }
  frame.set(payload, at)
  view.setUint32(total - CHECKSUM, crc32(frame.subarray(0, total - CHECKSUM)))
  return frame
}
