/** What a zip's directory says of it: how many files, and their size in bytes once unpacked. */
export type ZipFacts = { files: number; unzippedSize: number }

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const FILE_HEADER = 0x04034b50
/** 22 bytes and a comment of at most 65,535. */
const LONGEST_END = 22 + 0xffff

/**
 * Reads a zip's central directory and checks that every file it lists lies within the archive; nothing is unpacked.
 * @returns undefined for what is not a zip
 */
export function inspectZip(bytes: Uint8Array): ZipFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOfDirectory(view)
  if (end === undefined) return undefined
  const count = view.getUint16(end + 10, true)
  const facts: ZipFacts = { files: 0, unzippedSize: 0 }
  let at = view.getUint32(end + 16, true)
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) return undefined
    if (!fileLiesWithin(view, at)) return undefined
    const nameLength = view.getUint16(at + 28, true)
    if (bytes[at + 46 + nameLength - 1] !== 0x2f) facts.files += 1
    facts.unzippedSize += view.getUint32(at + 24, true)
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return facts
}

function endOfDirectory(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - LONGEST_END)
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  }
  return undefined
}

function fileLiesWithin(view: DataView, entry: number): boolean {
  const packedSize = view.getUint32(entry + 20, true)
  const header = view.getUint32(entry + 42, true)
  if (header + 30 + packedSize > view.byteLength) return false
  return view.getUint32(header, true) === FILE_HEADER
}
