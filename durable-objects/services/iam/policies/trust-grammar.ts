import { readPolicy } from '../../../shared/policy-document.ts'
import {
  checkSids,
  malformedPolicy,
  type StatementJson,
  statementsOf,
  textsOf,
} from '../../../shared/policy-grammar.ts'

const ACTIONS = new Set([
  'sts:assumerole',
  'sts:assumerolewithsaml',
  'sts:assumerolewithwebidentity',
  'sts:setsourceidentity',
  'sts:tagsession',
  'sts:setcontext',
  'sts:getservicebearertoken',
  'sts:*',
  'sts:assumerole*',
])

const FIELDS = new Set(['Sid', 'Effect', 'Principal', 'NotPrincipal', 'Action', 'NotAction', 'Condition'])

/**
 * Refuses a document that IAM would not take as a role's trust policy.
 * @returns the ARNs of users and roles that it names, which must exist
 */
export function checkTrustPolicy(document: string): string[] {
  const statements = statementsOf(document, 'This policy contains invalid Json')
  const named = statements.flatMap(checkStatement)
  checkSids(statements)
  if (!readPolicy(document)) throw malformedPolicy('Syntax errors in policy.')
  return named
}

function checkStatement(statement: StatementJson): string[] {
  const prohibited = Object.keys(statement).find(name => !FIELDS.has(name))
  if (prohibited) throw malformedPolicy(`Has prohibited field ${prohibited}`)
  const { Effect, Action, NotAction, Principal, NotPrincipal } = statement
  if (Effect === undefined) throw malformedPolicy('Missing required field Effect')
  if (Effect !== 'Allow' && Effect !== 'Deny') throw malformedPolicy(`Invalid effect: ${String(Effect)}`)
  if ((Principal ?? NotPrincipal) === undefined) throw malformedPolicy('Missing required field Principal')
  const actions = textsOf(Action ?? NotAction)
  if (actions.length === 0) throw malformedPolicy('Missing required field Action')
  if (actions.some(action => !ACTIONS.has(action.toLowerCase()))) {
    throw malformedPolicy('AssumeRole policy may only specify STS AssumeRole actions.')
  }
  return checkPrincipals(Principal ?? NotPrincipal)
}

const SERVICE = /^[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal|api\.aws)$/i
const AWS_ACCOUNT = /^(?:\d{12}|arn:aws[a-z-]*:iam::\d{12}:root)$/
const AWS_IDENTITY =
  /^arn:aws[a-z-]*:(?:iam::\d{12}:(?:user|role)\/.+|sts::\d{12}:(?:assumed-role|federated-user)\/.+)$/
/** The unique id of a user or role, which AWS leaves in place of a principal that was deleted. */
const UNIQUE_ID = /^A(?:ROA|IDA)[A-Z0-9]{12,}$/
const PROVIDER = /^(?:arn:aws[a-z-]*:iam::\d{12}:(?:oidc-provider|saml-provider)\/.+|[a-z0-9.-]+\.[a-z]+)$/i

function checkPrincipals(principal: unknown): string[] {
  if (principal === '*') return []
  if (typeof principal !== 'object' || principal === null || Array.isArray(principal)) {
    throw malformedPolicy(`Invalid principal in policy: ${JSON.stringify(principal)}`)
  }
  return Object.entries(principal).flatMap(([type, names]) => {
    const texts = textsOf(names)
    if (texts.length === 0) throw malformedPolicy('Invalid principal in policy.')
    for (const name of texts) if (!isPrincipal(type, name)) throw invalidPrincipal(type, name)
    return type === 'AWS' ? texts.filter(name => /^arn:aws[a-z-]*:iam::\d{12}:(?:user|role)\//.test(name)) : []
  })
}

function isPrincipal(type: string, name: string): boolean {
  if (type === 'AWS') return name === '*' || [AWS_ACCOUNT, AWS_IDENTITY, UNIQUE_ID].some(form => form.test(name))
  if (type === 'Service') return SERVICE.test(name)
  return type === 'Federated' ? name === '*' || PROVIDER.test(name) : false
}

export function invalidPrincipal(type: string, name: string) {
  return malformedPolicy(`Invalid principal in policy: "${type === 'AWS' ? type : type.toUpperCase()}":"${name}"`)
}
