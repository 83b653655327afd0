import { ask, inRound, paired, sendAll } from './load.ts'
import type { Part } from './part.ts'
import { logs, queueUrl, sqs } from './requests.ts'
import { bareInsert } from './queues.ts'

const EVENTS = 100
const CALLS = 200

/** Log events put, alone and with a subscription filter that sends one in ten on, and found again by a pattern. */
export const logEvents: Part = async ({ emulator: { port }, barePort, say }) => {
  const [logGroupName, logStreamName] = ['rate', 'one']
  await ask(port, logs('CreateLogGroup', { logGroupName }))
  await ask(port, logs('CreateLogStream', { logGroupName, logStreamName }))
  const now = Date.now()
  const put = (events: number) => {
    const event = (_: unknown, i: number) => ({
      timestamp: now,
      message: `${i % 10 === 0 ? 'ERROR' : 'INFO'} done ${i}`,
    })
    return logs('PutLogEvents', { logGroupName, logStreamName, logEvents: Array.from({ length: events }, event) })
  }
  const one = put(1)
  const { ratio, own, bare } = await paired(
    inRound(port, () => one),
    inRound(barePort, () => bareInsert),
  )
  const note = `${Math.round(own)}/s, bare ${Math.round(bare)}/s`
  say({
    name: 'Logs PutLogEvents of one event, of the bare rate',
    aim: undefined,
    measured: ratio * 100,
    unit: '%',
    note,
  })
  const many = put(EVENTS)
  const rate = async () => (CALLS * EVENTS) / ((await sendAll(port, CALLS, () => many)) / 1000)
  const alone = await rate()
  say({ name: `Logs PutLogEvents of ${EVENTS}`, aim: undefined, measured: alone, unit: 'events/s' })
  await ask(port, sqs('CreateQueue', { QueueName: 'errors' }))
  const destinationArn = 'arn:aws:sqs:us-east-1:123456789012:errors'
  const filter = { logGroupName, filterName: 'f', filterPattern: 'ERROR', destinationArn }
  await ask(port, logs('PutSubscriptionFilter', filter))
  const subscribed = await rate()
  const shown = { name: 'Logs PutLogEvents with a subscription to SQS, of the rate without', unit: '%' }
  say({ ...shown, aim: undefined, measured: (subscribed / alone) * 100, note: `${Math.round(subscribed)} events/s` })
  await ask(port, sqs('ReceiveMessage', { QueueUrl: queueUrl('errors') }))
  const found = logs('FilterLogEvents', { logGroupName, filterPattern: 'ERROR', limit: 100 })
  const ms = await sendAll(port, CALLS, () => found)
  say({ name: 'Logs FilterLogEvents, a page of 100', aim: undefined, measured: CALLS / (ms / 1000), unit: '/s' })
}
