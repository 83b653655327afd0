import { setTimeout as sleep } from 'node:timers/promises'
import { type EmulatorProcess, startEmulatorProcess } from '../processes/emulator.ts'
import { workerdsOf } from '../processes/memory.ts'

/** Who dies: the emulator's workerd, the functions', the launcher alone, or all of them. */
const VICTIMS = ['workerd', 'workerd', 'isolates', 'launcher', 'group'] as const
type Victim = (typeof VICTIMS)[number]

/** An emulator that is killed and comes back at the same address on the same state. */
export type Subject = {
  emulator: EmulatorProcess
  dataPath: string
  kills: Map<Victim, number>
  /** Milliseconds from each restart of the whole to `Ready.`. */
  restarts: number[]
}

export async function startSubject(dataPath: string): Promise<Subject> {
  return { emulator: await startEmulatorProcess({ dataPath }), dataPath, kills: new Map(), restarts: [] }
}

/** Kills at random moments until the time is over. */
export async function killUntil(subject: Subject, end: number, random: () => number): Promise<void> {
  for (;;) {
    await sleep(300 + random() * 2200)
    if (Date.now() > end) return
    await killOne(subject, VICTIMS[Math.floor(random() * VICTIMS.length)] ?? 'workerd')
  }
}

async function killOne(subject: Subject, victim: Victim): Promise<void> {
  const { emulator, kills } = subject
  const [own, ...isolates] = workerdsOf(emulator.pid)
  if (victim === 'isolates' && isolates.length === 0) return
  kills.set(victim, (kills.get(victim) ?? 0) + 1)
  if (victim === 'workerd') return kill(own)
  if (victim === 'isolates') return isolates.forEach(kill)
  if (victim === 'launcher') kill(emulator.pid)
  else await emulator.kill()
  await restart(subject)
}

/** After the launcher's death its workerd is an orphan, which the next launcher ends. */
async function restart(subject: Subject): Promise<void> {
  const { port } = subject.emulator
  subject.emulator = await startEmulatorProcess({ dataPath: subject.dataPath, port })
  subject.restarts.push(subject.emulator.readyMs)
}

/** The emulator once more from its state alone. */
export async function restartForGood(subject: Subject): Promise<void> {
  await subject.emulator.kill()
  await restart(subject)
}

function kill(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It died by itself.
  }
}
