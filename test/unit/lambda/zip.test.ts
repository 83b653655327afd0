import { strToU8, zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { inspectZip } from '../../../durable-objects/services/lambda/code/zip.ts'

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
