import type { PackageJson } from './package-exports.ts'
import type { Tree } from './resolve.ts'

/** A Tree over a list of absolute paths; package.json files are read when they are asked for, once. */
export function treeOf(paths: Iterable<string>, readText: (path: string) => string): Tree {
  const files = new Set(paths)
  const directories = directoriesOf(files)
  const manifests = new Map<string, PackageJson | undefined>()
  const packageJson = (directory: string): PackageJson | undefined => {
    const path = directory === '/' ? '/package.json' : `${directory}/package.json`
    if (!files.has(path)) return undefined
    if (!manifests.has(path)) manifests.set(path, parseManifest(readText(path)))
    return manifests.get(path)
  }
  return { isFile: path => files.has(path), isDirectory: path => directories.has(path), packageJson }
}

function directoriesOf(files: Iterable<string>): Set<string> {
  const directories = new Set<string>(['/'])
  for (const file of files) {
    for (let end = file.lastIndexOf('/'); end > 0; end = file.lastIndexOf('/', end - 1)) {
      const directory = file.slice(0, end)
      if (directories.has(directory)) break
      directories.add(directory)
    }
  }
  return directories
}

/** A broken package.json counts as none. */
function parseManifest(text: string): PackageJson | undefined {
  try {
    const value: unknown = JSON.parse(text)
    // The fields are checked where they are used.
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as PackageJson) : undefined
  } catch {
    return undefined
  }
}
