import { CreateRoleCommand, IAMClient, UpdateAssumeRolePolicyCommand } from '@aws-sdk/client-iam'
import {
  GetFunctionConfigurationCommand,
  ListFunctionsCommand,
  UpdateFunctionConfigurationCommand,
} from '@aws-sdk/client-lambda'
import { expect, test } from 'vitest'
import { policy } from '../support/enforcing.ts'
import { create, ECHO, failure, setUp } from '../support/lambda.ts'

const REFUSED = {
  name: 'InvalidParameterValueException',
  message: 'The role defined for the function cannot be assumed by Lambda.',
  status: 400,
}
const trust = (Principal: unknown, more: object = {}) => policy({ Principal, Action: 'sts:AssumeRole', ...more })

test.each<[string, string]>([
  ['another service', trust({ Service: 'ec2.amazonaws.com' })],
  ['the account', trust({ AWS: '123456789012' })],
  ['Lambda, for another action', trust({ Service: 'lambda.amazonaws.com' }, { Action: 'sts:TagSession' })],
  ['Lambda, in a denial', trust({ Service: 'lambda.amazonaws.com' }, { Effect: 'Deny' })],
])('a role that trusts %s is refused, and no function made', async (_, AssumeRolePolicyDocument) => {
  const { aws, lambda } = setUp()
  const iam = aws.client(IAMClient)
  const { Role } = await iam.send(new CreateRoleCommand({ RoleName: 'worker', AssumeRolePolicyDocument }))
  expect(await failure(create(lambda, ECHO, { Role: Role?.Arn }))).toEqual(REFUSED)
  expect((await lambda.send(new ListFunctionsCommand({}))).Functions).toEqual([])
})

test.each<[string, string]>([
  ['Lambda', trust({ Service: 'lambda.amazonaws.com' })],
  [
    'Lambda among others, by any action',
    trust({ Service: ['ec2.amazonaws.com', 'lambda.amazonaws.com'] }, { Action: 'sts:*' }),
  ],
])('a role that trusts %s is taken, until it does so no more', async (_, PolicyDocument) => {
  const { aws, lambda } = setUp()
  const iam = aws.client(IAMClient)
  const made = { RoleName: 'worker', Path: '/app/', AssumeRolePolicyDocument: PolicyDocument }
  const { Role } = await iam.send(new CreateRoleCommand(made))
  await create(lambda, ECHO, { Role: Role?.Arn })
  const change = { RoleName: 'worker', PolicyDocument: trust({ Service: 'ec2.amazonaws.com' }) }
  await iam.send(new UpdateAssumeRolePolicyCommand(change))
  const update = { FunctionName: 'work', Role: Role?.Arn, Description: 'changed' }
  expect(await failure(lambda.send(new UpdateFunctionConfigurationCommand(update)))).toEqual(REFUSED)
  const kept = await lambda.send(new GetFunctionConfigurationCommand({ FunctionName: 'work' }))
  expect(kept).toMatchObject({ Role: 'arn:aws:iam::123456789012:role/app/worker', Description: '' })
})

test('a role that IAM does not know is taken as it is', async () => {
  const { lambda } = setUp()
  const Role = 'arn:aws:iam::123456789012:role/made/elsewhere'
  expect((await create(lambda, ECHO, { Role })).Role).toBe(Role)
})
