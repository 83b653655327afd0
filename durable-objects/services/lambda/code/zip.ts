/** What a zip's directory says of it: how many files, and their size in bytes once unpacked. */
export type ZipFacts = { files: number; unzippedSize: number }

const END_OF_DIRECTORY = 0x06054b50
const END_OF_DIRECTORY_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const DIRECTORY_ENTRY = 0x02014b50
const FILE_HEADER = 0x04034b50
const SIZES_64 = 0x0001
/** What a field holds whose value stands in the zip64 extension. */
const IN_EXTENSION = 0xffffffff
/** 22 bytes and a comment of at most 65,535. */
const LONGEST_END = 22 + 0xffff

/** `prefix`: bytes that stand before the archive in the file, from whose end its offsets count. */
type Directory = { at: number; end: number; count: number; prefix: number }

/**
 * Reads a zip's central directory, zip64's too, and checks that every file it lists lies within the archive; nothing is
 * unpacked.
 * @returns undefined for what is not a zip
 */
export function inspectZip(bytes: Uint8Array): ZipFacts | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  try {
    const directory = findDirectory(view)
    return directory && readDirectory(view, directory)
  } catch (error) {
    // A read past the end: its fields are not what they seem.
    if (error instanceof RangeError) return undefined
    throw error
  }
}

function readDirectory(view: DataView, { at: start, end, count, prefix }: Directory): ZipFacts | undefined {
  const facts: ZipFacts = { files: 0, unzippedSize: 0 }
  let at = start
  for (let i = 0; i < count; i++) {
    if (at + 46 > end || view.getUint32(at, true) !== DIRECTORY_ENTRY) return undefined
    const nameEnd = at + 46 + view.getUint16(at + 28, true)
    const [size, packed, offset] = sizesOf(view, at, nameEnd)
    const header = offset + prefix
    if (header + 30 + packed > view.byteLength || view.getUint32(header, true) !== FILE_HEADER) return undefined
    if (view.getUint8(nameEnd - 1) !== 0x2f) facts.files += 1
    facts.unzippedSize += size
    at = nameEnd + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return facts
}

function findDirectory(view: DataView): Directory | undefined {
  const end = findEnd(view)
  if (end === undefined) return undefined
  const large = findEnd64(view, end)
  const [count, size, told] =
    large === undefined
      ? [view.getUint16(end + 10, true), view.getUint32(end + 12, true), view.getUint32(end + 16, true)]
      : [uint64(view, large + 32), uint64(view, large + 40), uint64(view, large + 48)]
  const last = large ?? end
  // The directory stands right before its end: where that is not where it says, something was put before the archive.
  const actual = last - size
  const moved = actual > told && view.getUint32(actual, true) === DIRECTORY_ENTRY
  return { at: moved ? actual : told, end: last, count, prefix: moved ? actual - told : 0 }
}

function findEnd(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - LONGEST_END)
  for (let at = view.byteLength - 22; at >= first; at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  }
  return undefined
}

/** Archives of many or large files say in a record of its own where their directory is. */
function findEnd64(view: DataView, end: number): number | undefined {
  const locator = end - 20
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64) return undefined
  return [uint64(view, locator + 8), locator - 56].find(
    at => at >= 0 && at + 56 <= view.byteLength && view.getUint32(at, true) === END_OF_DIRECTORY_64,
  )
}

/** A file's size unpacked and packed, and where it begins; what does not fit its field is in the extension. */
function sizesOf(view: DataView, entry: number, nameEnd: number): [size: number, packed: number, offset: number] {
  let next = extensionOf(view, nameEnd, nameEnd + view.getUint16(entry + 30, true))
  const read = (field: number): number => {
    const size = view.getUint32(entry + field, true)
    if (size !== IN_EXTENSION || next === undefined) return size
    next += 8
    return uint64(view, next - 8)
  }
  return [read(24), read(20), read(42)]
}

function extensionOf(view: DataView, start: number, end: number): number | undefined {
  for (let field = start; field + 4 <= end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) === SIZES_64) return field + 4
  }
  return undefined
}

const uint64 = (view: DataView, at: number) => Number(view.getBigUint64(at, true))
