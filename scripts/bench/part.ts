import type { EmulatorProcess } from '../processes/emulator.ts'
import type { Figure } from './figures.ts'

/** What the parts work on. */
export type Bench = {
  emulator: EmulatorProcess
  barePort: number
  barePid: number
  /** Everything at its full size, hours on a small machine included. */
  big: boolean
  say(figure: Figure): void
}

export type Part = (bench: Bench) => Promise<void>
