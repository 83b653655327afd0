import { decodeBase64 } from '../../../../aws/wire/base64.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { accessDenied } from '../objects/object-refusals.ts'

/** A condition as its form must meet it; `shown` is how refusals write it. */
export type PostCondition =
  | { kind: 'eq' | 'starts-with'; field: string; value: string; shown: string }
  | { kind: 'content-length-range'; least: number; most: number; shown: string }

/** A form's policy. `expires` is in epoch milliseconds. */
export type PostPolicy = { expires: number; conditions: PostCondition[] }

function invalidPolicy(reason: string): AwsError {
  return new AwsError('InvalidPolicyDocument', `Invalid Policy: ${reason}`, 400)
}

function against(reason: string): AwsError {
  return accessDenied(`Invalid according to Policy: ${reason}`)
}

const failed = (shown: string) => against(`Policy Condition failed: ${shown}`)

/**
 * Reads a policy as a form has it, in base64.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html
 * @throws AwsError InvalidPolicyDocument
 */
export function readPostPolicy(text: string): PostPolicy {
  const bytes = decodeBase64(text.replaceAll(/\s/g, ''))
  if (!bytes) throw invalidPolicy('invalid Base64 encoding.')
  const document = parsed(new TextDecoder().decode(bytes))
  const member = (name: string) => Object.entries(document).find(([key]) => key.toLowerCase() === name)?.[1]
  const unexpected = Object.keys(document).find(key => !/^(?:expiration|conditions)$/i.test(key))
  if (unexpected !== undefined) throw invalidPolicy(`Unexpected: '${unexpected.toLowerCase()}'`)
  const expires = expirationOf(member('expiration'))
  const conditions = member('conditions')
  if (conditions === undefined) throw invalidPolicy('Policy missing conditions.')
  if (!Array.isArray(conditions)) throw invalidPolicy("Invalid 'conditions' value: must be a List.")
  return { expires, conditions: conditions.map(conditionOf) }
}

function parsed(text: string): Record<string, unknown> {
  try {
    const document: unknown = JSON.parse(text)
    if (isObject(document)) return document
  } catch {
    // Refused below.
  }
  throw invalidPolicy('Invalid JSON.')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

function expirationOf(value: unknown): number {
  if (value === undefined) throw invalidPolicy('Policy missing expiration.')
  const text = String(value)
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw invalidPolicy(`Invalid 'expiration' value: '${text}'`)
  return time
}

const OPERATIONS = ['eq', 'starts-with', 'content-length-range']

function conditionOf(value: unknown): PostCondition {
  if (isObject(value)) return simpleCondition(value)
  if (!Array.isArray(value)) throw invalidPolicy('Invalid condition test: must be a List or Object.')
  const [name, first, second, ...more] = value as unknown[]
  if (typeof name !== 'string') throw invalidPolicy('Invalid Condition: missing operation identifier.')
  const kind = name.toLowerCase()
  if (!OPERATIONS.includes(kind)) throw invalidPolicy(`Invalid Condition: unknown operation '${name}'.`)
  if (first === undefined || second === undefined || more.length > 0) {
    throw invalidPolicy(`Invalid ${name}: wrong number of arguments.`)
  }
  const shown = `[${value.map(each => JSON.stringify(each)).join(', ')}]`
  if (kind === 'content-length-range') return { kind, least: numberOf(first), most: numberOf(second), shown }
  if (typeof first !== 'string' || typeof second !== 'string') throw invalidPolicy('Invalid JSON.')
  // A name without its sign is no field's.
  const field = first.startsWith('$') ? first.slice(1).toLowerCase() : ''
  return { kind: kind === 'eq' ? 'eq' : 'starts-with', field, value: second, shown }
}

/** Not a number where it is none: no size lies in such a range. */
function numberOf(value: unknown): number {
  if (typeof value === 'number' && !Number.isInteger(value)) throw invalidPolicy('Invalid JSON.')
  return /^\d{1,15}$/.test(String(value)) ? Number(value) : Number.NaN
}

function simpleCondition(value: Record<string, unknown>): PostCondition {
  const [only, ...more] = Object.entries(value)
  if (!only || more.length > 0) {
    throw invalidPolicy('Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.')
  }
  const [name, wanted] = only
  if (wanted === null) throw invalidPolicy('Invalid JSON.')
  if (typeof wanted !== 'string') throw invalidPolicy('Invalid Simple-Condition: value must be a string.')
  const shown = `["eq", ${JSON.stringify(`$${name}`)}, ${JSON.stringify(wanted)}]`
  return { kind: 'eq', field: name.toLowerCase(), value: wanted, shown }
}

/** A form as a policy sees it: fields by their names in lower case, the bucket among them, and as they were sent. */
export type PostedForm = { values: ReadonlyMap<string, string>; names: readonly string[]; now: number }

/** Fields that no condition need name. */
const FREE = /^(?:x-amz-signature|signature|awsaccesskeyid|policy|file|x-ignore-.*)$/i

/**
 * Holds a form against its policy, but for the size of its file.
 * @returns the sizes that the policy allows
 * @throws AwsError AccessDenied
 */
export function checkPosted(policy: PostPolicy, form: PostedForm): { least: number; most: number } {
  if (policy.expires <= form.now) throw against('Policy expired.')
  const range = { least: 0, most: Number.POSITIVE_INFINITY }
  for (const condition of policy.conditions) {
    if (condition.kind !== 'content-length-range') {
      checkField(condition, form.values.get(condition.field))
      continue
    }
    if (Number.isNaN(condition.least) || Number.isNaN(condition.most)) throw failed(condition.shown)
    range.least = Math.max(range.least, condition.least)
    range.most = Math.min(range.most, condition.most)
  }
  const named = new Set(policy.conditions.map(each => (each.kind === 'content-length-range' ? '' : each.field)))
  const extra = form.names.filter(name => !FREE.test(name) && !named.has(name.toLowerCase()))
  if (extra.length > 0) throw against(`Extra input fields: ${extra.join(', ')}`)
  return range
}

type FieldCondition = Extract<PostCondition, { field: string }>

function checkField({ kind, field, value, shown }: FieldCondition, given: string | undefined): void {
  if (given === undefined) throw failed(shown)
  // A list of types: each must do.
  const each = field === 'content-type' && kind === 'starts-with' ? given.split(',').map(type => type.trim()) : [given]
  if (!each.every(text => (kind === 'eq' ? text === value : text.startsWith(value)))) throw failed(shown)
}
