import { setTimeout as sleep } from 'node:timers/promises'
import { startEmulatorProcess } from '../processes/emulator.ts'
import { memoryOf } from '../processes/memory.ts'
import { percentile } from './figures.ts'
import { ask, latencies } from './load.ts'
import type { Part } from './part.ts'
import { queueUrl, sqs } from './requests.ts'

const MEBIBYTE = 2 ** 20
const STARTS = 7
const IDLE_MS = 5000

/** How soon it is there, and what it takes of the machine while nothing happens. */
export const start: Part = async ({ say }) => {
  const times: number[] = []
  for (let n = 0; n < STARTS; n++) {
    const emulator = await startEmulatorProcess()
    times.push(emulator.readyMs)
    if (n === STARTS - 1) {
      await sleep(IDLE_MS)
      const { resident, proportional, processes } = memoryOf(emulator.pid)
      const each = processes.map(({ name, resident: own }) => `${name} ${Math.round(own / MEBIBYTE)}`).join(', ')
      const note = `${each}; ${Math.round(proportional / MEBIBYTE)} MB with shared pages counted once`
      say({ name: 'Idle memory of all processes', aim: { most: 220 }, measured: resident / MEBIBYTE, unit: 'MB', note })
    }
    await emulator.stop()
  }
  const note = `from ${Math.round(Math.min(...times))} to ${Math.round(Math.max(...times))} ms`
  say({ name: 'Start to Ready, median', aim: { most: 0.8 }, measured: percentile(times) / 1000, unit: 's', note })
}

const NAMESPACES = 1000

/** Namespaces: the first request in one, and a thousand beside each other. */
export const namespaces: Part = async ({ emulator: { port, pid }, say }) => {
  const inside = (n: number) => ({ 'x-fakecloud-namespace': `bench-${n}` })
  const before = memoryOf(pid).resident
  const times = await latencies(port, NAMESPACES, n => sqs('CreateQueue', { QueueName: 'own' }, inside(n)))
  const note = `p99 ${percentile(times, 0.99).toFixed(1)} ms`
  say({
    name: 'First request in a new namespace, p50',
    aim: { most: 4.5 },
    measured: percentile(times),
    unit: 'ms',
    note,
  })
  const last = percentile(times.slice(-100)) / percentile(times.slice(0, 100))
  say({ name: 'The same, the last hundred of a thousand to the first', aim: { most: 2 }, measured: last, unit: '×' })
  const QueueUrl = queueUrl('own')
  await latencies(port, NAMESPACES, n => sqs('SendMessage', { QueueUrl, MessageBody: `in ${n}` }, inside(n)))
  let own = 0
  for (let n = 0; n < NAMESPACES; n++) {
    const { body } = await ask(port, sqs('ReceiveMessage', { QueueUrl, MaxNumberOfMessages: 10 }, inside(n)))
    const bodies = [...body.toString().matchAll(/"Body":"([^"]*)"/g)].map(([, text]) => text)
    if (bodies.length === 1 && bodies[0] === `in ${n}`) own += 1
  }
  say({
    name: 'Namespaces in one process, each with its own queue',
    aim: { least: NAMESPACES },
    measured: own,
    unit: '',
  })
  const grown = (memoryOf(pid).resident - before) / MEBIBYTE
  say({ name: 'Memory of a thousand namespaces', aim: undefined, measured: grown, unit: 'MB' })
}
