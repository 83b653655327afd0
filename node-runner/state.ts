import { randomBytes } from 'node:crypto'
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statfsSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { endOrphan } from './processes.ts'

/** Where an emulator keeps its state, locked for it alone. */
export type State = {
  /** Of the Durable Objects of each worker: two cannot share one, where each would run the other's alarms. */
  objectsOf(worker: number): string
  /** How many workers have state: the first always. */
  workers: number
  /** Signs what the emulator hands out; kept with the state, so that it is good after a restart. */
  secret: string
  /** Notes a process that must not outlive us. */
  noteProcess(pid: number): void
  close(): void
}

/** Another emulator works on the same directory. */
export class StateInUse extends Error {
  override readonly name = 'StateInUse'
}

/** The directory was written by a version that laid its state out in another way. */
export class StateOfOtherVersion extends Error {
  override readonly name = 'StateOfOtherVersion'
}

const SHARED_MEMORY = '/dev/shm'
/** Containers have 64 MB of it unless told otherwise, which one upload fills. */
const LEAST_SHARED_MEMORY = 1024 ** 3
const PREFIX = 'fakecloud-state-'
/** A directory so young may not be locked yet, in milliseconds. */
const YOUNG_MS = 10_000

/**
 * Opens the directory of a persistent emulator, or makes one that goes when it is closed.
 * @throws StateInUse
 */
export function openState(dataPath: string | undefined): State {
  return dataPath === undefined ? openEphemeral() : openDirectory(resolve(dataPath), () => {})
}

function openEphemeral(): State {
  const parent = sharedMemory() ?? tmpdir()
  removeLeftovers(parent)
  const directory = mkdtempSync(join(parent, PREFIX))
  return openDirectory(directory, () => rmSync(directory, { recursive: true, force: true, maxRetries: 3 }))
}

function sharedMemory(): string | undefined {
  try {
    const { bavail, bsize } = statfsSync(SHARED_MEMORY)
    return bavail * bsize >= LEAST_SHARED_MEMORY ? SHARED_MEMORY : undefined
  } catch {
    return undefined
  }
}

/** Removes what killed emulators left: directories that nobody holds a lock on. */
function removeLeftovers(parent: string): void {
  for (const name of readdirSync(parent).filter(name => name.startsWith(PREFIX))) {
    const directory = join(parent, name)
    try {
      if (!existsSync(join(directory, 'lock')) || Date.now() - statSync(directory).mtimeMs < YOUNG_MS) continue
      openDirectory(directory, () => rmSync(directory, { recursive: true, force: true })).close()
    } catch {
      // In use, or another user's.
    }
  }
}

/** State in which each service of a place had an object of its own. */
const OLDER_LAYOUT = 'do/fakecloud-ServiceObject'

function openDirectory(directory: string, onClose: () => void): State {
  const objects = join(directory, 'objects')
  if (existsSync(join(objects, OLDER_LAYOUT))) {
    throw new StateOfOtherVersion(
      `${directory} holds state of an older fakecloud, which this one cannot read: give it another directory, or remove this one`,
    )
  }
  const objectsOf = (worker: number) => (worker === 0 ? objects : join(directory, `objects-${worker + 1}`))
  mkdirSync(objects, { recursive: true })
  const others = readdirSync(directory).map(name => Number(/^objects-(\d+)$/.exec(name)?.[1] ?? 1))
  const workers = Math.max(...others, 1)
  const unlock = lock(directory)
  const processes = join(directory, 'processes')
  for (const pid of readLines(processes)) endOrphan(Number(pid))
  writeFileSync(processes, '')
  for (let worker = 0; worker < workers; worker++) removeEmptied(join(objectsOf(worker), 'do'))
  return {
    objectsOf,
    workers,
    secret: secretOf(directory),
    noteProcess: pid => appendFileSync(processes, `${pid}\n`),
    close: () => {
      writeFileSync(processes, '')
      unlock()
      onClose()
    },
  }
}

/** SQLite's header and the root of its schema: every table has a page of its own beside it. */
const EMPTY_PAGE = 4096
const OBJECT = /^[0-9a-f]{64}\.sqlite$/

/**
 * Removes the files of objects that hold no table: workerd leaves them where all of an object was deleted. Only while no
 * workerd runs on them; one that has such a file open goes on writing to it when the object is used again, and has no
 * way to be told of its removal.
 */
function removeEmptied(path: string): void {
  for (const directory of existsSync(path) ? readdirSync(path).map(name => join(path, name)) : []) {
    const names = new Set(readdirSync(directory))
    for (const name of names) {
      const file = join(directory, name)
      const log = names.has(`${name}-wal`) ? statSync(`${file}-wal`).size : 0
      if (!OBJECT.test(name) || log > 0 || statSync(file).size > EMPTY_PAGE) continue
      for (const each of ['', '-wal', '-shm']) rmSync(file + each, { force: true })
    }
  }
}

/** A lock of the operating system's: it goes with its process, however that ends, and holds across containers. */
function lock(directory: string): () => void {
  const file = openDatabase(join(directory, 'lock'))
  try {
    file.exec('BEGIN EXCLUSIVE')
  } catch (error) {
    file.close()
    // SQLITE_BUSY: https://sqlite.org/rescode.html#busy
    if ((error as { errcode?: number }).errcode !== 5) throw error
    throw new StateInUse(
      `${directory} is in use by another fakecloud: stop that one, or give this one a directory of its own`,
    )
  }
  return () => file.close()
}

/** Node's own SQLite, found when it is used: where it is missing, the rest of this program still loads. */
function openDatabase(path: string): DatabaseSync {
  return new (process.getBuiltinModule('node:sqlite').DatabaseSync)(path)
}

function secretOf(directory: string): string {
  const path = join(directory, 'secret')
  if (!existsSync(path)) writeFileSync(path, randomBytes(32).toString('hex'), { mode: 0o600 })
  return readFileSync(path, 'utf8')
}

function readLines(path: string): string[] {
  return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : []
}
