import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** A process and all that it started. */
export function family(pid: number): number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap(task =>
    readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
  )
  return [pid, ...children.flatMap(family)]
}

/** The TCP ports on which processes listen. */
export function portsOf(pids: number[]): number[] {
  const links = pids.flatMap(pid => readdirSync(`/proc/${pid}/fd`).map(fd => `/proc/${pid}/fd/${fd}`))
  const sockets = new Set(links.map(linkOf))
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap(path => readFileSync(path, 'utf8').split('\n').slice(1))
  return rows
    .map(row => row.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === '0A' && sockets.has(`socket:[${inode}]`))
    .map(([, local = '']) => Number.parseInt(local.split(':')[1] ?? '', 16))
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}
