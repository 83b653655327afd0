import type { PolicyDescriptorType } from '../../../aws/models/sts.types.ts'
import { rootArn } from '../../../aws/arn.ts'
import type { Ctx, Session } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { checkIdentityPolicy } from '../../shared/policy-grammar.ts'
import { principalView } from '../../authorization/identity.ts'

type Asked = { Policy?: string | undefined; PolicyArns?: PolicyDescriptorType[] | undefined }

/** How long session policies and tags may be together, in characters, before AWS packs them no further. */
const PACKED_LIMIT = 4096

/** Refuses session policies that cannot be read, or are not there. */
export async function sessionPolicies(
  ctx: Ctx,
  { Policy, PolicyArns = [] }: Asked,
  account: string,
): Promise<Pick<Session, 'policy' | 'policyArns'>> {
  if (Policy !== undefined) checkIdentityPolicy(Policy, { managed: false })
  const arns = PolicyArns.flatMap(({ arn }) => (arn === undefined ? [] : [arn]))
  if (arns.length > 0) {
    const root = { arn: rootArn(account), policyArns: arns }
    const found = (await principalView(ctx, account, root))?.sessionPolicies ?? []
    const missing = arns.find(arn => !found.some(policy => policy.arn === arn))
    if (missing)
      throw new AwsError('ValidationError', `The session policy ${missing} does not exist or is not attachable.`)
  }
  return { ...(Policy !== undefined && { policy: Policy }), ...(arns.length > 0 && { policyArns: arns }) }
}

/**
 * How full a session's policies and tags are, in per cent; undefined when it has none.
 * @throws PackedPolicyTooLarge
 */
export function packedSize({ policy = '', policyArns = [], tags = {} }: Partial<Session>): number | undefined {
  const length = policy.length + policyArns.join('').length + Object.entries(tags).flat().join('').length
  if (length === 0) return undefined
  const size = Math.ceil((length / PACKED_LIMIT) * 100)
  if (size <= 100) return size
  const message = `Packed size of session tags consumes ${size}% of allotted space.`
  throw new AwsError('PackedPolicyTooLargeException', message)
}
