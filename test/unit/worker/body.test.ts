import { expect, test } from 'vitest'
import type { AwsError } from '../../../aws/errors.ts'
import type { Env } from '../../../durable-objects/kernel/env.ts'
import { bodyReader, limited, overLimit } from '../../../worker/body.ts'

const env = (most: string, front?: string) =>
  ({ FAKECLOUD_MAX_REQUEST_BODY_BYTES: most, FAKECLOUD_FRONT: front }) as Env // no other binding is read

/** A request whose length nobody declares. */
const streamed = (text: string) =>
  new Request('https://host/', { method: 'PUT', body: new Blob([text]).stream(), duplex: 'half' } as RequestInit)

test('a body of unknown length is refused at the first byte too many, in the words of its service', async () => {
  const refusals: AwsError[] = []
  const read = (text: string) => {
    const request = streamed(text)
    const body = limited(request, env('10'), refusal => refusals.push(refusal('s3'), refusal('sqs')))
    return bodyReader({ headers: request.headers, body, arrayBuffer: () => request.arrayBuffer() })()
  }
  expect((await read('0123456789')).length).toBe(10)
  expect(refusals).toEqual([])
  await expect(read('0123456789+')).rejects.toMatchObject({ status: 413 })
  expect(refusals.map(({ code, status }) => [code, status])).toEqual([
    ['EntityTooLarge', 400],
    ['RequestEntityTooLarge', 413],
  ])
})

test('where there is a front, it has counted, and nothing stands between', () => {
  const request = streamed('0123456789+')
  expect(limited(request, env('10', 'true'), () => undefined)).toBe(request.body)
})

test('a declared length is enough to refuse, and only the front may say that there was more', () => {
  const over = (headers: Record<string, string>, front?: string) =>
    overLimit(new Request('https://host/', { method: 'PUT', headers }), env('10', front)) !== undefined
  expect([over({ 'content-length': '10' }), over({ 'content-length': '11' })]).toEqual([false, true])
  expect([over({ 'x-fakecloud-too-large': '1' }), over({ 'x-fakecloud-too-large': '1' }, 'true')]).toEqual([
    false,
    true,
  ])
})
