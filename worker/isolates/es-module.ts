import { parse, type Import } from 'es-module-lexer/js'
import { esModuleHead, LOAD, META } from './names.ts'

export type DynamicTarget = { specifier: string; glob: boolean } | 'anything'

type Edit = { start: number; end: number; text: string }

/** The specifiers of a module's static imports and re-exports, in order. Throws what V8 would find wrong later. */
export function staticImportsOf(source: string): string[] {
  const [imports] = parse(source)
  return imports.flatMap(one => (one.type === 'static' || one.type === 'reexport-star' ? [one.specifier] : []))
}

export function dynamicImportsOf(source: string): DynamicTarget[] {
  const [imports] = lex(source)
  return imports.flatMap((one): DynamicTarget[] => {
    if (one.type !== 'dynamic') return []
    return [one.specifier === undefined ? 'anything' : { specifier: one.specifier, glob: one.glob }]
  })
}

/**
 * The module as it runs in a dynamic worker: specifiers replaced by what they resolve to, `import()` and `import.meta`
 * by the runtime's own, which come from the gate. Nothing moves to another line.
 */
export function rewriteEsModule(source: string, gate: string, target: (specifier: string) => string): string {
  const [imports] = parse(source)
  const edits = imports.flatMap(one => edit(one, target))
  const body = apply(source, edits)
  return esModuleHead(gate) + (body.startsWith('#!') ? `//${body}` : body)
}

/** In CommonJS only `import()` needs replacing; a source that the lexer cannot read is left to V8's own error. */
export function replaceDynamicImports(source: string): string {
  const [imports] = lex(source)
  return apply(
    source,
    imports.flatMap(one => (one.type === 'dynamic' ? edit(one, String) : [])),
  )
}

function lex(source: string): ReturnType<typeof parse> {
  try {
    return parse(source)
  } catch {
    return [[], [], false, false]
  }
}

function edit(one: Import, target: (specifier: string) => string): Edit[] {
  if (one.type === 'import-meta') return [{ start: one.start, end: one.end, text: META }]
  if (one.type === 'dynamic') return [{ start: one.importStart, end: one.dynamicStart, text: LOAD }]
  const specifier = { start: one.start, end: one.end, text: target(one.specifier) }
  if (one.attributes === null) return [specifier]
  // Import attributes were for the file; what is imported instead is a module.
  return [specifier, { start: one.end + 1, end: one.importEnd, text: '' }]
}

function apply(source: string, edits: Edit[]): string {
  let out = ''
  let at = 0
  for (const { start, end, text } of edits.sort((a, b) => a.start - b.start)) {
    out += source.slice(at, start) + text
    at = end
  }
  return out + source.slice(at)
}

/** `./locales/*.js` as a test of absolute paths. */
export function globMatcher(pattern: string): RegExp {
  const escaped = pattern.split('*').map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${escaped.join('.*')}$`)
}
