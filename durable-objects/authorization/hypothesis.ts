import type { Env } from '../kernel/env.ts'
import { askObject } from '../kernel/object/calls.ts'
import { GLOBAL_REGION, objectOf } from '../../aws/place.ts'
import { readPolicy } from '../shared/policy-document.ts'
import { type Decision, evaluate } from '../shared/policy-evaluate.ts'
import type { ContextValues } from '../shared/policy-statement.ts'
import { principalKeys } from './context-keys.ts'
import { reasonText } from './denial.ts'
import { type Identity, identityOf, rootIdentity } from './identity.ts'

/** A request that nobody has made. */
export type Hypothesis = {
  /** ARN of a user, role or root; or an account, for its root. */
  principal: string
  action: string
  resource: string
  context: ContextValues
  /** The policy of the resource, as JSON. */
  resourcePolicy?: string | undefined
}

export type Verdict = Decision & { principal: string; action: string; resource: string; reason: string }

/** What a principal's policies say to a request; undefined when IAM does not know the principal. */
export async function hypothesis(
  env: Env,
  place: { namespace: string; account: string },
  supposed: Hypothesis,
): Promise<Verdict | undefined> {
  const { principal, action, resource, resourcePolicy } = supposed
  const identity = await identityByName(env, place, principal)
  if (!identity) return undefined
  const own = resourcePolicy === undefined ? undefined : { name: 'resource policy', policy: readPolicy(resourcePolicy) }
  const context = { ...principalKeys(identity), 'aws:PrincipalArn': identity.principalArn, ...supposed.context }
  const decision = evaluate(
    { ...identity.policies, ...(own && { resource: own }) },
    { action, resource, principal: identity.principal, context },
  )
  const reason = reasonText({ arn: identity.arn, action, resource, decision })
  return { ...decision, principal: identity.arn, action, resource, reason }
}

async function identityByName(
  env: Env,
  { namespace, account }: { namespace: string; account: string },
  principal: string,
): Promise<Identity | undefined> {
  if (principal === account) return rootIdentity(account)
  const name = objectOf({ namespace, account, region: GLOBAL_REGION }, 'iam')
  const asked = { service: 'iam', operation: 'FindPrincipal', input: { arn: principal } } as const
  const found = await askObject(env, name, asked)
  return found ? identityOf(found, account) : undefined
}
