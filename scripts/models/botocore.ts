import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { unzipSync } from 'fflate'
import { SERVICES } from './services.ts'
import type { Model } from './source.ts'

const PINNED = join(import.meta.dirname, '../botocore.version')
const MODEL = /^botocore\/data\/([^/]+)\/([^/]+)\/service-2\.json\.gz$/

export type Botocore = { version: string; models: Map<string, Model> }

/** The pinned botocore's models of our services, from a wheel on disk or fetched with pip. */
export function readBotocore(wheel?: string): Botocore {
  const version = readFileSync(PINNED, 'utf8').trim()
  return { version, models: modelsOf(wheel ? readFileSync(wheel) : fetchWheel(version)) }
}

function fetchWheel(version: string): Uint8Array {
  const directory = mkdtempSync(join(tmpdir(), 'botocore-'))
  try {
    const arguments_ = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', directory, `botocore==${version}`]
    execFileSync('python3', arguments_, { stdio: ['ignore', 'ignore', 'inherit'] })
    const name = readdirSync(directory).find(file => file.endsWith('.whl'))
    if (!name) throw new Error(`pip downloaded no wheel of botocore ${version}`)
    return readFileSync(join(directory, name))
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Of several API versions, the newest is the one that clients speak. */
function modelsOf(wheel: Uint8Array): Map<string, Model> {
  const wanted = new Set<string>(SERVICES)
  const files = unzipSync(wheel, { filter: file => wanted.has(MODEL.exec(file.name)?.[1] ?? '') })
  const models = new Map<string, Model>()
  for (const path of Object.keys(files).sort()) {
    const service = MODEL.exec(path)?.[1]
    const packed = files[path]
    if (service && packed) models.set(service, JSON.parse(gunzipSync(packed).toString('utf8')))
  }
  for (const service of SERVICES) if (!models.has(service)) throw new Error(`botocore has no model of ${service}`)
  return models
}
