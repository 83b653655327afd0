import { AsyncLocalStorage } from 'node:async_hooks'
import type { ChildProcess } from 'node:child_process'
import { subscribe } from 'node:diagnostics_channel'
import { readFileSync } from 'node:fs'

/** Told of every workerd that this process starts; `ours` when it was started within `watched`. */
export type Watcher = { onStart(child: ChildProcess, ours: boolean): void }

const watchers = new Set<Watcher>()
const current = new AsyncLocalStorage<Watcher>()

// Miniflare keeps its child to itself; Node tells of every child there is.
subscribe('child_process', message => {
  // Documented by Node: https://nodejs.org/api/diagnostics_channel.html#child-process
  const { process: child } = message as { process: ChildProcess }
  const ours = current.getStore()
  child.once('spawn', () => {
    if (!/workerd(\.exe)?$/.test(child.spawnfile)) return
    for (const watcher of watchers) watcher.onStart(child, watcher === ours)
  })
})

/** Runs what starts a workerd, so that its watcher knows it for its own, that one's successors included. */
export function watched<T>(watcher: Watcher, run: () => T): T {
  watchers.add(watcher)
  return current.run(watcher, run)
}

export function unwatch(watcher: Watcher): void {
  watchers.delete(watcher)
}

/** Ends a workerd that outlived the launcher which had started it. A number that is another program's now stays alone. */
export function endOrphan(pid: number): void {
  if (!commandOf(pid)?.includes('workerd')) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone in between, or somebody else's.
  }
}

function commandOf(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1')
  } catch {
    return undefined
  }
}
