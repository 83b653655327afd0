// The package's entry for `import` is WebAssembly that workerd refuses to compile; this one is plain JavaScript.
import { parse as lexCommonJs } from '../../node_modules/cjs-module-lexer/lexer.js'
import { dynamicImportsOf, replaceDynamicImports } from './es-module.ts'
import { WRAPPER_HEAD, WRAPPER_TAIL } from './wrapper.ts'

export function wrapCommonJs(source: string): string {
  const rewritten = /\bimport\s*\(/.test(source) ? replaceDynamicImports(source) : source
  return WRAPPER_HEAD + withoutHashbang(rewritten) + WRAPPER_TAIL
}

/** Keeps the line, so that the numbers in stack traces stay right. */
export function withoutHashbang(source: string): string {
  return source.startsWith('#!') ? `//${source}` : source
}

/** `import()`s of a CommonJS file, which may load ES modules that nothing else names. */
export function importsOfCommonJs(source: string) {
  return /\bimport\s*\(/.test(source) ? dynamicImportsOf(source) : []
}

/** Literal `require('…')`s. */
export function requiresOf(source: string): string[] {
  return [...source.matchAll(/\brequire\s*\(\s*(['"])([^'"\n]+)\1\s*\)/g)].map(match => match[2] ?? '')
}

/**
 * The names that an ES module may import from a CommonJS file, found as Node finds them: by reading, not running it.
 * @param follow the source of what the file re-exports, by its specifier
 */
export function exportNames(source: string, follow: (specifier: string) => Reexport | undefined): Set<string> {
  const names = new Set<string>()
  const seen = new Set<string>()
  const visit = (text: string, resolve: (specifier: string) => Reexport | undefined): void => {
    const { exports, reexports } = lex(text)
    for (const name of exports) names.add(name)
    for (const specifier of reexports) {
      const next = resolve(specifier)
      if (next === undefined || seen.has(next.path)) continue
      seen.add(next.path)
      visit(next.source, next.follow)
    }
  }
  visit(source, follow)
  return names
}

export type Reexport = { path: string; source: string; follow: (specifier: string) => Reexport | undefined }

function lex(source: string): { exports: string[]; reexports: string[] } {
  try {
    return lexCommonJs(source)
  } catch {
    return { exports: [], reexports: [] }
  }
}
