import type { PrincipalPolicy } from '../../../authorization/principal-view.ts'
import type { PolicyIdentifier } from '../../../../aws/models/iam.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { entityByArn, type GranteeEntity } from '../entities/entities.ts'
import { groupsOf } from '../entities/groups.ts'
import { documentOf, policyNameOf } from '../policies/policy-arns.ts'
import { policiesOf } from '../entities/principal.ts'
import { invalidInput, noSuchEntity } from '../refusals.ts'

/** A policy as the simulator speaks of it. */
export type SimulatedPolicy = { sourceId: string; sourceType: string; document: string; arn?: string | undefined }

/** A principal's own policies, its groups', and its boundary. */
export type Source = {
  entity: GranteeEntity
  policies: SimulatedPolicy[]
  boundary: SimulatedPolicy | undefined
}

/** @throws NoSuchEntity, or InvalidInput for what is no user, group or role */
export function sourcePolicies(ctx: Ctx, arn: string): Source {
  const entity = findSource(ctx, arn)
  const owners: GranteeEntity[] = [entity, ...(entity.kind === 'user' ? groupsOf(ctx, entity) : [])]
  const policies = owners.flatMap(owner => policiesOf(ctx, owner).map(policy => simulated(owner, policy)))
  const bound = entity.boundary === null ? undefined : documentOf(ctx, entity.boundary)
  const boundary = bound === undefined ? undefined : boundaryOf(entity.boundary ?? '', bound)
  return { entity, policies, boundary }
}

const boundaryOf = (arn: string, document: string): SimulatedPolicy => ({
  sourceId: policyNameOf(arn),
  sourceType: 'IAM Policy',
  document,
  arn,
})

function findSource(ctx: Ctx, arn: string): GranteeEntity {
  const kind = /^(user|group|role)\/./.exec(parseArn(arn)?.resource ?? '')?.[1]
  const entity = entityByArn(ctx, 'user', arn) ?? entityByArn(ctx, 'role', arn) ?? entityByArn(ctx, 'group', arn)
  if (entity) return entity
  if (kind === undefined) throw invalidInput(`Invalid Entity Arn: ${arn} does not clearly define entity type and name.`)
  throw noSuchEntity(`The ${kind} with name ${arn.split('/').at(-1)} cannot be found.`)
}

/** An inline policy is named after its owner: `role_worker_read`. */
function simulated({ kind, name }: GranteeEntity, policy: PrincipalPolicy): SimulatedPolicy {
  const sourceId = policy.arn === null ? `${kind}_${name}_${policy.name}` : policy.name
  return { sourceId, sourceType: 'IAM Policy', document: policy.document, arn: policy.arn ?? undefined }
}

/** Policies that a request brings: `PolicyInputList.1` and so on. */
export function givenPolicies(
  list: string,
  documents: readonly string[] = [],
  sourceType = 'IAM Policy',
): SimulatedPolicy[] {
  return documents.map((document, i) => ({ sourceId: `${list}.${i + 1}`, sourceType, document }))
}

/** Whether a policy is the one that an exclusion names. */
export function isNamed(
  { sourceId, arn }: SimulatedPolicy,
  { PolicyArn, InlinePolicyIdentifier }: PolicyIdentifier,
): boolean {
  if (PolicyArn !== undefined) return PolicyArn === arn
  if (!InlinePolicyIdentifier) return false
  const { AttachmentType, AttachmentName, PolicyName } = InlinePolicyIdentifier
  return sourceId === `${AttachmentType.toLowerCase()}_${AttachmentName}_${PolicyName}`
}
