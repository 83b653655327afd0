import {
  DeleteTransformerCommand,
  GetTransformerCommand,
  type Processor,
  PutSubscriptionFilterCommand,
  PutTransformerCommand,
  TestTransformerCommand,
} from '@aws-sdk/client-cloudwatch-logs'
import { expect, it } from 'vitest'
import { failure } from '../support/lambda.ts'
import { LOGS_ARN, testLogs, unpack } from '../support/logs.ts'
import { makeQueue } from '../support/sqs.ts'

function start() {
  const test = testLogs()
  const transform = async (transformerConfig: Processor[], ...logEventMessages: string[]) => {
    const input = { transformerConfig, logEventMessages }
    const { transformedLogs } = await test.logs.send(new TestTransformerCommand(input))
    return transformedLogs?.map(({ transformedEventMessage = '' }) => transformedEventMessage)
  }
  return { ...test, transform }
}

it('changes events by its processors, one after the other; what it cannot take stays as it is', async () => {
  const { transform } = start()
  const config: Processor[] = [
    { parseJSON: {} },
    { addKeys: { entries: [{ key: 'meta.env', value: 'test' }] } },
    { renameKeys: { entries: [{ key: 'lvl', renameTo: 'level' }] } },
    { lowerCaseString: { withKeys: ['level'] } },
    { copyValue: { entries: [{ source: 'user.id', target: 'userId' }] } },
    { typeConverter: { entries: [{ key: 'userId', type: 'integer' }] } },
    { splitString: { entries: [{ source: 'tags', delimiter: ',' }] } },
    { trimString: { withKeys: ['note'] } },
    { moveKeys: { entries: [{ source: 'note', target: 'meta' }] } },
    { listToMap: { source: 'pairs', key: 'k', valueKey: 'v', target: 'map', flatten: true, flattenedElement: 'last' } },
    { deleteKeys: { withKeys: ['user', 'pairs'] } },
  ]
  const event = {
    lvl: 'WARN',
    user: { id: '7' },
    tags: 'a,b',
    note: ' hm ',
    pairs: [
      { k: 'x', v: 1 },
      { k: 'x', v: 2 },
    ],
  }
  const [changed = '', kept] = (await transform(config, JSON.stringify(event), 'no JSON')) ?? []
  expect(JSON.parse(changed)).toEqual({
    level: 'warn',
    userId: 7,
    tags: ['a', 'b'],
    meta: { env: 'test', note: 'hm' },
    map: { x: 2 },
  })
  expect(kept).toBe('no JSON')
})

it('parses key-value pairs, separated values and text by Grok', async () => {
  const { transform } = start()
  const keyValue = { parseKeyValue: { fieldDelimiter: ' ', keyPrefix: 'p_', destination: 'kv' } }
  expect(await transform([keyValue], 'a=1 b=2')).toEqual(['{"kv":{"p_a":"1","p_b":"2"}}'])
  expect(await transform([{ csv: { columns: ['name', 'said'] } }], 'ann,"hello, ""you""",x')).toEqual([
    '{"name":"ann","said":"hello, \\"you\\"","column_3":"x"}',
  ])
  const grok = { grok: { match: '%{IP:client.ip} %{WORD:method} %{NOTSPACE:path} %{NUMBER:bytes}' } }
  const numbers = { typeConverter: { entries: [{ key: 'bytes', type: 'integer' as const }] } }
  expect(await transform([grok, numbers], '10.0.0.1 GET /a 512')).toEqual([
    '{"client":{"ip":"10.0.0.1"},"method":"GET","path":"/a","bytes":512}',
  ])
})

it('of a log group comes back as it was put; filters that ask for it see what it makes', async () => {
  const { aws, logs, group, put } = start()
  await group('g', 's')
  const transformerConfig: Processor[] = [
    { parseKeyValue: { fieldDelimiter: ' ' } },
    { typeConverter: { entries: [{ key: 'ms', type: 'integer' }] } },
  ]
  await logs.send(new PutTransformerCommand({ logGroupIdentifier: 'g', transformerConfig }))
  const get = () => logs.send(new GetTransformerCommand({ logGroupIdentifier: 'g' }))
  expect(await get()).toMatchObject({ logGroupIdentifier: `${LOGS_ARN}:log-group:g`, transformerConfig })
  const queue = await makeQueue(aws, 'q')
  const filter = { logGroupName: 'g', filterName: 'f', filterPattern: '{ $.ms > 100 }', destinationArn: queue.arn }
  await logs.send(new PutSubscriptionFilterCommand({ ...filter, applyOnTransformedLogs: true }))
  await put('g', 's', [Date.now(), 'path=/a ms=5'], [Date.now(), 'path=/b ms=500'])
  await aws.admin('POST', '/_fakecloud/settle')
  const [body] = await queue.bodies()
  expect(unpack(body ?? '').logEvents.map(({ message }) => message)).toEqual(['{"path":"/b","ms":500}'])
  await logs.send(new DeleteTransformerCommand({ logGroupIdentifier: 'g' }))
  expect(await failure(get())).toMatchObject({ message: 'The specified transformer does not exist.' })
})

it('is refused without a parser in front, and where a processor is not built', async () => {
  const { transform } = start()
  const refused = async (...config: Processor[]) => failure(transform(config, 'x'))
  expect(await refused({ trimString: { withKeys: ['a'] } })).toMatchObject({ name: 'InvalidParameterException' })
  expect(await refused({ grok: { match: '%{NOPE:a}' } })).toMatchObject({ name: 'InvalidParameterException' })
  expect(await refused({ parseWAF: {} })).toMatchObject({ name: 'NotImplemented', status: 501 })
})

it('copies that hold copies double no further than an event may be long; such an event stays as it came', async () => {
  const { transform } = start()
  const entries = Array.from({ length: 5 }, (_, i) => ({ source: `a${i}`, target: `a${i + 1}.x` }))
  const again = entries.map(({ source, target }) => ({ source, target: target.replace('.x', '.y') }))
  const copies = [...entries, ...again].sort((a, b) => (a.source < b.source ? -1 : 1))
  const config: Processor[] = [
    { parseJSON: {} },
    { copyValue: { entries: copies.slice(0, 5) } },
    { copyValue: { entries: copies.slice(5) } },
  ]
  const message = JSON.stringify({ a0: 'x'.repeat(200_000) })
  expect(await transform(config, message)).toEqual([message])
})

it('knows no grok pattern by what every object inherits', async () => {
  const { transform } = start()
  expect(await failure(transform([{ grok: { match: '%{constructor:a}' } }], 'x'))).toMatchObject({
    name: 'InvalidParameterException',
  })
})
