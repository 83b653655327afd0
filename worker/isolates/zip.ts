import { inflateSync } from 'fflate'

/** AWS's limit for a function and its layers together. */
export const MAX_UNZIPPED_BYTES = 250 * 1024 * 1024

/** A zip that cannot be read, or that grows past the limit. */
export class ZipError extends Error {
  override readonly name = 'ZipError'
}

type Header = {
  path: string
  method: number
  packed: number
  size: number
  offset: number
  mode: number
}

const END_OF_DIRECTORY = 0x06054b50
const DIRECTORY_ENTRY = 0x02014b50
const SYMLINK = 0o120000
const FILE_TYPE = 0o170000

/**
 * The files of a zip by their normalised relative paths; directories are left out, links are resolved to what they
 * name. The directory at the end of the archive is what counts, and an entry that unpacks to more than it declares is
 * refused before it is held whole.
 */
export function unzip(zip: Uint8Array, limit = MAX_UNZIPPED_BYTES): Map<string, Uint8Array> {
  const headers = readDirectory(zip)
  const total = headers.reduce((sum, header) => sum + header.size, 0)
  if (total > limit) throw new ZipError(`Unzipped size must be smaller than ${limit} bytes`)
  const files = new Map<string, Uint8Array>()
  const links = new Map<string, string>()
  for (const header of headers) {
    if (header.path.endsWith('/')) continue
    const path = safePath(header.path)
    if (path === undefined) continue
    const bytes = extract(zip, header)
    if ((header.mode & FILE_TYPE) === SYMLINK) links.set(path, new TextDecoder().decode(bytes))
    else files.set(path, bytes)
  }
  followLinks(files, links)
  return files
}

/** Relative and without `..`: an archive writes nowhere but under its own root. */
function safePath(path: string): string | undefined {
  const parts = path.replaceAll('\\', '/').split('/').filter(part => part !== '' && part !== '.')
  return parts.length === 0 || parts.includes('..') ? undefined : parts.join('/')
}

function readDirectory(zip: Uint8Array): Header[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  const end = findEnd(view)
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  const headers: Header[] = []
  for (let i = 0; i < count; i++) {
    if (at + 46 > view.byteLength || view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new ZipError('Could not unzip uploaded file.')
    const nameLength = view.getUint16(at + 28, true)
    headers.push(readHeader(zip, view, at))
    at += 46 + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return headers
}

function readHeader(zip: Uint8Array, view: DataView, at: number): Header {
  const name = zip.subarray(at + 46, at + 46 + view.getUint16(at + 28, true))
  return {
    path: new TextDecoder().decode(name),
    method: view.getUint16(at + 10, true),
    packed: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    mode: view.getUint16(at + 40, true),
    offset: view.getUint32(at + 42, true),
  }
}

function findEnd(view: DataView): number {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff)
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at
  }
  throw new ZipError('Could not unzip uploaded file.')
}

function extract(zip: Uint8Array, header: Header): Uint8Array {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.byteLength)
  if (header.offset + 30 > view.byteLength) throw new ZipError('Could not unzip uploaded file.')
  const start = header.offset + 30 + view.getUint16(header.offset + 26, true) + view.getUint16(header.offset + 28, true)
  const packed = zip.subarray(start, start + header.packed)
  if (header.method === 0) return packed.slice()
  if (header.method !== 8) throw new ZipError(`Unsupported compression method ${header.method}`)
  // Inflating into a buffer of the declared size stops a bomb at that size.
  return inflateSync(packed, { out: new Uint8Array(header.size) })
}

/** pnpm and `zip -y` store links: a file link becomes a copy of the reference, a directory link one of each file below. */
function followLinks(files: Map<string, Uint8Array>, links: Map<string, string>): void {
  for (const [path, target] of links) {
    const found = safeJoin(path, target)
    if (found === undefined) continue
    const file = files.get(found)
    if (file !== undefined) files.set(path, file)
    for (const [below, bytes] of [...files]) {
      if (below.startsWith(`${found}/`)) files.set(path + below.slice(found.length), bytes)
    }
  }
}

function safeJoin(link: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined
  const parts = link.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
