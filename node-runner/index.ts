import { parseArgs } from 'node:util'
import { readVersion } from './dist.ts'
import { checkHealth } from './health-check.ts'
import { HELP } from './help.ts'
import { createLog } from './log.ts'
import { FLAG_NAMES, type Flags, InvalidSettings, readSettings, type Settings } from './settings.ts'
import type { Emulator } from './start.ts'

/** The command line: `fakecloud [options]`, `fakecloud healthcheck`. Resolves with the exit code of a command that ends. */
export async function run(args: string[]): Promise<number | undefined> {
  try {
    const { flags, command } = readArguments(args)
    if ('help' in flags) return say(HELP)
    if ('version' in flags) return say(readVersion())
    const settings = readSettings(flags, process.env)
    if (command === 'healthcheck') return await checkHealth(settings)
    return await serve(settings)
  } catch (error) {
    process.stderr.write(`fakecloud: ${explain(error)}\n`)
    return 1
  }
}

function say(text: string): number {
  process.stdout.write(`${text}\n`)
  return 0
}

const SWITCHES = {
  'verify-sigv4': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

function readArguments(args: string[]): { flags: Flags; command: string | undefined } {
  const texts = [...FLAG_NAMES, 'data-path'].map(name => [name, { type: 'string' }])
  const options = { ...Object.fromEntries(texts), ...SWITCHES }
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true })
  const [command, ...more] = positionals
  if (more.length > 0 || (command !== undefined && command !== 'healthcheck')) {
    throw new InvalidSettings(`${positionals.join(' ')} is no command. See \`fakecloud --help\``)
  }
  const given = Object.entries(values).map(([name, value]) => [name === 'data-path' ? 'persist' : name, String(value)])
  return { flags: Object.fromEntries(given), command }
}

async function serve(settings: Settings): Promise<undefined> {
  // Loaded late: a wrong flag is told at once.
  const { startEmulator } = await import('./start.ts')
  const emulator = await startEmulator(settings)
  const log = createLog(settings.logLevel)
  stopOnSignals(emulator)
  emulator.failed.catch(async error => {
    log('error', `workerd could not be started again: ${error.message}`)
    await emulator.stop()
    process.exit(1)
  })
  say(banner(emulator, settings))
}

function banner({ host, port, url }: Emulator, { region, dataPath }: Settings): string {
  const state =
    dataPath === undefined ? 'State goes when it stops; --persist DIR keeps it.' : `State is kept in ${dataPath}.`
  return [
    `fakecloud ${readVersion()} listens on ${host}:${port}. ${state}`,
    '',
    `export AWS_ENDPOINT_URL=${url} AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test AWS_REGION=${region} AWS_DEFAULT_REGION=${region}`,
    '',
    'Ready.',
  ].join('\n')
}

/** The first signal stops it in order, the second at once. */
function stopOnSignals(emulator: Emulator): void {
  let stopping = false
  const onSignal = (): void => {
    if (stopping) process.exit(1)
    stopping = true
    emulator.stop().then(
      () => process.exit(0),
      error => {
        process.stderr.write(`fakecloud: ${explain(error)}\n`)
        process.exit(1)
      },
    )
  }
  for (const signal of ['SIGINT', 'SIGTERM']) {
    // Miniflare's own would exit before everything is put away.
    process.removeAllListeners(signal)
    process.on(signal, onSignal)
  }
}

/** An error as its reader can act on it; what is none of the known ones comes with its stack. */
function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const { code, port, address } = error as NodeJS.ErrnoException & { port?: number; address?: string }
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use, by another fakecloud perhaps. Stop what listens there, or take another port: --addr ${address}:0 finds a free one`
  }
  if (code === 'EACCES' && port !== undefined)
    return `Port ${port} may not be listened on: ports below 1024 are for root`
  if (code === 'EADDRNOTAVAIL') return `${address} is no address of this machine`
  if (code?.startsWith('ERR_PARSE_ARGS')) return `${error.message.split('. ', 1)[0]}. See \`fakecloud --help\``
  return ['InvalidSettings', 'StateInUse', 'StateOfOtherVersion'].includes(error.name)
    ? error.message
    : (error.stack ?? error.message)
}
