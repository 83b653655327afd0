import { CreateBucketCommand, GetObjectCommand, PutBucketCorsCommand, S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'

/** A body of which the end is sent when told. */
function slowBody() {
  const channel = new TransformStream<Uint8Array, Uint8Array>()
  const writer = channel.writable.getWriter()
  const send = (text: string) => writer.write(new TextEncoder().encode(text))
  return { body: channel.readable, send, end: () => writer.close() }
}

test('an upload whose bucket is erased meanwhile ends with a refusal, for a browser too', async () => {
  const aws = testClients()
  const s3 = aws.client(S3Client)
  const bucket = async () => {
    await s3.send(new CreateBucketCommand({ Bucket: 'cut' }))
    const CORSRules = [{ AllowedMethods: ['PUT'], AllowedOrigins: ['*'] }]
    await s3.send(new PutBucketCorsCommand({ Bucket: 'cut', CORSConfiguration: { CORSRules } }))
  }
  await bucket()
  const { body, send, end } = slowBody()
  const headers = { Origin: 'https://example.org', 'Content-Length': '3000001' }
  const init = { method: 'PUT', body, duplex: 'half', headers } as RequestInit
  const answer = fetch(`${aws.url}/cut/key`, init)
  await send('x'.repeat(3_000_000))
  await aws.admin('POST', '/_reset')
  await send('y')
  await end()
  const { status } = await answer
  // 404, should it come only after the reset.
  expect([404, 409]).toContain(status)
  await bucket()
  await expect(s3.send(new GetObjectCommand({ Bucket: 'cut', Key: 'key' }))).rejects.toThrow('not exist')
})
