import { type Entry, followLinks, isLink } from './zip-links.ts'

/** AWS's limit for a function and its layers together. */
export const MAX_UNZIPPED_BYTES = 250 * 1024 * 1024

/** A zip that cannot be read, or that grows past the limit. */
export class ZipError extends Error {
  override readonly name = 'ZipError'
}

type Header = Entry & { method: number; flags: number; packed: number; size: number; offset: number }

type Archive = {
  bytes: Uint8Array
  view: DataView
  count: number
  /** Where the directory begins, and what stands before the archive in the file: an offset counts from its end. */
  directory: number
  prefix: number
}

const END_OF_DIRECTORY = 0x06054b50
const END_OF_DIRECTORY_64 = 0x06064b50
const LOCATOR_64 = 0x07064b50
const DIRECTORY_ENTRY = 0x02014b50
const FILE_HEADER = 0x04034b50
const SIZES_64 = 0x0001
const ENCRYPTED = 1
/** What a field holds whose value stands in the zip64 extension. */
const IN_EXTENSION = 0xffffffff

/**
 * The files of a zip by their normalised relative paths; directories are left out, links are resolved to what they
 * name. The directory at the end of the archive is what counts, and an entry that unpacks to more than it declares is
 * refused before it is held whole.
 */
export function unzip(zip: Uint8Array, limit = MAX_UNZIPPED_BYTES): Map<string, Uint8Array> {
  try {
    return readFiles(zip, limit)
  } catch (error) {
    // A read past the end: the archive is cut off, or its fields are not what they seem.
    throw error instanceof RangeError ? new ZipError('Could not unzip uploaded file.', { cause: error }) : error
  }
}

function readFiles(zip: Uint8Array, limit: number): Map<string, Uint8Array> {
  const archive = open(zip)
  const headers = readDirectory(archive)
  const total = headers.reduce((sum, header) => sum + header.size, 0)
  if (total > limit) throw new ZipError(`Unzipped size must be smaller than ${limit} bytes`)
  const files = new Map<string, Uint8Array>()
  const links = new Map<string, string>()
  for (const header of headers) {
    const path = header.path.endsWith('/') ? undefined : safePath(header.path)
    if (path === undefined) continue
    const bytes = extract(archive, header)
    if (isLink(header)) links.set(path, new TextDecoder().decode(bytes))
    else files.set(path, bytes)
  }
  followLinks(files, links)
  return files
}

/** Relative and without `..`: an archive writes nowhere but under its own root. */
function safePath(path: string): string | undefined {
  const parts = path
    .replaceAll('\\', '/')
    .split('/')
    .filter(part => part !== '' && part !== '.')
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/')
}

function open(bytes: Uint8Array): Archive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = findEnd(view)
  const large = findEnd64(view, end)
  const [count, size, directory] =
    large === undefined
      ? [view.getUint16(end + 10, true), view.getUint32(end + 12, true), view.getUint32(end + 16, true)]
      : [uint64(view, large + 32), uint64(view, large + 40), uint64(view, large + 48)]
  const actual = (large ?? end) - size
  // The directory stands right before its end: where that is not where it says, something was put before the archive.
  const prefix = actual > directory && view.getUint32(actual, true) === DIRECTORY_ENTRY ? actual - directory : 0
  return { bytes, view, count, directory: directory + prefix, prefix }
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff)
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  }
  throw new ZipError('Could not unzip uploaded file.')
}

/** Archives of many or large files say in a record of its own where their directory is. */
function findEnd64(view: DataView, end: number): number | undefined {
  const locator = end - 20
  if (locator < 0 || view.getUint32(locator, true) !== LOCATOR_64) return undefined
  const told = uint64(view, locator + 8)
  const found = [told, locator - 56].find(
    at => at >= 0 && at + 56 <= view.byteLength && view.getUint32(at, true) === END_OF_DIRECTORY_64,
  )
  if (found === undefined) throw new ZipError('Could not unzip uploaded file.')
  return found
}

function readDirectory({ bytes, view, count, directory }: Archive): Header[] {
  let at = directory
  const headers: Header[] = []
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new ZipError('Could not unzip uploaded file.')
    headers.push(readHeader(bytes, view, at))
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return headers
}

function readHeader(bytes: Uint8Array, view: DataView, at: number): Header {
  const nameEnd = at + 46 + view.getUint16(at + 28, true)
  const sizes = [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)]
  const [size = 0, packed = 0, offset = 0] = sizes.includes(IN_EXTENSION)
    ? readExtension(view, { start: nameEnd, end: nameEnd + view.getUint16(at + 30, true), sizes })
    : sizes
  return {
    path: new TextDecoder().decode(bytes.subarray(at + 46, nameEnd)),
    flags: view.getUint16(at + 8, true),
    method: view.getUint16(at + 10, true),
    mode: view.getUint16(at + 40, true),
    packed,
    size,
    offset,
  }
}

/** The sizes that do not fit their fields, in the order of the fields. */
function readExtension(view: DataView, at: { start: number; end: number; sizes: number[] }): number[] {
  for (let field = at.start; field + 4 <= at.end; field += 4 + view.getUint16(field + 2, true)) {
    if (view.getUint16(field, true) !== SIZES_64) continue
    let next = field + 4
    return at.sizes.map(size => {
      if (size !== IN_EXTENSION) return size
      next += 8
      return uint64(view, next - 8)
    })
  }
  return at.sizes
}

function extract({ bytes, view, prefix }: Archive, header: Header): Uint8Array {
  const at = header.offset + prefix
  if (view.getUint32(at, true) !== FILE_HEADER) throw new ZipError('Could not unzip uploaded file.')
  if ((header.flags & ENCRYPTED) !== 0) throw new ZipError(`${header.path} is encrypted`)
  const start = at + 30 + view.getUint16(at + 26, true) + view.getUint16(at + 28, true)
  const packed = bytes.subarray(start, start + header.packed)
  if (packed.length < header.packed) throw new ZipError('Could not unzip uploaded file.')
  if (header.method === 0) return packed.slice()
  if (header.method !== 8) throw new ZipError(`Unsupported compression method ${header.method}`)
  return inflate(packed, header)
}

function inflate(packed: Uint8Array, { path, size }: Header): Uint8Array {
  if (size === 0) return new Uint8Array()
  const { inflateRawSync } = process.getBuiltinModule('node:zlib')
  try {
    // Stops a bomb at the size that it declares.
    return new Uint8Array(inflateRawSync(packed, { maxOutputLength: size }))
  } catch (error) {
    throw new ZipError(`Could not unzip ${path}`, { cause: error })
  }
}

function uint64(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true))
}
