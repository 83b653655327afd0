import { directoryOf, joinPath, ResolutionError } from './resolve.ts'

/** What an ES module needs before it can be imported; `refusal` is Node's error for what it cannot have. */
export type Links = { imports: string[]; refusal?: { code: string; message: string } }

/** What the runtime in the sandbox knows of the function's files. */
export type Manifest = {
  files: string[]
  /** ES modules that are loaded as such, and those that `require` may load. */
  modules: Record<string, Links>
  syncModules: Record<string, Links>
  /** Files of other kinds that an ES module imports. */
  facades: string[]
}

/** The path of its JSON in the bundle. */
export const MANIFEST_PATH = '/__fakecloud/manifest.json'

/** Node's words for an ES module's import that leads nowhere. */
export function notFound(specifier: string, importer: string): ResolutionError {
  return new ResolutionError(
    'ERR_MODULE_NOT_FOUND',
    `Cannot find ${target(specifier, importer)} imported from ${importer}`,
  )
}

function target(specifier: string, importer: string): string {
  if (!/^(\.{0,2}\/|file:)/.test(specifier))
    return `package '${specifier
      .split('/')
      .slice(0, specifier.startsWith('@') ? 2 : 1)
      .join('/')}'`
  return `module '${joinPath(specifier.startsWith('/') ? '/' : directoryOf(importer), specifier)}'`
}
