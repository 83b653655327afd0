import type { Invocation } from '../../../durable-objects/shared/functions/contract.ts'
import type { Message } from '../../../durable-objects/shared/functions/session.ts'

export type Received = { kind: 'poll' } | { kind: 'invoke'; invocation: Invocation; payload: string }

const NEWLINE = 10

/** The messages of a session, in order, until its sender ends it. */
export async function* readMessages(body: ReadableStream<Uint8Array>): AsyncGenerator<Received> {
  const source = byteSource(body)
  const decoder = new TextDecoder()
  for (;;) {
    const line = await source.line()
    if (line === undefined) return
    // Written by encodeMessage.
    const message = JSON.parse(decoder.decode(line)) as Message
    if ('poll' in message) {
      yield { kind: 'poll' }
      continue
    }
    const payload = await source.take(message.bytes)
    if (payload === undefined) return
    yield { kind: 'invoke', invocation: message, payload: decoder.decode(payload) }
  }
}

function byteSource(body: ReadableStream<Uint8Array>) {
  const reader = body.getReader()
  let held: Uint8Array = new Uint8Array(0)
  const more = async (): Promise<boolean> => {
    const { done, value } = await reader.read()
    if (done) return false
    held = held.length === 0 ? value : concat([held, value])
    return true
  }
  const cut = (end: number, skip = 0): Uint8Array => {
    const part = held.subarray(0, end)
    held = held.subarray(end + skip)
    return part
  }
  const line = async (): Promise<Uint8Array | undefined> => {
    for (;;) {
      const end = held.indexOf(NEWLINE)
      if (end >= 0) return cut(end, 1)
      if (!(await more())) return undefined
    }
  }
  /** A payload of megabytes arrives in many pieces: they are joined once. */
  const take = async (count: number): Promise<Uint8Array | undefined> => {
    const parts = [held]
    let size = held.length
    while (size < count) {
      const { done, value } = await reader.read()
      if (done) return undefined
      parts.push(value)
      size += value.length
    }
    held = parts.length === 1 ? held : concat(parts)
    return cut(count)
  }
  return { line, take }
}

function concat(parts: Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((size, part) => size + part.length, 0))
  let at = 0
  for (const part of parts) {
    out.set(part, at)
    at += part.length
  }
  return out
}
