import { OURS, SCOPE } from './names.ts'

/** Built-in modules that the runtime changes: for these an ES module imports the runtime's, not workerd's own. */
export const PATCHED_BUILTINS = ['fs', 'fs/promises', 'path', 'path/posix', 'module', 'http', 'https', 'net'] as const

/** The name without `node:` when Node has such a module. */
export function builtinName(specifier: string): string | undefined {
  const name = specifier.startsWith('node:') ? specifier.slice(5) : specifier
  if (specifier.startsWith('node:')) return name
  return process.getBuiltinModule('module').builtinModules.includes(name) ? name : undefined
}

/**
 * What a module needs of the runtime. V8 evaluates ES modules outside any request, where workerd allows neither I/O nor
 * random numbers; the `await` puts off every module that imports a gate until the request that wants it goes on, and
 * still in the order of the graph. `require` cannot wait, so a synchronous gate has none.
 */
export function gateSource(path: string, sync: boolean): string {
  const scope = `globalThis[Symbol.for(${JSON.stringify(SCOPE)})](${JSON.stringify(path)})`
  return `${sync ? '' : 'await 0;'}export const{meta,load,require}=${scope}`
}

/** An ES module that stands for what `require` gives: its default export, and the names that were found in it. */
export function facadeSource(gate: string, names: Iterable<string>): string {
  return `import{require as r}from${JSON.stringify(gate)};const m=r();${exportAll(names)}`
}

export function builtinFacade(name: string): { path: string; source: string } | undefined {
  if (!PATCHED_BUILTINS.some(one => one === name)) return undefined
  const names = Object.keys(process.getBuiltinModule(`node:${name}`) ?? {})
  const scope = `globalThis[Symbol.for(${JSON.stringify(SCOPE)})](${JSON.stringify(`node:${name}`)})`
  return { path: `/${OURS}/node/${name}.mjs`, source: `const m=${scope}.require();${exportAll(names)}` }
}

/** Names need not be identifiers, and a getter that throws must not keep the module from loading. */
function exportAll(names: Iterable<string>): string {
  const list = [...names].filter(name => name !== 'default')
  const values = list.map((name, i) => `_${i}=g(${JSON.stringify(name)})`)
  const exports = list.map((name, i) => `_${i} as ${JSON.stringify(name)}`)
  const get = 'const g=n=>{try{return m==null?void 0:m[n]}catch{}};'
  return list.length === 0
    ? 'export default m'
    : `${get}const ${values.join()};export default m;export{${exports.join()}}`
}
