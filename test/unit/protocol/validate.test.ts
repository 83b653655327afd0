import { describe, expect, test } from 'vitest'
import { validate } from '../../../aws/wire/validate.ts'
import type { WireKnobs } from '../../../aws/wire/types.ts'
import { modelNamed } from './wire.ts'

const refused = (service: string, operation: string, input: Record<string, unknown>, knobs: WireKnobs = {}) => {
  try {
    validate(modelNamed(service), operation, input, knobs)
    return undefined
  } catch (error) {
    return error
  }
}

const message = (...[service, operation, input, knobs]: Parameters<typeof refused>) =>
  (refused(service, operation, input, knobs) as Error | undefined)?.message

describe('Coral’s words', () => {
  test('a missing member', () => {
    expect(refused('kinesis', 'DeleteStream', {})).toBeUndefined()
    expect(refused('kms', 'DescribeKey', {})).toMatchObject({
      code: 'ValidationException',
      status: 400,
      message:
        "1 validation error detected: Value null at 'keyId' failed to satisfy constraint: Member must not be null",
    })
  })

  test('several violations, in the model’s order', () => {
    const input = { TableName: 'a', KeySchema: [{ AttributeName: '', KeyType: 'X' }], AttributeDefinitions: [] }
    expect(message('dynamodb', 'CreateTable', input)).toBe(
      "2 validation errors detected: Value '' at 'keySchema.1.member.attributeName' failed to satisfy constraint: " +
        "Member must have length greater than or equal to 1; Value 'X' at 'keySchema.1.member.keyType' failed to satisfy " +
        'constraint: Member must satisfy enum value set: [HASH, RANGE]',
    )
  })

  test('ranges and patterns', () => {
    expect(message('logs', 'DescribeLogGroups', { limit: 51 })).toContain(
      "Value '51' at 'limit' failed to satisfy constraint: Member must have value less than or equal to 50",
    )
    expect(message('logs', 'DescribeLogGroups', { limit: 0 })).toContain('value greater than or equal to 1')
    expect(message('logs', 'CreateLogGroup', { logGroupName: 'a b' })).toContain(
      "Value 'a b' at 'logGroupName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\.\\-_/#A-Za-z0-9]+",
    )
  })

  test('items of a list are told for the whole of it, and with Lambda’s further clause', () => {
    const input = { FunctionName: 'f', Role: 'arn:aws:iam::123456789012:role/r', Code: {}, Architectures: ['foo'] }
    const rule = "Value '[foo]' at 'architectures' failed to satisfy constraint: Member must satisfy constraint: ["
    const plain = message('lambda', 'CreateFunction', input)
    expect(plain).toContain(`${rule}Member must satisfy enum value set: [x86_64, arm64]]`)
    const knobs: WireKnobs = { validation: { code: 'ValidationException', itemsNotNull: true } }
    expect(message('lambda', 'CreateFunction', input, knobs)).toContain(
      `${rule}Member must satisfy enum value set: [x86_64, arm64], Member must not be null]`,
    )
  })

  test('keys of a map; and what is sensitive is not repeated', () => {
    const Environment = { Variables: { '1': 'secret' } }
    const input = { FunctionName: 'f', Role: 'arn:aws:iam::123456789012:role/r', Code: {}, Environment }
    expect(message('lambda', 'CreateFunction', input)).toBe(
      "1 validation error detected: Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy " +
        'constraint: [Member must satisfy regular expression pattern: [a-zA-Z]([a-zA-Z0-9_])+]',
    )
  })

  test('a blob’s length, in bytes', () => {
    expect(message('kms', 'Decrypt', { CiphertextBlob: new Uint8Array(7000) })).toContain(
      'java.nio.HeapByteBuffer[pos=0 lim=7000 cap=7000]',
    )
  })

  test('a string’s length, in code points', () => {
    const put = (Description: string) => message('kms', 'UpdateKeyDescription', { KeyId: 'k', Description })
    expect(put('😀'.repeat(8192))).toBeUndefined()
    expect(put('😀'.repeat(8193))).toContain('Member must have length less than or equal to 8192')
  })
})

test('Smithy’s words', () => {
  const knobs: WireKnobs = { validation: { code: 'ValidationException', dialect: 'smithy' } }
  expect(message('scheduler', 'GetSchedule', {}, knobs)).toBe(
    "1 validation error detected. Value at '/name' failed to satisfy constraint: Member must not be null",
  )
  expect(message('scheduler', 'GetSchedule', { Name: '' }, knobs)).toContain(
    "Value with length 0 at '/name' failed to satisfy constraint: Member must have length between 1 and 64, inclusive",
  )
})

test('a service has its own code, or does it all itself', () => {
  const knobs: WireKnobs = { validation: { code: 'InvalidParameterException' } }
  expect(refused('logs', 'CreateLogGroup', {}, knobs)).toMatchObject({ code: 'InvalidParameterException' })
  expect(refused('sqs', 'SendMessage', {}, { validation: false })).toBeUndefined()
})

test('a token that clients make up may be missing', () => {
  const input = { SecretId: 's', SecretString: 'x' }
  expect(refused('secretsmanager', 'PutSecretValue', input)).toBeUndefined()
})

test('a message does not repeat a value without end', () => {
  const text = message('kms', 'UpdateKeyDescription', { KeyId: 'k', Description: 'x'.repeat(1_000_000) })
  expect(text?.length).toBeLessThan(5000)
})
