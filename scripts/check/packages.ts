import { readFileSync } from 'node:fs'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

type Lockfile = { packages: Record<string, { version?: string }> }

/** Two workerds would be two runtimes to test against, and 130 MB more to install. */
export function checkPackages(): string[] {
  // npm's own format.
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')) as Lockfile
  const found = Object.entries(packages).filter(([path]) => path.endsWith('node_modules/workerd'))
  const versions = found.map(([path, { version }]) => `${path} ${version}`)
  return found.length === 1 ? [] : [`There is not one workerd, but ${versions.join(', ') || 'none'}`]
}
