import { expect, test } from 'vitest'
import { loadModel, type OperationModel } from '../../../aws/wire/model.ts'
import { usualAccess } from '../../../durable-objects/authorization/rules.ts'

const at = (service: string, rest: string) => `arn:aws:${service}:us-east-1:123456789012:${rest}`
const ROLE = 'arn:aws:iam::123456789012:role/any'

/** What an operation asks for by default; all that counts of the model are the input's members. */
function asked(service: string, operation: string, input: Record<string, unknown>): string {
  const model = loadModel(service)?.operation(operation)
  return usualAccess(service, model as OperationModel, input).resource // of a service that there is
}

test('an operation is about its own service’s resource, whatever else its input names', () => {
  const stream = at('firehose', 'deliverystream/s')
  const alarm = at('cloudwatch', 'alarm:a')
  expect(asked('cloudwatch', 'PutMetricStream', { FirehoseArn: stream, RoleArn: ROLE, Name: 's' })).toBe('*')
  expect(asked('cloudwatch', 'TagResource', { ResourceARN: alarm, Tags: [] })).toBe(alarm)
  expect(asked('cloudwatch', 'TagResource', { ResourceARN: ROLE, Tags: [] })).toBe('*')
  expect(asked('cloudwatch', 'ListTagsForResource', { ResourceARN: 'no ARN' })).toBe('*')
})

test('a role, a key or a target is none of what an operation is about, also where it is its own service’s', () => {
  const machine = at('states', 'stateMachine:m')
  expect(asked('stepfunctions', 'UpdateStateMachine', { roleArn: ROLE, stateMachineArn: machine })).toBe(machine)
  expect(asked('events', 'ListRuleNamesByTarget', { TargetArn: at('events', 'event-bus/b') })).toBe('*')
  expect(asked('iam', 'CreateRole', { RoleArn: ROLE })).toBe('*')
})

test('of two of its own the model’s first counts, in whatever order a client sends them', () => {
  const [one, two] = [at('ecs', 'cluster/one'), at('ecs', 'service/two')]
  const operation = {
    name: 'Any',
    input: { members: [{ name: 'clusterArn' }, { name: 'serviceArn' }] },
  } as unknown as OperationModel // all that is read
  const given = { serviceArn: two, clusterArn: one }
  expect(usualAccess('ecs', operation, given)).toEqual({ action: 'ecs:Any', resource: one })
})
