import { createHash, createHmac } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { DEFAULT_ACCOUNT, DEFAULT_REGION, GLOBAL_REGION, objectOf, UNCLAIMED } from '../../aws/place.ts'
import { BUCKETS } from './world.ts'

/** Tables of the kernel that may change without any state having changed; what SQLite and workerd keep for themselves. */
const PASSED_OVER = /^(?:_(?!timers|outbox).*|sqlite_.*)$/

type Watched = { database: DatabaseSync; version: number; tables: Map<string, string> }

/** All that an emulator keeps of one namespace, read from its own files. */
export type StateWatch = {
  /** Tables that changed since the last look, as `service.table`; empty when none did. */
  changes(): string[]
  close(): void
}

/**
 * Watches the state of a namespace below a `--persist` directory: the objects of the usual place, and of its buckets.
 * SQLite says at no cost which files changed; only their tables are then compared. No other file is opened, since
 * workerd must not find one locked that it is about to open.
 */
export function watchState(dataPath: string, namespace: string): StateWatch {
  const directory = join(dataPath, 'objects/do', UNIQUE_KEY)
  const files = new Map(objectNames(namespace).map(name => [name, join(directory, `${idOf(name)}.sqlite`)]))
  const objects = new Map<string, Watched>()
  return {
    changes() {
      for (const [name, file] of files) {
        if (objects.has(name) || !existsSync(file)) continue
        objects.set(name, { database: new DatabaseSync(file, { readOnly: true }), version: -1, tables: new Map() })
      }
      return [...objects].flatMap(([name, watched]) => changesIn(name.split('/').slice(3).join('/'), watched))
    },
    close() {
      for (const { database } of objects.values()) database.close()
    },
  }
}

/** How many objects an emulator has, of all namespaces. */
export function objectsIn(dataPath: string): number {
  const files = readdirSync(join(dataPath, 'objects/do', UNIQUE_KEY))
  return files.filter(file => file.endsWith('.sqlite')).length
}

function objectNames(namespace: string): string[] {
  const place = { namespace, account: DEFAULT_ACCOUNT, region: DEFAULT_REGION }
  const usual = [objectOf(place, ''), objectOf({ ...place, region: GLOBAL_REGION }, '')]
  const unclaimed = { ...place, account: UNCLAIMED, region: UNCLAIMED }
  return [...usual, ...BUCKETS.map(resource => objectOf(unclaimed, 's3', resource))]
}

/** How workerd's local namespaces make the id, and so the file, of a named object. */
const UNIQUE_KEY = 'fakecloud-PlaceObject'

function idOf(name: string): string {
  const key = createHash('sha256').update(UNIQUE_KEY).digest()
  const signed = (data: string | Buffer) => createHmac('sha256', key).update(data).digest().subarray(0, 16)
  const own = signed(name)
  return Buffer.concat([own, signed(own)]).toString('hex')
}

function changesIn(object: string, watched: Watched): string[] {
  const { database, tables } = watched
  const version = Number(database.prepare('PRAGMA data_version').get()?.data_version)
  if (version === watched.version) return []
  watched.version = version
  const changed: string[] = []
  for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
    const table = String(name)
    if (PASSED_OVER.test(table)) continue
    const digest = digestOf(database, table)
    if ((tables.get(table) ?? '') !== digest) changed.push(`${object}.${table}`)
    tables.set(table, digest)
  }
  return changed
}

/** Empty for a table without rows, so that an object that was only made is no change. */
function digestOf(database: DatabaseSync, table: string): string {
  const hash = createHash('sha1')
  let rows = 0
  for (const row of database.prepare(`SELECT * FROM "${table}"`).iterate()) {
    rows++
    for (const value of Object.values(row))
      hash.update(value instanceof Uint8Array ? value : `${typeof value}${value}\0`)
  }
  return rows === 0 ? '' : hash.digest('hex')
}
