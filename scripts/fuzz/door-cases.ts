import type { Case } from './cases.ts'
import type { Message } from './messages.ts'
import type { Random } from './random.ts'
import type { Known } from './values.ts'
import { ACCOUNT, ARN } from './world.ts'
import { damaged } from './wire-faults.ts'

type Door = { title: string; method?: string; host?: string; path?: string; query?: string } & {
  headers?: Message['headers']
  body?: (random: Random) => Uint8Array
}

const TYPE = 'content-type'
const BOUNDARY = 'fuzz-boundary'
const EXPIRES = 'X-Amz-Date=20260101T000000Z&X-Amz-Expires=604800&X-Amz-SignedHeaders=host&X-Amz-Signature='
const presigned = (service: string) =>
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=test%2F20260101%2Fus-east-1%2F${service}%2Faws4_request&${EXPIRES}${'0'.repeat(64)}`
const SUBSCRIPTION = `${ARN('sns', 'fuzz')}:11111111-2222-3333-4444-555555555555`
const WEBSITE = 'fuzz-bucket.s3-website-us-east-1.amazonaws.com'
const POINT = `fuzz-${ACCOUNT}.s3-accesspoint.us-east-1.amazonaws.com`
const LAMBDA_POINT = `fuzz-${ACCOUNT}.s3-object-lambda.us-east-1.amazonaws.com`
const ISSUER = `/_fakecloud/iam/issuers/${ACCOUNT}/.well-known`

/** What is no operation of a service: requests of browsers, of links in messages, and of those who were handed a URL. */
function doorsOf(known: Known): Door[] {
  const url = known.get('FunctionUrl')?.[0] ?? 'http://none.lambda-url.us-east-1.localhost/'
  const { host } = new URL(url)
  const byPath = `/_fakecloud/lambda-url/us-east-1/${host.split('.', 1)[0]}`
  const preflight: Message['headers'] = [
    ['origin', 'http://example.com'],
    ['access-control-request-method', 'PUT'],
    ['access-control-request-headers', 'x-a, x-b'],
  ]
  return [
    { title: 'a function URL', host, path: '/a/b', query: 'a=1&a=2&b=%20', headers: [['cookie', 'a=b; c=d']] },
    { title: 'a function URL', host, method: 'POST', headers: [[TYPE, 'application/json']], body: jsonBody },
    { title: 'a function URL', method: 'POST', path: `${byPath}/x`, body: random => random.bytes(300) },
    { title: 'a function URL', method: 'OPTIONS', host, headers: preflight },
    { title: 'a function URL, signed', host, query: presigned('lambda') },
    {
      title: 'an SNS link',
      query: `Action=ConfirmSubscription&TopicArn=${ARN('sns', 'fuzz')}&Token=${'2'.repeat(64)}`,
    },
    { title: 'an SNS link', query: `Action=Unsubscribe&SubscriptionArn=${SUBSCRIPTION}` },
    { title: 'SNS’s certificate', path: '/_fakecloud/sns/cert.pem' },
    { title: 'a preflight', method: 'OPTIONS', path: '/fuzz-bucket/a.txt', headers: preflight },
    { title: 'a preflight', method: 'OPTIONS', host: 'fuzz-bucket.s3.localhost', path: '/a.txt', headers: preflight },
    { title: 'a website', host: WEBSITE, path: '/' },
    { title: 'a website', host: WEBSITE, path: '/dir', headers: [['range', 'bytes=0-3']] },
    { title: 'a website', host: WEBSITE, path: '/old/page', headers: [['if-none-match', '*']] },
    { title: 'a website', host: WEBSITE, path: '/none/x.html' },
    { title: 'a form', method: 'POST', path: '/fuzz-bucket', headers: [formType], body: formBody },
    { title: 'a form', method: 'POST', host: 'fuzz-bucket.s3.localhost', headers: [formType], body: formBody },
    { title: 'an access point', host: POINT, path: '/a.txt' },
    { title: 'an access point', host: POINT, method: 'PUT', path: '/new', body: random => random.bytes(50) },
    { title: 'an access point', path: `/${encodeURIComponent(ARN('s3', 'accesspoint/fuzz'))}/a.txt` },
    { title: 'an access point of Object Lambda', host: LAMBDA_POINT, path: '/a.txt' },
    {
      title: 'an answer of Object Lambda',
      method: 'POST',
      path: '/WriteGetObjectResponse',
      headers: ROUTE,
      body: text,
    },
    { title: 'a presigned URL', path: '/fuzz-bucket/a.txt', query: presigned('s3') },
    { title: 'a presigned URL', method: 'PUT', path: '/fuzz-bucket/new', query: presigned('s3'), body: text },
    { title: 'a presigned URL', query: `Action=ListQueues&Version=2012-11-05&${presigned('sqs')}` },
    {
      title: 'a presigned URL of V2',
      path: '/fuzz-bucket/a.txt',
      query: 'AWSAccessKeyId=test&Expires=9999999999&Signature=x',
    },
    { title: 'an issuer', path: `${ISSUER}/openid-configuration` },
    { title: 'an issuer', path: `${ISSUER}/jwks.json` },
    { title: 'credentials', path: '/_fakecloud/credentials' },
    {
      title: 'a link to code',
      path: `/_fakecloud/lambda/function-code/${ACCOUNT}/fuzz/$LATEST.zip`,
      query: 'region=us-east-1',
    },
    { title: 'a link to code', path: `/_fakecloud/lambda/_internal/code/${ACCOUNT}/us-east-1/fuzz.zip` },
    {
      title: 'an action',
      method: 'POST',
      path: '/_fakecloud/events/fire-rule',
      body: () => Buffer.from('{"ruleName":"fuzz"}'),
    },
    { title: 'an action', method: 'POST', path: '/_fakecloud/scheduler/fire/fuzz/fuzz' },
    { title: 'an action', method: 'POST', path: '/_fakecloud/sns/confirm-subscription', body: jsonBody },
    { title: 'an action', method: 'POST', path: '/_fakecloud/logs/anomalies/inject', body: jsonBody },
    { title: 'a view', path: '/_fakecloud/cloudwatch/metrics', query: 'settle=0' },
    { title: 'a view', path: '/_fakecloud/s3/object-lambda-responses', query: 'settle=0' },
    { title: 'a view', path: '/_fakecloud/events/history', query: 'settle=0&limit=3' },
  ]
}

const formType: [string, string] = [TYPE, `multipart/form-data; boundary=${BOUNDARY}`]
const ROUTE: Message['headers'] = [
  ['x-amz-request-route', 'x'],
  ['x-amz-request-token', 'x'],
  ['x-amz-fwd-status', '200'],
]
const text = () => Buffer.from('some text')

function jsonBody(random: Random): Uint8Array {
  return Buffer.from(random.pick(['{}', '{"a":1}', '[]', '"x"', '{', '', '\xff']), 'latin1')
}

const FIELDS: readonly (readonly [string, readonly string[]])[] = [
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of S3's own.
  ['key', ['form/${filename}', '', '../x', 'k'.repeat(1100), '\0']],
  ['acl', ['private', 'x', '']],
  ['success_action_status', ['201', '204', '999', 'x']],
  ['success_action_redirect', ['http://example.com/', 'javascript:x', '%', 'x'.repeat(9000)]],
  ['policy', ['', 'x', 'e30=', btoa('{"expiration":"2099-01-01T00:00:00Z","conditions":[["x"],{"a":{}},1]}')]],
  ['tagging', ['<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>', '<', 'a=b']],
  ['x-amz-signature', ['x', '']],
  ['x-amz-credential', ['test/20260101/us-east-1/s3/aws4_request', 'x', '']],
  ['x-amz-algorithm', ['AWS4-HMAC-SHA256', 'x']],
  ['x-amz-date', ['20260101T000000Z', 'x']],
  ['x-amz-meta-a', ['b', '\u00fc', 'x'.repeat(3000)]],
  ['x-amz-checksum-crc32', ['AAAAAA==', 'x']],
  ['Content-Type', ['text/plain', '', 'x\0']],
  ['__proto__', ['x']],
]

/** An upload as a browser sends it, its parts more or less so. */
function formBody(random: Random): Uint8Array {
  const fields = FIELDS.filter(([name]) => name === 'key' || random.chance(0.25))
  const doubled = random.chance(0.15) ? [...fields, ...fields] : fields
  const parts = doubled.map(([name, values]) =>
    part(`name="${name}"`, random.chance(0.5) ? (values[0] ?? '') : random.pick(values)),
  )
  const file = random.pick([
    'name="file"; filename="a b.txt"',
    'name="file"',
    'name="file"; filename=""',
    'name=file',
    'filename="x"',
  ])
  parts.splice(random.chance(0.9) ? parts.length : 0, 0, part(file, 'x'.repeat(random.pick([0, 10, 5000]))))
  const end = random.pick([`--${BOUNDARY}--\r\n`, `--${BOUNDARY}--\r\n`, `--${BOUNDARY}--\r\n`, `--${BOUNDARY}`, ''])
  return Buffer.from(parts.join('') + end)
}

const part = (disposition: string, value: string) =>
  `--${BOUNDARY}\r\ncontent-disposition: form-data; ${disposition}\r\n\r\n${value}\r\n`

/** What is done to parameters: they are said again, said at length, said otherwise, or left out. */
function oddQuery(query: string, random: Random): string {
  const pairs = query === '' ? [] : query.split('&')
  const pair = pairs.length > 0 ? random.pick(pairs) : 'x=1'
  const name = pair.split('=', 1)[0] ?? ''
  const other = random.pick(['', '%00', '%ff%fe', '%', '-1', '1e99', '__proto__', '..%2f..', '%0d%0ax:y', '\u00fc'])
  return random.pick([
    `${query}&${pair}`,
    Array.from({ length: random.pick([3, 300]) }, () => pair).join('&'),
    `${query}&${name}=${'x'.repeat(random.pick([2000, 9000]))}`,
    pairs.map(each => (each === pair ? `${name}=${other}` : each)).join('&'),
    pairs.filter(each => each !== pair).join('&'),
    pairs.map(each => each.replace(/^./, first => `%${first.charCodeAt(0).toString(16)}`)).join('&'),
    query.toUpperCase(),
  ])
}

const ENCODINGS = ['gzip', 'br', 'deflate', 'aws-chunked', 'identity', 'x', 'gzip, gzip', '']

/** A request to a door, mostly with something odd about it. */
export function doorCase(random: Random, known: Known): Case {
  const {
    title,
    method = 'GET',
    host = '127.0.0.1',
    path = '/',
    query = '',
    headers = [],
    body,
  } = random.pick(doorsOf(known))
  let message: Message = {
    method,
    path,
    query,
    headers: [['host', host], ...headers],
    body: body?.(random) ?? new Uint8Array(0),
  }
  const faults: string[] = []
  if (random.chance(0.35)) {
    message = { ...message, query: oddQuery(query, random) }
    faults.push('odd parameters')
  }
  if (random.chance(0.1)) {
    message = { ...message, headers: [...message.headers, ['content-encoding', random.pick(ENCODINGS)]] }
    faults.push('an encoding')
  }
  for (let i = random.pick([0, 1, 1, 2]); i > 0; i--) {
    const done = damaged(message, random)
    message = done.message
    faults.push(done.fault)
    // Framed by itself: what is done to it from here on is no HTTP.
    if (done.fault === 'chunked transfer') break
  }
  return { title: `${title} ${method} ${path} ${faults.join(', ')}`, message, target: undefined, door: true }
}
