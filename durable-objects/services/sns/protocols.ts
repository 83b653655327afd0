import type { Ctx } from '../../kernel/object/operation.ts'
import { checkTaken } from '../../kernel/outbox/deliver.ts'
import { parseArn } from '../../../aws/arn.ts'
import { AwsError } from '../../../aws/errors.ts'
import { invalidParameter } from './refusals.ts'
import type { Topic } from './schema.ts'

const PHONE = /^\+[1-9]\d{6,14}$/
const EMAIL = /^[^\s@]{1,64}@[^\s@]{1,255}$/

export const isPhone = (text: string) => PHONE.test(text)

const isArnOf = (service: string) => (endpoint: string) => parseArn(endpoint)?.service === service

/** Whether an endpoint is one of its protocol, and what SNS says when not. */
const PROTOCOLS: Record<string, { fits: (endpoint: string) => boolean; refusal: string }> = {
  http: { fits: url => isUrl(url, 'http:'), refusal: 'Endpoint must match the specified protocol' },
  https: { fits: url => isUrl(url, 'https:'), refusal: 'Endpoint must match the specified protocol' },
  email: { fits: text => EMAIL.test(text), refusal: 'Email address' },
  'email-json': { fits: text => EMAIL.test(text), refusal: 'Email address' },
  sms: { fits: isPhone, refusal: 'Invalid SMS endpoint' },
  sqs: { fits: isArnOf('sqs'), refusal: 'SQS endpoint ARN' },
  lambda: { fits: isArnOf('lambda'), refusal: 'Lambda endpoint ARN' },
  firehose: { fits: isArnOf('firehose'), refusal: 'Firehose endpoint ARN' },
  application: { fits: isArnOf('sns'), refusal: 'Application endpoint arn invalid' },
}

function isUrl(text: string, scheme: string): boolean {
  try {
    return new URL(text).protocol === scheme
  } catch {
    return false
  }
}

type Listener = { protocol: string; endpoint: string }

/** @throws AwsError for an unknown protocol, and an endpoint that the protocol or the topic does not take */
export function checkEndpoint(ctx: Ctx, topic: Topic, { protocol, endpoint }: Listener): void {
  const known = Object.hasOwn(PROTOCOLS, protocol) ? PROTOCOLS[protocol] : undefined
  if (!known) throw invalidParameter(`Amazon SNS does not support this protocol string: ${protocol}`)
  if (endpoint === '') throw invalidParameter('Endpoint')
  if (protocol === 'sms' && !isPhone(endpoint)) {
    throw new AwsError('InvalidParameterException', `Invalid SMS endpoint: ${endpoint}`)
  }
  if (!known.fits(endpoint)) throw invalidParameter(known.refusal)
  if (parseArn(endpoint)) checkTaken(ctx, endpoint)
  if (topic.fifo && protocol !== 'sqs') {
    throw invalidParameter(`Invalid protocol type: ${protocol}`)
  }
  if (!topic.fifo && protocol === 'sqs' && endpoint.endsWith('.fifo')) {
    throw invalidParameter(
      'Invalid parameter: Endpoint Reason: FIFO SQS Queues can not be subscribed to standard SNS topics',
    )
  }
}

/** Endpoints that anyone could name must say themselves that they want it; so must a queue of another account. */
export function isConfirmed(ctx: Ctx, protocol: string, endpoint: string): boolean {
  if (['http', 'https', 'email', 'email-json'].includes(protocol)) return false
  return protocol !== 'sqs' || parseArn(endpoint)?.account === ctx.caller.accountId
}
