import { CreateBucketCommand, GetObjectCommand, S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { expect, test } from 'vitest'
import { refused } from '../support/s3.ts'
import { verifying } from '../support/verifying.ts'

test('where signatures are verified a form is taken by its policy’s signature, and no other form is', async () => {
  const at = await verifying()
  const { accessKeyId, secretAccessKey } = at.root
  const s3 = at.aws.client(S3Client, { credentials: { accessKeyId, secretAccessKey } })
  await s3.send(new CreateBucketCommand({ Bucket: 'photos' }))
  const { url, fields } = await createPresignedPost(s3, { Bucket: 'photos', Key: 'good', Expires: 60 })
  const post = async (changed: Record<string, string>, left: string[] = []) => {
    const form = new FormData()
    const all = Object.entries({ ...fields, ...changed }).filter(([name]) => !left.includes(name))
    for (const [name, value] of all) form.set(name, value)
    form.set('file', new Blob(['hello']))
    const reply = await fetch(url, { method: 'POST', body: form })
    return `${reply.status} ${/<Code>(\w+)</.exec(await reply.text())?.[1] ?? ''}`
  }
  const forged = { 'X-Amz-Signature': '0'.repeat(64) }
  expect(await post({ ...forged, key: 'bad' })).toMatch(/^403 (?:SignatureDoesNotMatch|AccessDenied)$/)
  expect(await post(forged)).toBe('403 SignatureDoesNotMatch')
  const other = Buffer.from(JSON.stringify({ expiration: '2099-01-01T00:00:00Z', conditions: [{ bucket: 'photos' }] }))
  expect(await post({ Policy: other.toString('base64') })).toBe('403 SignatureDoesNotMatch')
  const credential = (fields['X-Amz-Credential'] ?? '').replace(accessKeyId, 'AKIAIOSFODNN7EXAMPLE')
  expect(await post({ 'X-Amz-Credential': credential })).toBe('403 InvalidAccessKeyId')
  const signing = Object.keys(fields).filter(name => name.startsWith('X-Amz-') || name === 'Policy')
  expect(await post({}, signing)).toBe('403 AccessDenied')
  const absent = s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'good' }))
  expect((await refused(absent)).name).toBe('NoSuchKey')
  expect(await post({})).toBe('204 ')
  const { Body } = await s3.send(new GetObjectCommand({ Bucket: 'photos', Key: 'good' }))
  expect(await Body?.transformToString()).toBe('hello')
})
