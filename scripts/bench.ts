import { parseArgs } from 'node:util'
import { type Bare, startBare } from './bench/bare.ts'
import { buses } from './bench/buses.ts'
import { cost } from './bench/cost.ts'
import { type Figure, missed, printFigure, printHeading } from './bench/figures.ts'
import { functions } from './bench/functions.ts'
import { manyEvents, manyFunctions, manyMessages, manyObjects } from './bench/growth.ts'
import { mappings } from './bench/mappings.ts'
import { multipart } from './bench/multipart.ts'
import { objects } from './bench/objects.ts'
import type { Part } from './bench/part.ts'
import { logEvents } from './bench/log-events.ts'
import { queues } from './bench/queues.ts'
import { namespaces, start } from './bench/start.ts'
import { topics } from './bench/topics.ts'
import { buildAll } from './build.ts'
import { startEmulatorProcess } from './processes/emulator.ts'

/**
 * Measures what the emulator must reach, beside a bare Worker → Durable Object → SQLite insert in the same run.
 *
 * `npm run bench -- [part …] [--big]`; parts as in the table below, all when none is named.
 */

const PARTS: Readonly<Record<string, Part>> = {
  start,
  cost,
  sqs: queues,
  sns: topics,
  events: buses,
  s3: objects,
  lambda: functions,
  logs: logEvents,
  'sqs-to-lambda': mappings,
  namespaces,
  multipart,
  'many-objects': manyObjects,
  'many-messages': manyMessages,
  'many-functions': manyFunctions,
  'many-events': manyEvents,
}

async function run(names: readonly string[], { big, bare }: { big: boolean; bare: Bare }): Promise<Figure[]> {
  const figures: Figure[] = []
  const say = (figure: Figure) => {
    figures.push(figure)
    printFigure(figure)
  }
  for (const name of names) {
    // Each part has an emulator of its own, so that none pays for what another left.
    const emulator = await startEmulatorProcess()
    try {
      await PARTS[name]?.({ emulator, barePort: bare.port, barePid: bare.pid, big, say })
    } catch (error) {
      say({ name: `${name} failed: ${error}`, aim: { least: 1 }, measured: 0, unit: '' })
      process.stdout.write(emulator.printed().slice(-2000))
    } finally {
      await emulator.stop()
    }
  }
  return figures
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ options: { big: { type: 'boolean' } }, allowPositionals: true })
  const names = positionals.length > 0 ? positionals : Object.keys(PARTS)
  const unknown = names.find(name => !Object.hasOwn(PARTS, name))
  if (unknown !== undefined) {
    console.error(`${unknown} is no part: ${Object.keys(PARTS).join(', ')}`)
    return 2
  }
  await buildAll()
  const bare = await startBare()
  try {
    printHeading()
    const figures = await run(names, { big: values.big ?? false, bare })
    console.log(`bench: ${figures.length} figures, ${missed(figures)} missed`)
    return missed(figures) === 0 ? 0 : 1
  } finally {
    await bare.stop()
  }
}

process.exitCode = await main()
