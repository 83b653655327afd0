import {
  GetObjectCommand,
  PutBucketCorsCommand,
  PutBucketPolicyCommand,
  PutBucketWebsiteCommand,
  PutObjectCommand,
  PutPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3'
import { getSignedUrl } from '@aws-sdk/s3-request-presigner'
import { expect, test } from 'vitest'
import { setUpS3 } from '../support/s3.ts'

const ORIGIN = 'https://www.example.com'
const Bucket = 'site'

async function siteBucket() {
  const { aws, s3, create } = setUpS3()
  await create(Bucket)
  const CORSRules = [
    {
      AllowedOrigins: ['https://*.example.com'],
      AllowedMethods: ['PUT', 'GET'],
      AllowedHeaders: ['content-type', 'x-amz-*'],
      ExposeHeaders: ['ETag', 'x-amz-request-id'],
      MaxAgeSeconds: 600,
    },
    { AllowedOrigins: ['*'], AllowedMethods: ['HEAD'] },
  ]
  const allow = () => s3.send(new PutBucketCorsCommand({ Bucket, CORSConfiguration: { CORSRules } }))
  const ask = (path: string, headers: Record<string, string>) =>
    fetch(`${aws.url}/${path}`, { method: 'OPTIONS', headers })
  return { aws, s3, allow, ask }
}

test('a preflight is answered as the bucket’s CORS rules say', async () => {
  const { allow, ask } = await siteBucket()
  await allow()
  const answer = await ask('site/photos/cat.jpg', {
    Origin: ORIGIN,
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'Content-Type, X-Amz-Date',
  })
  expect(answer.status).toBe(200)
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'PUT, GET',
    'access-control-allow-headers': 'content-type, x-amz-date',
    'access-control-expose-headers': 'ETag, x-amz-request-id',
    'access-control-max-age': '600',
    vary: 'Origin, Access-Control-Request-Headers, Access-Control-Request-Method',
  })
  const everyone = await ask('site/a', { Origin: 'http://anyone', 'Access-Control-Request-Method': 'HEAD' })
  expect(everyone.headers.get('access-control-allow-origin')).toBe('*')
  expect(everyone.headers.get('access-control-allow-credentials')).toBeNull()
})

test('a preflight that no rule lets through is forbidden in AWS’s words', async () => {
  const { allow, ask } = await siteBucket()
  const before = await ask('site/a', { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT' })
  expect(before.status).toBe(403)
  expect(await before.text()).toContain(
    '<Code>AccessForbidden</Code><Message>CORSResponse: CORS is not enabled for this bucket.</Message><Method>PUT</Method><ResourceType>OBJECT</ResourceType>',
  )
  await allow()
  const refusals = [
    { Origin: 'https://www.example.org', 'Access-Control-Request-Method': 'PUT' },
    { Origin: ORIGIN, 'Access-Control-Request-Method': 'DELETE' },
    { Origin: ORIGIN, 'Access-Control-Request-Method': 'PUT', 'Access-Control-Request-Headers': 'authorization' },
  ]
  for (const headers of refusals) {
    const refusal = await ask('site', headers)
    expect(refusal.status).toBe(403)
    const text = await refusal.text()
    expect(text).toContain('CORSResponse: This CORS request is not allowed.')
    expect(text).toContain('<ResourceType>BUCKET</ResourceType>')
    expect(refusal.headers.get('access-control-allow-origin')).toBeNull()
  }
  const bare = await ask('site/a', {})
  expect(bare.status).toBe(400)
  expect(await bare.text()).toContain('Insufficient information. Origin request header needed.')
})

test('a browser’s own requests get CORS headers, refused ones too, and others do not', async () => {
  const { aws, s3, allow } = await siteBucket()
  await allow()
  await s3.send(new PutObjectCommand({ Bucket, Key: 'a.txt', Body: 'a' }))
  const found = await fetch(`${aws.url}/site/a.txt`, { headers: { Origin: ORIGIN } })
  expect(found.status).toBe(200)
  expect(found.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  expect(found.headers.get('access-control-expose-headers')).toBe('ETag, x-amz-request-id')
  const missing = await fetch(`${aws.url}/site/not-there`, { headers: { Origin: ORIGIN } })
  expect(missing.status).toBe(404)
  expect(missing.headers.get('access-control-allow-origin')).toBe(ORIGIN)
  const foreign = await fetch(`${aws.url}/site/a.txt`, { headers: { Origin: 'https://example.org' } })
  expect(foreign.status).toBe(200)
  expect(foreign.headers.get('access-control-allow-origin')).toBeNull()
  const plain = await fetch(`${aws.url}/site/a.txt`)
  expect(plain.headers.get('access-control-allow-origin')).toBeNull()
})

test('a static site’s bucket: public pages, and a browser that uploads by presigned URL after a preflight', async () => {
  const { aws, s3, allow, ask } = await siteBucket()
  await allow()
  const WebsiteConfiguration = { IndexDocument: { Suffix: 'index.html' }, ErrorDocument: { Key: '404.html' } }
  await s3.send(new PutBucketWebsiteCommand({ Bucket, WebsiteConfiguration }))
  const open = { BlockPublicPolicy: false, RestrictPublicBuckets: false }
  await s3.send(new PutPublicAccessBlockCommand({ Bucket, PublicAccessBlockConfiguration: open }))
  const Statement = { Effect: 'Allow', Principal: '*', Action: 's3:GetObject', Resource: 'arn:aws:s3:::site/*' }
  const Policy = JSON.stringify({ Version: '2012-10-17', Statement })
  await s3.send(new PutBucketPolicyCommand({ Bucket, Policy }))
  const upload = new PutObjectCommand({ Bucket, Key: 'index.html', ContentType: 'text/html' })
  // Or the SDK signs the checksum of an empty body, and AWS refuses every other.
  const signer = aws.client(S3Client)
  signer.config.requestChecksumCalculation = async () => 'WHEN_REQUIRED'
  const url = await getSignedUrl(signer, upload, { expiresIn: 60 })
  const preflight = await ask('site/index.html', {
    Origin: ORIGIN,
    'Access-Control-Request-Method': 'PUT',
    'Access-Control-Request-Headers': 'content-type',
  })
  expect(preflight.status).toBe(200)
  const put = await fetch(url, {
    method: 'PUT',
    body: '<h1>Hello</h1>',
    headers: { Origin: ORIGIN, 'content-type': 'text/html' },
  })
  expect(put.status).toBe(200)
  expect(put.headers.get('access-control-expose-headers')).toContain('ETag')
  const page = await fetch(`${aws.url}/site/index.html`, { headers: { Origin: ORIGIN } })
  expect(page.headers.get('content-type')).toBe('text/html')
  expect(await page.text()).toBe('<h1>Hello</h1>')
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: 'index.html' }))
  expect(await Body?.transformToString()).toBe('<h1>Hello</h1>')
})
