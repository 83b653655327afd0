import { AddPermissionCommand, CreateFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda'
import { PutUserPolicyCommand } from '@aws-sdk/client-iam'
import { expect, test } from 'vitest'
import { testClients } from '../support/clients.ts'
import { ACCOUNT, enforcing, policy, type Somebody } from '../support/enforcing.ts'
import { create, ECHO } from '../support/lambda.ts'
import { type Key, type Reply, send, sign } from '../support/signing.ts'

type AuthType = 'AWS_IAM' | 'NONE'

/** A function with a URL, in a namespace that verifies signatures and enforces IAM once it is locked. */
async function setUp(AuthType: AuthType) {
  const world = await enforcing('off')
  const { aws } = world
  const lambda = aws.client(LambdaClient)
  await create(lambda, ECHO)
  const { FunctionUrl = '' } = await lambda.send(new CreateFunctionUrlConfigCommand({ FunctionName: 'work', AuthType }))
  let steering = aws
  const lock = async (locked = true) => {
    const modes = { name: aws.namespace, iam: locked ? 'strict' : 'off', verifySigv4: locked }
    const { credentials } = await steering.admin<{ credentials?: Key }>('POST', '/_fakecloud/namespaces', modes)
    // Told once; from then on it takes the root's key to open it again.
    if (credentials) steering = testClients(aws.namespace, credentials)
  }
  const { host } = new URL(FunctionUrl)
  const { host: emulator } = new URL(aws.url)
  const url = `/_ns/${aws.namespace}/_fakecloud/lambda-url/us-east-1/${host.split('.')[0]}/`
  const signed = (key: Key, body = '{}') =>
    sign(
      emulator,
      { method: 'POST', path: url, headers: { 'content-type': 'application/json' }, body },
      { key, service: 'lambda' },
    )
  const ask = (request: Parameters<typeof send>[1]) => send(aws.url, request)
  const allow = async (document: string) => {
    await lock(false)
    await world.root.send(new PutUserPolicyCommand({ UserName: 'alice', PolicyName: 'own', PolicyDocument: document }))
    await lock()
  }
  return { ...world, allow, lambda, lock, url, signed, ask }
}

const keyOf = async (who: Somebody): Promise<Key> => who.client(LambdaClient).config.credentials()
const messageOf = ({ status, body }: Reply) => `${status} ${(JSON.parse(body) as { Message?: string }).Message}`
const FORBIDDEN = expect.stringMatching(/^403 Forbidden\. For troubleshooting Function URL authorization issues/)

test('a URL with IAM lets in who has signed and may, and nobody else', async () => {
  const { user, allow, lock, signed, ask, url } = await setUp('AWS_IAM')
  const alice = await user('alice')
  const key = await keyOf(alice)
  await lock()
  expect(messageOf(await ask({ method: 'POST', path: url, body: '{}' }))).toEqual(FORBIDDEN)
  expect(messageOf(await ask(signed({ ...key, secretAccessKey: 'guess' })))).toMatch(
    '403 The request signature we calculated does not match the signature you provided.',
  )
  const changed = { ...signed(key), body: '{"a":1}' }
  expect(messageOf(await ask(changed))).toMatch('403 The request signature we calculated does not match')
  const named = { AWSAccessKeyId: ACCOUNT }
  expect((await ask({ method: 'POST', path: url, query: named, body: '{}' })).status).toBe(403)
  const stranger = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }
  expect(messageOf(await ask(signed(stranger)))).toBe('403 The security token included in the request is invalid.')
  expect(messageOf(await ask(signed(key)))).toEqual(FORBIDDEN)
  await allow(policy({ Action: 'lambda:InvokeFunctionUrl', Resource: '*' }))
  expect(messageOf(await ask(signed(key)))).toEqual(FORBIDDEN)
  await allow(policy({ Action: 'lambda:InvokeFunction*', Resource: '*' }))
  const { status, body } = await ask(signed(key))
  expect([status, body]).toEqual([200, expect.stringContaining('"userArn":"arn:aws:iam::123456789012:user/alice"')])
})

test('the function’s policy lets in whom it names', async () => {
  const { user, lambda, lock, signed, ask } = await setUp('AWS_IAM')
  const alice = await user('alice')
  const grant = { FunctionName: 'work', Principal: alice.arn }
  const url = { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'AWS_IAM', StatementId: 'url' } as const
  await lambda.send(new AddPermissionCommand({ ...grant, ...url }))
  await lambda.send(new AddPermissionCommand({ ...grant, Action: 'lambda:InvokeFunction', StatementId: 'function' }))
  await lock()
  expect((await ask(signed(await keyOf(alice)))).status).toBe(200)
})

test('a URL that is open to all is so whatever the signature', async () => {
  const { lambda, lock, signed, ask, url } = await setUp('NONE')
  const grant = { FunctionName: 'work', Principal: '*' }
  const open = { Action: 'lambda:InvokeFunctionUrl', FunctionUrlAuthType: 'NONE', StatementId: 'url' } as const
  await lambda.send(new AddPermissionCommand({ ...grant, ...open }))
  const through = { Action: 'lambda:InvokeFunction', InvokedViaFunctionUrl: true, StatementId: 'function' }
  await lambda.send(new AddPermissionCommand({ ...grant, ...through }))
  await lock()
  expect((await ask({ method: 'POST', path: url, body: '{}' })).status).toBe(200)
  expect((await ask(signed({ accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'x' }))).status).toBe(200)
})
