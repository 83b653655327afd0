import { readdirSync, readFileSync } from 'node:fs'

/** Memory of a process and of all that it started, in bytes. */
export type Memory = {
  /** Sum of what each has resident; pages that several share count for each. */
  resident: number
  /** The same with shared pages counted once. */
  proportional: number
  processes: { pid: number; name: string; resident: number }[]
}

/** Measures a tree of processes. Linux only. */
export function memoryOf(rootPid: number): Memory {
  const processes = treeOf(rootPid).flatMap(pid => residentOf(pid))
  return {
    resident: processes.reduce((sum, each) => sum + each.resident, 0),
    proportional: treeOf(rootPid).reduce((sum, pid) => sum + proportionalOf(pid), 0),
    processes,
  }
}

/** Processes below and including one, by their ids. */
export function treeOf(rootPid: number): number[] {
  const children = new Map<number, number[]>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    const parent = Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1] ?? -1)
    children.set(parent, [...(children.get(parent) ?? []), pid])
  }
  const found = [rootPid]
  for (const pid of found) found.push(...(children.get(pid) ?? []))
  return found
}

/** The ids of the workerd processes below one: the emulator's own first. */
export function workerdsOf(rootPid: number): number[] {
  return treeOf(rootPid).filter(pid => read(`/proc/${pid}/comm`).startsWith('workerd'))
}

function residentOf(pid: number): Memory['processes'] {
  const status = read(`/proc/${pid}/status`)
  const kib = /VmRSS:\s+(\d+)/.exec(status)?.[1]
  const name = /Name:\s+(\S+)/.exec(status)?.[1] ?? ''
  return kib === undefined ? [] : [{ pid, name, resident: Number(kib) * 1024 }]
}

function proportionalOf(pid: number): number {
  return Number(/^Pss:\s+(\d+)/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0) * 1024
}

/** Empty for a process that has gone. */
function read(path: string): string {
  try {
    return readFileSync(path, 'latin1')
  } catch {
    return ''
  }
}
