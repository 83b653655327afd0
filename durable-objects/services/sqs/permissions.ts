import type { In } from '../../../aws/models/sqs.types.ts'
import { isAccount, rootArn } from '../../../aws/arn.ts'
import type { Ctx, ResourcePolicy, Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { parseQueueUrl, queueArn } from './addresses.ts'
import { writeAttributes } from './attributes.ts'
import { parseObject } from './documents.ts'
import { findQueue, queueByName } from './find-queue.ts'
import { invalidParameter, invalidValue, missingParameter, requireParameters } from './refusals.ts'
import type { Queue } from './schema.ts'

/** A queue's policy as a service principal's call needs it; undefined lets the handler say that the queue is not there. */
export function resourcePolicy(
  ctx: Ctx,
  operation: string,
  input: Record<string, unknown>,
): ResourcePolicy | undefined {
  const queue = typeof input.QueueUrl === 'string' ? queueByName(ctx, parseQueueUrl(input.QueueUrl).name) : undefined
  if (!queue) return undefined
  return {
    document: queue.attributes.Policy ?? null,
    resource: queueArn(ctx.place, queue.name),
    // A batch needs the permission of its single operation.
    action: `sqs:${operation.replace(/Batch$/, '')}`,
  }
}

const GRANTABLE = new Set([
  '*',
  'SendMessage',
  'ReceiveMessage',
  'DeleteMessage',
  'ChangeMessageVisibility',
  'GetQueueAttributes',
  'GetQueueUrl',
  'ListDeadLetterSourceQueues',
  'PurgeQueue',
])

const OWNERS = new Set([
  'AddPermission',
  'CancelMessageMoveTask',
  'CreateQueue',
  'DeleteQueue',
  'ListMessageMoveTasks',
  'ListQueues',
  'ListQueueTags',
  'RemovePermission',
  'SetQueueAttributes',
  'StartMessageMoveTask',
  'TagQueue',
  'UntagQueue',
])

const MAX_ACTIONS = 7
const MAX_STATEMENTS = 20

type Statement = Record<string, unknown>
type Policy = Record<string, unknown> & { Statement: Statement[] }

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_AddPermission.html */
export function AddPermission(ctx: Tx, input: In<'AddPermission'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  checkGrant(input)
  const arn = queueArn(ctx.place, queue.name)
  const policy = policyOf(queue) ?? { Version: '2008-10-17', Id: `${arn}/SQSDefaultPolicy`, Statement: [] }
  const { Label, AWSAccountIds, Actions } = input
  if (policy.Statement.some(({ Sid }) => Sid === Label)) throw invalidValue('Label', Label, 'Already exists')
  const statements = policy.Statement.length + 1
  if (statements > MAX_STATEMENTS) throw tooMany('Statements', statements, MAX_STATEMENTS)
  policy.Statement.push({
    Sid: Label,
    Effect: 'Allow',
    Principal: { AWS: oneOrMore(AWSAccountIds.map(rootArn)) },
    Action: oneOrMore(Actions.map(action => `SQS:${action}`)),
    Resource: arn,
  })
  writeAttributes(ctx, queue, { ...queue.attributes, Policy: JSON.stringify(policy) })
}

function checkGrant({ Label, AWSAccountIds, Actions }: In<'AddPermission'>): void {
  requireParameters({ Label }, ['Label'])
  if (!/^[A-Za-z0-9_-]{1,80}$/.test(Label)) {
    throw invalidParameter(
      `Value ${Label} for parameter Label is invalid. Reason: Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.`,
    )
  }
  if (!AWSAccountIds?.length) throw missingParameter('AWSAccountIds')
  if (!Actions?.length) throw missingParameter('ActionName')
  if (Actions.length > MAX_ACTIONS) throw tooMany('Actions', Actions.length, MAX_ACTIONS)
  for (const action of Actions) checkAction(action)
  const stranger = AWSAccountIds.find(account => !isAccount(account))
  if (stranger !== undefined) throw invalidValue('PrincipalId', `[${stranger}]`, 'Unable to verify')
}

function checkAction(action: string): void {
  if (GRANTABLE.has(action)) return
  const reason = OWNERS.has(action)
    ? 'Only the queue owner is allowed to invoke this action'
    : 'Please refer to the appropriate WSDL for a list of valid actions'
  throw invalidValue('ActionName', `SQS:${action}`, reason)
}

function tooMany(what: string, found: number, most: number): AwsError {
  return new AwsError('OverLimit', `${found} ${what} were found, maximum allowed is ${most}.`)
}

const oneOrMore = (values: string[]) => (values.length === 1 ? values[0] : values)

function policyOf(queue: Queue): Policy | undefined {
  const policy = queue.attributes.Policy === undefined ? undefined : parseObject(queue.attributes.Policy)
  if (!policy) return undefined
  const statements = Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement]
  return { ...policy, Statement: statements }
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_RemovePermission.html */
export function RemovePermission(ctx: Tx, input: In<'RemovePermission'>): void {
  const queue = findQueue(ctx, input.QueueUrl)
  requireParameters(input, ['Label'])
  const policy = policyOf(queue)
  const left = policy?.Statement.filter(({ Sid }) => Sid !== input.Label)
  if (!policy || !left || left.length === policy.Statement.length) {
    throw invalidValue('Label', input.Label, "can't find label")
  }
  const { Policy: _removed, ...attributes } = queue.attributes
  const kept = left.length > 0 ? { ...attributes, Policy: JSON.stringify({ ...policy, Statement: left }) } : attributes
  writeAttributes(ctx, queue, kept)
}
