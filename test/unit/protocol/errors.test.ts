import { describe, expect, test } from 'vitest'
import { AwsError, errorData } from '../../../aws/errors.ts'
import { encodeError } from '../../../aws/wire/encode-error.ts'
import type { WireForm, WireKnobs } from '../../../aws/wire/types.ts'
import { modelNamed } from './wire.ts'

type Case = { error: AwsError; method?: string; knobs?: WireKnobs }

const encoded = (service: string | undefined, form: WireForm, { error, method = 'POST', knobs = {} }: Case) => {
  const failure = { error: errorData(error), requestId: 'ID', method, knobs }
  return encodeError(service === undefined ? undefined : modelNamed(service), form, failure)
}

const missing = new AwsError('QueueDoesNotExist', 'The specified queue does not exist.')

describe('JSON', () => {
  test('has the shape’s name after its namespace, and tells Query’s code to those who were used to it', async () => {
    const response = encoded('sqs', 'json', { error: missing, knobs: { errorNamespace: 'com.amazonaws.sqs' } })
    expect(response.status).toBe(400)
    expect(response.headers.get('x-amzn-query-error')).toBe('AWS.SimpleQueueService.NonExistentQueue;Sender')
    expect(await response.json()).toEqual({
      __type: 'com.amazonaws.sqs#QueueDoesNotExist',
      message: 'The specified queue does not exist.',
    })
  })

  test('has the namespaces of single codes, and Coral’s own', async () => {
    const knobs: WireKnobs = {
      errorNamespace: 'com.amazonaws.dynamodb.v20120810',
      errorNamespaces: { ValidationException: 'com.amazon.coral.validate' },
    }
    const type = async (code: string) => {
      const body = await encoded('dynamodb', 'json', { error: new AwsError(code), knobs }).json()
      return (body as { __type: string }).__type
    }
    expect(await type('ValidationException')).toBe('com.amazon.coral.validate#ValidationException')
    expect(await type('SerializationException')).toBe('com.amazon.coral.service#SerializationException')
    expect(await type('ResourceNotFoundException')).toBe('com.amazonaws.dynamodb.v20120810#ResourceNotFoundException')
  })

  test('carries modelled members, in the message’s modelled case', async () => {
    const error = new AwsError('TransactionCanceledException', 'cancelled', 0, {
      CancellationReasons: [{ Code: 'None' }],
      Other: 1,
    })
    expect(await encoded('dynamodb', 'json', { error }).json()).toEqual({
      __type: 'TransactionCanceledException',
      Message: 'cancelled',
      CancellationReasons: [{ Code: 'None' }],
    })
  })
})

describe('REST JSON', () => {
  test('names the error in a header, binds others, and has the modelled status', async () => {
    const error = new AwsError('TooManyRequestsException', 'Rate exceeded', 0, {
      retryAfterSeconds: '5',
      Reason: 'CallerRateLimitExceeded',
    })
    const response = encoded('lambda', 'rest-json', { error })
    expect(response.status).toBe(429)
    expect(response.headers.get('x-amzn-errortype')).toBe('TooManyRequestsException')
    expect(response.headers.get('retry-after')).toBe('5')
    expect(await response.json()).toEqual({ Type: 'User', message: 'Rate exceeded', Reason: 'CallerRateLimitExceeded' })
  })

  test('says what no model knows, too', async () => {
    const response = encoded('lambda', 'rest-json', {
      error: new AwsError('NotImplemented', 'lambda.X is not implemented', 501),
    })
    expect(response.status).toBe(501)
    expect(await response.json()).toEqual({ message: 'lambda.X is not implemented' })
  })
})

describe('Query', () => {
  test('has the wire code and the modelled status', async () => {
    const error = new AwsError('NoSuchEntityException', 'The user with name <u> cannot be found.')
    const response = encoded('iam', 'query', { error })
    expect(response.status).toBe(404)
    expect(await response.text()).toBe(
      '<?xml version="1.0" encoding="UTF-8"?>\n<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><Error>' +
        '<Type>Sender</Type><Code>NoSuchEntity</Code><Message>The user with name &lt;u&gt; cannot be found.</Message></Error>' +
        '<RequestId>ID</RequestId></ErrorResponse>',
    )
  })

  test('has the old codes of SQS', async () => {
    const text = await encoded('sqs', 'query', { error: missing }).text()
    expect(text).toContain('<Code>AWS.SimpleQueueService.NonExistentQueue</Code>')
    expect(text).toContain('<Detail/>')
  })
})

describe('S3', () => {
  test('stands alone, with what it is about', async () => {
    const error = new AwsError('NoSuchKey', 'The specified key does not exist.', 0, {
      Key: 'a&b',
      'x-amz-delete-marker': 'true',
    })
    const response = encoded('s3', 'rest-xml', { error, method: 'GET' })
    expect(response.status).toBe(404)
    expect(response.headers.get('x-amz-delete-marker')).toBe('true')
    expect(response.headers.get('x-amz-request-id')).toBe('ID')
    expect(await response.text()).toMatch(
      /^<\?xml version="1.0" encoding="UTF-8"\?>\n<Error><Code>NoSuchKey<\/Code><Message>The specified key does not exist.<\/Message><Key>a&amp;b<\/Key><RequestId>ID<\/RequestId><HostId>/,
    )
  })

  test('has no body where HTTP allows none', async () => {
    for (const [method, status] of [
      ['HEAD', 404],
      ['GET', 304],
    ] as const) {
      const response = encoded('s3', 'rest-xml', { error: new AwsError('NoSuchKey', 'x', status), method })
      expect([response.status, response.body]).toEqual([status, null])
    }
  })

  test('is how one is refused whose service is unknown', async () => {
    const response = encoded(undefined, 'rest-xml', { error: new AwsError('UnknownService', 'x', 403) })
    expect([response.status, (await response.text()).includes('<Code>UnknownService</Code>')]).toEqual([403, true])
  })
})

test('REST XML but for S3 answers as Query does', async () => {
  const text = await encoded('route53', 'rest-xml', {
    error: new AwsError('NoSuchHostedZone', 'No hosted zone'),
  }).text()
  expect(text).toContain(
    '<ErrorResponse xmlns="https://route53.amazonaws.com/doc/2013-04-01/"><Error><Type>Sender</Type>',
  )
})

test('EC2 has its own envelope', async () => {
  const text = await encoded(undefined, 'ec2', { error: new AwsError('InvalidInstanceID.NotFound', 'no') }).text()
  expect(text).toContain(
    '<Response><Errors><Error><Code>InvalidInstanceID.NotFound</Code><Message>no</Message></Error></Errors><RequestID>ID</RequestID>',
  )
})
