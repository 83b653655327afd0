import { percentile } from './figures.ts'
import { ask, latencies, sendAll } from './load.ts'
import type { Part } from './part.ts'
import { events, sqs } from './requests.ts'

const RULES = ['first', 'second', 'third', 'fourth', 'fifth']
const ROUND = 300

const open = JSON.stringify({
  Statement: { Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' },
})

/** An event put to five rules: one sends it to its queue, four do not match. Then all five do. */
export const buses: Part = async ({ emulator: { port }, say }) => {
  for (const Name of RULES) {
    await ask(port, sqs('CreateQueue', { QueueName: Name, Attributes: { Policy: open } }))
    const EventPattern = JSON.stringify({ source: ['bench'], detail: { rule: [Name, 'all'] } })
    await ask(port, events('PutRule', { Name, EventPattern }))
    const Targets = [{ Id: 'queue', Arn: `arn:aws:sqs:us-east-1:123456789012:${Name}` }]
    await ask(port, events('PutTargets', { Rule: Name, Targets }))
  }
  const put = (rule: string) =>
    events('PutEvents', { Entries: [{ Source: 'bench', DetailType: 'Measured', Detail: JSON.stringify({ rule }) }] })
  for (const [rule, what] of [
    ['third', 'one of five rules'],
    ['all', 'five rules'],
  ] as const) {
    const rate = await arrivedRate(port, put(rule))
    say({ name: `EventBridge PutEvents to ${what}, all arrived`, aim: undefined, measured: rate, unit: '/s' })
  }
  const times = await latencies(port, 300, () => put('third'))
  say({
    name: 'EventBridge PutEvents, one after the other, p50',
    aim: undefined,
    measured: percentile(times),
    unit: 'ms',
  })
}

/** Events of a round a second, the deliveries to the last one included. */
async function arrivedRate(port: number, put: Uint8Array): Promise<number> {
  const started = performance.now()
  await sendAll(port, ROUND, () => put)
  await (await fetch(`http://127.0.0.1:${port}/_fakecloud/settle?settle=60000`, { method: 'POST' })).text()
  return (ROUND * 1000) / (performance.now() - started)
}
