import * as sdk from '@aws-sdk/client-s3'
import type { S3Client } from '@aws-sdk/client-s3'
import { expect, test } from 'vitest'
import { refused, setUpS3 } from '../support/s3.ts'

type Command = new (input: Record<string, unknown>) => Parameters<S3Client['send']>[0]

/** What a request is refused with: by operation, its input, and `code: message`. */
type Case = readonly [string, Record<string, unknown>, string]

const MALFORMED =
  'MalformedXML: The XML you provided was not well-formed or did not validate against our published schema'
const cors = (rule: object) => ({
  CORSConfiguration: { CORSRules: [{ AllowedMethods: ['GET'], AllowedOrigins: ['*'], ...rule }] },
})
const lifecycle = (...rules: object[]) => ({
  LifecycleConfiguration: { Rules: rules.map(rule => ({ Status: 'Enabled', Filter: { Prefix: '' }, ...rule })) },
})
const tags = (...TagSet: object[]) => ({ Tagging: { TagSet } })
const website = (WebsiteConfiguration: object) => ({ WebsiteConfiguration })
const policy = (statement: unknown, rest: object = { Version: '2012-10-17' }) => ({
  Policy: JSON.stringify({ ...rest, Statement: statement }),
})
const GOOD = {
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:root' },
  Action: 's3:GetObject',
  Resource: 'arn:aws:s3:::configured/*',
}

const CASES: Record<string, readonly Case[]> = {
  tags: [
    [
      'PutBucketTagging',
      tags({ Key: 'a', Value: '1' }, { Key: 'a', Value: '2' }),
      'InvalidTag: Cannot provide multiple Tags with the same key',
    ],
    [
      'PutBucketTagging',
      tags({ Key: 'aws:a', Value: '1' }),
      'InvalidTag: System tags cannot be added/updated by requester',
    ],
    ['PutBucketTagging', tags({ Key: '', Value: '1' }), 'InvalidTag: The TagKey you have provided is invalid'],
    [
      'PutBucketTagging',
      tags({ Key: 'a', Value: 'x'.repeat(257) }),
      'InvalidTag: The TagValue you have provided is invalid',
    ],
    [
      'PutBucketTagging',
      tags(...Array.from({ length: 51 }, (_, at) => ({ Key: `k${at}`, Value: '' }))),
      'BadRequest: Bucket tag count cannot be greater than 50',
    ],
  ],
  'CORS rules': [
    [
      'PutBucketCors',
      cors({ AllowedMethods: ['PATCH'] }),
      'InvalidRequest: Found unsupported HTTP method in CORS config. Unsupported method is PATCH',
    ],
    [
      'PutBucketCors',
      cors({ AllowedOrigins: ['http://*.*'] }),
      'InvalidRequest: AllowedOrigin "http://*.*" can not have more than one wildcard.',
    ],
    [
      'PutBucketCors',
      cors({ ExposeHeaders: ['x-*'] }),
      'InvalidRequest: ExposeHeader "x-*" contains wildcard. We currently do not support wildcard for ExposeHeader.',
    ],
    ['PutBucketCors', { CORSConfiguration: { CORSRules: [] } }, MALFORMED],
  ],
  'lifecycle rules': [
    ['PutBucketLifecycleConfiguration', lifecycle(), MALFORMED],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({}),
      'InvalidRequest: At least one action needs to be specified in a rule',
    ],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({ Expiration: { Days: 0 } }),
      "InvalidArgument: 'Days' for Expiration action must be a positive integer",
    ],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({ Expiration: { Date: new Date('2030-01-01T12:00:00Z') } }),
      "InvalidArgument: 'Date' must be at midnight GMT",
    ],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({ Expiration: { Days: 1, ExpiredObjectDeleteMarker: true } }),
      MALFORMED,
    ],
    ['PutBucketLifecycleConfiguration', lifecycle({ Expiration: { Days: 1 }, Prefix: 'both' }), MALFORMED],
    ['PutBucketLifecycleConfiguration', lifecycle({ Expiration: { Days: 1 }, Status: 'On' }), MALFORMED],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({ ID: 'a', Expiration: { Days: 1 } }, { ID: 'a', Expiration: { Days: 2 } }),
      'InvalidArgument: Rule ID must be unique. Found same ID for more than one rule',
    ],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({ Transitions: [{ Days: 10, StorageClass: 'STANDARD_IA' }] }),
      "InvalidArgument: 'Days' in Transition action must be greater than or equal to 30 for storageClass 'STANDARD_IA'",
    ],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({ Expiration: { Days: 10 }, Transitions: [{ Days: 10, StorageClass: 'GLACIER' }] }),
      "InvalidArgument: 'Days' in the Expiration action for filter '(prefix=)' must be greater than 'Days' in the Transition action",
    ],
    [
      'PutBucketLifecycleConfiguration',
      lifecycle({
        Filter: { Tag: { Key: 'a', Value: 'b' } },
        AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
      }),
      'InvalidRequest: AbortIncompleteMultipartUpload cannot be specified with Tags.',
    ],
  ],
  websites: [
    [
      'PutBucketWebsite',
      website({}),
      'InvalidArgument: A value for IndexDocument Suffix must be provided if RedirectAllRequestsTo is empty',
    ],
    [
      'PutBucketWebsite',
      website({ IndexDocument: { Suffix: 'a/index.html' } }),
      'InvalidArgument: The IndexDocument Suffix is not well formed',
    ],
    [
      'PutBucketWebsite',
      website({ IndexDocument: { Suffix: 'index.html' }, RedirectAllRequestsTo: { HostName: 'example.com' } }),
      'InvalidArgument: RedirectAllRequestsTo cannot be provided in conjunction with other Routing Rules.',
    ],
    [
      'PutBucketWebsite',
      website({
        IndexDocument: { Suffix: 'i' },
        RoutingRules: [{ Redirect: { ReplaceKeyWith: 'a', ReplaceKeyPrefixWith: 'b' } }],
      }),
      'InvalidRequest: You can only define ReplaceKeyPrefix or ReplaceKey but not both.',
    ],
  ],
  'bucket policies': [
    [
      'PutBucketPolicy',
      { Policy: 'no' },
      "MalformedPolicy: Policies must be valid JSON and the first byte must be '{'",
    ],
    ['PutBucketPolicy', { Policy: '{}' }, 'MalformedPolicy: Missing required field Statement'],
    ['PutBucketPolicy', policy([]), 'MalformedPolicy: Could not parse the policy: Statement is empty!'],
    [
      'PutBucketPolicy',
      policy([GOOD], { Version: '2020-01-01' }),
      'MalformedPolicy: The policy must contain a valid version string',
    ],
    [
      'PutBucketPolicy',
      policy([{ ...GOOD, Principal: undefined }]),
      'MalformedPolicy: Missing required field Principal',
    ],
    ['PutBucketPolicy', policy([{ ...GOOD, Resource: undefined }]), 'MalformedPolicy: Missing required field Resource'],
    ['PutBucketPolicy', policy([{ ...GOOD, Action: undefined }]), 'MalformedPolicy: Missing required field Action'],
    ['PutBucketPolicy', policy([{ ...GOOD, Effect: 'Maybe' }]), 'MalformedPolicy: Invalid effect: Maybe'],
    ['PutBucketPolicy', policy([{ ...GOOD, Extra: 1 }]), 'MalformedPolicy: Unknown field Extra'],
    ['PutBucketPolicy', policy([{ ...GOOD, Action: 'sqs:SendMessage' }]), 'MalformedPolicy: Policy has invalid action'],
    [
      'PutBucketPolicy',
      policy([{ ...GOOD, Resource: 'arn:aws:s3:::another/*' }]),
      'MalformedPolicy: Policy has invalid resource',
    ],
    [
      'PutBucketPolicy',
      policy([{ ...GOOD, Resource: 'arn:aws:s3:::configured' }]),
      'MalformedPolicy: Action does not apply to any resource(s) in statement',
    ],
    [
      'PutBucketPolicy',
      policy([{ ...GOOD, Principal: { AWS: 'someone' } }]),
      'MalformedPolicy: Invalid principal in policy',
    ],
    [
      'PutBucketPolicy',
      policy([{ ...GOOD, Condition: { Sometimes: { 'aws:SourceIp': '1.2.3.4' } } }]),
      'MalformedPolicy: Invalid Condition type : Sometimes',
    ],
    ['PutBucketPolicy', policy([{ ...GOOD, Principal: '*' }]), 'AccessDenied: Access Denied'],
  ],
  encryption: [
    [
      'PutBucketEncryption',
      {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256', KMSMasterKeyID: 'k' } }],
        },
      },
      'InvalidArgument: a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse',
    ],
    [
      'PutBucketEncryption',
      {
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'rot13' } }],
        },
      },
      MALFORMED,
    ],
  ],
  'ACLs, where the bucket has none': [
    ['PutBucketAcl', { ACL: 'private' }, 'AccessControlListNotSupported: The bucket does not allow ACLs'],
    ['PutBucketAcl', {}, 'MissingSecurityHeader: Your request was missing a required header'],
  ],
  'what contradicts a bucket’s state': [
    [
      'PutBucketVersioning',
      { VersioningConfiguration: {} },
      'IllegalVersioningConfigurationException: The Versioning element must be specified',
    ],
    [
      'PutObjectLockConfiguration',
      { ObjectLockConfiguration: { ObjectLockEnabled: 'Enabled' } },
      "InvalidBucketState: Versioning must be 'Enabled' on the bucket to apply a Object Lock configuration",
    ],
    [
      'PutBucketLogging',
      { BucketLoggingStatus: { LoggingEnabled: { TargetBucket: 'not-there', TargetPrefix: '' } } },
      'InvalidTargetBucketForLogging: The target bucket for logging does not exist',
    ],
    [
      'PutBucketReplication',
      {
        ReplicationConfiguration: {
          Role: 'arn:aws:iam::123456789012:role/r',
          Rules: [{ Status: 'Enabled', Prefix: '', Destination: { Bucket: 'arn:aws:s3:::not-there' } }],
        },
      },
      "InvalidRequest: Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    ],
  ],
}

for (const [what, cases] of Object.entries(CASES)) {
  test(`AWS’s own words refuse wrong ${what}, and nothing is changed`, async () => {
    const { s3, create } = setUpS3()
    await create('configured')
    const send = (operation: string, input: Record<string, unknown>) => {
      const Command = (sdk as unknown as Record<string, Command | undefined>)[`${operation}Command`]
      if (!Command) throw new Error(`The SDK has no ${operation}`)
      return s3.send(new Command({ Bucket: 'configured', ...input }))
    }
    const state = async (operation: string) => {
      const get = operation.replace(/^Put/, 'Get')
      const answer = await send(get, {}).then(
        (found: object) => found,
        (error: Error) => error.name,
      )
      return JSON.stringify(answer, (key, value) => (key === '$metadata' ? undefined : value))
    }
    for (const [operation, input, expected] of cases) {
      const before = await state(operation)
      const { name, message } = await refused(send(operation, input))
      expect(`${name}: ${message}`).toBe(expected)
      expect(await state(operation)).toBe(before)
    }
  })
}

test('a document that is missing or not XML is refused before anything else', async () => {
  const { aws, create } = setUpS3()
  await create('configured')
  const put = (query: string, body: string) =>
    fetch(`${aws.url}/configured?${query}`, {
      method: 'PUT',
      body,
      headers: { authorization: 'AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/s3/aws4_request' },
    })
  const empty = await put('tagging', '')
  expect(empty.status).toBe(400)
  expect(await empty.text()).toContain('<Code>MissingRequestBodyError</Code>')
  for (const body of ['not xml', '<Wrong/>', '<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>']) {
    const refusal = await put('tagging', body)
    expect(refusal.status, body).toBe(400)
    expect(await refusal.text(), body).toContain('<Code>MalformedXML</Code>')
  }
})
