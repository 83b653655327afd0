import { percentile } from './figures.ts'
import { ask, latencies, sendAll } from './load.ts'
import type { Bench, Part } from './part.ts'
import { createFunction, invoke, lambda, queueUrl, request, s3, sqs } from './requests.ts'

const ECHO = 'exports.handler = async event => ({ ok: true })'
const WITH_SDK = `const { SQSClient, SendMessageCommand } = require('@aws-sdk/client-sqs')
const sqs = new SQSClient()
exports.handler = async () => (await sqs.send(new SendMessageCommand({ QueueUrl: '${queueUrl('from-function')}', MessageBody: 'x' }))).MessageId`
const CLOCK = 'exports.handler = async event => ({ at: Date.now(), key: event.Records?.[0].s3.object.key })'
const COLD = 21
const AT_ONCE = 100

/** Functions: their first call, the next ones, and what leads to them. */
export const functions: Part = async bench => {
  const { port } = bench.emulator
  await ask(port, sqs('CreateQueue', { QueueName: 'from-function' }))
  await ask(port, createFunction('first-of-all', ECHO))
  await ask(port, invoke('first-of-all'))
  await cold(bench, { name: 'cold', code: ECHO, most: 50, title: 'Lambda cold, p50' })
  await cold(bench, { name: 'sdk', code: WITH_SDK, most: 150, title: 'Lambda cold with the AWS SDK used, p50' })
  const times = await latencies(port, 300, () => invoke('first-of-all'))
  bench.say({
    name: 'Lambda warm, p50',
    aim: { most: 4 },
    measured: percentile(times),
    unit: 'ms',
    note: `p99 ${percentile(times, 0.99).toFixed(1)} ms`,
  })
  await atOnce(bench)
  await fromUpload(bench)
}

type Cold = { name: string; code: string; most: number; title: string }

async function cold({ emulator: { port }, say }: Bench, { name, code, most, title }: Cold): Promise<void> {
  for (let n = 0; n < COLD; n++) await ask(port, createFunction(`${name}-${n}`, `${code}\n// ${n}`))
  const times = await latencies(port, COLD, n => invoke(`${name}-${n}`))
  const note = `p90 ${percentile(times, 0.9).toFixed(1)} ms, the first ${times[0]?.toFixed(1)} ms`
  say({ name: title, aim: { most }, measured: percentile(times.slice(1)), unit: 'ms', note })
}

async function atOnce({ emulator: { port }, say }: Bench): Promise<void> {
  await sendAll(port, AT_ONCE, n => createFunction(`many-${n}`, `${ECHO}\n// many ${n}`))
  const many = await sendAll(port, AT_ONCE, n => invoke(`many-${n}`), AT_ONCE)
  say({
    name: `Lambda: ${AT_ONCE} functions' first calls at once, all answered in`,
    aim: { most: 2 },
    measured: many / 1000,
    unit: 's',
  })
  await ask(port, createFunction('one', `${ECHO}\n// one`))
  const one = await sendAll(port, AT_ONCE, () => invoke('one'), AT_ONCE)
  say({
    name: `Lambda: ${AT_ONCE} first calls of one function at once`,
    aim: { most: 2 },
    measured: one / 1000,
    unit: 's',
  })
}

const UPLOADS = 60
const NOTIFICATION = `<NotificationConfiguration><CloudFunctionConfiguration>
<CloudFunction>arn:aws:lambda:us-east-1:123456789012:function:clock</CloudFunction><Event>s3:ObjectCreated:*</Event>
</CloudFunctionConfiguration></NotificationConfiguration>`

/** From the moment before the upload is sent to the function's own clock in its first line. */
async function fromUpload({ emulator: { port }, say }: Bench): Promise<void> {
  await ask(port, createFunction('clock', CLOCK))
  const permission = { StatementId: 's3', Action: 'lambda:InvokeFunction', Principal: 's3.amazonaws.com' }
  await ask(port, lambda('POST', '/2015-03-31/functions/clock/policy', permission))
  await ask(port, s3('PUT', '/notifying'))
  await ask(port, s3('PUT', '/notifying?notification', NOTIFICATION))
  const begun = new Map<string, number>()
  for (let n = 0; n < UPLOADS; n++) {
    begun.set(`key-${n}`, Date.now())
    await ask(port, s3('PUT', `/notifying/key-${n}`, 'x'))
    await new Promise(resolve => setTimeout(resolve, 30))
  }
  const path = '/_fakecloud/lambda/invocations?functionName=clock'
  const answer = JSON.parse((await ask(port, request('none', { method: 'GET', path }))).body.toString()) as Answer // as documented
  const times = answer.invocations.flatMap(({ result }) => {
    if (result === null) return []
    const { at, key = '' } = typeof result === 'string' ? (JSON.parse(result) as Ran) : result
    const from = begun.get(key)
    return from === undefined || key === 'key-0' ? [] : [at - from]
  })
  if (times.length < UPLOADS - 1) throw new Error(`${times.length} of ${UPLOADS} uploads came to the function`)
  const note = `p90 ${percentile(times, 0.9).toFixed(1)} ms`
  say({
    name: "S3 PUT to the function's first line, warm, p50",
    aim: { most: 20 },
    measured: percentile(times),
    unit: 'ms',
    note,
  })
}

type Ran = { at: number; key?: string }
type Answer = { invocations: { result: Ran | string | null }[] }
