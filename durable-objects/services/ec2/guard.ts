import { AwsError } from '../../../aws/errors.ts'
import { loadModel } from '../../../aws/wire/model.ts'
import { MEMBER } from '../../../aws/wire/table.ts'
import type { AnyHandler, Tx } from '../../kernel/object/operation.ts'
import { once } from '../../kernel/idempotency/client-tokens.ts'
import { missing } from './refusals.ts'
import { revive } from './resources.ts'

type Input = Record<string, unknown>

const lowerFirst = (name: string) => name.charAt(0).toLowerCase() + name.slice(1)

/** @throws AwsError MissingParameter */
function checkRequired(operation: string, input: Input): void {
  const members = loadModel('ec2')?.operation(operation)?.input?.members ?? []
  const absent = members.find(({ name, flags }) => flags & MEMBER.required && input[name] === undefined)
  if (absent) throw missing(lowerFirst(absent.wire))
}

const mismatch = () => {
  const message = 'The client token was used by another request, whose parameters are not those of this one.'
  return new AwsError('IdempotentParameterMismatch', message)
}

/** Does a request once that comes with a client token. */
function settled(tx: Tx, input: Input, handler: AnyHandler): unknown {
  const { ClientToken: token } = input
  const work = () => handler(tx, input as never) ?? {} // as the service's operations are typed
  if (typeof token !== 'string') return work()
  return JSON.parse(JSON.stringify(once(tx, { token, input, mismatch }, work)), revive)
}

/**
 * Handlers with what every operation of EC2 does: it asks for its parameters, and a dry run, which is refused in the
 * end, leaves nothing behind.
 */
export function guarded(handlers: Readonly<Record<string, unknown>>): Record<string, AnyHandler> {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handler]) => [
      name,
      (tx: Tx, input: Input) => {
        checkRequired(name, input)
        const output = settled(tx, input, handler as AnyHandler)
        if (input.DryRun !== true) return output
        throw new AwsError('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
      },
    ]),
  )
}
