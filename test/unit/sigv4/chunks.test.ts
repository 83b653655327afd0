import { describe, expect, test } from 'vitest'
import { decodeChunked } from '../../../aws/wire/chunked.ts'
import { chunkInspector, type Seed } from '../../../aws/sigv4/chunks.ts'
import { verifierOf } from '../../../aws/sigv4/keys.ts'

/*
 * The example of AWS's guide: 65 KiB of `a` in a chunk of 64 KiB and one of 1 KiB, with its signatures.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
const SCOPE = { date: '20130524', region: 'us-east-1', service: 's3' }
const KEY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secret: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' }
const SEED: Seed = {
  algorithm: 'AWS4-HMAC-SHA256',
  scope: SCOPE,
  time: '20130524T000000Z',
  signature: '4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9',
  trailer: false,
  verify: verifierOf('AWS4-HMAC-SHA256', KEY, SCOPE),
}
const CHUNKS: [size: number, signature: string][] = [
  [65_536, 'ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648'],
  [1024, '0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497'],
  [0, 'b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9'],
]

/** The trailers of the same suite, signed after the last chunk. */
const TRAILERS = ['first:1st', 'second:2nd', 'third:3rd']
const TRAILER_SIGNATURE = 'df5735bd9f3295cd9386572292562fefc93ba94e80a0a1ddcbd652c4e0a75e6c'

function framed(chunks = CHUNKS, trailers: string[] = [], letter = 'a'): string {
  const data = chunks.map(([size, signature]) => {
    const header = `${size.toString(16)};chunk-signature=${signature}\r\n`
    return size > 0 ? `${header}${letter.repeat(size)}\r\n` : header
  })
  return `${data.join('')}${trailers.map(line => `${line}\r\n`).join('')}\r\n`
}

async function read(body: string, seed = SEED): Promise<number> {
  const refuse = () => new Error('refused')
  const source = new Blob([body]).stream()
  const { stream } = decodeChunked(source, undefined, chunkInspector(seed, refuse))
  return (await new Response(stream).arrayBuffer()).byteLength
}

describe('a chain of signed chunks', () => {
  test('is read as AWS signed it', async () => {
    expect(await read(framed())).toBe(66_560)
  })

  test.each<[string, string, Partial<Seed>?]>([
    ['another byte', framed(CHUNKS, [], 'b')],
    ['a chunk left out', framed([CHUNKS[0] ?? [0, ''], CHUNKS[2] ?? [0, '']])],
    ['the last chunk alone', framed(CHUNKS.slice(2))],
    ['chunks in another order', framed([CHUNKS[1] ?? [0, ''], CHUNKS[0] ?? [0, ''], CHUNKS[2] ?? [0, '']])],
    ['a chunk without a signature', framed().replace(/;chunk-signature=0055[0-9a-f]+/, '')],
    ['an end without a signature', framed().replace(/0;chunk-signature=b6c6[0-9a-f]+/, '0')],
    ['another request before it', framed(), { signature: '0'.repeat(64) }],
    ['another time', framed(), { time: '20130524T000001Z' }],
  ])('refuses %s', async (_, body, seed = {}) => {
    await expect(read(body, { ...SEED, ...seed })).rejects.toThrow('refused')
  })

  test('hands on nothing of the chunk that does not hold', async () => {
    const body = framed().replace('ad80', 'ad81')
    const { stream } = decodeChunked(
      new Blob([body]).stream(),
      undefined,
      chunkInspector(SEED, () => new Error('refused')),
    )
    let length = 0
    const reading = (async () => {
      for await (const bytes of stream) length += bytes.length
    })()
    await expect(reading).rejects.toThrow('refused')
    expect(length).toBeLessThan(65_536)
  })
})

describe('signed trailers', () => {
  const seed = { ...SEED, trailer: true }
  const signed = [...TRAILERS, `x-amz-trailer-signature:${TRAILER_SIGNATURE}`]

  test('are read as AWS signed them', async () => {
    expect(await read(framed(CHUNKS, signed), seed)).toBe(66_560)
  })

  test.each([
    ['a changed trailer', [...signed.slice(1), 'first:2nd']],
    ['a further trailer', ['zeroth:0', ...signed]],
    ['a trailer left out', signed.slice(1)],
    ['no signature', TRAILERS],
    ['no trailers at all', []],
  ])('refuse %s', async (_, lines) => {
    await expect(read(framed(CHUNKS, lines), seed)).rejects.toThrow('refused')
  })
})
