import 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Root URL of the emulator that the run started. */
    emulatorUrl: string
  }
}
