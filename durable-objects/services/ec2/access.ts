import { arnOf } from '../../../aws/arn.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import type { Access, Input } from '../../shared/policy-access.ts'
import { KINDS, type Kind } from './schema.ts'
import { tagsOf } from './tags.ts'

/** Ids of our resources in an operation's own parameters. */
function idsIn(input: Input): { id: string; kind: Kind }[] {
  const kinds = Object.keys(KINDS) as Kind[]
  const texts = Object.values(input).flat()
  return texts.flatMap(id => {
    const kind = typeof id === 'string' && kinds.find(each => KINDS[each].prefix === id.replace(/-[0-9a-f]+$/, ''))
    return kind ? [{ id: String(id), kind }] : []
  })
}

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html */
export function ec2Access({ operation, place }: Ctx, input: Input): Access[] {
  const action = `ec2:${operation}`
  const { region, account } = place
  const ids = /^(?:Describe|Get)/.test(operation) ? [] : idsIn(input)
  if (ids.length === 0) return [{ action, resource: '*' }]
  return ids.map(({ id, kind }) => ({
    action,
    resource: arnOf({ service: 'ec2', region, account, resource: `${kind}/${id}` }),
  }))
}

/** Tags of the first resource that an operation names. */
export function ec2Tags(ctx: Ctx, _operation: string, input: Input): Record<string, string> | undefined {
  const [first] = idsIn(input)
  return first && Object.fromEntries(tagsOf(ctx, first.id).map(({ Key, Value }) => [Key, Value]))
}
