import { ask, inRound, latencies, paired, sendAll } from './load.ts'
import { percentile } from './figures.ts'
import type { Part } from './part.ts'
import { queueUrl, request, sqs } from './requests.ts'

export const MESSAGE = 'x'.repeat(100)
export const bareInsert = request('none', { method: 'POST', path: '/', body: JSON.stringify({ MessageBody: MESSAGE }) })

/** SendMessage against the bare insert, and what the other calls on a message cost. */
export const queues: Part = async ({ emulator: { port }, barePort, say }) => {
  await ask(port, sqs('CreateQueue', { QueueName: 'rate' }))
  const QueueUrl = queueUrl('rate')
  const send = sqs('SendMessage', { QueueUrl, MessageBody: MESSAGE })
  const { ratio, own, bare } = await paired(
    inRound(port, () => send),
    inRound(barePort, () => bareInsert),
  )
  const note = `${Math.round(own)}/s, bare ${Math.round(bare)}/s`
  say({ name: 'SQS SendMessage, of the bare rate', aim: { least: 65 }, measured: ratio * 100, unit: '%', note })
  const times = await latencies(port, 500, () => send)
  say({ name: 'SQS SendMessage, one after the other, p50', aim: undefined, measured: percentile(times), unit: 'ms' })
  const receive = sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 })
  const ms = await sendAll(port, 300, () => receive)
  say({ name: 'SQS ReceiveMessage of ten', aim: undefined, measured: 300_000 / ms, unit: '/s' })
}
