import {
  AddPermissionCommand,
  DeleteResourcePolicyCommand,
  GetPolicyCommand,
  GetResourcePolicyCommand,
  PutResourcePolicyCommand,
  RemovePermissionCommand,
} from '@aws-sdk/client-lambda'
import { expect, it } from 'vitest'
import { create, ECHO, failure, invocations, setUp } from '../support/lambda.ts'
import { makeTopic, settle } from '../support/sns.ts'

const ResourceArn = 'arn:aws:lambda:us-east-1:123456789012:function:work'
const statement = {
  Sid: 'topic',
  Effect: 'Allow',
  Principal: { Service: 'sns.amazonaws.com' },
  Action: 'lambda:InvokeFunction',
  Resource: ResourceArn,
}
const policy = (...Statement: object[]) => JSON.stringify({ Version: '2012-10-17', Statement })

async function prepared() {
  const { aws, lambda } = setUp()
  await create(lambda, ECHO)
  const put = (Policy: string, more = {}) => lambda.send(new PutResourcePolicyCommand({ ResourceArn, Policy, ...more }))
  const get = () => lambda.send(new GetResourcePolicyCommand({ ResourceArn }))
  const remove = (more = {}) => lambda.send(new DeleteResourcePolicyCommand({ ResourceArn, ...more }))
  return { aws, lambda, put, get, remove }
}

it('a resource policy is put whole, read back, and lets a service in', async () => {
  const { aws, put, get } = await prepared()
  const topic = await makeTopic(aws, 'news')
  await topic.subscribe('lambda', ResourceArn)
  await topic.publish('too early')
  await settle(aws)
  const { Policy, RevisionId } = await put(policy(statement))
  expect(JSON.parse(Policy ?? '')).toEqual({ Version: '2012-10-17', Statement: [statement] })
  expect(await get()).toMatchObject({ Policy, RevisionId })
  await topic.publish('news')
  expect(await invocations(aws)).toHaveLength(1)
})

it('it is the policy that AddPermission adds to, and replaces what that made', async () => {
  const { lambda, put, get } = await prepared()
  const add = { FunctionName: 'work', StatementId: 'added', Action: 'lambda:InvokeFunction', Principal: '*' }
  await lambda.send(new AddPermissionCommand(add))
  await put(policy(statement))
  const sids = async () => JSON.parse((await get()).Policy ?? '').Statement.map(({ Sid }: { Sid: string }) => Sid)
  expect(await sids()).toEqual(['topic'])
  await lambda.send(new AddPermissionCommand(add))
  expect(await sids()).toEqual(['topic', 'added'])
  await lambda.send(new RemovePermissionCommand({ FunctionName: 'work', StatementId: 'topic' }))
  const { Policy } = await lambda.send(new GetPolicyCommand({ FunctionName: 'work' }))
  expect(Policy).toBe((await get()).Policy)
  expect(await sids()).toEqual(['added'])
})

it('it is changed and deleted at the revision that the caller knows', async () => {
  const { put, get, remove } = await prepared()
  const { RevisionId } = await put(policy(statement))
  const stale = { RevisionId: '00000000-0000-0000-0000-000000000000' }
  const refused = { name: 'PreconditionFailedException', status: 412 }
  expect(await failure(put(policy(statement), stale))).toMatchObject(refused)
  expect(await failure(remove(stale))).toMatchObject(refused)
  expect((await remove({ RevisionId })).$metadata.httpStatusCode).toBe(204)
  const gone = {
    name: 'ResourceNotFoundException',
    message: 'The resource you requested does not exist.',
    status: 404,
  }
  expect(await failure(get())).toEqual(gone)
  expect(await failure(remove())).toEqual(gone)
})

it.each([
  ['no JSON', 'no'],
  ['no policy', '{"Statement":"x"}'],
  ['another resource', policy({ ...statement, Resource: `${ResourceArn}-other` })],
  ['no principal', policy({ ...statement, Principal: undefined })],
  ['another service’s action', policy({ ...statement, Action: 's3:GetObject' })],
  ['an effect that there is not', policy({ ...statement, Effect: 'Maybe' })],
])('it is refused with %s, and nothing changes', async (_what, text) => {
  const { put, get } = await prepared()
  await put(policy(statement))
  const before = await get()
  expect(await failure(put(text))).toMatchObject({ name: 'InvalidParameterValueException', status: 400 })
  expect(await get()).toMatchObject({ Policy: before.Policy, RevisionId: before.RevisionId })
})

it('it is refused for a function that there is not', async () => {
  const { lambda } = await prepared()
  const put = new PutResourcePolicyCommand({ ResourceArn: `${ResourceArn}-no`, Policy: policy(statement) })
  expect(await failure(lambda.send(put))).toMatchObject({ name: 'ResourceNotFoundException', status: 404 })
})
