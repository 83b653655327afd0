import { createHash } from 'node:crypto'

/**
 * MD5 in hexadecimal. Short ASCII text, as nearly all messages are, is hashed here: workerd's `createHash` makes a stream
 * first, which costs more than the hash. https://www.rfc-editor.org/rfc/rfc1321
 */
export function md5Hex(data: string | Uint8Array): string {
  const words = typeof data === 'string' && data.length <= MOST_SHORT ? wordsOf(data) : undefined
  return words ? hexOf(stateOf(words)) : createHash('md5').update(data).digest('hex')
}

const MOST_SHORT = 1024

type State = [a: number, b: number, c: number, d: number]

/** The text, padded, in little-endian words; undefined when it is not ASCII. */
function wordsOf(text: string): Int32Array | undefined {
  const { length } = text
  const words = new Int32Array((((length + 8) >> 6) + 1) * 16)
  const put = (at: number, byte: number) => {
    words[at >> 2] = Number(words[at >> 2]) | (byte << ((at & 3) * 8))
  }
  for (let at = 0; at < length; at++) {
    const code = text.charCodeAt(at)
    if (code > 127) return undefined
    put(at, code)
  }
  put(length, 0x80)
  words[words.length - 2] = length * 8
  return words
}

/** |sin(i + 1)| × 2³² */
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(Math.sin(i + 1)) * 2 ** 32) | 0)

function stateOf(words: Int32Array): State {
  let state: State = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476]
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = state
    /** What a step adds to the word that it changes, before that is rotated. */
    const sum = (i: number, word: number, mixed: number) =>
      mixed + Number(SINES[i]) + Number(words[block + (word & 15)])
    for (let i = 0; i < 16; i += 4) {
      a = (b + rotated(a + sum(i, i, (b & c) | (~b & d)), 7)) | 0
      d = (a + rotated(d + sum(i + 1, i + 1, (a & b) | (~a & c)), 12)) | 0
      c = (d + rotated(c + sum(i + 2, i + 2, (d & a) | (~d & b)), 17)) | 0
      b = (c + rotated(b + sum(i + 3, i + 3, (c & d) | (~c & a)), 22)) | 0
    }
    for (let i = 16; i < 32; i += 4) {
      a = (b + rotated(a + sum(i, 5 * i + 1, (d & b) | (~d & c)), 5)) | 0
      d = (a + rotated(d + sum(i + 1, 5 * i + 6, (c & a) | (~c & b)), 9)) | 0
      c = (d + rotated(c + sum(i + 2, 5 * i + 11, (b & d) | (~b & a)), 14)) | 0
      b = (c + rotated(b + sum(i + 3, 5 * i + 16, (a & c) | (~a & d)), 20)) | 0
    }
    for (let i = 32; i < 48; i += 4) {
      a = (b + rotated(a + sum(i, 3 * i + 5, b ^ c ^ d), 4)) | 0
      d = (a + rotated(d + sum(i + 1, 3 * i + 8, a ^ b ^ c), 11)) | 0
      c = (d + rotated(c + sum(i + 2, 3 * i + 11, d ^ a ^ b), 16)) | 0
      b = (c + rotated(b + sum(i + 3, 3 * i + 14, c ^ d ^ a), 23)) | 0
    }
    for (let i = 48; i < 64; i += 4) {
      a = (b + rotated(a + sum(i, 7 * i, c ^ (b | ~d)), 6)) | 0
      d = (a + rotated(d + sum(i + 1, 7 * i + 7, b ^ (a | ~c)), 10)) | 0
      c = (d + rotated(c + sum(i + 2, 7 * i + 14, a ^ (d | ~b)), 15)) | 0
      b = (c + rotated(b + sum(i + 3, 7 * i + 21, d ^ (c | ~a)), 21)) | 0
    }
    state = [(state[0] + a) | 0, (state[1] + b) | 0, (state[2] + c) | 0, (state[3] + d) | 0]
  }
  return state
}

const rotated = (word: number, by: number) => (word << by) | ((word | 0) >>> (32 - by))

/** The words' bytes, lowest first. */
function hexOf(state: State): string {
  const bytes = new DataView(new ArrayBuffer(16))
  for (const [i, word] of state.entries()) bytes.setInt32(i * 4, word, true)
  return [0, 4, 8, 12].map(at => bytes.getUint32(at).toString(16).padStart(8, '0')).join('')
}
