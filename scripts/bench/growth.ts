import { percentile } from './figures.ts'
import { ask, latencies, sendAll, type Source } from './load.ts'
import type { Bench, Part } from './part.ts'
import { createFunction, invoke, lambda, logs, queueUrl, s3, sqs } from './requests.ts'

/** What grows, a hundredfold. */
const OBJECTS = { few: 1000, many: 100_000 }
const MESSAGES = { few: 1000, many: 100_000 }
const FUNCTIONS = { few: 10, many: 1000 }
const EVENTS = 1_000_000
/** A cost that stays flat is at most this times the first one: medians of hundreds of calls still differ. */
const FLAT = 1.5
const CALLS = 300

const median = async (port: number, source: Source, calls = CALLS) => percentile(await latencies(port, calls, source))

type Costs = Record<string, number>

/** Says what each call cost before and after its service had grown a hundredfold. */
function compare({ say }: Bench, what: string, [few, many]: [Costs, Costs]): void {
  for (const [call, after] of Object.entries(many)) {
    const before = few[call] ?? Number.NaN
    const note = `${before.toFixed(2)} ms, then ${after.toFixed(2)} ms`
    say({ name: `${call}, ${what} grown 100-fold`, aim: { most: FLAT }, measured: after / before, unit: '×', note })
  }
}

/** The last pages of a listing to its first ones. */
function pages({ say }: Bench, name: string, times: readonly number[]): void {
  const part = Math.max(3, Math.floor(times.length / 10))
  const [first, last] = [percentile(times.slice(1, part + 1)), percentile(times.slice(-part - 1, -1))]
  const note = `${times.length} pages, ${first.toFixed(1)} ms, then ${last.toFixed(1)} ms`
  say({ name, aim: { most: FLAT }, measured: last / first, unit: '×', note })
}

export const manyObjects: Part = async bench => {
  const { port } = bench.emulator
  await ask(port, s3('PUT', '/many'))
  const key = (n: number) => `/many/dir-${n % 100}/key-${n}`
  const fill = (from: number, to: number) => sendAll(port, to - from, n => s3('PUT', key(from + n), 'x'))
  const costs = async (there: number): Promise<Costs> => ({
    'S3 PUT': await median(port, n => s3('PUT', key((n * 37) % there), 'y')),
    'S3 GET': await median(port, n => s3('GET', key((n * 37) % there))),
    'S3 list of 1,000': await median(port, () => s3('GET', '/many?list-type=2'), 30),
  })
  await fill(0, OBJECTS.few)
  const few = await costs(OBJECTS.few)
  await fill(OBJECTS.few, OBJECTS.many)
  compare(bench, 'objects', [few, await costs(OBJECTS.many)])
  const times: number[] = []
  let keys = 0
  for (let token: string | undefined = ''; token !== undefined; ) {
    const path: string = `/many?list-type=2${token && `&continuation-token=${encodeURIComponent(token)}`}`
    const started = performance.now()
    const { body } = await ask(port, s3('GET', path))
    times.push(performance.now() - started)
    const text = body.toString()
    keys += text.split('<Key>').length - 1
    token = /<NextContinuationToken>([^<]+)/.exec(text)?.[1]
  }
  if (keys !== OBJECTS.many) throw new Error(`The bucket lists ${keys} keys`)
  pages(bench, 'S3 bucket of 100,000 keys: its last pages to its first', times)
}

export const manyMessages: Part = async bench => {
  const { port } = bench.emulator
  await ask(port, sqs('CreateQueue', { QueueName: 'many' }))
  const QueueUrl = queueUrl('many')
  const entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: 'x'.repeat(100) }))
  const batch = sqs('SendMessageBatch', { QueueUrl, Entries: entries })
  const costs = async (): Promise<Costs> => ({
    'SQS SendMessage': await median(port, () => sqs('SendMessage', { QueueUrl, MessageBody: 'x' })),
    'SQS ReceiveMessage': await median(port, () => sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 1 })),
    'SQS GetQueueAttributes': await median(
      port,
      () => sqs('GetQueueAttributes', { QueueUrl, AttributeNames: ['All'] }),
      50,
    ),
  })
  await sendAll(port, MESSAGES.few / 10, () => batch)
  const few = await costs()
  await sendAll(port, (MESSAGES.many - MESSAGES.few) / 10, () => batch)
  compare(bench, 'messages', [few, await costs()])
}

export const manyFunctions: Part = async bench => {
  const { port } = bench.emulator
  const code = 'exports.handler = async () => 1'
  const fill = (from: number, to: number) => sendAll(port, to - from, n => createFunction(`grown-${from + n}`, code))
  const costs = async (): Promise<Costs> => ({
    'Lambda Invoke, warm': await median(port, () => invoke('grown-0')),
    'Lambda GetFunction': await median(port, () => lambda('GET', '/2015-03-31/functions/grown-1')),
    'Lambda ListFunctions of 10': await median(port, () => lambda('GET', '/2015-03-31/functions?MaxItems=10'), 50),
  })
  await fill(0, FUNCTIONS.few)
  const few = await costs()
  await fill(FUNCTIONS.few, FUNCTIONS.many)
  compare(bench, 'functions', [few, await costs()])
}

const BATCH = 10_000

export const manyEvents: Part = async bench => {
  const { port } = bench.emulator
  const [logGroupName, logStreamName] = ['many', 'one']
  await ask(port, logs('CreateLogGroup', { logGroupName }))
  await ask(port, logs('CreateLogStream', { logGroupName, logStreamName }))
  const from = Date.now() - 3_600_000
  const put = (batch: number) => {
    const event = (_: unknown, i: number) => {
      const n = batch * BATCH + i
      return {
        timestamp: from + Math.floor(n / 1000),
        message: `${n % 100 === 0 ? 'ERROR' : 'INFO'} request ${n} done`,
      }
    }
    return logs('PutLogEvents', { logGroupName, logStreamName, logEvents: Array.from({ length: BATCH }, event) })
  }
  const ms = await sendAll(port, EVENTS / BATCH, put, 1)
  bench.say({ name: 'Logs PutLogEvents', aim: undefined, measured: EVENTS / (ms / 1000), unit: 'events/s' })
  for (const filterPattern of ['', 'ERROR']) {
    const { times, found } = await filtered(port, { logGroupName, ...(filterPattern && { filterPattern }) })
    const wanted = filterPattern === '' ? EVENTS : EVENTS / 100
    if (found !== wanted)
      throw new Error(`${found} events were found by ${JSON.stringify(filterPattern)}, not ${wanted}`)
    pages(bench, `Logs, a million events by ${filterPattern || 'no pattern'}: last pages to first`, times)
  }
}

async function filtered(port: number, input: object): Promise<{ times: number[]; found: number }> {
  const times: number[] = []
  let found = 0
  for (let nextToken: string | undefined = ''; nextToken !== undefined; ) {
    const started = performance.now()
    const { body } = await ask(port, logs('FilterLogEvents', { ...input, ...(nextToken && { nextToken }) }))
    times.push(performance.now() - started)
    const answer = JSON.parse(body.toString()) as { events: unknown[]; nextToken?: string } // AWS's shape
    found += answer.events.length
    nextToken = answer.nextToken
  }
  return { times, found }
}
