import { AwsError } from '../../../../aws/errors.ts'

/** A bucket policy whose form has been checked. */
export type BucketPolicy = { Statement: Statement[] }
export type Statement = {
  Effect: 'Allow' | 'Deny'
  Principal?: unknown
  NotPrincipal?: unknown
  Condition?: Record<string, Record<string, unknown>>
}

type Json = Record<string, unknown>

const LONGEST = 20_480
const FIELDS = ['Version', 'Id', 'Statement']
const STATEMENT_FIELDS = [
  'Sid',
  'Effect',
  'Principal',
  'NotPrincipal',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Condition',
]
const OPERATORS =
  /^(?:(?:ForAllValues|ForAnyValue):)?(?:String(?:Not)?(?:Equals(?:IgnoreCase)?|Like)|Numeric(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Date(?:(?:Not)?Equals|(?:Less|Greater)Than(?:Equals)?)|Bool|BinaryEquals|(?:Not)?IpAddress|Arn(?:Not)?(?:Equals|Like))(?:IfExists)?$|^Null$/i

const malformed = (message: string) => new AwsError('MalformedPolicy', message, 400)

/**
 * Holds a bucket's policy against the grammar.
 * @throws AwsError MalformedPolicy
 */
export function checkPolicy(text: string, bucket: string): BucketPolicy {
  const policy = objectIn(text)
  if (new TextEncoder().encode(JSON.stringify(policy)).length > LONGEST) {
    throw malformed(`Normalized policy document exceeds the maximum allowed size of ${LONGEST} bytes.`)
  }
  const unknown = Object.keys(policy).find(field => !FIELDS.includes(field))
  if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`)
  const { Version = '2008-10-17', Statement } = policy
  if (Version !== '2012-10-17' && Version !== '2008-10-17') {
    throw malformed('The policy must contain a valid version string')
  }
  if (Statement === undefined) throw malformed('Missing required field Statement')
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  if (statements.length === 0) throw malformed('Could not parse the policy: Statement is empty!')
  return { Statement: statements.map(statement => checkStatement(statement, bucket)) }
}

function objectIn(text: string): Json {
  try {
    if (!text.trimStart().startsWith('{')) throw new SyntaxError()
    return JSON.parse(text) as Json // an object, as its first byte says
  } catch {
    throw malformed("Policies must be valid JSON and the first byte must be '{'")
  }
}

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)

function checkStatement(statement: unknown, bucket: string): Statement {
  if (!isObject(statement)) throw malformed('Invalid policy syntax.')
  const unknown = Object.keys(statement).find(field => !STATEMENT_FIELDS.includes(field))
  if (unknown !== undefined) throw malformed(`Unknown field ${unknown}`)
  const { Sid, Effect, Principal, NotPrincipal, Condition } = statement
  if (Sid !== undefined && typeof Sid !== 'string') throw malformed('Invalid policy syntax.')
  if (Effect === undefined) throw malformed('Missing required field Effect')
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformed(`Invalid effect: ${String(Effect)}`)
  if (Principal === undefined && NotPrincipal === undefined) throw malformed('Missing required field Principal')
  if (Principal !== undefined && NotPrincipal !== undefined) {
    throw malformed('Statement cannot contain both Principal and NotPrincipal')
  }
  checkPrincipal(Principal ?? NotPrincipal)
  const actions = textsOf(statement, 'Action')
  const resources = textsOf(statement, 'Resource')
  checkActions(actions)
  checkResources(resources, bucket)
  checkFit(actions, resources, statement)
  checkCondition(Condition)
  // Every member that the type names has been looked at.
  return statement as Statement
}

/** The texts of `Action` or `NotAction`, or of `Resource` or `NotResource`: one of the two must be there. */
function textsOf(statement: Json, name: 'Action' | 'Resource'): string[] {
  const [given, excepted] = [statement[name], statement[`Not${name}`]]
  const value = given ?? excepted
  if (value === undefined) throw malformed(`Missing required field ${name}`)
  if (given !== undefined && excepted !== undefined) {
    throw malformed(`Statement cannot contain both ${name} and Not${name}`)
  }
  const texts = Array.isArray(value) ? value : [value]
  if (texts.length === 0 || texts.some(text => typeof text !== 'string')) {
    throw malformed(`Policy has invalid ${name.toLowerCase()}`)
  }
  return texts as string[] // just checked
}

function checkActions(actions: readonly string[]): void {
  if (actions.some(action => action !== '*' && !/^s3(?:-object-lambda|express)?:[A-Za-z*?]+$/i.test(action))) {
    throw malformed('Policy has invalid action')
  }
}

/** A bucket's policy speaks of that bucket and what is in it, or of everything. */
function checkResources(resources: readonly string[], bucket: string): void {
  for (const resource of resources) {
    const name = /^arn:(?:aws|aws-cn|aws-us-gov|\*):s3:::([^/]+)(?:\/.*)?$/s.exec(resource)?.[1]
    if (resource !== '*' && (name === undefined || !covers(name, bucket))) {
      throw malformed('Policy has invalid resource')
    }
  }
}

/** Whether a pattern of a bucket's name may mean the bucket; a variable may mean anything. */
function covers(pattern: string, bucket: string): boolean {
  if (pattern.includes('${')) return true
  let [at, back, mark, star] = [0, 0, 0, -1]
  while (at < bucket.length) {
    const char = pattern[back]
    if (char === '*') {
      star = back++
      mark = at
    } else if (char === '?' || char === bucket[at]) {
      at += 1
      back += 1
    } else if (star >= 0) {
      back = star + 1
      at = ++mark
    } else {
      return false
    }
  }
  return /^\**$/.test(pattern.slice(back))
}

/** Actions on objects need a resource with a slash, actions on buckets one without. */
const ON_OBJECTS =
  /^s3:(?:(?:Get|Put|Delete|Restore|Replicate)Object|AbortMultipartUpload|ListMultipartUploadParts|ObjectOwnerOverrideToBucketOwner|BypassGovernanceRetention)/i
const NOT_ON_OBJECTS = /^s3:(?:Get|Put)?(?:BucketObjectLockConfiguration|ObjectLockConfiguration)/i
const ON_BUCKETS =
  /^s3:(?:ListBucket|(?:Get|Put|Delete)(?:Bucket|Lifecycle|Replication|Encryption|Accelerate|Inventory|Analytics|Metrics)|CreateBucket|DeleteBucket)/i

function checkFit(actions: readonly string[], resources: readonly string[], statement: Json): void {
  if (statement.NotAction !== undefined || statement.NotResource !== undefined) return
  const wide = (resource: string) => /[*?]$|^\*$|\$\{/.test(resource)
  const objects = resources.some(resource => resource.includes('/') || wide(resource))
  const buckets = resources.some(resource => !resource.includes('/') || resource.includes('${'))
  const misfit = actions.some(action => {
    if (action.includes('*') || action.includes('?')) return false
    if (ON_OBJECTS.test(action) && !NOT_ON_OBJECTS.test(action)) return !objects
    return ON_BUCKETS.test(action) && !buckets
  })
  if (misfit) throw malformed('Action does not apply to any resource(s) in statement')
}

const SERVICE = /^[a-z0-9.-]+\.amazonaws\.com(?:\.cn)?$/
const AWS_PRINCIPAL =
  /^(?:\*|\d{12}|arn:aws[a-z-]*:(?:iam|sts)::\d{12}:(?:root|(?:user|role|assumed-role|federated-user)\/.+)|arn:aws[a-z-]*:iam::cloudfront:user\/.+|A[A-Z0-9]{15,})$/

function checkPrincipal(principal: unknown): void {
  if (principal === '*') return
  if (!isObject(principal) || Object.keys(principal).length === 0) throw malformed('Invalid policy syntax.')
  for (const [kind, value] of Object.entries(principal)) {
    const names = Array.isArray(value) ? value : [value]
    const valid = names.length > 0 && names.every(name => typeof name === 'string' && principalFits(kind, name))
    if (!valid) throw malformed('Invalid principal in policy')
  }
}

function principalFits(kind: string, name: string): boolean {
  if (kind === 'AWS') return AWS_PRINCIPAL.test(name)
  if (kind === 'Service') return SERVICE.test(name)
  if (kind === 'CanonicalUser') return /^[0-9a-f]{64}$/.test(name)
  return kind === 'Federated' && name !== ''
}

function checkCondition(condition: unknown): void {
  if (condition === undefined) return
  if (!isObject(condition)) throw malformed('Invalid policy syntax.')
  for (const [operator, keys] of Object.entries(condition)) {
    if (!OPERATORS.test(operator)) throw malformed(`Invalid Condition type : ${operator}`)
    if (!isObject(keys)) throw malformed('Invalid policy syntax.')
    const key = Object.keys(keys).find(name => !/^[a-z0-9-]+:.+$/i.test(name))
    if (key !== undefined) throw malformed('Policy has an invalid condition key')
  }
}
