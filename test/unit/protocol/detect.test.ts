import { describe, expect, test } from 'vitest'
import { credentialScope, detectService, detectWireForm, parseQuery, splitUrl } from '../../../aws/wire/detect.ts'
import { modelNamed, wireRequest } from './wire.ts'

const signed = (service: string, region = 'eu-west-1') => ({
  authorization: `AWS4-HMAC-SHA256 Credential=AKID/20200101/${region}/${service}/aws4_request, SignedHeaders=host, Signature=00`,
})
const serviceOf = async (...request: Parameters<typeof wireRequest>) => detectService(await wireRequest(...request))

describe('the service', () => {
  test.each([
    ['sqs', 'sqs'],
    ['monitoring', 'cloudwatch'],
    ['states', 'stepfunctions'],
    ['elasticloadbalancing', 'elbv2'],
    ['tagging', 'resourcegroupstaggingapi'],
    ['execute-api', 'apigatewaymanagementapi'],
    ['s3express', 's3'],
  ])('of the signing name %s is %s', async (name, service) => {
    expect(await serviceOf('POST', 'http://host/', { headers: signed(name) })).toBe(service)
  })

  test('of a signing name that several share is told by the path', async () => {
    expect(await serviceOf('GET', 'http://host/v2/apis', { headers: signed('apigateway') })).toBe('apigatewayv2')
    expect(await serviceOf('GET', 'http://host/restapis', { headers: signed('apigateway') })).toBe('apigateway')
    expect(await serviceOf('POST', 'http://host/v2/email/outbound-emails', { headers: signed('ses') })).toBe('sesv2')
    const control = { ...signed('s3'), 'x-amz-account-id': '1' }
    expect(await serviceOf('GET', 'http://host/v20180820/jobs', { headers: control })).toBe('s3control')
    expect(await serviceOf('GET', 'http://host/v20180820/jobs', { headers: signed('s3') })).toBe('s3')
  })

  test('of a target is the target’s, whoever signed', async () => {
    const headers = { 'x-amz-target': 'DynamoDBStreams_20120810.ListStreams', ...signed('dynamodb') }
    expect(await serviceOf('POST', 'http://host/', { headers })).toBe('dynamodbstreams')
  })

  test('of an unsigned Query is told by its version, in the form or the URL', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' }
    const body = 'Action=AssumeRoleWithWebIdentity&Version=2011-06-15'
    expect(await serviceOf('POST', 'http://host/', { headers, body })).toBe('sts')
    expect(await serviceOf('GET', `http://host/?${body}`)).toBe('sts')
  })

  test('of a CBOR path is the path’s', async () => {
    const url = 'http://host/service/GraniteServiceVersion20100801/operation/ListMetrics'
    expect(await serviceOf('POST', url, { headers: { 'smithy-protocol': 'rpc-v2-cbor' } })).toBe('cloudwatch')
    expect(await serviceOf('POST', url)).toBe('s3')
  })

  test('is S3 when nothing tells, and none when what tells is unknown', async () => {
    expect(await serviceOf('GET', 'http://host/bucket/key')).toBe('s3')
    expect(await serviceOf('GET', 'http://host/', { headers: signed('nothing') })).toBeUndefined()
    expect(await serviceOf('GET', 'http://host/', { headers: signed('constructor') })).toBeUndefined()
    expect(await serviceOf('POST', 'http://host/', { headers: { 'x-amz-target': 'Nothing.Do' } })).toBeUndefined()
  })
})

describe('the credential scope', () => {
  const scopeOf = async (...request: Parameters<typeof wireRequest>) => credentialScope(await wireRequest(...request))
  const scope = { accessKeyId: 'AKID', date: '20200101', region: 'eu-west-1', service: 's3' }

  test('is read from the header and from a presigned URL', async () => {
    expect(await scopeOf('GET', 'http://host/', { headers: signed('s3') })).toEqual(scope)
    const url = 'http://host/?X-Amz-Credential=AKID%2F20200101%2Feu-west-1%2Fs3%2Faws4_request'
    expect(await scopeOf('GET', url)).toEqual(scope)
  })

  test('has no region in SigV4a, and only the key in Signature Version 2', async () => {
    const authorization =
      'AWS4-ECDSA-P256-SHA256 Credential=AKID/20200101/s3/aws4_request, SignedHeaders=host, Signature=0'
    expect(await scopeOf('GET', 'http://host/', { headers: { authorization } })).toEqual({ ...scope, region: '' })
    const legacy = { accessKeyId: 'AKID', date: '', region: '', service: 's3' }
    expect(await scopeOf('GET', 'http://host/', { headers: { authorization: 'AWS AKID:signature' } })).toEqual(legacy)
    expect(await scopeOf('GET', 'http://host/?AWSAccessKeyId=AKID&Signature=s&Expires=1')).toEqual(legacy)
  })

  test('is none of what is malformed', async () => {
    for (const authorization of [
      'Bearer token',
      'AWS4-HMAC-SHA256 Credential=AKID',
      'AWS4-HMAC-SHA256 Credential=////',
    ]) {
      expect(await scopeOf('GET', 'http://host/', { headers: { authorization } })).toBeUndefined()
    }
  })
})

describe('the wire form', () => {
  const form = async (service: string, headers: Record<string, string>) =>
    detectWireForm(modelNamed(service), await wireRequest('POST', 'http://host/', { headers }))

  test('is the one that the client speaks', async () => {
    expect(await form('cloudwatch', { 'smithy-protocol': 'rpc-v2-cbor' })).toBe('rpc-v2-cbor')
    expect(await form('cloudwatch', { 'content-type': 'application/x-amz-json-1.0' })).toBe('json')
    expect(await form('cloudwatch', { 'content-type': 'application/x-www-form-urlencoded' })).toBe('query')
    expect(await form('sqs', { 'x-amz-target': 'AmazonSQS.SendMessage' })).toBe('json')
    expect(await form('sqs', {})).toBe('query')
    expect(await form('s3', {})).toBe('rest-xml')
    expect(await form('lambda', {})).toBe('rest-json')
    expect(await form('kms', {})).toBe('json')
  })
})

test('a URL is split as it was sent', () => {
  expect(splitUrl('http://h:1/a//b/%2F/../c?x=1&y#z')).toEqual({
    host: 'h:1',
    path: '/a//b/%2F/../c',
    query: [
      ['x', '1'],
      ['y', ''],
    ],
  })
  expect(splitUrl('http://h')).toEqual({ host: 'h', path: '/', query: [] })
  expect(splitUrl('http://h?a=/b')).toEqual({ host: 'h', path: '/', query: [['a', '/b']] })
})

test('a query is decoded pair by pair, and what cannot be decoded is kept', () => {
  expect(parseQuery('a=b+c%20d&e&=f&g=%zz&h=i=j&&%C3%A9=1')).toEqual([
    ['a', 'b c d'],
    ['e', ''],
    ['', 'f'],
    ['g', '%zz'],
    ['h', 'i=j'],
    ['é', '1'],
  ])
})
