import type { Part } from './part.ts'
import { ask, inRound, latencies, paired, sendAll } from './load.ts'
import { percentile } from './figures.ts'
import { MESSAGE } from './queues.ts'
import { queueUrl, sns, sqs } from './requests.ts'

const QUEUES = ['first', 'second', 'third']
const TOPIC = 'arn:aws:sns:us-east-1:123456789012:rate'

const open = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' },
})

/** A message to three queues by one publish, until the last has it, beside three sends. */
export const topics: Part = async ({ emulator: { port }, say }) => {
  for (const QueueName of QUEUES) await ask(port, sqs('CreateQueue', { QueueName, Attributes: { Policy: open } }))
  await ask(port, sns('CreateTopic', { Name: 'rate' }))
  for (const name of QUEUES) {
    const Endpoint = `arn:aws:sqs:us-east-1:123456789012:${name}`
    await ask(port, sns('Subscribe', { TopicArn: TOPIC, Protocol: 'sqs', Endpoint }))
  }
  const publish = sns('Publish', { TopicArn: TOPIC, Message: MESSAGE })
  const sends = QUEUES.map(name => sqs('SendMessage', { QueueUrl: queueUrl(name), MessageBody: MESSAGE }))
  const { own, bare } = await paired(
    () => arrivedRate(port, publish),
    async () => (await inRound(port, n => sends[n % sends.length] ?? publish)()) / sends.length,
  )
  const note = `three sends ${Math.round(bare)}/s`
  say({ name: 'SNS Publish to three queues, all arrived', aim: { least: 500 }, measured: own, unit: '/s', note })
  say({
    name: 'SNS Publish to three queues, of three sends',
    aim: { least: 100 },
    measured: (own / bare) * 100,
    unit: '%',
  })
  const times = await latencies(port, 300, () => publish)
  say({ name: 'SNS Publish, one after the other, p50', aim: undefined, measured: percentile(times), unit: 'ms' })
}

const ROUND = 500

/** Publishes of a round a second, the deliveries to the last one included. */
async function arrivedRate(port: number, publish: Uint8Array): Promise<number> {
  const started = performance.now()
  await sendAll(port, ROUND, () => publish)
  await (await fetch(`http://127.0.0.1:${port}/_fakecloud/settle?settle=60000`, { method: 'POST' })).text()
  return (ROUND * 1000) / (performance.now() - started)
}
