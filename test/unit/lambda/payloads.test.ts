import { describe, expect, it } from 'vitest'
import {
  checkJson,
  parseClientContext,
  payloadText,
} from '../../../durable-objects/services/lambda/invocations/payloads.ts'

const bytes = (length: number) => new Uint8Array(length).fill(0x20)

describe('payloads', () => {
  it('are an empty object when there are none', () => {
    expect(payloadText(undefined, 'RequestResponse')).toBe('{}')
    expect(payloadText(new Uint8Array(0), 'Event')).toBe('{}')
  })

  it('may be 6 MB for an answer and 1 MB for an event', () => {
    expect(payloadText(bytes(6_291_456), 'RequestResponse')).toHaveLength(6_291_456)
    expect(payloadText(bytes(1_048_576), 'Event')).toHaveLength(1_048_576)
    expect(() => payloadText(bytes(6_291_457), 'RequestResponse')).toThrow(
      '6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)',
    )
    expect(() => payloadText('€'.repeat(400_000), 'Event')).toThrow(
      '1200000 byte payload is too large for the Event invocation type (limit 1048576 bytes)',
    )
  })

  it('must be JSON', () => {
    expect(() => checkJson('{"a":[1,null]}')).not.toThrow()
    expect(() => checkJson('hello')).toThrow(
      "Could not parse request body into json: Could not parse payload into json: Unrecognized token 'hello'",
    )
    expect(() => checkJson('{"a":')).toThrow(/^Could not parse request body into json: /)
  })

  it('may come with a client context of base64 JSON', () => {
    expect(parseClientContext(btoa('{"custom":{"a":1}}'))).toEqual({ custom: { a: 1 } })
    expect(parseClientContext(undefined)).toBeUndefined()
    expect(() => parseClientContext('%%%')).toThrow('Client context must be')
  })
})
