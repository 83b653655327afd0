import type { Case } from './cases.ts'
import type { Random } from './random.ts'
import { damaged } from './wire-faults.ts'

const PATHS = [
  'health',
  'clock',
  'clock/freeze',
  'clock/advance',
  'clock/resume',
  'journal',
  'journal/traces/x',
  'journal/why',
  'settle',
  'namespaces',
  'namespaces/x',
  'namespaces/UPPER',
  'namespaces/__proto__',
  'namespaces/x/reset',
  'reset/nothing',
  'reset/nothing/1',
  'sqs/messages',
  'sqs/expiration-processor/tick',
  'sqs/none/force-dlq',
  'sqs/__proto__/force-dlq',
  'lambda/invocations',
  'lambda/x',
  'lambda/functions',
  'lambda/warm-containers',
  'lambda/none/evict-container',
  's3/notifications',
  's3/lifecycle-processor/tick',
  'logs/x',
  'iam/x',
  'iam/explain',
  'iam/create-admin',
  'iam/mode',
  '',
  'x',
  '../x',
  '%00',
  '%zz',
  '__proto__',
  'constructor',
  'health/',
] as const

const BODIES = [
  '',
  '{}',
  '[]',
  'null',
  '1',
  '"x"',
  '{',
  '{"at":1}',
  '{"at":"x"}',
  '{"at":"9999-12-31T23:59:59Z"}',
  '{"at":"-271821-04-20T00:00:00Z"}',
  '{"seconds":-1}',
  '{"seconds":1e308}',
  '{"seconds":null}',
  '{"ms":1.5}',
  '{"ms":9007199254740991}',
  '{"to":"2000-01-01T00:00:00Z"}',
  '{"to":"+275760-09-13T00:00:00Z"}',
  '{"seconds":1,"ms":1}',
  '{"real":"x"}',
  '{"name":"UPPER"}',
  '{"name":""}',
  '{"name":"a","ttlSeconds":0}',
  '{"name":"a","ttlSeconds":1e99}',
  '{"ttlSeconds":"1"}',
  '{"__proto__":{"x":1}}',
  '{"constructor":{}}',
  '\xff\xfe',
  '\0',
  '[[[[[[[[[[',
] as const

const QUERIES = [
  '',
  'settle=0',
  'settle=x',
  'settle=-1',
  'settle=1e99',
  'settle=NaN',
  'settle=',
  'arn=',
  'arn=x',
  'arn=%00',
  'trace=__proto__',
  'limit=-1',
  'limit=1e99',
  'limit=x',
  'event=%25',
  'event=',
  'accountId=x&region=y',
  'accountId=%00',
  'settle=0&settle=1',
  '%zz=%zz',
  'service=__proto__',
] as const

/** A request to the emulator's own endpoints that means little. */
export function adminCase(random: Random): Case {
  const name = random.pick(PATHS)
  const path = random.chance(0.05) ? '/_reset/x' : `/_fakecloud/${name}`
  const method = random.pick(['GET', 'GET', 'POST', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
  // Advancing far on purpose would run every timer of a lane's namespace: that is what the clock's tests do.
  const body = method === 'GET' || method === 'HEAD' ? '' : random.pick(BODIES)
  const namespace = `admin-${random.int(0, 3)}`
  const headers: [string, string][] = [
    ['host', '127.0.0.1'],
    ['x-fakecloud-namespace', namespace],
  ]
  const message = { method, path, query: random.pick(QUERIES), headers, body: Buffer.from(body, 'latin1') }
  const title = `${method} ${path}?${message.query} ${body}`
  if (random.chance(0.75)) return { title, message, target: undefined }
  const done = damaged(message, random)
  return { title: `${title}, ${done.fault}`, message: done.message, target: undefined }
}
