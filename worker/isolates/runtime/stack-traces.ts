import { BUNDLE, esModuleHead, moduleUrl, OURS, ourPath } from '../names.ts'
import { WRAPPER_HEAD } from '../wrapper.ts'

const FILES = `file://${BUNDLE}/`

/** Copies of ES modules that `require` loaded. */
const SYNC = `${OURS}/sync/`

function headLength(path: string, sync: boolean, esm: boolean): number {
  return esm ? esModuleHead(moduleUrl(ourPath(sync ? 'sync-gate' : 'gate', path))).length : WRAPPER_HEAD.length
}

/**
 * Makes stack traces read as in Lambda: files by their paths there, and without the runtime's own frames. Libraries
 * that set `Error.prepareStackTrace` themselves replace this, as they replace Node's.
 */
export function installStackTraces(isEsModule: (path: string) => boolean): void {
  const place = (frame: string): string => {
    const start = frame.indexOf(FILES)
    if (start < 0) return frame
    const match = /^(.*?):(\d+):(\d+)(\)?)$/.exec(frame.slice(start + FILES.length))
    if (match === null) return frame.replace(FILES, 'file:///')
    const [, name = '', line, column, close] = match
    const sync = name.startsWith(SYNC)
    const path = `/${decodeURIComponent(sync ? name.slice(SYNC.length) : name)}`
    const esm = sync || isEsModule(path)
    const shift = line === '1' ? headLength(path, sync, esm) : 0
    const where = `${esm ? 'file://' : ''}${path}:${line}:${Math.max(Number(column) - shift, 1)}${close}`
    return frame.slice(0, start).replace(/^module\.exports \($/, 'Object.<anonymous> (') + where
  }
  Error.prepareStackTrace = (error, sites) => {
    const frames = sites.map(String).filter(frame => !(frame.includes(`${FILES}${OURS}/`) && !frame.includes(FILES + SYNC)) && !frame.includes('node-internal:'))
    return [headerOf(error), ...frames.map(frame => `    at ${place(frame)}`)].join('\n')
  }
}

function headerOf(error: unknown): string {
  try {
    return String(error)
  } catch {
    return 'Error'
  }
}
