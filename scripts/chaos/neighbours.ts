import { CreateTopicCommand, PublishCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns'
import { CreateQueueCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs'
import { type EmulatorProcess, startEmulatorProcess } from '../processes/emulator.ts'
import { workerdsOf } from '../processes/memory.ts'
import { counted, drain } from './draining.ts'
import { type Endpoint, endpointAt } from './endpoint.ts'
import { type Findings, insist, sleep } from './part.ts'

const NAMESPACES = ['first', 'second']
/** Of the process that is killed, from one death to the next. */
const KILL_MS = { least: 800, spread: 1600 }

export type Neighbours = { name: string; kills: number; found: Findings }

type Way = { /** Which of the two dies. */ struck: 0 | 1; seconds: number; random: () => number }

type Struck = { work(isOver: () => boolean): Promise<void>; verify(): Promise<Findings> }

/**
 * Two namespaces in two processes, of which one is killed time and again: what was asked of the other never fails, and
 * what was published in the one that dies arrives, once.
 */
export async function neighbours(dataPath: string, { struck, seconds, random }: Way): Promise<Neighbours> {
  const emulator = await startEmulatorProcess({ dataPath, args: ['--workers', '2'] })
  try {
    const [first, second] = NAMESPACES.map(name => endpointAt(`${emulator.url}/_ns/${name}`))
    if (!first || !second) throw new Error('There are two')
    const ends = { first: await queueIn(first), second: await queueIn(second) }
    const [spared, dying] = struck === 0 ? [second, first] : [first, second]
    const topic = await published(dying, struck === 0 ? ends.first : ends.second)
    const end = Date.now() + seconds * 1000
    const isOver = () => Date.now() > end
    const failures: string[] = []
    const kept = workerdsOf(emulator.pid)[1 - struck]
    const [kills, sent] = await Promise.all([
      killUntil({ emulator, kept, isOver }, random),
      sendIn(spared, { isOver, failures }),
      topic.work(isOver),
    ])
    const found = await topic.verify()
    const wrong = [...found.wrong, ...failures, ...(workerdsOf(emulator.pid).includes(kept ?? 0) ? [] : ['both died'])]
    const figure = `${found.figure} where it died, ${sent} requests beside it`
    return { name: `the ${NAMESPACES[struck]} of two workers`, kills, found: { ...found, figure, wrong } }
  } finally {
    await emulator.stop()
  }
}

type Killing = { emulator: EmulatorProcess; kept: number | undefined; isOver: () => boolean }

async function killUntil({ emulator, kept, isOver }: Killing, random: () => number): Promise<number> {
  let kills = 0
  for (;;) {
    await sleep(KILL_MS.least + random() * KILL_MS.spread)
    if (isOver()) return kills
    for (const pid of workerdsOf(emulator.pid).filter(each => each !== kept)) {
      kills += 1
      process.kill(pid, 'SIGKILL')
    }
  }
}

const FIFO = 'arrived.fifo'
const POLICY = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: 'sns.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: `arn:aws:sqs:us-east-1:123456789012:${FIFO}`,
    },
  ],
})

async function queueIn(endpoint: Endpoint): Promise<string> {
  const Attributes = { FifoQueue: 'true', Policy: POLICY }
  const { QueueUrl = '' } = await endpoint
    .client(SQSClient)
    .send(new CreateQueueCommand({ QueueName: FIFO, Attributes }))
  return QueueUrl
}

/** Asks without a pause, and once each. */
async function sendIn(
  endpoint: Endpoint,
  { isOver, failures }: { isOver: () => boolean; failures: string[] },
): Promise<number> {
  const sqs = endpoint.client(SQSClient)
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'beside' }))
  let sent = 0
  for (; !isOver(); sent++) {
    const input = { QueueUrl, MessageBody: String(sent) }
    await sqs.send(new SendMessageCommand(input)).catch(error => failures.push(`request ${sent} failed: ${error}`))
  }
  return sent
}

/** Publishes to a topic whose queue takes each once, again where it was not acknowledged. */
async function published(endpoint: Endpoint, QueueUrl: string): Promise<Struck> {
  const sns = endpoint.client(SNSClient)
  const { TopicArn = '' } = await sns.send(new CreateTopicCommand({ Name: FIFO, Attributes: { FifoTopic: 'true' } }))
  const Endpoint = TopicArn.replace(':sns:', ':sqs:')
  const Attributes = { RawMessageDelivery: 'true' }
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'sqs', Endpoint, Attributes }))
  const sent: string[] = []
  return {
    async work(isOver) {
      for (let n = 0; !isOver(); n++) {
        const id = `m-${n}`
        const input = { TopicArn, Message: id, MessageGroupId: 'g', MessageDeduplicationId: id }
        await insist(() => sns.send(new PublishCommand(input)))
        sent.push(id)
      }
    },
    async verify() {
      await insist(() => endpoint.admin('POST', '/_fakecloud/settle?settle=60000'))
      const counts = counted((await drain(endpoint.client(SQSClient), QueueUrl)).map(({ Body = '' }) => Body))
      const twice = [...counts].filter(([, count]) => count > 1).map(([id, count]) => `${id} came ${count} times`)
      return { figure: `${sent.length} events`, lost: sent.filter(id => !counts.has(id)), wrong: twice, repeated: 0 }
    },
  }
}
