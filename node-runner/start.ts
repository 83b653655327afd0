import { type EmulatorOptions, withDefaults } from './settings.ts'

export type Emulator = {
  /** Root of the emulator, for clients on this machine. */
  url: string
  host: string
  port: number
  /**
   * Of the workerd in which a namespace lives (`main` unless one is named), another after that one died and was started
   * again; 0 when it is not known.
   */
  workerdPid(namespace?: string): number
  /** Rejects when workerd died and could not be started again. */
  failed: Promise<never>
  /** Ends it and all its processes. State goes too, unless a directory was given for it. */
  stop(): Promise<void>
}

/**
 * Starts an emulator, in this process where its Node.js is new enough, else in one beside it. Resolves when it answers.
 *
 * Rejects with `EADDRINUSE` when the port is taken, with StateInUse when another emulator holds the directory,
 * with StateOfOtherVersion when its state was laid out by an older one.
 */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const settings = withDefaults(options)
  if (isOldNode()) {
    const { startBeside } = await import('./start-beside.ts')
    return await startBeside(settings)
  }
  // Loaded late: Miniflare does not load in an older Node.js.
  const { startHere } = await import('./emulator.ts')
  return await startHere(settings)
}

/** Before 22.13 there is no SQLite, which we use ourselves, and soon after no Miniflare. */
function isOldNode(): boolean {
  return process.getBuiltinModule?.('node:sqlite') === undefined
}
