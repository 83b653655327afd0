import { AwsError } from '../../aws/errors.ts'
import { readPolicy } from './policy-document.ts'
import { resourceFault } from './policy-resources.ts'

/*
 * What IAM accepts as a policy, and how it refuses the rest, in its own order of checks.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
 */

export type StatementJson = Record<string, unknown>

export function malformedPolicy(message: string): AwsError {
  return new AwsError('MalformedPolicyDocumentException', message)
}

const SYNTAX = 'Syntax errors in policy.'
const VERSIONS = new Set(['2008-10-17', '2012-10-17'])
const TOP_ELEMENTS = new Set(['Version', 'Id', 'Statement'])
const STATEMENT_ELEMENTS = new Set([
  'Sid',
  'Effect',
  'Action',
  'NotAction',
  'Resource',
  'NotResource',
  'Principal',
  'NotPrincipal',
  'Condition',
])

/**
 * Refuses a document that IAM would not take as an identity policy or a permissions boundary.
 * @param managed managed policies must be of version 2012-10-17, inline ones may be older
 */
export function checkIdentityPolicy(document: string, { managed }: { managed: boolean }): void {
  const statements = statementsOf(document, SYNTAX)
  for (const statement of statements) checkSyntax(statement)
  if (managed && !/"Version"\s*:\s*"2012-10-17"/.test(document)) {
    throw malformedPolicy('Policy document must be version 2012-10-17 or greater.')
  }
  if (statements.some(({ Principal, NotPrincipal }) => Principal !== undefined || NotPrincipal !== undefined)) {
    throw malformedPolicy('Policy document should not specify a principal.')
  }
  checkSids(statements)
  for (const statement of statements) checkActions(statement)
  for (const statement of statements) checkResources(statement)
  if (!readPolicy(document)) throw malformedPolicy(SYNTAX)
}

/** A document's statements; refused with `message` when it is not of a policy's form. */
export function statementsOf(document: string, message: string): StatementJson[] {
  const policy = objectOf(parsed(document, message))
  if (!policy || Object.keys(policy).some(name => !TOP_ELEMENTS.has(name))) throw malformedPolicy(SYNTAX)
  const { Version, Id, Statement } = policy
  if (Version !== undefined && !VERSIONS.has(String(Version))) {
    throw malformedPolicy('The policy must contain a valid version string')
  }
  if (Id !== undefined && typeof Id !== 'string') throw malformedPolicy(SYNTAX)
  const statements = (Array.isArray(Statement) ? Statement : [Statement]).map(objectOf)
  const found = statements.filter(statement => statement !== undefined)
  if (found.length === 0 || found.length < statements.length) throw malformedPolicy(SYNTAX)
  return found
}

function parsed(document: string, message: string): unknown {
  try {
    return JSON.parse(document)
  } catch {
    throw malformedPolicy(message)
  }
}

function objectOf(value: unknown): StatementJson | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return value as StatementJson // just checked
}

/** Elements that are known, of the right type, and not given both ways. */
function checkSyntax(statement: StatementJson): void {
  const { Effect, Sid } = statement
  const known = Object.keys(statement).every(name => STATEMENT_ELEMENTS.has(name))
  const both = ['Action', 'Resource', 'Principal'].some(name => has(statement, name) && has(statement, `Not${name}`))
  const lists = ['Action', 'NotAction', 'Resource', 'NotResource'].every(name => isTexts(statement[name]))
  if (!known || both || !lists) throw malformedPolicy(SYNTAX)
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformedPolicy(SYNTAX)
  if (Sid !== undefined && typeof Sid !== 'string') throw malformedPolicy(SYNTAX)
}

const has = (statement: StatementJson, name: string) => statement[name] !== undefined

function isTexts(value: unknown): boolean {
  if (value === undefined || typeof value === 'string') return true
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

/** An element's texts, whether it is one or a list. */
export function textsOf(value: unknown): string[] {
  const list: unknown[] = Array.isArray(value) ? value : value === undefined ? [] : [value]
  return list.filter(item => typeof item === 'string')
}

export function checkSids(statements: readonly StatementJson[]): void {
  const sids = statements.map(({ Sid }) => Sid).filter(sid => typeof sid === 'string' && sid !== '')
  if (new Set(sids).size < sids.length) {
    throw malformedPolicy('Statement IDs (SID) in a single policy must be unique.')
  }
  if (sids.some(sid => !/^[0-9A-Za-z]*$/.test(String(sid)))) {
    const rule = 'Check that your input satisfies the regular expression [0-9A-Za-z]*'
    throw malformedPolicy(`Statement IDs (SID) must be alpha-numeric. ${rule}`)
  }
}

function checkActions({ Action, NotAction }: StatementJson): void {
  const actions = textsOf(Action ?? NotAction)
  if (actions.length === 0) throw malformedPolicy('Policy statement must contain actions.')
  for (const action of actions) {
    const [vendor = '', ...rest] = action.split(':')
    if (rest.length === 0 && action !== '*') {
      throw malformedPolicy('Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.')
    }
    if (rest.length > 1) throw malformedPolicy('Actions/Condition can contain only one colon.')
    if (vendor !== '*' && /[^a-zA-Z0-9\-.]/.test(vendor)) throw malformedPolicy(`Vendor ${vendor} is not valid`)
  }
}

function checkResources({ Resource, NotResource }: StatementJson): void {
  const resources = textsOf(Resource ?? NotResource)
  if (resources.length === 0) throw malformedPolicy('Policy statement must contain resources.')
  for (const resource of resources) {
    const fault = resourceFault(resource)
    if (fault) throw malformedPolicy(fault)
  }
}
