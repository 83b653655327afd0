import type { PrincipalPolicy } from '../../../authorization/principal-view.ts'
import type { In, Out, PolicyGrantingServiceAccess } from '../../../../aws/models/iam.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { readPolicy } from '../../../shared/policy-document.ts'
import { entityByArn, type GranteeEntity } from '../entities/entities.ts'
import { groupsOf } from '../entities/groups.ts'
import { policiesOf } from '../entities/principal.ts'
import { noSuchEntity } from '../refusals.ts'

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListPoliciesGrantingServiceAccess.html */
export function ListPoliciesGrantingServiceAccess(
  ctx: Ctx,
  { Arn, ServiceNamespaces }: In<'ListPoliciesGrantingServiceAccess'>,
): Out<'ListPoliciesGrantingServiceAccess'> {
  const entity = entityByArn(ctx, 'user', Arn) ?? entityByArn(ctx, 'role', Arn) ?? entityByArn(ctx, 'group', Arn)
  if (!entity) throw noSuchEntity(`ARN ${Arn} does not exist.`)
  const groups = entity.kind === 'user' ? groupsOf(ctx, entity) : []
  const granting = [entity, ...groups].flatMap(owner => policiesOf(ctx, owner).map(policy => ({ owner, policy })))
  const entries = ServiceNamespaces.map(ServiceNamespace => ({
    ServiceNamespace,
    Policies: granting
      .filter(({ policy }) => grants(policy, ServiceNamespace))
      .map(({ owner, policy }) => shown(owner, policy)),
  }))
  return { PoliciesGrantingServiceAccess: entries, IsTruncated: false }
}

/** Whether a statement allows some action of a service; what denies grants nothing. */
function grants({ document }: PrincipalPolicy, namespace: string): boolean {
  const statements = readPolicy(document)?.statements ?? []
  return statements.some(({ effect, actions: { patterns, negated } }) => {
    if (effect !== 'Allow') return false
    const whole = patterns.some(({ text }) => text === '*' || text === `${namespace}:*`)
    return negated ? !whole : patterns.some(({ text }) => text === '*' || text.startsWith(`${namespace}:`))
  })
}

function shown({ kind, name }: GranteeEntity, policy: PrincipalPolicy): PolicyGrantingServiceAccess {
  if (policy.arn !== null) return { PolicyName: policy.name, PolicyType: 'MANAGED', PolicyArn: policy.arn }
  const EntityType = kind.toUpperCase()
  return { PolicyName: policy.name, PolicyType: 'INLINE', EntityType, EntityName: name }
}
