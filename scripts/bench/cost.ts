import { readdirSync, readFileSync } from 'node:fs'
import { workerdsOf } from '../processes/memory.ts'
import { percentile } from './figures.ts'
import { ask, type Source, sendAll } from './load.ts'
import type { Part } from './part.ts'
import { bareInsert, MESSAGE } from './queues.ts'
import { events, queueUrl, s3, sns, sqs } from './requests.ts'

const ROUNDS = 3
const ROUND = 1000
/** As many as keep the Worker busy; fewer than would have it wait for the writer. */
const CONNECTIONS = 8
const WARM_UP = 4000

const PLACE = 'us-east-1:123456789012'
const QUEUES = ['first', 'second', 'third']
const open = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' },
})
const KILOBYTE = Buffer.alloc(1024, 'x')

type Cost = { name: string; most: number; source: Source; before?: (port: number) => Promise<void> }

const sending = sqs('SendMessage', { QueueUrl: queueUrl('plain'), MessageBody: MESSAGE })
const receiving = sqs('ReceiveMessage', { QueueUrl: queueUrl('full'), MaxNumberOfMessages: 1, VisibilityTimeout: 0 })
const publish = (topic: string) => sns('Publish', { TopicArn: `arn:aws:sns:${PLACE}:${topic}`, Message: MESSAGE })
const raw = publish('raw')
const enveloped = publish('enveloped')
const put = events('PutEvents', {
  Entries: [{ Source: 'bench', DetailType: 'made', Detail: JSON.stringify({ rule: 'first' }) }],
})

export const COSTS: readonly Cost[] = [
  { name: 'SQS SendMessage', most: 1.54, source: () => sending },
  { name: 'SQS ReceiveMessage of one', most: 1.54, source: () => receiving },
  { name: 'S3 PUT of 1 KB', most: 1.82, source: n => s3('PUT', `/cost/small-${n % 500}`, KILOBYTE) },
  { name: 'S3 GET of 1 KB', most: 1.54, source: n => s3('GET', `/cost/small-${n % 100}`) },
  { name: 'SNS Publish to three queues, raw', most: 2.5, source: () => raw },
  { name: 'SNS Publish to three queues, enveloped', most: 4, source: () => enveloped },
  { name: 'EventBridge PutEvents to one of five rules', most: 2.2, source: () => put },
  {
    name: 'S3 PUT of 1 KB with a notification to a queue',
    most: 4,
    source: n => s3('PUT', `/told/${n % 500}`, KILOBYTE),
  },
]

/** Processor time that workerd takes for a request, as bare inserts of the same rounds: it varies less than rates do. */
export const cost: Part = async bench => {
  const { emulator, barePort, barePid, say } = bench
  await prepare(emulator.port)
  const own = (source: Source) => costOf(emulator.pid, emulator.port, source)
  const bare = () => costOf(barePid, barePort, () => bareInsert)
  await sendAll(barePort, WARM_UP, () => bareInsert, CONNECTIONS)
  for (const { source } of COSTS) await sendAll(emulator.port, WARM_UP, source, CONNECTIONS)
  const costs = COSTS.map(each => ({ ...each, ratios: [] as number[], times: [] as number[] }))
  for (let round = 0; round < ROUNDS; round++) {
    const once = await bare()
    for (const each of costs) {
      const time = await own(each.source)
      each.times.push(time)
      each.ratios.push(time / once)
    }
  }
  for (const { name, most, ratios, times } of costs) {
    const note = `${Math.round(percentile(times))} µs of processor time`
    say({ name: `${name}, of bare inserts`, aim: { most }, measured: percentile(ratios), unit: '', note })
  }
}

export async function prepare(port: number): Promise<void> {
  await ask(port, sqs('CreateQueue', { QueueName: 'plain' }))
  await ask(port, sqs('CreateQueue', { QueueName: 'full' }))
  await sendAll(port, 20, () => sqs('SendMessage', { QueueUrl: queueUrl('full'), MessageBody: MESSAGE }))
  for (const Name of QUEUES) {
    await ask(port, sqs('CreateQueue', { QueueName: Name, Attributes: { Policy: open } }))
  }
  for (const topic of ['raw', 'enveloped']) {
    await ask(port, sns('CreateTopic', { Name: topic }))
    for (const name of QUEUES) {
      const form = {
        TopicArn: `arn:aws:sns:${PLACE}:${topic}`,
        Protocol: 'sqs',
        Endpoint: `arn:aws:sqs:${PLACE}:${name}`,
        ...(topic === 'raw' && { 'Attributes.entry.1.key': 'RawMessageDelivery', 'Attributes.entry.1.value': 'true' }),
      }
      await ask(port, sns('Subscribe', form))
    }
  }
  for (const Name of ['first', 'second', 'third', 'fourth', 'fifth']) {
    const EventPattern = JSON.stringify({ source: ['bench'], detail: { rule: [Name] } })
    await ask(port, events('PutRule', { Name, EventPattern }))
    const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:${PLACE}:first` }]
    await ask(port, events('PutTargets', { Rule: Name, Targets }))
  }
  await ask(port, s3('PUT', '/cost'))
  await ask(port, s3('PUT', '/told'))
  const queue = `<Queue>arn:aws:sqs:${PLACE}:first</Queue><Event>s3:ObjectCreated:*</Event>`
  const configuration = `<QueueConfiguration>${queue}</QueueConfiguration>`
  const xml = `<NotificationConfiguration>${configuration}</NotificationConfiguration>`
  await ask(port, s3('PUT', '/told?notification', xml))
}

/** Microseconds of workerd's processor time a request. */
export async function costOf(pid: number, port: number, source: Source): Promise<number> {
  const before = processorTime(pid)
  await sendAll(port, ROUND, source, CONNECTIONS)
  return (processorTime(pid) - before) / 1000 / ROUND
}

/** Nanoseconds that the workerds below a process have run. */
function processorTime(pid: number): number {
  let sum = 0
  for (const workerd of workerdsOf(pid)) {
    for (const task of readdirSync(`/proc/${workerd}/task`)) {
      sum += Number(readFileSync(`/proc/${workerd}/task/${task}/schedstat`, 'latin1').split(' ')[0])
    }
  }
  return sum
}
