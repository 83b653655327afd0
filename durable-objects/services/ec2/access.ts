import { arnOf } from '../../../aws/arn.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import type { Access, Input } from '../../shared/policy-access.ts'
import { KINDS, type Kind, kindOf } from './schema.ts'
import { arnOfId } from './tags.ts'

/** Ids of our resources in an operation's own parameters. */
const idsIn = (input: Input) =>
  Object.values(input)
    .flat()
    .filter(value => typeof value === 'string')
    .filter(kindOf)

/** What an operation makes: AWS names it by the kind's id. */
function madeBy(operation: string): Kind | undefined {
  if (operation === 'AllocateAddress') return 'elastic-ip'
  const noun = /^Create(?:Default|Managed|Security)?(.+)$/.exec(operation)?.[1]
  const kinds = Object.keys(KINDS) as Kind[] // as the table is typed
  return kinds.find(kind => KINDS[kind].id === `${noun}Id`)
}

/**
 * What is named, and anything of the kind that is made.
 * https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
 */
export function ec2Access(ctx: Ctx, input: Input): Access[] {
  const { operation, place } = ctx
  const { region, account } = place
  const made = madeBy(operation)
  const named = /^(?:Describe|Get)/.test(operation) ? [] : idsIn(input).map(id => arnOfId(ctx, id))
  const all = made ? [arnOf({ service: 'ec2', region, account, resource: `${made}/*` }), ...named] : named
  return (all.length > 0 ? all : ['*']).map(resource => ({ action: `ec2:${operation}`, resource }))
}
