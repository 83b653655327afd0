import { parseArn } from '../../../aws/arn.ts'
import type { AwsError } from '../../../aws/errors.ts'
import { parseObject } from './documents.ts'
import { invalidAttribute, invalidValue } from './refusals.ts'

/** Where messages go that were received too often, and how often that is. */
export type RedrivePolicy = { deadLetterTargetArn: string; maxReceiveCount: number; text: string }

/**
 * Reads a RedrivePolicy; `text` is the form in which AWS gives it back (the count a number).
 * @throws AwsError with AWS's reason; whether the queue exists is not looked at
 */
export function parseRedrivePolicy(text: string): RedrivePolicy {
  const policy = parseObject(text)
  if (!policy) throw invalidAttribute('RedrivePolicy', 'Redrive policy is not a valid JSON map')
  const refuse = (reason: string) => invalidValue('RedrivePolicy', text, reason)
  for (const name of ['maxReceiveCount', 'deadLetterTargetArn']) {
    if (policy[name] === undefined || policy[name] === null) {
      throw refuse(`Redrive policy does not contain mandatory attribute: ${name}`)
    }
  }
  if (Object.keys(policy).length > 2) {
    throw refuse('Only following attributes are supported: [maxReceiveCount, deadLetterTargetArn]')
  }
  const { deadLetterTargetArn } = policy
  const count = String(policy.maxReceiveCount)
  const maxReceiveCount = Number(count)
  if (!/^\d+$/.test(count) || maxReceiveCount < 1 || maxReceiveCount > 1000) {
    throw refuse(`Invalid value for maxReceiveCount: ${count}, valid values are from 1 to 1000 both inclusive`)
  }
  const arn = typeof deadLetterTargetArn === 'string' ? parseArn(deadLetterTargetArn) : undefined
  if (typeof deadLetterTargetArn !== 'string' || !arn) throw refuse('Invalid value for deadLetterTargetArn')
  if (arn.service !== 'sqs') throw refuse('Only SQS queues are valid resources for deadLetterTargetArn')
  return { deadLetterTargetArn, maxReceiveCount, text: JSON.stringify({ ...policy, maxReceiveCount }) }
}

const UNSUPPORTED = "Amazon SQS can't create the redrive allow policy, as it’s in an unsupported format"
const MAX_SOURCES = 10

/** Which queues may name a queue as their dead-letter queue. */
export type RedriveAllowPolicy = { redrivePermission: 'allowAll' | 'denyAll' | 'byQueue'; sourceQueueArns?: string[] }

/** What AWS refuses about a RedriveAllowPolicy; undefined when it is well. */
export function redriveAllowPolicyProblem(text: string): AwsError | undefined {
  const policy = parseObject(text)
  if (!policy) return invalidAttribute('RedriveAllowPolicy', UNSUPPORTED)
  const { redrivePermission, sourceQueueArns, ...others } = policy
  const known = typeof redrivePermission === 'string' && ['allowAll', 'denyAll', 'byQueue'].includes(redrivePermission)
  const listed = Array.isArray(sourceQueueArns) && sourceQueueArns.every(arn => typeof arn === 'string')
  if (!known || Object.keys(others).length > 0 || (sourceQueueArns !== undefined && !listed)) {
    return invalidAttribute('RedriveAllowPolicy', UNSUPPORTED)
  }
  const sources = Array.isArray(sourceQueueArns) ? sourceQueueArns.length : 0
  const refuse = (why: string) =>
    invalidValue('RedriveAllowPolicy', text, `Amazon SQS can't create the redrive allow policy. ${why}`)
  if (redrivePermission !== 'byQueue') {
    if (sourceQueueArns === undefined) return undefined
    return refuse('To specify one or more source queue ARNs, you must set redrivePermission to byQueue')
  }
  if (sources === 0) {
    return refuse(
      'When you specify the byQueue permission type, you must also specify one or more sourceQueueArns values',
    )
  }
  if (sources > MAX_SOURCES) {
    return refuse(`The maximum number of source queue ARNs you can specify is ${MAX_SOURCES}`)
  }
  return undefined
}

/** Whether a dead-letter queue takes messages from the source; without a policy it takes them from all. */
export function allowsRedrive(policy: string | undefined, sourceArn: string): boolean {
  if (policy === undefined) return true
  const { redrivePermission, sourceQueueArns } = JSON.parse(policy) as RedriveAllowPolicy // checked when it was set
  if (redrivePermission === 'byQueue') return sourceQueueArns?.includes(sourceArn) ?? false
  return redrivePermission === 'allowAll'
}
