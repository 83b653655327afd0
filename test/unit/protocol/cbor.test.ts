import { cbor, dateToTag } from '@smithy/core/cbor'
import { expect, test } from 'vitest'
import { type Handlers, serve, wireRequest } from './wire.ts'

const call = async (operation: string, body: Uint8Array, handlers: Handlers = {}) => {
  const url = `http://host/service/GraniteServiceVersion20100801/operation/${operation}`
  const headers = { 'smithy-protocol': 'rpc-v2-cbor', 'content-type': 'application/cbor' }
  const response = await serve(handlers, await wireRequest('POST', url, { headers, body: body as BodyInit }))
  return {
    status: response.status,
    headers: response.headers,
    body: cbor.deserialize(new Uint8Array(await response.arrayBuffer())),
  }
}

const datum = (value: object) => cbor.serialize({ Namespace: 'n', MetricData: [value] })

test('values arrive typed: tagged dates, whole and broken numbers', async () => {
  const seen: unknown[] = []
  const handlers: Handlers = {
    'cloudwatch.PutMetricData': input => {
      seen.push(input.MetricData)
      return {}
    },
  }
  const Timestamp = new Date(1_600_000_000_123)
  const body = datum({ MetricName: 'm', Value: 1.5, StorageResolution: 60, Timestamp: dateToTag(Timestamp) })
  expect((await call('PutMetricData', body, handlers)).status).toBe(200)
  expect(seen).toEqual([[{ MetricName: 'm', Value: 1.5, StorageResolution: 60, Timestamp }]])
})

test('answers are CBOR, with dates tagged', async () => {
  const Timestamp = new Date(1_600_000_000_000)
  const output = { Label: 'm', Datapoints: [{ Timestamp, Sum: 2.5 }] }
  const period = { StartTime: dateToTag(new Date(0)), EndTime: dateToTag(Timestamp), Period: 60 }
  const body = cbor.serialize({ Namespace: 'n', MetricName: 'm', ...period })
  const answer = await call('GetMetricStatistics', body, { 'cloudwatch.GetMetricStatistics': () => output })
  expect(answer.headers.get('smithy-protocol')).toBe('rpc-v2-cbor')
  expect(answer.body).toMatchObject({
    Label: 'm',
    Datapoints: [{ Timestamp: { tag: 1, value: 1_600_000_000 }, Sum: 2.5 }],
  })
})

test.each([
  ['a string for a number', datum({ MetricName: 'm', Value: 'x' })],
  ['a number for a string', datum({ MetricName: 5 })],
  ['a fraction for an integer', datum({ MetricName: 'm', StorageResolution: 1.5 })],
  ['a date beyond all time', datum({ MetricName: 'm', Timestamp: 1e300 })],
  ['a map for a list', cbor.serialize({ Namespace: 'n', MetricData: {} })],
  ['null in a list', cbor.serialize({ Namespace: 'n', MetricData: [null] })],
  ['a list for the input', cbor.serialize([])],
  ['an end in the middle', datum({ MetricName: 'm' }).slice(0, 20)],
  ['nesting deeper than the stack', new Uint8Array(300_000).fill(0x81)],
  ['a length beyond all memory', new Uint8Array([0x9a, 0x01, 0xff, 0xff, 0xff, 0x00])],
])('%s is refused', async (_, body) => {
  expect(await call('PutMetricData', body)).toMatchObject({ status: 400, body: { __type: 'SerializationException' } })
})

test('an unknown operation is refused', async () => {
  expect(await call('constructor', new Uint8Array(0))).toMatchObject({
    status: 404,
    body: { __type: 'UnknownOperationException' },
  })
})
