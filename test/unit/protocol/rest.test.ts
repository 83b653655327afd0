import { describe, expect, test } from 'vitest'
import type { WireKnobs } from '../../../aws/wire/types.ts'
import { serve, wireRequest } from './wire.ts'

const ROOT = 'http://host'

/** What an operation is given, or how its request is refused. */
async function decoded(
  operation: string,
  request: Parameters<typeof wireRequest>,
  knobs: WireKnobs = { validation: false },
) {
  let seen: Record<string, unknown> | undefined
  const handlers = {
    [operation]: (input: Record<string, unknown>) => {
      seen = input
      return {}
    },
  }
  const response = await serve(handlers, await wireRequest(...request), knobs)
  return seen ?? `${response.status} ${await response.text()}`
}

const answered = async (operation: string, output: Record<string, unknown>, request: Parameters<typeof wireRequest>) =>
  serve({ [operation]: () => output }, await wireRequest(...request), { validation: false })

const signed = (service: string) => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20200101/eu-west-1/${service}/aws4_request, SignedHeaders=host, Signature=00`,
})

describe('what is bound outside of the body', () => {
  test('labels, the query and headers arrive typed', async () => {
    const url = `${ROOT}/2015-03-31/functions/my%2Ff/versions?Marker=a%20b&MaxItems=5`
    expect(await decoded('lambda.ListVersionsByFunction', ['GET', url, { headers: signed('lambda') }])).toEqual({
      FunctionName: 'my/f',
      Marker: 'a b',
      MaxItems: 5,
    })
    const headers = { 'if-modified-since': 'Wed, 21 Oct 2015 07:28:00 GMT', range: 'bytes=0-1' }
    expect(await decoded('s3.GetObject', ['GET', `${ROOT}/b/a%2Fb%20c+d?versionId=v`, { headers }])).toEqual({
      Bucket: 'b',
      Key: 'a/b c+d',
      VersionId: 'v',
      IfModifiedSince: new Date(Date.UTC(2015, 9, 21, 7, 28)),
      Range: 'bytes=0-1',
    })
  })

  test('a repeated parameter is a list, and the rest of the query may be a map', async () => {
    const url = `${ROOT}/tags/arn%3Aaws%3Ax?tagKeys=a&tagKeys=b`
    expect(await decoded('apigateway.UntagResource', ['DELETE', url, { headers: signed('apigateway') }])).toEqual({
      resourceArn: 'arn:aws:x',
      tagKeys: ['a', 'b'],
    })
  })

  test('what names the operation is no part of such a map', async () => {
    const url = `${ROOT}/restapis?mode=import&basepath=prepend`
    const request: Parameters<typeof wireRequest> = ['POST', url, { headers: signed('apigateway'), body: '{}' }]
    expect(await decoded('apigateway.ImportRestApi', request)).toMatchObject({ parameters: { basepath: 'prepend' } })
    expect(await decoded('apigateway.ImportRestApi', request)).not.toHaveProperty('parameters.mode')
  })

  test('metadata keeps its names, also those that JavaScript has', async () => {
    const headers = { 'x-amz-meta-A': '1', 'x-amz-meta-__proto__': '2' }
    const input = await decoded('s3.PutObject', ['PUT', `${ROOT}/b/k`, { headers }])
    expect(Object.entries((input as { Metadata: object }).Metadata)).toEqual(
      expect.arrayContaining([
        ['a', '1'],
        ['__proto__', '2'],
      ]),
    )
  })

  test('a presigned URL carries headers in its query', async () => {
    const url = `${ROOT}/b/k?X-Amz-Signature=s&x-amz-meta-a=1&x-amz-checksum-crc32=AAAAAA%3D%3D&Content-Type=x`
    expect(await decoded('s3.PutObject', ['PUT', url])).toMatchObject({
      Metadata: { a: '1' },
      ChecksumCRC32: 'AAAAAA==',
    })
    expect(await decoded('s3.PutObject', ['PUT', `${ROOT}/b/k?x-amz-meta-a=1`])).not.toHaveProperty('Metadata')
  })

  test('a list in a header is parted at commas, but not within quotes', async () => {
    const headers = { 'x-amz-object-attributes': 'ETag, "Object,Size",Checksum' }
    expect(await decoded('s3.GetObjectAttributes', ['GET', `${ROOT}/b/k?attributes`, { headers }])).toMatchObject({
      ObjectAttributes: ['ETag', 'Object,Size', 'Checksum'],
    })
  })
})

describe('what cannot be read', () => {
  test('a path that is no percent-encoding', async () => {
    expect(await decoded('s3.GetObject', ['GET', `${ROOT}/b/%zz`])).toMatch(
      /^400 .*<Code>InvalidURI<\/Code>.*<URI>\/%zz<\/URI>/s,
    )
    const url = `${ROOT}/2015-03-31/functions/%zz`
    expect(await decoded('lambda.GetFunction', ['GET', url, { headers: signed('lambda') }])).toMatch(/^400 /)
  })

  test('a number on S3', async () => {
    expect(await decoded('s3.ListObjectsV2', ['GET', `${ROOT}/b?list-type=2&max-keys=abc`])).toMatch(
      /^400 .*InvalidArgument.*Provided max-keys not an integer or within integer range.*<ArgumentName>max-keys.*<ArgumentValue>abc/s,
    )
    expect(await decoded('s3.UploadPart', ['PUT', `${ROOT}/b/k?uploadId=u&partNumber=x`])).toMatch(
      /Part number must be an integer between 1 and 10000, inclusive/,
    )
  })

  test('a number elsewhere', async () => {
    const url = `${ROOT}/2015-03-31/functions?MaxItems=abc`
    expect(await decoded('lambda.ListFunctions', ['GET', url, { headers: signed('lambda') }])).toMatch(/^400 /)
  })

  test('a date in a condition, which S3 disregards', async () => {
    const headers = { 'if-modified-since': 'yesterday' }
    expect(await decoded('s3.GetObject', ['GET', `${ROOT}/b/k`, { headers }])).toEqual({ Bucket: 'b', Key: 'k' })
  })

  test('a method that nothing answers', async () => {
    expect(await decoded('s3.GetObject', ['PATCH', `${ROOT}/b/k`])).toMatch(
      /^405 .*MethodNotAllowed.*The specified method is not allowed against this resource\./s,
    )
    expect(await decoded('', ['GET', `${ROOT}/nothing`, { headers: signed('lambda') }])).toMatch(/^404 /)
  })
})

describe('XML bodies', () => {
  const put = (query: string, body: string): Parameters<typeof wireRequest> => ['PUT', `${ROOT}/b?${query}`, { body }]

  test('are read whatever their prefixes, comments and character data', async () => {
    const body =
      '<?xml version="1.0"?><!-- c --><n:Tagging xmlns:n="u"><n:TagSet><n:Tag><n:Key>a&amp;&#65;&#x1F600;</n:Key>' +
      '<n:Value><![CDATA[<b>&amp;]]> c </n:Value></n:Tag></n:TagSet></n:Tagging>'
    expect(await decoded('s3.PutBucketTagging', put('tagging', body))).toMatchObject({
      Tagging: { TagSet: [{ Key: 'a&A😀', Value: '<b>&amp; c ' }] },
    })
  })

  const malformed =
    /^400 .*<Code>MalformedXML<\/Code><Message>The XML you provided was not well-formed or did not validate/s
  test.each([
    ['no XML', 'hello'],
    ['an open element', '<Tagging><TagSet>'],
    ['two roots', '<Tagging/><Tagging/>'],
    ['the wrong root', '<Other><TagSet/></Other>'],
    ['a missing member', '<Tagging/>'],
    [
      'a DTD',
      '<!DOCTYPE Tagging [<!ENTITY a "b">]><Tagging><TagSet><Tag><Key>&a;</Key><Value/></Tag></TagSet></Tagging>',
    ],
    ['an unknown entity', '<Tagging><TagSet><Tag><Key>&nbsp;</Key><Value/></Tag></TagSet></Tagging>'],
    ['a reference to no character', '<Tagging><TagSet><Tag><Key>&#xD800;</Key><Value/></Tag></TagSet></Tagging>'],
    ['a bare ampersand', '<Tagging><TagSet><Tag><Key>a & b</Key><Value/></Tag></TagSet></Tagging>'],
    ['nesting without end', `${'<Tagging>'.repeat(10_000)}${'</Tagging>'.repeat(10_000)}`],
    ['a dangerous name', '<Tagging><__proto__/><TagSet/></Tagging>'],
  ])('with %s are malformed', async (_, body) => {
    expect(await decoded('s3.PutBucketTagging', put('tagging', body))).toMatch(malformed)
  })

  test('with a value of the wrong type are malformed', async () => {
    const body = '<Delete><Object><Key>k</Key></Object><Quiet>maybe</Quiet></Delete>'
    expect(await decoded('s3.DeleteObjects', ['POST', `${ROOT}/b?delete`, { body }])).toMatch(malformed)
    const days = '<RestoreRequest><Days>x</Days></RestoreRequest>'
    expect(await decoded('s3.RestoreObject', ['POST', `${ROOT}/b/k?restore`, { body: days }])).toMatch(malformed)
  })
})

describe('answers', () => {
  test('have the status of their operation, or the one that a member states', async () => {
    expect((await answered('s3.PutBucketPolicy', {}, ['PUT', `${ROOT}/b?policy`, { body: '{}' }])).status).toBe(204)
    expect((await answered('s3.DeleteObject', {}, ['DELETE', `${ROOT}/b/k`])).status).toBe(204)
    const url = `${ROOT}/2015-03-31/functions/f/invocations`
    const invoke: Parameters<typeof wireRequest> = ['POST', url, { headers: signed('lambda') }]
    expect((await answered('lambda.Invoke', { StatusCode: 202 }, invoke)).status).toBe(202)
  })

  test('of a browser’s upload are empty or a document, as its status is', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' }
    const request: Parameters<typeof wireRequest> = ['POST', `${ROOT}/b`, { headers, body: '--x--' }]
    const empty = await answered('s3.PostObject', { ETagHeader: '"e"' }, request)
    expect([empty.status, empty.headers.get('etag'), await empty.text()]).toEqual([204, '"e"', ''])
    const output = { StatusCode: 201, Location: 'http://host/b/k', Bucket: 'b', Key: 'k', ETag: '"e"' }
    const created = await (await answered('s3.PostObject', output, request)).text()
    expect(created).toContain('<PostResponse xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Location>http://host/b/k')
  })

  test('carry a string as it is', async () => {
    const response = await answered('s3.GetBucketPolicy', { Policy: '{"a":1}' }, ['GET', `${ROOT}/b?policy`])
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['application/json', '{"a":1}'])
  })

  test('name S3’s root and namespace as S3 does', async () => {
    const text = await (await answered('s3.ListBuckets', { Buckets: [] }, ['GET', `${ROOT}/`])).text()
    expect(text).toContain(
      '<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets/></ListAllMyBucketsResult>',
    )
    const tags = await answered('s3.GetBucketTagging', { TagSet: [{ Key: 'a', Value: '' }] }, [
      'GET',
      `${ROOT}/b?tagging`,
    ])
    expect(await tags.text()).toContain('<TagSet><Tag><Key>a</Key><Value/></Tag></TagSet></Tagging>')
    const location = await answered('s3.GetBucketLocation', {}, ['GET', `${ROOT}/b?location`])
    expect(await location.text()).toContain(
      '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"></LocationConstraint>',
    )
  })

  test('never fail for a header that HTTP cannot carry', async () => {
    const Metadata = { 'bad name': 'x', lines: 'a\r\nb', zero: '\u0000', emoji: '😀' }
    const response = await answered('s3.HeadObject', { Metadata, ContentType: 'text/plain\n' }, ['HEAD', `${ROOT}/b/k`])
    expect(response.status).toBe(200)
    expect(response.headers.get('x-amz-meta-emoji')).toBe('=?UTF-8?B?8J+YgA==?=')
    expect(response.headers.get('x-amz-meta-lines')).toBe('=?UTF-8?B?YQ0KYg==?=')
  })

  test('in REST JSON have an object even when they say nothing', async () => {
    const response = await answered('lambda.ListFunctions', {}, [
      'GET',
      `${ROOT}/2015-03-31/functions`,
      { headers: signed('lambda') },
    ])
    expect([response.headers.get('content-type'), await response.text()]).toEqual(['application/json', '{}'])
  })

  test('write dates as each service does', async () => {
    const get: Parameters<typeof wireRequest> = ['GET', `${ROOT}/v2/apis/a`, { headers: signed('apigateway') }]
    const CreatedDate = new Date(1_600_000_000_000)
    expect(await (await answered('apigatewayv2.GetApi', { CreatedDate }, get)).json()).toEqual({
      createdDate: '2020-09-13T12:26:40.000Z',
    })
  })
})
