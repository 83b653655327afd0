import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { evaluateResourcePolicy } from '../../../shared/policy.ts'
import { destinationOfArn, findDestination } from './destinations.ts'
import { invalidParameter } from '../refusals.ts'
import type { DestinationRow } from '../schema.ts'
import { PRINCIPAL } from './subscriptions.ts'

type Empty = Record<string, never>

/** What the logs of one account may ask of another's. */
export type ForwardingOperations = {
  /** Whether a destination lets the calling account subscribe. */
  CheckDestination: { input: { destinationArn: string }; output: Empty }
  /** A subscription's message for the stream behind a destination. */
  ForwardSubscription: {
    input: { destinationArn: string; data: string; partitionKey: string; event: string }
    output: Empty
  }
}

type In<O extends keyof ForwardingOperations> = ForwardingOperations[O]['input']

export function CheckDestination(ctx: Ctx, { destinationArn }: In<'CheckDestination'>): Empty {
  openDestination(ctx, destinationArn)
  return {}
}

export function ForwardSubscription(ctx: Tx, input: In<'ForwardSubscription'>): Empty {
  const { destinationArn, data, partitionKey, event } = input
  const { targetArn, roleArn } = openDestination(ctx, destinationArn)
  const common = { to: targetArn, from: destinationArn, principal: PRINCIPAL, role: roleArn, event }
  const isStream = targetArn.split(':')[2] === 'kinesis'
  ctx.deliver({ ...common, payload: data, binary: true, ...(isStream && { input: { PartitionKey: partitionKey } }) })
  return {}
}

/** A destination that the calling account may send to: AWS asks its policy of its own account, too. */
function openDestination(ctx: Ctx, destinationArn: string): DestinationRow {
  const name = destinationOfArn(ctx, destinationArn)
  if (name === undefined) throw invalidParameter(`Invalid destinationArn: ${destinationArn}`)
  const destination = findDestination(ctx, name)
  const account = ctx.caller.accountId
  const decision = evaluateResourcePolicy(destination.accessPolicy, {
    action: 'logs:PutSubscriptionFilter',
    resource: destinationArn,
    principal: { aws: account },
    context: { 'aws:PrincipalAccount': account },
  })
  if (decision === 'allow') return destination
  const who = `User with accountId: ${account}`
  const message = `${who} is not authorized to perform: logs:PutSubscriptionFilter on resource: ${destinationArn}`
  throw new AwsError('AccessDeniedException', message)
}
