import { CreateAccessKeyCommand, CreateUserCommand, IAMClient, PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { expect, onTestFinished, test } from 'vitest'
import { startEmulator } from '../../node-runner/start.ts'
import { enforcing, policy } from '../support/enforcing.ts'
import { type Key, refusalIn, send, sign } from '../support/signing.ts'

const THERE = '203.0.113.7'
const FROM_THERE = policy({ Action: 'sqs:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': THERE } } })
const OVER_TLS = policy({ Action: 'sqs:*', Resource: '*', Condition: { Bool: { 'aws:SecureTransport': 'true' } } })

/** Asks for queues as somebody, with headers of a client's own. */
const asking = (url: string, key: Key) => async (claims: Record<string, string>) => {
  const { host, pathname } = new URL(url)
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': 'AmazonSQS.ListQueues' }
  const unsigned = { method: 'POST', path: `${pathname.replace(/\/$/, '')}/`, headers, body: '{}' }
  const signed = sign(host, unsigned, { key, service: 'sqs' })
  return refusalIn(await send(url, { ...signed, headers: { ...signed.headers, ...claims } }))
}

const DENIED = /^403 AccessDenied/
const DONE = /^200 /

test('a client does not say where it comes from, or how', async () => {
  const { aws, user } = await enforcing()
  const keyOf = async (name: string, own: string): Promise<Key> => {
    const somebody = await user(name, own)
    return await somebody.client(IAMClient).config.credentials()
  }
  const there = asking(aws.url, await keyOf('there', FROM_THERE))
  for (const name of ['x-forwarded-for', 'cf-connecting-ip', 'x-real-ip', 'x-fakecloud-peer']) {
    expect(await there({ [name]: THERE })).toMatch(DENIED)
  }
  expect(await there({ forwarded: `for=${THERE};proto=https` })).toMatch(DENIED)
  const here = policy({ Action: 'sqs:*', Resource: '*', Condition: { IpAddress: { 'aws:SourceIp': '127.0.0.1' } } })
  expect(await asking(aws.url, await keyOf('here', here))({ 'x-forwarded-for': THERE })).toMatch(DONE)
  const secret = asking(aws.url, await keyOf('secret', OVER_TLS))
  expect(await secret({ 'x-forwarded-proto': 'https' })).toMatch(DENIED)
})

test('a proxy that is trusted says it, and is believed only of what it saw itself', async () => {
  const { url, stop } = await startEmulator({
    host: '127.0.0.1',
    port: 0,
    logLevel: 'warn',
    iam: 'strict',
    trustedProxies: '127.0.0.0/8',
  })
  onTestFinished(stop)
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' }
  const iam = new IAMClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 })
  const keyOf = async (UserName: string, PolicyDocument: string): Promise<Key> => {
    await iam.send(new CreateUserCommand({ UserName }))
    await iam.send(new PutUserPolicyCommand({ UserName, PolicyName: 'own', PolicyDocument }))
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }))
    return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' }
  }
  const there = asking(url, await keyOf('there', FROM_THERE))
  expect(await there({ 'x-forwarded-for': THERE })).toMatch(DONE)
  expect(await there({ 'x-forwarded-for': `198.51.100.1, ${THERE}` })).toMatch(DONE)
  expect(await there({ 'x-forwarded-for': `${THERE}, 198.51.100.1` })).toMatch(DENIED)
  expect(await there({ 'x-fakecloud-peer': THERE })).toMatch(DENIED)
  expect(await there({})).toMatch(DENIED)
  const secret = asking(url, await keyOf('secret', OVER_TLS))
  expect(await secret({ 'x-forwarded-proto': 'https' })).toMatch(DONE)
  expect(await secret({ 'x-forwarded-proto': 'http' })).toMatch(DENIED)
})
