export const LEVELS = ['error', 'warn', 'info', 'debug', 'trace'] as const

export type Level = (typeof LEVELS)[number]

export type Log = (level: Level, line: string) => void

/** Writes lines of that level and above to stderr: stdout is for what scripts read. */
export function createLog(upTo: Level): Log {
  const last = LEVELS.indexOf(upTo)
  return (level, line) => {
    if (LEVELS.indexOf(level) > last) return
    process.stderr.write(`${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${line}\n`)
  }
}
