import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { buildAll } from './build.ts'
import { chain } from './chaos/chain.ts'
import { type Endpoint, endpointAt } from './chaos/endpoint.ts'
import { fifoQueue } from './chaos/fifo-queue.ts'
import { invocations, makeFunction } from './chaos/functions.ts'
import { killUntil, restartForGood, startSubject, type Subject } from './chaos/kills.ts'
import { neighbours } from './chaos/neighbours.ts'
import { objects } from './chaos/objects.ts'
import { type Findings, insist, type Part } from './chaos/part.ts'
import { standardQueue } from './chaos/standard-queue.ts'
import { randomOf } from './fuzz/random.ts'

/**
 * Kills processes of a persistent emulator with -9 at random moments while clients send messages, upload objects that
 * notify a queue and a function, and invoke; restarts it, and looks for everything that was acknowledged. Then kills one
 * of two workers, while the other must not notice; `--neighbours` does that alone.
 *
 * `npm run chaos -- [--short] [--seconds N] [--seed N] [--neighbours]`
 */

const SECONDS = { whole: 150, short: 15 }
/** Shown of each kind of breach. */
const SHOWN = 5

type Options = { seconds: number; seed: number; alone: boolean }

function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  const { values } = parseArgs({ args, options: { short: flag, neighbours: flag, seconds: text, seed: text } })
  const seconds = Number(values.seconds ?? (values.short ? SECONDS.short : SECONDS.whole))
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31))
  return { seconds, seed, alone: values.neighbours === true }
}

async function partsOf(endpoint: Endpoint): Promise<Part[]> {
  const parts = [await standardQueue(endpoint), await fifoQueue(endpoint)]
  const withFunction = await makeFunction(endpoint).then(() => true, skipped('Lambda'))
  if (withFunction) parts.push(invocations(endpoint))
  const uploads = await objects(endpoint, withFunction).catch(skipped('S3'))
  return [...parts, ...(uploads ? [uploads] : []), await chain(endpoint)]
}

/** For as long as a service is not there. */
const skipped = (what: string) => (error: Error) => {
  console.log(`skipped: ${what} (${error.name}: ${error.message})`)
  return false as const
}

async function run(subject: Subject, { seconds, seed }: Options): Promise<boolean> {
  const endpoint = endpointAt(subject.emulator.url)
  const parts = await partsOf(endpoint)
  const end = Date.now() + seconds * 1000
  const isOver = () => Date.now() > end
  const working = parts.map(part => part.work(isOver))
  await killUntil(subject, end, randomOf(seed).next)
  await Promise.all(working)
  await restartForGood(subject)
  await settle(endpoint)
  const found: [Part, Findings][] = []
  for (const part of parts) found.push([part, await part.verify()])
  return report(subject, found)
}

/** All that was accepted arrives; what consumers had taken and not deleted becomes visible again. */
async function settle(endpoint: Endpoint): Promise<void> {
  await insist(() => endpoint.admin('POST', '/_fakecloud/settle?settle=60000'), 3)
  await insist(() => endpoint.admin('POST', '/_fakecloud/clock/advance', { seconds: 120 }), 3)
}

function report({ kills, restarts }: Subject, found: readonly [Part, Findings][]): boolean {
  for (const [{ name }, findings] of found) show(name, findings)
  const killed = [...kills].map(([victim, times]) => `${victim} ${times}×`).join(', ')
  console.log(`killed: ${killed}; back in ${restarts.map(ms => Math.round(ms)).join(', ')} ms`)
  const breaches = found.reduce((sum, [, { lost, wrong }]) => sum + lost.length + wrong.length, 0)
  const total = [...kills.values()].reduce((sum, times) => sum + times, 0)
  console.log(`chaos: ${total} kills, ${breaches} breaches`)
  return breaches === 0
}

function show(name: string, { figure, lost, wrong, repeated }: Findings): void {
  const told = `${name}: ${figure} acknowledged; ${lost.length} lost, ${wrong.length} wrong`
  console.log(repeated === 0 ? told : `${told}; ${repeated} more than once, where AWS may too`)
  for (const each of lost.slice(0, SHOWN)) console.log(`  LOST ${each}`)
  for (const each of wrong.slice(0, SHOWN)) console.log(`  WRONG ${each}`)
}

/** Each of two workers dies in its turn. */
async function runNeighbours({ seconds, seed }: Options): Promise<boolean> {
  let breaches = 0
  for (const struck of [0, 1] as const) {
    const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-chaos-'))
    try {
      const { name, kills, found } = await neighbours(dataPath, {
        struck,
        seconds: seconds / 2,
        random: randomOf(seed).next,
      })
      show(name, found)
      breaches += found.lost.length + found.wrong.length
      console.log(`chaos: ${kills} kills of it, ${found.lost.length + found.wrong.length} breaches`)
    } finally {
      rmSync(dataPath, { recursive: true, force: true })
    }
  }
  return breaches === 0
}

/** The whole emulator, killed as it comes. */
async function runWhole(options: Options): Promise<boolean> {
  const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-chaos-'))
  const subject = await startSubject(dataPath)
  try {
    return await run(subject, options)
  } finally {
    await subject.emulator.stop()
    rmSync(dataPath, { recursive: true, force: true })
  }
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  await buildAll()
  console.log(`seed ${options.seed}`)
  const whole = options.alone || (await runWhole(options))
  const beside = await runNeighbours(
    options.alone ? options : { ...options, seconds: Math.max(options.seconds / 4, 12) },
  )
  return whole && beside ? 0 : 1
}

process.exitCode = await main()
