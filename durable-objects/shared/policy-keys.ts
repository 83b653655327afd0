import type { Policy, Statement } from './policy-document.ts'
import { variablesOf } from './policy-pattern.ts'
import { applies, type Question } from './policy-statement.ts'

/** The context keys that a statement asks for: its conditions' and its variables', as written. */
function keysOf({ conditions, resources }: Statement): string[] {
  return [
    ...conditions.flatMap(({ key, values }) => [key, ...values.flatMap(variablesOf)]),
    ...(resources?.patterns ?? []).flatMap(variablesOf),
  ]
}

/** The context keys of whole policies, each once whatever its case. */
export function contextKeys(policies: readonly (Policy | undefined)[]): string[] {
  return distinct(policies.flatMap(policy => policy?.statements ?? []).flatMap(keysOf))
}

/** The context keys that statements about a request's action and resource ask for, and the request does not have. */
export function missingKeys(policies: readonly (Policy | undefined)[], question: Question): string[] {
  const about = (statement: Statement) => applies({ ...statement, conditions: [] }, question)
  const statements = policies.flatMap(policy => policy?.statements ?? []).filter(about)
  return distinct(statements.flatMap(keysOf)).filter(key => question.context(key) === undefined)
}

function distinct(keys: readonly string[]): string[] {
  const seen = new Map(keys.map(key => [key.toLowerCase(), key]))
  return [...seen.values()].sort()
}
