import { createHash } from 'node:crypto'
import { DEFAULT_NAMESPACE } from '../aws/place.ts'
import type { RunningWorker } from './worker.ts'

/** Of that many namespaces it is remembered where they went; where later ones go, their names say. */
const MOST_REMEMBERED = 100_000

export type Workers = {
  /** Of the worker in which a namespace lives: at once where that runs, else when it has started. */
  portOf(namespace: string): number | Promise<number>
  /** Of those that run, the first one's first. */
  ports(): number[]
  /** Of the workerd in which a namespace lives; the first one's for a namespace that nobody has asked for. */
  pidOf(namespace?: string): number
  /** Rejects when one of them ended and could not be started again. */
  failed: Promise<never>
  stop(): Promise<void>
}

type WorkersOptions = {
  /** Over that many new namespaces are spread. */
  most: number
  /** That many have state, and are started at once, since timers run in them. */
  kept: number
  start(index: number): Promise<RunningWorker>
  /** The namespaces that live in the worker at that port. */
  namespacesAt(port: number): Promise<string[]>
}

type Slot = { worker?: RunningWorker; starting?: Promise<number> }
type Spread = WorkersOptions & {
  slots: Slot[]
  homes: Map<string, number>
  loads: number[]
  onStart(index: number): Promise<number>
}

/**
 * Spreads namespaces over workers. A namespace stays where it first came to: its state lies there alone. That is
 * remembered by the workers' own lists of what lives in them, which are asked at the start.
 */
export async function startWorkers(options: WorkersOptions): Promise<Workers> {
  const { promise: failed, reject: fail } = Promise.withResolvers<never>()
  failed.catch(() => {})
  const slots = Array.from({ length: Math.max(options.most, options.kept) }, (): Slot => ({}))
  const start = async (index: number) => {
    const worker = await options.start(index)
    worker.failed.catch(fail)
    Object.assign(slots[index] ?? {}, { worker })
    return worker.port
  }
  const spread: Spread = { ...options, slots, homes: new Map(), loads: slots.map(() => 0), onStart: start }
  const stop = async (): Promise<void> => {
    await Promise.allSettled(slots.map(({ starting }) => starting))
    await Promise.allSettled(slots.map(({ worker }) => worker?.stop()))
  }
  try {
    await Promise.all(slots.slice(0, options.kept).map((_, index) => portAt(spread, index)))
    if (slots.length > 1) await remember(spread)
  } catch (error) {
    await stop()
    throw error
  }
  return {
    portOf: namespace => portAt(spread, homeOf(spread, namespace)),
    ports: () => slots.flatMap(({ worker }) => (worker ? [worker.port] : [])),
    pidOf: (namespace = DEFAULT_NAMESPACE) => slots[spread.homes.get(namespace) ?? 0]?.worker?.pid() ?? 0,
    failed,
    stop,
  }
}

function portAt({ slots, onStart }: Spread, index: number): number | Promise<number> {
  const slot = slots[index]
  if (slot?.worker) return slot.worker.port
  const starting = slot?.starting ?? onStart(index)
  if (slot && !slot.starting) {
    slot.starting = starting
    // One that could not start is tried again for the next request.
    starting.catch(() => delete slot.starting)
  }
  return starting
}

async function remember({ slots, homes, loads, namespacesAt }: Spread): Promise<void> {
  for (const [index, { worker }] of slots.entries()) {
    const names = worker ? await namespacesAt(worker.port) : []
    for (const name of names) if (!homes.has(name)) homes.set(name, index)
    loads[index] = names.length
  }
}

function homeOf({ homes, loads, most }: Spread, namespace: string): number {
  const known = homes.get(namespace)
  if (known !== undefined) return known
  const isMain = namespace === DEFAULT_NAMESPACE
  if (most === 1) return 0
  if (homes.size >= MOST_REMEMBERED) return isMain ? 0 : hashOf(namespace) % most
  const open = loads.slice(0, most)
  const home = isMain ? 0 : open.indexOf(Math.min(...open))
  homes.set(namespace, home)
  loads[home] = (loads[home] ?? 0) + 1
  return home
}

const hashOf = (text: string) => createHash('sha256').update(text).digest().readUInt32BE()
