/** An entry of a zip: its path as it stands there, and the mode that Unix gave the file. */
export type Entry = { path: string; mode: number }

const SYMLINK = 0o120000
const FILE_TYPE = 0o170000
/** As many links may lead on to one another as Linux follows. */
const MAX_DEPTH = 40

export function isLink({ mode }: Entry): boolean {
  return (mode & FILE_TYPE) === SYMLINK
}

/** pnpm and `zip -y` store links: a file's becomes another name of its content, a directory's one of each file below. */
export function followLinks(files: Map<string, Uint8Array>, links: ReadonlyMap<string, string>): void {
  const real = [...files]
  for (const path of links.keys()) {
    const target = resolveLink(links, path)
    if (target === undefined) continue
    const file = files.get(target)
    if (file !== undefined) files.set(path, file)
    for (const [below, bytes] of real) {
      if (target === '' || below.startsWith(`${target}/`))
        files.set(`${path}/${below.slice(target.length).replace(/^\//, '')}`, bytes)
    }
  }
}

/** Where a link leads in the end, through other links on its way; undefined when out of the archive or round in a circle. */
function resolveLink(links: ReadonlyMap<string, string>, link: string): string | undefined {
  let path: string | undefined = link
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const found = path === undefined ? undefined : prefixes(path).find(one => links.has(one))
    if (path === undefined || found === undefined) return path
    const target = join(found, links.get(found) ?? '')
    const rest: string = path.slice(found.length)
    path = target === undefined ? undefined : (target + rest).replace(/^\//, '')
  }
  return undefined
}

function prefixes(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}

function join(link: string, target: string): string | undefined {
  if (target.startsWith('/')) return undefined
  const parts = link.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '..') {
      if (parts.pop() === undefined) return undefined
    } else if (part !== '.' && part !== '') parts.push(part)
  }
  return parts.join('/')
}
