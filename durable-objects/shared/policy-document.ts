import { type Condition, parseOperator } from './policy-conditions.ts'
import { type Pattern, parsePattern } from './policy-pattern.ts'
import type { PrincipalType, Principals } from './policy-principals.ts'

/** A policy, read for evaluation. */
export type Policy = { version: string; id: string | undefined; statements: readonly Statement[] }

export type Statement = {
  sid: string | undefined
  effect: 'Allow' | 'Deny'
  /** Undefined in identity policies, which mean whoever they are attached to. */
  principals: Principals | undefined
  /** Patterns in lower case: actions have no case. */
  actions: Scope
  /** Undefined where the policy's own resource is meant, as in trust policies. */
  resources: Scope | undefined
  conditions: readonly Condition[]
}

/** Action or NotAction, Resource or NotResource. */
export type Scope = { patterns: readonly Pattern[]; negated: boolean }

/** No policy of AWS's is longer; a longer one is not worth reading. */
const MAX_LENGTH = 256 * 1024

type Json = Record<string, unknown>

/** A part that is not as the policy grammar has it. */
class Unreadable extends Error {}

/**
 * Reads a policy document for evaluation. Undefined when it is not a policy, down to its last condition: what cannot
 * be read whole must not be evaluated in part, since what is left out may be a denial.
 */
export function readPolicy(document: string): Policy | undefined {
  if (document.length > MAX_LENGTH) return undefined
  try {
    return policyOf(JSON.parse(document))
  } catch (error) {
    if (error instanceof Unreadable || error instanceof SyntaxError || error instanceof RangeError) return undefined
    throw error
  }
}

function policyOf(json: unknown): Policy {
  const object = objectOf(json)
  const version = object.Version ?? '2008-10-17'
  if (version !== '2012-10-17' && version !== '2008-10-17') throw new Unreadable()
  const variables = version === '2012-10-17'
  const statements = listOf(object.Statement).map(statement => statementOf(objectOf(statement), variables))
  return { version, id: textOrNone(object.Id), statements }
}

function statementOf(json: Json, variables: boolean): Statement {
  const { Effect } = json
  if (Effect !== 'Allow' && Effect !== 'Deny') throw new Unreadable()
  const actions = scopeOf(json, 'Action', text => parsePattern(text.toLowerCase(), false))
  if (!actions) throw new Unreadable()
  return {
    sid: textOrNone(json.Sid),
    effect: Effect,
    principals: principalsOf(json),
    actions,
    resources: scopeOf(json, 'Resource', text => parsePattern(text, variables)),
    conditions: json.Condition === undefined ? [] : conditionsOf(objectOf(json.Condition), variables),
  }
}

function scopeOf(json: Json, name: 'Action' | 'Resource', read: (text: string) => Pattern): Scope | undefined {
  const given = json[name]
  const excepted = json[`Not${name}`]
  if (given !== undefined && excepted !== undefined) throw new Unreadable()
  const value = given ?? excepted
  if (value === undefined) return undefined
  return { patterns: listOf(value).map(text => read(textOf(text))), negated: excepted !== undefined }
}

const PRINCIPAL_TYPES: readonly PrincipalType[] = ['AWS', 'Service', 'Federated', 'CanonicalUser']

function principalsOf({ Principal, NotPrincipal }: Json): Principals | undefined {
  if (Principal !== undefined && NotPrincipal !== undefined) throw new Unreadable()
  const value = Principal ?? NotPrincipal
  if (value === undefined) return undefined
  const negated = NotPrincipal !== undefined
  if (value === '*') return { names: [{ type: '*', name: '*' }], negated }
  const names = Object.entries(objectOf(value)).flatMap(([key, named]) => {
    const type = PRINCIPAL_TYPES.find(known => known === key)
    if (!type) throw new Unreadable()
    return listOf(named).map(name => ({ type, name: textOf(name) }))
  })
  return { names, negated }
}

function conditionsOf(json: Json, variables: boolean): Condition[] {
  return Object.entries(json).flatMap(([name, keys]) => {
    const operator = parseOperator(name)
    if (!operator) throw new Unreadable()
    return Object.entries(objectOf(keys)).map(([key, values]) => ({
      operator,
      key,
      values: listOf(values).map(value => parsePattern(scalarOf(value), variables)),
    }))
  })
}

function objectOf(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Unreadable()
  return value as Json // just checked
}

function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) throw new Unreadable()
  return Array.isArray(value) ? value : [value]
}

function textOf(value: unknown): string {
  if (typeof value !== 'string') throw new Unreadable()
  return value
}

function textOrNone(value: unknown): string | undefined {
  return value === undefined ? undefined : textOf(value)
}

/** Condition values may be written as JSON numbers and booleans. */
function scalarOf(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  return textOf(value)
}
