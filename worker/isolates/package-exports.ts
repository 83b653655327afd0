/** The `exports` and `imports` maps of a package.json, as Node reads them. https://nodejs.org/api/packages.html */

export type Target = string | null | Target[] | { [condition: string]: Target }
export type PackageJson = {
  name?: string
  version?: string
  type?: string
  main?: string
  exports?: Target
  imports?: Record<string, Target>
}

/** What a map answers: a path relative to the package, a bare specifier (only `imports` may name one), or nothing. */
export type Mapped = string | undefined

/** @param subpath `.` or `./feature` */
export function mapExports(exports: Target, subpath: string, conditions: ReadonlySet<string>): Mapped {
  const table = asSubpaths(exports)
  return mapPattern(table, subpath, conditions)
}

/** @param specifier `#name` */
export function mapImports(
  imports: Record<string, Target>,
  specifier: string,
  conditions: ReadonlySet<string>,
): Mapped {
  return mapPattern(imports, specifier, conditions)
}

function asSubpaths(exports: Target): Record<string, Target> {
  if (exports === null || typeof exports === 'string' || Array.isArray(exports)) return { '.': exports }
  return Object.keys(exports).some(key => key.startsWith('.')) ? exports : { '.': exports }
}

function mapPattern(table: Record<string, Target>, key: string, conditions: ReadonlySet<string>): Mapped {
  const exact = table[key]
  if (exact !== undefined && !key.includes('*')) return pick(exact, '', conditions)
  const best = Object.keys(table)
    .filter(pattern => matches(pattern, key))
    .sort(bySpecificity)[0]
  if (best === undefined) return undefined
  return pick(table[best] ?? null, starOf(best, key), conditions)
}

function matches(pattern: string, key: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern.endsWith('/') && key.startsWith(pattern)
  const before = pattern.slice(0, star)
  const after = pattern.slice(star + 1)
  return key.length >= pattern.length && key.startsWith(before) && key.endsWith(after)
}

function starOf(pattern: string, key: string): string {
  const star = pattern.indexOf('*')
  if (star < 0) return key.slice(pattern.length)
  return key.slice(star, key.length - (pattern.length - star - 1))
}

/** The longest part before the star wins, then the longest key. */
function bySpecificity(a: string, b: string): number {
  const before = (pattern: string) => (pattern.includes('*') ? pattern.indexOf('*') + 1 : pattern.length)
  return before(b) - before(a) || b.length - a.length
}

/** The first condition that applies, in the order of the package; `null` closes the subpath. */
function pick(target: Target, star: string, conditions: ReadonlySet<string>): Mapped {
  if (target === null) return undefined
  if (typeof target === 'string') return target.endsWith('/') ? target + star : target.replaceAll('*', star)
  if (Array.isArray(target)) return firstOf(target, star, conditions)
  for (const [condition, nested] of Object.entries(target)) {
    if (condition !== 'default' && !conditions.has(condition)) continue
    if (nested === null) return undefined
    const found = pick(nested, star, conditions)
    if (found !== undefined) return found
  }
  return undefined
}

function firstOf(targets: Target[], star: string, conditions: ReadonlySet<string>): Mapped {
  for (const target of targets) {
    const found = pick(target, star, conditions)
    if (found !== undefined) return found
  }
  return undefined
}
