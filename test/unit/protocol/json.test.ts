import { describe, expect, test } from 'vitest'
import { type Handlers, serve, wireRequest } from './wire.ts'

const call = async (target: string, body: string | Uint8Array, handlers: Handlers = {}) => {
  const headers = { 'x-amz-target': target, 'content-type': 'application/x-amz-json-1.0' }
  return serve(handlers, await wireRequest('POST', 'http://host/', { headers, body: body as BodyInit }))
}

const refusal = async (target: string, body: unknown) => {
  const response = await call(target, typeof body === 'string' ? body : JSON.stringify(body))
  return { status: response.status, ...((await response.json()) as object) }
}

const serialization = (Message: string) => ({ status: 400, __type: 'SerializationException', Message })

describe('a value of the wrong type is refused in AWS’s words', () => {
  test.each([
    [{ MessageBody: 5 }, 'NUMBER_VALUE cannot be converted to String'],
    [{ MessageBody: 5.5 }, 'DECIMAL_VALUE cannot be converted to String'],
    [{ MessageBody: true }, 'TRUE_VALUE cannot be converted to String'],
    [{ MessageBody: {} }, 'Start of structure or map found where not expected.'],
    [{ MessageBody: [] }, 'Start of list found where not expected.'],
    [{ DelaySeconds: 'abc' }, 'STRING_VALUE cannot be converted to Integer'],
    [{ DelaySeconds: 1e300 }, 'NUMBER_VALUE cannot be converted to Integer'],
    [{ MessageAttributes: [] }, 'Start of list found where not expected.'],
    [{ MessageAttributes: { a: [] } }, 'Unexpected list'],
    [{ MessageAttributes: { a: 'x' } }, 'Expected structure or null'],
    [{ MessageAttributes: { a: { BinaryValue: '*' } } }, 'Invalid base64'],
    [{ MessageAttributes: { a: { BinaryValue: 'abc' } } }, 'Invalid base64'],
    [[], 'Start of structure or map expected'],
  ])('%j', async (body, message) => {
    expect(await refusal('AmazonSQS.SendMessage', body)).toEqual(serialization(message))
  })

  test('a list', async () => {
    expect(await refusal('AmazonSQS.SendMessageBatch', { Entries: 'x' })).toEqual(
      serialization('Expected list or null'),
    )
    const message = 'NULL_VALUE found where not expected.'
    expect(await refusal('AmazonSQS.SendMessageBatch', { Entries: [null] })).toEqual(serialization(message))
  })

  test('a timestamp, a boolean, a double', async () => {
    const target = 'GraniteServiceVersion20100801.PutMetricData'
    const put = (datum: object) => refusal(target, { Namespace: 'n', MetricData: [datum] })
    expect(await put({ Timestamp: 1e300 })).toMatchObject({ __type: 'SerializationException' })
    expect(await put({ Timestamp: 'yesterday' })).toMatchObject({
      Message: 'STRING_VALUE cannot be converted to Timestamp',
    })
    expect(await put({ Value: 'x' })).toMatchObject({ Message: 'STRING_VALUE cannot be converted to Double' })
    const alarm = await refusal('GraniteServiceVersion20100801.PutMetricAlarm', { ActionsEnabled: 'true' })
    expect(alarm).toMatchObject({ Message: 'STRING_VALUE cannot be converted to Boolean' })
  })
})

test('what is no JSON is refused without a message', async () => {
  for (const body of ['{', 'x', '\u0000', '{"a":1']) {
    expect(await refusal('AmazonSQS.SendMessage', body)).toEqual({ status: 400, __type: 'SerializationException' })
  }
})

test('an unknown operation is refused, an inherited name too', async () => {
  for (const target of ['AmazonSQS.Nothing', 'AmazonSQS.constructor', 'AmazonSQS.__proto__']) {
    expect(await refusal(target, {})).toEqual({ status: 400, __type: 'UnknownOperationException' })
  }
})

test('members that the model does not know are left out, and null is absent', async () => {
  const seen: unknown[] = []
  const handlers: Handlers = {
    'sqs.SendMessage': input => {
      seen.push(input)
      return {}
    },
  }
  await call('AmazonSQS.SendMessage', '{"QueueUrl":"u","MessageBody":"b","DelaySeconds":null,"Other":1}', handlers)
  expect(seen).toEqual([{ QueueUrl: 'u', MessageBody: 'b' }])
})

test('a key that is a name of JavaScript’s own is a key like any other', async () => {
  const seen: unknown[] = []
  const handlers: Handlers = {
    'sqs.TagQueue': input => {
      seen.push(Object.entries(input.Tags as object))
      return {}
    },
  }
  const body = '{"QueueUrl":"u","Tags":{"__proto__":"a","constructor":"b"},"__proto__":{"QueueUrl":"x"}}'
  expect((await call('AmazonSQS.TagQueue', body, handlers)).status).toBe(200)
  expect(seen).toEqual([
    [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ],
  ])
  expect('a' in {}).toBe(false)
})

test('nesting that no operation needs is refused', async () => {
  const deep = `{"TableName":"abc","Item":{"a":${'{"L":['.repeat(10_000)}${']}'.repeat(10_000)}}}`
  expect(await refusal('DynamoDB_20120810.PutItem', deep)).toEqual(serialization('Nesting is too deep'))
})

test('invalid UTF-8 is read as replacement characters', async () => {
  const handlers: Handlers = { 'sqs.SendMessage': input => ({ MessageId: String(input.MessageBody) }) }
  const body = new Uint8Array([...new TextEncoder().encode('{"QueueUrl":"u","MessageBody":"'), 0xff, 0x22, 0x7d])
  expect(await (await call('AmazonSQS.SendMessage', body, handlers)).json()).toEqual({ MessageId: '\ufffd' })
})

test('an answer is the model’s members: dates in seconds, blobs in base64, numbers that JSON lacks as text', async () => {
  const output = {
    KeyMetadata: { KeyId: 'k', CreationDate: new Date(1_600_000_000_500), Unknown: 1, Description: undefined },
  }
  const answer = await call('TrentService.DescribeKey', '{"KeyId":"k"}', { 'kms.DescribeKey': () => output })
  expect(await answer.json()).toEqual({ KeyMetadata: { KeyId: 'k', CreationDate: 1_600_000_000.5 } })
  const blob = { 'kms.Encrypt': () => ({ CiphertextBlob: new Uint8Array([1, 2, 3]) }) }
  const encrypted = await call('TrentService.Encrypt', '{"KeyId":"k","Plaintext":"AQ=="}', blob)
  expect(await encrypted.json()).toEqual({ CiphertextBlob: 'AQID' })
})

test('an operation without output answers as its version of JSON does', async () => {
  const deleted = await call('AmazonSQS.DeleteQueue', '{"QueueUrl":"u"}', { 'sqs.DeleteQueue': () => ({}) })
  expect([deleted.headers.get('content-type'), await deleted.text()]).toEqual(['application/x-amz-json-1.0', '{}'])
  const enabled = await call('TrentService.EnableKey', '{"KeyId":"k"}', { 'kms.EnableKey': () => ({}) })
  expect([enabled.headers.get('content-type'), await enabled.text()]).toEqual(['application/x-amz-json-1.1', ''])
})
