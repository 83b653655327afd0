import type { Dialect } from '../../aws/sigv4/proof.ts'
import { AwsError } from '../../aws/errors.ts'
import type { Decision, Layer } from '../shared/policy-evaluate.ts'

/** How AWS names each kind of policy. */
const NAMES: Readonly<Record<Layer, [article: string, name: string]>> = {
  identity: ['an', 'identity-based policy'],
  resource: ['a', 'resource-based policy'],
  boundary: ['a', 'permissions boundary'],
  session: ['a', 'session policy'],
  control: ['a', 'service control policy'],
}

type Words = { code: string; action?: (action: string) => string; before?: string }

/** Services that word their refusals otherwise. */
const WORDS: Readonly<Record<string, Words>> = {
  ec2: { code: 'UnauthorizedOperation', before: 'You are not authorized to perform this operation. ' },
  sns: { code: 'AuthorizationErrorException', action: action => action.replace('sns:', 'SNS:') },
  sqs: { code: 'AccessDeniedException', action: action => action.toLowerCase() },
}

export type Denied = { arn: string; action: string; resource: string; decision: Decision; trust?: boolean | undefined }

/**
 * Who may not do what, and for which kind of policy.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
 */
export function denialText({ arn, action, resource, decision, trust }: Denied, quoted = false): string {
  const { layer } = decision
  const [article, name] = trust && layer === 'resource' ? ['a', 'role trust policy'] : NAMES[layer]
  const why =
    decision.decision === 'explicitDeny'
      ? `with an explicit deny in ${article} ${name}`
      : `because no ${name} allows the ${action} action`
  // What is asked of no bucket is asked of no resource.
  const on = quoted && resource === 'arn:aws:s3:::*' ? '' : ` on resource: ${quoted ? `"${resource}"` : resource}`
  return `User: ${arn} is not authorized to perform: ${action}${on} ${why}`
}

/** What an allowed or denied request is told by, in a sentence. */
export function reasonText(denied: Denied): string {
  if (denied.decision.decision !== 'allowed') return denialText(denied)
  const [first] = denied.decision.statements
  const by = first ? `statement ${first.sid ?? first.statement} of ${first.policy}` : 'it being the account itself'
  return `${denied.arn} may perform ${denied.action} on ${denied.resource} by ${by}`
}

/** The refusal in the service's words. S3 says why only within an account. */
export function accessDenied(dialect: Dialect, denied: Denied & { foreign: boolean }): AwsError {
  if (dialect === 's3') {
    const plain = denied.foreign || denied.arn === 'anonymous'
    return new AwsError('AccessDenied', plain ? 'Access Denied' : denialText(denied, true), 403)
  }
  const service = denied.action.slice(0, denied.action.indexOf(':'))
  const words = Object.hasOwn(WORDS, service) ? WORDS[service] : undefined
  const code = words?.code ?? (dialect === 'query' ? 'AccessDenied' : 'AccessDeniedException')
  const action = words?.action?.(denied.action) ?? denied.action
  const text = (words?.before ?? '') + denialText({ ...denied, action })
  return new AwsError(code, text, dialect === 'json' ? 400 : 403)
}
