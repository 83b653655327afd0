import { request } from 'node:http'
import { PutBucketWebsiteCommand, PutObjectCommand, type WebsiteConfiguration } from '@aws-sdk/client-s3'
import { expect, inject, test } from 'vitest'
import { setUpS3 } from '../support/s3.ts'

type Reply = { status: number; location: string | undefined; type: string | undefined; body: string }

async function setUp(WebsiteConfiguration: WebsiteConfiguration | undefined) {
  const { aws, s3, create } = setUpS3()
  await create('site')
  if (WebsiteConfiguration) await s3.send(new PutBucketWebsiteCommand({ Bucket: 'site', WebsiteConfiguration }))
  const put = (Key: string, Body: string, more = {}) =>
    s3.send(new PutObjectCommand({ Bucket: 'site', Key, Body, ContentType: 'text/html', ...more }))
  const host = `site.s3-website-us-east-1.${aws.namespace}.fakecloud.localhost`
  return { put, host, get: (path: string, method = 'GET') => visit(host, path, method) }
}

/** Asks for a page by the site's own host, whatever the machine's resolver makes of it. */
function visit(host: string, path: string, method: string): Promise<Reply> {
  const { hostname, port } = new URL(inject('emulatorUrl'))
  return new Promise((resolve, reject) => {
    const sent = request({ hostname, port, method, path, headers: { host } }, reply => {
      let body = ''
      reply.setEncoding('utf8')
      reply.on('data', text => (body += text))
      reply.once('end', () => {
        const { location, 'content-type': type } = reply.headers
        resolve({ status: reply.statusCode ?? 0, location, type, body })
      })
    })
    sent.once('error', reject)
    sent.end()
  })
}

test('a website serves its pages, index documents of directories, and its own page for errors', async () => {
  const { put, host, get } = await setUp({
    IndexDocument: { Suffix: 'index.html' },
    ErrorDocument: { Key: '404.html' },
  })
  await put('index.html', 'home')
  await put('docs/index.html', 'documents')
  await put('404.html', 'nothing here')
  expect(await get('/')).toMatchObject({ status: 200, type: 'text/html', body: 'home' })
  expect(await get('/docs/')).toMatchObject({ status: 200, body: 'documents' })
  expect(await get('/docs')).toMatchObject({ status: 302, location: `http://${host}/docs/` })
  expect(await get('/missing')).toMatchObject({ status: 404, body: 'nothing here' })
  expect(await get('/', 'HEAD')).toMatchObject({ status: 200, body: '' })
  expect((await get('/', 'POST')).status).toBe(405)
})

test('a website redirects by its rules, by its objects, and as a whole', async () => {
  const { put, host, get } = await setUp({
    IndexDocument: { Suffix: 'index.html' },
    RoutingRules: [
      { Condition: { KeyPrefixEquals: 'old/' }, Redirect: { ReplaceKeyPrefixWith: 'new/' } },
      {
        Condition: { HttpErrorCodeReturnedEquals: '404' },
        Redirect: { HostName: 'example.com', Protocol: 'https', HttpRedirectCode: '307', ReplaceKeyWith: 'lost' },
      },
    ],
  })
  await put('moved', '', { WebsiteRedirectLocation: 'https://example.com/there' })
  expect(await get('/old/a%20b')).toMatchObject({ status: 301, location: `http://${host}/new/a%20b` })
  expect(await get('/missing')).toMatchObject({ status: 307, location: 'https://example.com/lost' })
  expect(await get('/moved')).toMatchObject({ status: 301, location: 'https://example.com/there' })
  const whole = await setUp({ RedirectAllRequestsTo: { HostName: 'example.com', Protocol: 'https' } })
  expect(await whole.get('/a/b')).toMatchObject({ status: 301, location: 'https://example.com/a/b' })
})

test('a bucket that is no website says so on a page', async () => {
  const { get } = await setUp(undefined)
  const reply = await get('/')
  expect(reply).toMatchObject({ status: 404, type: 'text/html; charset=utf-8' })
  expect(reply.body).toContain('<li>Code: NoSuchWebsiteConfiguration</li>')
})
