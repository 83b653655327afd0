import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { inspectZip } from '../../../durable-objects/services/lambda/code/zip.ts'
import { unzip } from '../../../worker/isolates/zip.ts'

const zip = zipSync({
  'index.js': strToU8('exports.handler = async () => 1'),
  lib: { 'a.txt': strToU8('x'.repeat(1000)) },
})

describe('a zip', () => {
  it('tells its files and their unpacked size from its directory', () => {
    expect(inspectZip(zip)).toEqual({ files: 2, unzippedSize: 1031 })
  })

  it('may have a comment at its end', () => {
    const comment = strToU8('made by hand')
    const commented = new Uint8Array(zip.length + comment.length)
    commented.set(zip)
    commented.set(comment, zip.length)
    new DataView(commented.buffer).setUint16(zip.length - 2, comment.length, true)
    expect(inspectZip(commented)).toEqual({ files: 2, unzippedSize: 1031 })
  })

  it('may be empty', () => {
    expect(inspectZip(zipSync({}))).toEqual({ files: 0, unzippedSize: 0 })
  })

  it.each([
    ['text', strToU8('this is not a zip')],
    ['nothing', new Uint8Array(0)],
    ['a zip cut short', zip.slice(0, zip.length - 30)],
    ['a zip whose front is missing', zip.slice(20)],
  ])('is not %s', (_what, bytes) => {
    expect(inspectZip(bytes)).toBeUndefined()
  })
})

/** A zip of one stored file, its sizes and its directory's place in zip64's records, after `before` bytes of something else. */
function zip64(before = 0): Uint8Array {
  const [name, content] = [strToU8('index.js'), strToU8('exports.handler = async () => 1')]
  const bytes = new Uint8Array(before + 30 + 8 + content.length + 46 + 8 + 28 + 56 + 20 + 22)
  const view = new DataView(bytes.buffer)
  const u16 = (at: number, value: number) => view.setUint16(at, value, true)
  const u32 = (at: number, value: number) => view.setUint32(at, value, true)
  const u64 = (at: number, value: number) => view.setBigUint64(at, BigInt(value), true)
  u32(before, 0x04034b50)
  u16(before + 26, name.length)
  bytes.set(name, before + 30)
  bytes.set(content, before + 38)
  const directory = before + 38 + content.length
  u32(directory, 0x02014b50)
  for (const field of [20, 24, 42]) u32(directory + field, 0xffffffff)
  u16(directory + 28, name.length)
  u16(directory + 30, 28)
  bytes.set(name, directory + 46)
  u16(directory + 54, 1)
  u16(directory + 56, 24)
  u64(directory + 58, content.length)
  u64(directory + 66, content.length)
  u64(directory + 74, 0)
  const end = directory + 82
  u32(end, 0x06064b50)
  u64(end + 32, 1)
  u64(end + 40, 82)
  u64(end + 48, directory - before)
  u32(end + 56, 0x07064b50)
  u64(end + 64, end - before)
  u32(end + 76, 0x06054b50)
  u16(end + 86, 0xffff)
  u32(end + 88, 0xffffffff)
  u32(end + 92, 0xffffffff)
  return bytes
}

describe('a zip64', () => {
  it.each([
    ['as it is', 0],
    ['after a script that starts it', 100],
  ])('is read as any zip, by whoever checks and whoever unpacks it: %s', (_how, before) => {
    const bytes = zip64(before)
    expect(inspectZip(bytes)).toEqual({ files: 1, unzippedSize: 31 })
    expect([...unzip(bytes).keys()]).toEqual(['index.js'])
  })

  it('that says of a file that it lies beyond the end is none', () => {
    const bytes = zip64()
    new DataView(bytes.buffer).setBigUint64(38 + 31 + 74, 2n ** 40n, true)
    expect(inspectZip(bytes)).toBeUndefined()
    new DataView(bytes.buffer).setBigUint64(38 + 31 + 82 + 32, 2n ** 60n, true)
    expect(inspectZip(bytes)).toBeUndefined()
  })
})
