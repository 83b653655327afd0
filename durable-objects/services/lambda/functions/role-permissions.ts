import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { queueUrlOfArn } from '../../../shared/queue-urls.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { invalidParameter } from '../errors.ts'
import { roleCaller } from '../mappings/mapping-rows.ts'

/** Who is to send, and where to. */
export type Sending = { role: string; name: string; target: string }

/**
 * A function's role must be allowed to send to where its records and dead letters are to go: Lambda finds out when it is
 * told of the target. What it asks here is refused for what it lacks, but only after the role's policies had their say.
 */
async function deniedOperation(ctx: Ctx, { role, name, target }: Sending): Promise<string | undefined> {
  const { service, region = '', account = '' } = parseArn(target) ?? {}
  const options = { caller: roleCaller(role, name), own: true as const, place: { region, account } }
  const QueueUrl = queueUrlOfArn(target)
  switch (service) {
    case 'sqs':
      return (await isDenied(ctx.call('sqs', 'SendMessage', { QueueUrl, MessageBody: '' }, options)))
        ? 'SendMessage'
        : undefined
    case 'sns':
      return (await isDenied(ctx.call('sns', 'Publish', { TopicArn: target, Message: '' }, options)))
        ? 'Publish'
        : undefined
    case 'lambda':
      return (await isDenied(ctx.call('lambda', 'Invoke', { FunctionName: target, InvocationType: 'DryRun' }, options)))
        ? 'InvokeFunction'
        : undefined
    default:
      return undefined
  }
}

async function isDenied(call: Promise<unknown>): Promise<boolean> {
  return await call.then(
    () => false,
    (error: unknown) => error instanceof AwsError && /^(?:AccessDenied|AuthorizationError)/.test(error.code),
  )
}

/** @throws InvalidParameterValueException */
export async function checkDeadLetterTarget(ctx: Ctx, sending: Sending): Promise<void> {
  const operation = await deniedOperation(ctx, sending)
  if (operation === undefined) return
  const service = parseArn(sending.target)?.service.toUpperCase()
  throw invalidParameter(`The provided execution role does not have permissions to call ${operation} on ${service}`)
}

/** @throws InvalidParameterValueException */
export async function checkDestination(ctx: Ctx, sending: Sending): Promise<void> {
  const operation = await deniedOperation(ctx, sending)
  if (operation === undefined) return
  throw invalidParameter(
    `The function's execution role does not have permissions to call ${operation} on ${sending.target}`,
  )
}
