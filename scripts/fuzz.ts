import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buildAll } from './build.ts'
import { adminCase } from './fuzz/admin-cases.ts'
import { type Case, caseOf, emptyCase, faultyCase } from './fuzz/cases.ts'
import { doorCase } from './fuzz/door-cases.ts'
import { type Breach, type Lane, laneOf, type Run } from './fuzz/lane.ts'
import { type Target, targetsOf } from './fuzz/operations.ts'
import { type Options, readOptions } from './fuzz/options.ts'
import { type Random, randomOf } from './fuzz/random.ts'
import { reportBreaches } from './fuzz/report.ts'
import { objectsIn } from './fuzz/state.ts'
import { sendTcp, tcpBreach, tcpCase } from './fuzz/tcp-cases.ts'
import { type EmulatorProcess, startEmulatorProcess } from './processes/emulator.ts'
import { memoryOf, workerdsOf } from './processes/memory.ts'
import { rawConnection } from './processes/raw-http.ts'

/**
 * Sends malformed and boundary requests, made from the models, in every wire form: none may be answered with a 5xx
 * (but 501 for what is not built), hang, be refused in the wrong form, or change anything when it is refused; and the
 * memory of the processes stays flat.
 *
 * `npm run fuzz -- [--short] [--requests N] [--seed N] [--only sqs,s3] [--replay FILE]`
 */

const LANES = 6
/** Well-formed requests delete what was there: it is made again after so many. */
const RESEEDED = 150
/** Shares of the run for each operation in turn, raw TCP, our own endpoints and doors; the rest goes to what is built. */
const SHARES = { every: 0.4, tcp: 0.02, admin: 0.04, doors: 0.12 }
/** Longer than any wait that a request may ask for, in milliseconds. */
const BOUND_MS = 30_000
const MEBIBYTE = 2 ** 20
/**
 * From the first part of the run to its end, memory may grow by that factor and those bytes, and by what workerd holds
 * for each object that came to be (a bucket that is only asked for has one).
 */
const SLACK = { factor: 1.3, bytes: 96 * MEBIBYTE, object: 0.6 * MEBIBYTE }

type Fuzz = Run & { options: Options; emulator: EmulatorProcess; breaches: Breach[]; sent: number }

/** The next case, or undefined when the phase is over. */
type Source = (lane: Lane) => Case | undefined

async function runLanes(fuzz: Fuzz, lanes: readonly Lane[], source: Source): Promise<void> {
  const work = async (lane: Lane) => {
    for (let sent = 1; ; sent++) {
      const next = source(lane)
      if (next === undefined) return
      fuzz.sent += 1
      await lane.send(next)
      if (sent % RESEEDED === 0) await lane.seed()
    }
  }
  await Promise.all(lanes.map(work))
}

/** Each operation in each form in turn: empty, then wrong. */
function everyOperation(targets: readonly Target[], count: number, random: Random): Source {
  const step = Math.max(1, (targets.length * 2) / count)
  let at = random.next() * step
  return ({ names }) => {
    const target = targets[Math.floor(at / 2)]
    if (target === undefined) return undefined
    const first = Math.floor(at) % 2 === 0
    at += step
    return first ? emptyCase(target) : faultyCase({ target, random, known: names })
  }
}

function some(count: number, make: (lane: Lane) => Case): Source {
  let left = count
  return lane => (left-- > 0 ? make(lane) : undefined)
}

async function fuzzTcp(fuzz: Fuzz, count: number, random: Random): Promise<void> {
  const work = async (from: number) => {
    for (let i = from; i < count; i += LANES) {
      const each = tcpCase(random)
      fuzz.sent += 1
      const what = tcpBreach(await sendTcp(fuzz.port, each, BOUND_MS))
      if (what) fuzz.breach(`TCP: ${each.title}`, what, each.bytes)
    }
  }
  await Promise.all(Array.from({ length: LANES }, (_, i) => work(i)))
}

async function fuzzAll(fuzz: Fuzz): Promise<void> {
  const { requests, seed, only } = fuzz.options
  const random = randomOf(seed)
  const targets = targetsOf(only)
  const built = targets.filter(target => target.built)
  const lanes = Array.from({ length: LANES }, (_, i) => laneOf(fuzz, `fuzz-${i}`))
  const [pid] = workerdsOf(fuzz.emulator.pid)
  await Promise.all(lanes.map(lane => lane.seed()))
  const count = (share: number) => Math.round(requests * share)
  await runLanes(fuzz, lanes, everyOperation(targets, count(SHARES.every), random))
  const early = { resident: memoryOf(fuzz.emulator.pid).resident, objects: objectsIn(fuzz.dataPath) }
  await fuzzTcp(fuzz, count(SHARES.tcp), random)
  await runLanes(
    fuzz,
    lanes,
    some(count(SHARES.admin), () => adminCase(random)),
  )
  await runLanes(
    fuzz,
    lanes,
    some(count(SHARES.doors), ({ names }) => doorCase(random, names)),
  )
  const rest = some(requests - fuzz.sent, ({ names: known }) => caseOf({ target: random.pick(built), random, known }))
  if (built.length > 0) await runLanes(fuzz, lanes, rest)
  for (const lane of lanes) lane.close()
  checkProcesses(fuzz, pid, early)
  await checkAlive(fuzz)
  console.log(`${targets.length} operations in their forms, of them ${built.length} built`)
}

type Early = { resident: number; objects: number }

function checkProcesses(fuzz: Fuzz, pid: number | undefined, early: Early): void {
  const [now] = workerdsOf(fuzz.emulator.pid)
  if (now !== pid) fuzz.breach('workerd', 'died, and was started again', Buffer.alloc(0))
  const late = memoryOf(fuzz.emulator.pid)
  const objects = objectsIn(fuzz.dataPath)
  const mebibytes = (bytes: number) => `${Math.round(bytes / MEBIBYTE)} MiB`
  const each = late.processes.map(({ name, resident }) => `${name} ${mebibytes(resident)}`).join(', ')
  const [before, after] = [mebibytes(early.resident), mebibytes(late.resident)]
  console.log(`memory: ${before} with ${early.objects} objects, later ${after} with ${objects} (${each})`)
  const most = early.resident * SLACK.factor + SLACK.bytes + (objects - early.objects) * SLACK.object
  if (late.resident > most) fuzz.breach('memory', `grew from ${before} to ${after}`, Buffer.alloc(0))
}

async function checkAlive(fuzz: Fuzz): Promise<void> {
  const connection = rawConnection(fuzz.port)
  const request = Buffer.from('GET /_fakecloud/health HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n')
  const { status } = await connection.exchange(request, { boundMs: BOUND_MS })
  connection.close()
  if (status !== 200) fuzz.breach('health', `answered ${status}`, request)
}

async function replay(fuzz: Fuzz, file: string): Promise<void> {
  const lane = laneOf(fuzz, 'fuzz-0')
  await lane.seed()
  lane.close()
  const connection = rawConnection(fuzz.port)
  const bytes = readFileSync(file)
  const renamed = Buffer.from(
    bytes.toString('latin1').replace(/(\r\nx-fakecloud-namespace: fuzz-)\d/i, '$10'),
    'latin1',
  )
  const { status, headers, body } = await connection.exchange(renamed, {
    boundMs: BOUND_MS,
    head: renamed.toString('latin1', 0, 5).startsWith('HEAD '),
  })
  connection.close()
  console.log(`${bytes.toString('latin1')}\n\n`, status, Object.fromEntries(headers), body.toString())
  console.log(fuzz.emulator.printed())
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2))
  await buildAll()
  const dataPath = mkdtempSync(join(tmpdir(), 'fakecloud-fuzz-'))
  const emulator = await startEmulatorProcess({ dataPath })
  const breaches: Breach[] = []
  let seen = 0
  const breach = (title: string, what: string, request: Buffer) => {
    const printed = emulator.printed()
    breaches.push({ title, what, request, printed: printed.slice(seen) })
    seen = printed.length
  }
  const statuses = new Map<number, number>()
  const fuzz: Fuzz = {
    port: emulator.port,
    dataPath,
    boundMs: BOUND_MS,
    statuses,
    breach,
    refused: { count: 0 },
    options,
    emulator,
    breaches,
    sent: 0,
  }
  const started = performance.now()
  console.log(`seed ${options.seed}`)
  try {
    if (options.replay === undefined) await fuzzAll(fuzz)
    else await replay(fuzz, options.replay)
  } finally {
    await emulator.stop()
    rmSync(dataPath, { recursive: true, force: true })
  }
  if (options.replay !== undefined) return 0
  reportBreaches(breaches, join(tmpdir(), 'fakecloud-fuzz'))
  const answers = [...statuses].sort(([a], [b]) => a - b).map(([status, times]) => `${status}: ${times}`)
  const seconds = Math.round((performance.now() - started) / 1000)
  console.log(`\nanswers: ${answers.join(', ')}`)
  const figure = `fuzz: ${fuzz.sent} requests in ${seconds} s, ${fuzz.refused.count} refusals that changed nothing, ${breaches.length} breaches`
  console.log(`${figure} (seed ${options.seed})`)
  return breaches.length === 0 ? 0 : 1
}

process.exitCode = await main()
