import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutBucketCorsCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post'
import { expect, test } from 'vitest'
import { listen } from '../support/s3-events.ts'
import { block } from '../support/s3-uploads.ts'
import { refused, setUpS3 } from '../support/s3.ts'
import { verifying } from '../support/verifying.ts'

const Bucket = 'forms'
// biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of S3's own.
const FILE_NAME = '${filename}'

type Extra = Partial<PresignedPostOptions>
type Sent = { fields?: Record<string, string | undefined>; file?: string | Uint8Array; name?: string }

/** Sends a form as a browser does. */
async function submit(url: string, { fields = {}, file = 'hello', name = 'a.txt' }: Sent) {
  const form = new FormData()
  for (const [field, value] of Object.entries(fields)) if (value !== undefined) form.append(field, value)
  form.append('file', new Blob([new Uint8Array(Buffer.from(file))]), name)
  const answer = await fetch(url, { method: 'POST', body: form, redirect: 'manual' })
  const body = await answer.text()
  const [, code] = /<Code>([^<]*)/.exec(body) ?? []
  const [, message] = /<Message>([^<]*)/.exec(body) ?? []
  return { status: answer.status, headers: answer.headers, body, code, message: message?.replaceAll('&quot;', '"') }
}

async function setUp() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const presign = (Key: string, more: Extra = {}) => createPresignedPost(s3, { Bucket, Key, ...more })
  /** Signs a form and sends it, with fields changed in between. */
  const post = async (Key: string, more: Extra = {}, { fields = {}, ...sent }: Sent = {}) => {
    const signed = await presign(Key, more)
    return submit(signed.url, { fields: { ...signed.fields, ...fields }, ...sent })
  }
  const read = async (Key: string) => (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString()
  const head = (Key: string) => s3.send(new HeadObjectCommand({ Bucket, Key }))
  return { aws, s3, presign, post, read, head }
}

test('a browser’s form uploads a file as its policy lets it, with the headers that its fields name', async () => {
  const { aws, s3, post, read, head } = await setUp()
  const heard = await listen({ aws, s3 }, Bucket, 's3:ObjectCreated:*')
  const Fields = {
    'Content-Type': 'text/x-test',
    'Cache-Control': 'max-age=5',
    'x-amz-meta-Colour': 'blau & grün',
    'x-amz-storage-class': 'STANDARD_IA',
    'x-amz-server-side-encryption': 'AES256',
    tagging: '<Tagging><TagSet><Tag><Key>a</Key><Value>1-2</Value></Tag></TagSet></Tagging>',
  }
  const Conditions = Object.entries(Fields).map(([name, value]) => ({ [name]: value }))
  const answer = await post(`uploads/${FILE_NAME}`, { Fields, Conditions }, { name: 'photo.txt' })
  expect([answer.status, answer.body, answer.headers.get('etag')]).toEqual([
    204,
    '',
    '"5d41402abc4b2a76b9719d911017c592"',
  ])
  expect(answer.headers.get('location')).toBe(`${aws.url}/forms/uploads%2Fphoto.txt`)
  expect(await read('uploads/photo.txt')).toBe('hello')
  expect(await head('uploads/photo.txt')).toMatchObject({
    ContentType: 'text/x-test',
    CacheControl: 'max-age=5',
    Metadata: { colour: expect.stringContaining('=?UTF-8?') },
    StorageClass: 'STANDARD_IA',
    ServerSideEncryption: 'AES256',
  })
  const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: 'uploads/photo.txt' }))
  expect(tags.TagSet).toEqual([{ Key: 'a', Value: '1-2' }])
  expect((await heard()).map(({ eventName, s3: { object } }) => [eventName, object.key, object.size])).toEqual([
    ['ObjectCreated:Post', 'uploads/photo.txt', 5],
  ])
})

test('a large file streams in, its end found where the form says', async () => {
  const { s3, post } = await setUp()
  const file = Buffer.concat([block('x', 2_500_000), Buffer.from('\r\n--------'), block('y', 600_000)])
  expect((await post('big', {}, { file })).status).toBe(204)
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'big' }))
  expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(file)).toBe(true)
})

test('the answer is what the form asks for', async () => {
  const { aws, s3, post } = await setUp()
  const ask = (status: string) => ({
    Fields: { success_action_status: status },
    Conditions: [{ success_action_status: status }],
  })
  const created = await post('my key', ask('201'))
  expect(created.status).toBe(201)
  expect(created.headers.get('content-type')).toBe('application/xml')
  for (const text of [
    '<Bucket>forms</Bucket>',
    '<Key>my key</Key>',
    `<Location>${aws.url}/forms/my%20key</Location>`,
  ]) {
    expect(created.body).toContain(text)
  }
  expect(created.body).toContain('<ETag>"5d41402abc4b2a76b9719d911017c592"</ETag>')
  const ok = await post('b', ask('200'))
  expect([ok.status, ok.body]).toEqual([200, ''])
  expect((await post('b', ask('302'))).status).toBe(204)
  const target = 'https://example.com/done?a=1'
  const redirect = (url: string) => ({
    Fields: { success_action_redirect: url },
    Conditions: [{ success_action_redirect: url }],
  })
  const sent = await post('dir/b', redirect(target))
  expect([sent.status, sent.headers.get('location')]).toEqual([
    303,
    `${target}&bucket=forms&key=dir%2Fb&etag=%225d41402abc4b2a76b9719d911017c592%22`,
  ])
  expect((await post('b', redirect('/relative'))).status).toBe(204)
  await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }))
  expect((await post('b')).headers.get('x-amz-version-id')).toMatch(/^.{32}$/)
})

test('what its policy does not allow is refused in AWS’s words, and nothing is stored', async () => {
  const { aws, post, head } = await setUp()
  const denied = (reason: string) => ({
    status: 403,
    code: 'AccessDenied',
    message: `Invalid according to Policy: ${reason}`,
  })
  expect(await post('a', {}, { fields: { key: 'b' } })).toMatchObject(
    denied('Policy Condition failed: ["eq", "$key", "a"]'),
  )
  expect(await post('a', {}, { fields: { acl: 'public-read' } })).toMatchObject(denied('Extra input fields: acl'))
  const range: Extra = { Conditions: [['content-length-range', 5, 10]] }
  expect(await post('a', range, { file: 'x'.repeat(12) })).toMatchObject({
    status: 400,
    code: 'EntityTooLarge',
    message: 'Your proposed upload exceeds the maximum allowed size',
  })
  expect(await post('a', range, { file: block('x', 500_000) })).toMatchObject({ status: 400, code: 'EntityTooLarge' })
  expect(await post('a', range, { file: 'x' })).toMatchObject({
    status: 400,
    code: 'EntityTooSmall',
    message: 'Your proposed upload is smaller than the minimum allowed size',
  })
  expect((await refused(head('a'))).status).toBe(404)
  expect((await post('a', range, { file: 'x'.repeat(10) })).status).toBe(204)
  await aws.admin('POST', '/_fakecloud/clock/advance', { seconds: 7200 })
  expect(await post('late')).toMatchObject(denied('Policy expired.'))
})

test('what is no upload by a form is refused', async () => {
  const { aws, presign } = await setUp()
  const url = `${aws.url}/${Bucket}`
  const plain = await fetch(url, { method: 'POST', body: 'x', headers: { 'content-type': 'text/html' } })
  expect([plain.status, await plain.text()]).toEqual([
    412,
    expect.stringContaining('Bucket POST must be of the enclosure-type multipart/form-data'),
  ])
  const unbounded = await fetch(url, { method: 'POST', body: 'x', headers: { 'content-type': 'multipart/form-data' } })
  expect(await unbounded.text()).toContain('<Code>MalformedPOSTRequest</Code>')
  expect(await submit(url, {})).toMatchObject({
    status: 400,
    code: 'InvalidArgument',
    message: "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
  })
  const { fields } = await presign('a')
  expect(await submit(url, { fields: { ...fields, 'X-Amz-Signature': undefined } })).toMatchObject({
    message: expect.stringContaining("a field named 'X-Amz-Signature'"),
  })
  expect(await submit(url, { fields: { ...fields, Policy: 'e30=' } })).toMatchObject({
    status: 400,
    code: 'InvalidPolicyDocument',
    message: 'Invalid Policy: Policy missing expiration.',
  })
  const form = new FormData()
  form.append('key', 'a')
  const fileless = await fetch(url, { method: 'POST', body: form })
  expect(await fileless.text()).toContain('POST requires exactly one file upload per request.')
  expect(await submit(`${aws.url}/no-such-bucket`, { fields: { key: 'a' } })).toMatchObject({ code: 'NoSuchBucket' })
  expect(await submit(url, { fields: { key: 'a', 'x-amz-storage-class': 'Fake' } })).toMatchObject({
    code: 'InvalidStorageClass',
  })
})

test('a page of another origin that sends a form may read the answer, if CORS lets it', async () => {
  const { s3, presign, read } = await setUp()
  const CORSRules = [{ AllowedOrigins: ['https://app.example.com'], AllowedMethods: ['POST'], ExposeHeaders: ['ETag'] }]
  await s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
  const { url, fields } = await presign('a')
  const sent = (origin: string) => {
    const form = new FormData()
    for (const [name, value] of Object.entries({ ...fields, file: 'hello' })) form.append(name, value)
    return fetch(url, { method: 'POST', body: form, headers: { origin } })
  }
  const answer = await sent('https://app.example.com')
  expect(answer.status).toBe(204)
  expect(answer.headers.get('access-control-allow-origin')).toBe('https://app.example.com')
  expect(answer.headers.get('access-control-expose-headers')).toBe('ETag')
  expect((await sent('https://elsewhere.example.com')).headers.get('access-control-allow-origin')).toBeNull()
  expect(await read('a')).toBe('hello')
})

test('where signatures are verified, a form’s is: over its policy, by a key of the namespace', async () => {
  const { aws, root } = await verifying()
  const { accessKeyId, secretAccessKey } = root
  const client = (secret: string, id = accessKeyId) =>
    aws.client(S3Client, { credentials: { accessKeyId: id, secretAccessKey: secret } })
  const s3 = client(secretAccessKey)
  await s3.send(new CreateBucketCommand({ Bucket }))
  const signed = await createPresignedPost(s3, { Bucket, Key: 'a' })
  expect((await submit(signed.url, signed)).status).toBe(204)
  const forged = await createPresignedPost(client('forged'), { Bucket, Key: 'a' })
  expect(await submit(forged.url, forged)).toMatchObject({ status: 403, code: 'SignatureDoesNotMatch' })
  const stranger = await createPresignedPost(client('x', 'AKIAUNKNOWNUNKNOWN00'), { Bucket, Key: 'a' })
  expect(await submit(stranger.url, stranger)).toMatchObject({ status: 403, code: 'InvalidAccessKeyId' })
  const other = await createPresignedPost(s3, { Bucket, Key: 'b' })
  const swapped = { ...signed.fields, Policy: other.fields.Policy }
  expect(await submit(signed.url, { fields: swapped })).toMatchObject({ code: 'SignatureDoesNotMatch' })
  expect(await submit(signed.url, { fields: { key: 'a' } })).toMatchObject({ status: 403, code: 'AccessDenied' })
  const old = { key: 'a', policy: signed.fields.Policy, AWSAccessKeyId: accessKeyId, signature: 'x' }
  expect(await submit(signed.url, { fields: old })).toMatchObject({ status: 400, code: 'InvalidRequest' })
})
