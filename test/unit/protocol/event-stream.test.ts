import { EventStreamCodec } from '@smithy/core/event-streams'
import { expect, test, vi } from 'vitest'
import { eventFrame } from '../../../aws/wire/event-frames.ts'
import { eventStreamBody } from '../../../aws/wire/event-stream.ts'
import type { Shape } from '../../../aws/wire/shapes.ts'
import { modelNamed } from './wire.ts'

const codec = new EventStreamCodec(
  bytes => new TextDecoder().decode(bytes as Uint8Array),
  text => new TextEncoder().encode(text),
)

/** Headers and body of each message, as an SDK reads them. */
async function messagesOf(stream: ReadableStream<Uint8Array>) {
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  const messages: { headers: Record<string, unknown>; body: string }[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = new DataView(bytes.buffer, at).getUint32(0)
    const { headers, body } = codec.decode(bytes.slice(at, at + length))
    const values = Object.entries(headers).map(([name, header]) => [name, header.value])
    messages.push({ headers: Object.fromEntries(values), body: new TextDecoder().decode(body) })
    at += length
  }
  return messages
}

function eventsOf(service: string, operation: string): Shape {
  const members = modelNamed(service).operation(operation)?.output?.members
  const shape = members?.find(member => member.shape.kind === 'structure' && member.shape.eventStream)?.shape
  if (!shape) throw new Error(operation)
  return shape
}

async function* values(...events: unknown[]) {
  yield* events
}

test('a frame is what the SDK’s codec makes of the same message', () => {
  const headers = { ':message-type': 'event', ':event-type': 'é' }
  const body = new TextEncoder().encode('hello')
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string' as const, value }])
  expect(eventFrame(headers, body)).toEqual(codec.encode({ headers: Object.fromEntries(typed), body }))
})

test('a blob is its event’s whole payload, other events are JSON', async () => {
  const shape = eventsOf('lambda', 'InvokeWithResponseStream')
  const events = values(
    { PayloadChunk: { Payload: new Uint8Array([104, 105]) } },
    { InvokeComplete: { LogResult: 'x' } },
    {},
  )
  const messages = await messagesOf(eventStreamBody(modelNamed('lambda'), shape, events))
  expect(messages).toEqual([
    {
      headers: { ':message-type': 'event', ':event-type': 'PayloadChunk', ':content-type': 'application/octet-stream' },
      body: 'hi',
    },
    {
      headers: { ':message-type': 'event', ':event-type': 'InvokeComplete', ':content-type': 'application/json' },
      body: '{"LogResult":"x"}',
    },
  ])
})

test('lines of JSON are events too, however they are cut', async () => {
  const text =
    '{"SubscribeToShardEvent":{"Records":[{"SequenceNumber":"1","Data":"aGk=","PartitionKey":"é"}],"MillisBehindLatest":0}}\n'
  const bytes = new TextEncoder().encode(text + text.trimEnd())
  const pieces = Array.from({ length: Math.ceil(bytes.length / 7) }, (_, at) => bytes.slice(at * 7, at * 7 + 7))
  const stream = new Blob(pieces).stream()
  const shape = eventsOf('kinesis', 'SubscribeToShard')
  const messages = await messagesOf(eventStreamBody(modelNamed('kinesis'), shape, stream))
  expect(messages.map(message => message.headers[':event-type'])).toEqual([
    'initial-response',
    'SubscribeToShardEvent',
    'SubscribeToShardEvent',
  ])
  expect(`{"SubscribeToShardEvent":${messages[1]?.body}}\n`).toBe(text)
})

test('an error among the events is an exception, and one that ends them is told', async () => {
  const logged = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  async function* failing() {
    yield { SessionStreamingException: { message: 'over' } }
    throw new Error('bug')
  }
  const shape = eventsOf('logs', 'StartLiveTail')
  const messages = await messagesOf(eventStreamBody(modelNamed('logs'), shape, failing()))
  expect(messages[1]).toMatchObject({
    headers: { ':message-type': 'exception', ':exception-type': 'SessionStreamingException' },
    body: '{"message":"over"}',
  })
  expect(messages[2]?.headers).toMatchObject({ ':message-type': 'error', ':error-code': 'InternalFailure' })
  expect(logged).toHaveBeenCalledOnce()
  logged.mockRestore()
})

test('a reader that goes away ends the events', async () => {
  let ended = false
  async function* endless() {
    try {
      for (;;) yield { sessionUpdate: { sessionResults: [] } }
    } finally {
      ended = true
    }
  }
  const reader = eventStreamBody(modelNamed('logs'), eventsOf('logs', 'StartLiveTail'), endless()).getReader()
  await reader.read()
  await reader.read()
  await reader.cancel()
  expect(ended).toBe(true)
})
