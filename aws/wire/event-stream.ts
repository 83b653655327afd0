import { eventFrame } from './event-frames.ts'
import { readJson } from './json-in.ts'
import { writeMembers } from './json-out.ts'
import type { ServiceModel } from './model.ts'
import type { Member, Shape, Structure } from './shapes.ts'
import { MEMBER } from './table.ts'

const encoder = new TextEncoder()
const JSON_TYPE = { ':content-type': 'application/json' }

/**
 * The body of an answer that is a stream of events.
 * @param shape the union of events
 * @param events the union's values, or their JSON in lines, as they come
 */
export function eventStreamBody(model: ServiceModel, shape: Shape, events: unknown): ReadableStream<Uint8Array> {
  if (shape.kind !== 'structure') throw new Error('an event stream is a union of events')
  const frames = framesOf(model, shape, eventsOf(shape, events))
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await frames.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await frames.return(undefined)
    },
  })
}

async function* framesOf(
  model: ServiceModel,
  shape: Structure,
  events: AsyncIterable<unknown>,
): AsyncGenerator<Uint8Array, undefined> {
  // Forms without HTTP bindings send the output's other members first; none of our operations has any.
  if (!model.forms[0]?.startsWith('rest-')) yield messageFrame('initial-response', encoder.encode('{}'))
  try {
    for await (const event of events) {
      const frame = frameOf(shape, event)
      if (frame) yield frame
    }
  } catch (error) {
    console.error(error)
    yield eventFrame(
      { ':message-type': 'error', ':error-code': 'InternalFailure', ':error-message': '' },
      new Uint8Array(0),
    )
  }
  return undefined
}

const messageFrame = (type: string, payload: Uint8Array) =>
  eventFrame({ ':message-type': 'event', ':event-type': type, ...JSON_TYPE }, payload)

/** An event's frame; a union has one member set. */
function frameOf(shape: Structure, event: unknown): Uint8Array | undefined {
  const union = event as Record<string, unknown>
  const member = shape.members.find(each => union[each.name] !== undefined && union[each.name] !== null)
  if (member?.shape.kind !== 'structure') return undefined
  const value = union[member.name] as Record<string, unknown>
  const payload = member.shape.members.find(each => each.flags & MEMBER.eventPayload)
  if (payload) return payloadFrame(member, payload, value[payload.name])
  const body = encoder.encode(JSON.stringify(writeMembers(member.shape.members, value)))
  if (!member.shape.error) return messageFrame(member.wire, body)
  return eventFrame({ ':message-type': 'exception', ':exception-type': member.wire, ...JSON_TYPE }, body)
}

function payloadFrame(member: Member, payload: Member, value: unknown): Uint8Array {
  const text = payload.shape.kind === 'string'
  const headers = {
    ':message-type': 'event',
    ':event-type': member.wire,
    ':content-type': text ? 'text/plain' : 'application/octet-stream',
  }
  const bytes = typeof value === 'string' ? encoder.encode(value) : ((value ?? new Uint8Array(0)) as Uint8Array)
  return eventFrame(headers, bytes)
}

/** Events as values of the union. */
async function* eventsOf(shape: Structure, events: unknown): AsyncGenerator<unknown> {
  if (!(events instanceof ReadableStream)) {
    // An operation's output is as its generated type says.
    yield* (events ?? []) as AsyncIterable<unknown>
    return
  }
  for await (const line of linesOf(events)) yield readJson(shape, JSON.parse(line))
}

async function* linesOf(stream: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const bytes of stream) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    yield* lines.filter(line => line.trim() !== '')
  }
  if (rest.trim() !== '') yield rest
}
