import { ExitSignal } from './errors.ts'
import { changeDirectory, workingDirectory } from './file-paths.ts'

/** `process` as a Lambda function finds it. */
export function installProcess(environment: Record<string, string>, exit: (code: number) => void): void {
  for (const [name, value] of Object.entries(environment)) process.env[name] = value
  const leave = (code?: number | string): never => {
    const status = Number(code ?? process.exitCode ?? 0)
    exit(status)
    throw new ExitSignal(status)
  }
  const members = {
    cwd: workingDirectory,
    chdir: changeDirectory,
    exit: leave,
    reallyExit: leave,
    abort: () => leave(134),
  }
  for (const [name, value] of Object.entries(members)) {
    Object.defineProperty(process, name, { configurable: true, writable: true, value })
  }
  process.argv.splice(0, process.argv.length, '/var/lang/bin/node', '/var/runtime/index.mjs')
}
