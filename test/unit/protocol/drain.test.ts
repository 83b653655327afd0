import { expect, test } from 'vitest'
import { drain } from '../../../worker/body.ts'

function request(chunks: number) {
  let sent = 0
  let cancelled = false
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent >= chunks) controller.close()
      else controller.enqueue(new Uint8Array(2 ** 20))
      sent += 1
    },
    cancel() {
      cancelled = true
    },
  })
  const init: RequestInit & { duplex: 'half' } = { method: 'PUT', body, duplex: 'half' }
  return { request: new Request('http://localhost/', init), sent: () => sent, cancelled: () => cancelled }
}

test('what nobody reads of a body is read to its end', async () => {
  const { request: put, sent, cancelled } = request(3)
  await drain(put)
  expect(sent()).toBe(4)
  expect(cancelled()).toBe(false)
})

test('but not for ever: a body without an end is left after some hundred megabytes', async () => {
  const { request: put, sent, cancelled } = request(Number.POSITIVE_INFINITY)
  await drain(put)
  expect(sent()).toBeLessThan(104)
  expect(cancelled()).toBe(true)
})
