import { readPolicy } from './policy-document.ts'
import type { Principal } from './policy-principals.ts'
import { appliesTo, type ContextValues, questionOf } from './policy-statement.ts'

export type ResourceRequest = {
  /** `sqs:SendMessage` */
  action: string
  /** ARN of what is asked for. */
  resource: string
  principal: Principal
  context: ContextValues
}

/**
 * What a resource's own policy says to a request: an explicit denial wins, and a policy that is not there or cannot
 * be read says nothing.
 */
export function evaluateResourcePolicy(
  document: string | null,
  request: ResourceRequest,
  read: typeof readPolicy = readPolicy,
): 'allow' | 'deny' | 'none' {
  const policy = document === null ? undefined : read(document)
  if (!policy) return 'none'
  const question = questionOf(request)
  const applying = policy.statements.filter(statement => appliesTo(statement, question) !== undefined)
  if (applying.some(({ effect }) => effect === 'Deny')) return 'deny'
  return applying.length > 0 ? 'allow' : 'none'
}

/** Whether a role's trust policy lets an AWS service (`lambda.amazonaws.com`) assume the role. */
export function trusts(document: string, service: string, action = 'sts:AssumeRole'): boolean {
  const request = { action, resource: '', principal: { service }, context: {} }
  return evaluateResourcePolicy(document, request) === 'allow'
}
