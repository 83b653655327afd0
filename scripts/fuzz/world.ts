import { strToU8, zipSync } from 'fflate'
import { loadModel } from '../../aws/wire/model.ts'
import { type Message, withHeader } from './messages.ts'
import { messageFor } from './wire-forms.ts'

export const ACCOUNT = '123456789012'
export const ARN = (service: string, rest: string, region = 'us-east-1') =>
  `arn:aws:${service}:${region}:${ACCOUNT}:${rest}`
const Role = `arn:aws:iam::${ACCOUNT}:role/fuzz`
const Queue = (name: string) => `http://localhost:4566/${ACCOUNT}/${name}`
const Policy = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
const Trust =
  '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"lambda.amazonaws.com"},"Action":"sts:AssumeRole"}]}'
const CODE = 'exports.handler = async event => { if (event && event.fail) throw new Error("asked to"); return event }'

const Website = {
  IndexDocument: { Suffix: 'a.txt' },
  ErrorDocument: { Key: 'none.html' },
  RoutingRules: [{ Condition: { KeyPrefixEquals: 'old/' }, Redirect: { ReplaceKeyPrefixWith: 'dir/' } }],
}
const Cors = { AllowedOrigins: ['http://*.com'], AllowedMethods: ['PUT', 'GET'], AllowedHeaders: ['*'] }
const ObjectLambda = {
  SupportingAccessPoint: ARN('s3', 'accesspoint/fuzz'),
  TransformationConfigurations: [
    { Actions: ['GetObject'], ContentTransformation: { AwsLambda: { FunctionArn: ARN('lambda', 'function:fuzz') } } },
  ],
}

type Seed = [service: string, operation: string, input: Record<string, unknown>]

/** What each namespace has before it is fuzzed. A service that is not built yet refuses its part. */
const SEEDS: readonly Seed[] = [
  ['sqs', 'CreateQueue', { QueueName: 'fuzz', Attributes: { VisibilityTimeout: '3600' }, tags: { a: 'b' } }],
  ['sqs', 'CreateQueue', { QueueName: 'fuzz-dead' }],
  [
    'sqs',
    'CreateQueue',
    { QueueName: 'fuzz.fifo', Attributes: { FifoQueue: 'true', ContentBasedDeduplication: 'true' } },
  ],
  ['sqs', 'SendMessage', { QueueUrl: Queue('fuzz'), MessageBody: 'one' }],
  ['sqs', 'SendMessage', { QueueUrl: Queue('fuzz.fifo'), MessageBody: 'one', MessageGroupId: 'a' }],
  ['sqs', 'ReceiveMessage', { QueueUrl: Queue('fuzz'), VisibilityTimeout: 43_200 }],
  ['iam', 'CreateRole', { RoleName: 'fuzz', AssumeRolePolicyDocument: Trust }],
  ['iam', 'PutRolePolicy', { RoleName: 'fuzz', PolicyName: 'fuzz', PolicyDocument: Policy }],
  ['iam', 'CreateUser', { UserName: 'fuzz' }],
  ['iam', 'CreateGroup', { GroupName: 'fuzz' }],
  ['iam', 'CreatePolicy', { PolicyName: 'fuzz', PolicyDocument: Policy }],
  ['iam', 'CreateInstanceProfile', { InstanceProfileName: 'fuzz' }],
  ['iam', 'CreateAccessKey', { UserName: 'fuzz' }],
  ['logs', 'CreateLogGroup', { logGroupName: 'fuzz' }],
  ['logs', 'CreateLogStream', { logGroupName: 'fuzz', logStreamName: 'fuzz' }],
  ['logs', 'PutRetentionPolicy', { logGroupName: 'fuzz', retentionInDays: 7 }],
  ['s3', 'CreateBucket', { Bucket: 'fuzz-bucket' }],
  ['s3', 'PutBucketVersioning', { Bucket: 'fuzz-bucket', VersioningConfiguration: { Status: 'Enabled' } }],
  ['s3', 'PutObject', { Bucket: 'fuzz-bucket', Key: 'a.txt', Body: strToU8('some text'), ContentType: 'text/plain' }],
  ['s3', 'PutObject', { Bucket: 'fuzz-bucket', Key: 'dir/b c.txt', Body: strToU8('more') }],
  ['s3', 'PutBucketWebsite', { Bucket: 'fuzz-bucket', WebsiteConfiguration: Website }],
  ['s3', 'PutBucketCors', { Bucket: 'fuzz-bucket', CORSConfiguration: { CORSRules: [Cors] } }],
  ['s3', 'CreateMultipartUpload', { Bucket: 'fuzz-bucket', Key: 'big' }],
  [
    'lambda',
    'CreateFunction',
    { FunctionName: 'fuzz', Runtime: 'nodejs22.x', Handler: 'index.handler', Role, Code: { ZipFile: zipOf(CODE) } },
  ],
  ['lambda', 'PublishVersion', { FunctionName: 'fuzz' }],
  ['lambda', 'CreateAlias', { FunctionName: 'fuzz', Name: 'live', FunctionVersion: '1' }],
  ['lambda', 'CreateFunctionUrlConfig', { FunctionName: 'fuzz', AuthType: 'NONE' }],
  [
    'lambda',
    'AddPermission',
    {
      FunctionName: 'fuzz',
      StatementId: 'url',
      Action: 'lambda:InvokeFunctionUrl',
      Principal: '*',
      FunctionUrlAuthType: 'NONE',
    },
  ],
  ['lambda', 'PublishLayerVersion', { LayerName: 'fuzz', Content: { ZipFile: zipOf('exports.x = 1') } }],
  ['events', 'PutRule', { Name: 'fuzz', EventPattern: '{"source":[{"prefix":""}]}' }],
  ['events', 'PutTargets', { Rule: 'fuzz', Targets: [{ Id: 'fuzz', Arn: ARN('sqs', 'fuzz') }] }],
  ['events', 'CreateEventBus', { Name: 'fuzz' }],
  ['events', 'CreateArchive', { ArchiveName: 'fuzz', EventSourceArn: ARN('events', 'event-bus/default') }],
  [
    'events',
    'CreateConnection',
    {
      Name: 'fuzz',
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: { ApiKeyName: 'key', ApiKeyValue: 'value' } },
    },
  ],
  ['s3control', 'CreateAccessPoint', { AccountId: ACCOUNT, Name: 'fuzz', Bucket: 'fuzz-bucket' }],
  ['s3control', 'CreateAccessPointForObjectLambda', { AccountId: ACCOUNT, Name: 'fuzz', Configuration: ObjectLambda }],
  ['sns', 'CreateTopic', { Name: 'fuzz' }],
  ['scheduler', 'CreateScheduleGroup', { Name: 'fuzz' }],
  [
    'scheduler',
    'CreateSchedule',
    {
      Name: 'fuzz',
      GroupName: 'fuzz',
      ScheduleExpression: 'rate(1 minute)',
      FlexibleTimeWindow: { Mode: 'OFF' },
      Target: { Arn: ARN('sqs', 'fuzz'), RoleArn: 'arn:aws:iam::123456789012:role/none' },
    },
  ],
]

function zipOf(code: string): Uint8Array {
  return zipSync({ 'index.js': strToU8(code) })
}

export const BUCKETS: readonly string[] = ['fuzz-bucket', 'other-bucket', 'no-such-bucket']

/** Names by the member that takes them. */
export const NAMES: Readonly<Record<string, readonly string[]>> = {
  QueueUrl: [Queue('fuzz'), Queue('fuzz'), Queue('fuzz.fifo'), Queue('fuzz-dead'), Queue('none')],
  QueueName: ['fuzz', 'fuzz.fifo', 'fuzz-other'],
  SourceArn: [ARN('sqs', 'fuzz-dead'), 'arn:aws:s3:::fuzz-bucket'],
  QueueArn: [ARN('sqs', 'fuzz')],
  RoleName: ['fuzz', 'fuzz', 'other'],
  UserName: ['fuzz', 'fuzz', 'other'],
  GroupName: ['fuzz', 'fuzz', 'other'],
  PolicyName: ['fuzz', 'other'],
  InstanceProfileName: ['fuzz', 'other'],
  PolicyArn: [`arn:aws:iam::${ACCOUNT}:policy/fuzz`, 'arn:aws:iam::aws:policy/ReadOnlyAccess'],
  PolicyDocument: [Policy, Policy, '{}'],
  AssumeRolePolicyDocument: [Trust],
  RoleArn: [Role],
  RoleSessionName: ['session'],
  Role: [Role],
  logGroupName: ['fuzz', 'fuzz', 'other'],
  logStreamName: ['fuzz', 'other'],
  logGroupIdentifier: ['fuzz', ARN('logs', 'log-group:fuzz')],
  filterPattern: ['', 'ERROR', '{ $.a = 1 }', '[a, b, ...]', '?x -y', '{ $.a[0].b != "x*" && ($.c IS NULL) }'],
  Bucket: ['fuzz-bucket', 'fuzz-bucket', ...BUCKETS, 'arn:aws:s3:us-east-1:123456789012:accesspoint/fuzz'],
  AccountId: [ACCOUNT],
  SupportingAccessPoint: ['arn:aws:s3:us-east-1:123456789012:accesspoint/fuzz'],
  Key: ['a.txt', 'a.txt', 'dir/b c.txt', 'big', 'none', 'ü/💥'],
  CopySource: ['fuzz-bucket/a.txt', '/fuzz-bucket/dir/b%20c.txt', 'fuzz-bucket/none'],
  Delimiter: ['/', '', 'ir'],
  Prefix: ['', 'dir/', 'a'],
  ExpectedBucketOwner: [ACCOUNT, ACCOUNT, '111111111111'],
  FunctionName: ['fuzz', 'fuzz', 'fuzz', ARN('lambda', 'function:fuzz'), 'fuzz:live', 'fuzz:1', 'other'],
  FunctionVersion: ['1', '$LATEST', '99'],
  Rule: ['fuzz', 'fuzz', 'other'],
  EventBusName: ['default', 'fuzz', ARN('events', 'event-bus/fuzz'), 'other'],
  ArchiveName: ['fuzz', 'other'],
  EventSourceArn: [ARN('events', 'event-bus/default'), ARN('events', 'archive/fuzz')],
  EventPattern: ['{"source":["a"]}', '{"detail":{"a":[{"numeric":[">",0,"<",5]}]}}', '{"a":1}', '{'],
  Detail: ['{}', '{"a":1}', '[]'],
  InputTemplate: ['"<a>"', '{"a": <a>}', '<aws.events.event.json>'],
  TargetArn: [ARN('sqs', 'fuzz'), ARN('events', 'event-bus/fuzz')],
  ScheduleExpression: [
    'rate(5 minutes)',
    'cron(0/5 * * * ? *)',
    'cron(0 0 L * ? *)',
    'at(2030-01-01T00:00:00)',
    'rate(0 days)',
  ],
  ScheduleExpressionTimezone: ['UTC', 'Europe/Vienna', 'Mars/Base'],
  Qualifier: ['live', '1', '$LATEST', 'none'],
  LayerName: ['fuzz', 'other'],
  Handler: ['index.handler'],
  Runtime: ['nodejs22.x', 'nodejs24.x', 'python3.13'],
  Resource: [ARN('lambda', 'function:fuzz')],
  ResourceArn: [ARN('sqs', 'fuzz'), ARN('lambda', 'function:fuzz')],
  resourceArn: [ARN('logs', 'log-group:fuzz')],
}

/** The requests that fill a namespace, in order. */
export function seedMessages(namespace: string): Message[] {
  return SEEDS.map(([service, operationName, input]) => {
    const model = loadModel(service)
    const operation = model?.operation(operationName)
    const form = model?.forms[0]
    if (!model || !operation || !form) throw new Error(`There is no ${service}.${operationName}`)
    return inNamespace(messageFor({ model, operation, form }, input), namespace)
  })
}

/** The request in a namespace, unless it says one by itself. */
export function inNamespace(message: Message, namespace: string): Message {
  const named = message.headers.some(([name]) => name.toLowerCase() === 'x-fakecloud-namespace')
  return named ? message : withHeader(message, 'x-fakecloud-namespace', namespace)
}

/** Members of answers whose values later requests are made with. */
const HARVESTED =
  /(?:"|<)(ReceiptHandle|UploadId|VersionId|TaskHandle|nextToken|NextToken|NextMarker|Marker|NextContinuationToken|NextKeyMarker|AccessKeyId|RevisionId|CodeSha256|ETag|UUID|queryId|nextForwardToken|PolicyId|RoleId|FunctionUrl)(?:"\s*:\s*"|>)([^"<]{1,2000})["<]/g
const KEPT = 8

/** The names of one namespace, which grow with what its answers say. */
export function knownNames(): { names: Map<string, string[]>; harvest(body: Buffer): void } {
  const names = new Map(Object.entries(NAMES).map(([member, values]) => [member, [...values]]))
  const harvest = (body: Buffer) => {
    if (body.length > 100_000) return
    for (const [, found = '', value = ''] of body.toString('latin1').matchAll(HARVESTED)) {
      const member = ALIASES[found] ?? found
      names.set(member, [value, ...(names.get(member) ?? [])].slice(0, KEPT))
    }
  }
  return { names, harvest }
}

const ALIASES: Readonly<Record<string, string>> = {
  NextContinuationToken: 'ContinuationToken',
  NextKeyMarker: 'KeyMarker',
  NextMarker: 'Marker',
}
