import { BUNDLE, esModuleHead, moduleUrl, OURS, ourPath } from '../names.ts'
import { WRAPPER_HEAD } from '../wrapper.ts'

const FILES = `file://${BUNDLE}/`

/** Copies of ES modules: what `import` loads, and what `require` does. */
const COPIES = new RegExp(`^${OURS}/(esm|sync)/`)

function headLength(path: string, copy: string | undefined): number {
  if (copy === undefined) return WRAPPER_HEAD.length
  return esModuleHead(moduleUrl(ourPath(copy === 'sync' ? 'sync-gate' : 'gate', path))).length
}

/**
 * Makes stack traces read as in Lambda: files by their paths there, and without the runtime's own frames. Libraries
 * that set `Error.prepareStackTrace` themselves replace this, as they replace Node's.
 */
export function installStackTraces(): void {
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map(String).filter(isTheirs).map(placeOf)
    return [headerOf(error), ...frames.map(frame => `    at ${frame}`)].join('\n')
  }
}

function isTheirs(frame: string): boolean {
  if (frame.includes('node-internal:')) return false
  const [, name = ''] = frame.split(FILES)
  return !name.startsWith(`${OURS}/`) || COPIES.test(name)
}

function placeOf(frame: string): string {
  const start = frame.indexOf(FILES)
  if (start < 0) return frame
  const match = /^(.*?):(\d+):(\d+)(\)?)$/.exec(frame.slice(start + FILES.length))
  if (match === null) return frame.replace(FILES, 'file:///')
  const [, name = '', line, column, close] = match
  const copy = COPIES.exec(name)?.[1]
  const path = `/${decodeURIComponent(name.replace(COPIES, ''))}`
  const shift = line === '1' ? headLength(path, copy) : 0
  const where = `${copy === undefined ? '' : 'file://'}${path}:${line}:${Math.max(Number(column) - shift, 1)}${close ?? ''}`
  return frame.slice(0, start).replace(/^module\.exports \($/, 'Object.<anonymous> (') + where
}

function headerOf(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'Error'
  }
}
