import { percentile } from './figures.ts'
import { ask, sendAll } from './load.ts'
import type { Part } from './part.ts'
import { createFunction, lambda, queueUrl, request, sqs } from './requests.ts'

const CLOCK = 'exports.handler = async event => ({ at: Date.now(), sent: event.Records.map(r => r.body) })'
const SINGLE = 100
const PAUSE_MS = 30
const MANY = 1000

type Ran = { at: number; sent: string[] }
type Answer = { invocations: { functionArn: string; result: Ran | null }[] }

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:123456789012:${name}`

/** A queue, a function of the same name that tells its time, and a mapping between them. */
async function wire(port: number, name: string): Promise<void> {
  await ask(port, sqs('CreateQueue', { QueueName: name }))
  await ask(port, createFunction(name, CLOCK))
  const mapping = { EventSourceArn: queueArn(name), FunctionName: name }
  await ask(port, lambda('POST', '/2015-03-31/event-source-mappings', mapping))
}

async function runsOf(port: number, name: string): Promise<Ran[]> {
  const path = '/_fakecloud/lambda/invocations'
  const answer = JSON.parse((await ask(port, request('none', { method: 'GET', path }))).body.toString()) as Answer // as documented
  return answer.invocations.flatMap(({ functionArn, result }) =>
    functionArn.endsWith(`:${name}`) && result ? [result] : [],
  )
}

/** SQS → Lambda: from the moment before a message is sent to the function's first line; and many to the last effect. */
export const mappings: Part = async ({ emulator: { port }, say }) => {
  await wire(port, 'single')
  for (let n = 0; n < SINGLE; n++) {
    await ask(port, sqs('SendMessage', { QueueUrl: queueUrl('single'), MessageBody: String(Date.now()) }))
    await new Promise(resolve => setTimeout(resolve, PAUSE_MS))
  }
  const runs = await runsOf(port, 'single')
  const times = runs.flatMap(({ at, sent }) => sent.map(text => at - Number(text))).slice(1)
  if (times.length !== SINGLE - 1) throw new Error(`${times.length + 1} of ${SINGLE} messages came to the function`)
  const note = `p90 ${percentile(times, 0.9).toFixed(1)} ms, p99 ${percentile(times, 0.99).toFixed(1)} ms`
  const name = "SQS SendMessage to the function's first line, warm, p50"
  say({ name, aim: { most: 20 }, measured: percentile(times), unit: 'ms', note })

  await wire(port, 'many')
  const began = Date.now()
  await sendAll(port, MANY / 10, n => batch('many', n))
  const sentMs = Date.now() - began
  const done = await runsOf(port, 'many')
  const bodies = done.flatMap(({ sent }) => sent)
  if (new Set(bodies).size !== MANY) throw new Error(`${new Set(bodies).size} of ${MANY} messages came to the function`)
  const last = Math.max(...done.map(({ at }) => at)) - began
  say({
    name: `SQS → Lambda, ${MANY} messages to the last effect`,
    aim: undefined,
    measured: last / 1000,
    unit: 's',
    note: `in ${done.length} invocations, ${bodies.length} records; all sent after ${sentMs} ms`,
  })
}

function batch(name: string, n: number) {
  const Entries = Array.from({ length: 10 }, (_, i) => ({ Id: String(i), MessageBody: `${n}-${i}` }))
  return sqs('SendMessageBatch', { QueueUrl: queueUrl(name), Entries })
}
