import { type Context, holds, lookupOf } from './policy-conditions.ts'
import type { Scope, Statement } from './policy-document.ts'
import { type Lookup, matches } from './policy-pattern.ts'
import { type Principal, type PrincipalMatch, matchPrincipal } from './policy-principals.ts'

/** Context keys and their values, as the caller of an evaluation has them; keys have no case. */
export type ContextValues = Record<string, string | readonly string[]>

/** What is asked of a policy. The action is in lower case. */
export type Question = { action: string; resource: string; principal: Principal; context: Context }

type Request = { action: string; resource: string; principal: Principal; context: ContextValues }

export function questionOf(request: Request): Question {
  const values = new Map<string, readonly string[]>()
  for (const [key, value] of Object.entries(request.context)) {
    values.set(key.toLowerCase(), typeof value === 'string' ? [value] : value)
  }
  const context: Context = key => values.get(key.toLowerCase())
  return { ...request, action: request.action.toLowerCase(), context }
}

/** Whether a statement is about this action on this resource, under these conditions; its principals aside. */
export function applies({ actions, resources, conditions }: Statement, question: Question): boolean {
  const { action, resource, context } = question
  const lookup = lookupOf(context)
  if (!covers(actions, action, lookup)) return false
  if (resources && !covers(resources, resource, lookup)) return false
  return conditions.every(condition => holds(condition, context))
}

function covers({ patterns, negated }: Scope, text: string, lookup: Lookup): boolean {
  return patterns.some(pattern => matches(pattern, text, lookup)) !== negated
}

/** How a resource policy's statement applies to who asks; undefined when it does not. */
export function appliesTo(statement: Statement, question: Question): PrincipalMatch | undefined {
  const match = statement.principals && matchPrincipal(statement.principals, question.principal)
  return match && applies(statement, question) ? match : undefined
}
