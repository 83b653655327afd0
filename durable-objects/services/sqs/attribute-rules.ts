import { AwsError } from '../../../aws/errors.ts'
import { parseObject, sameDocument } from './documents.ts'
import { invalidAttribute, invalidParameter, unknownAttribute } from './refusals.ts'
import { parseRedrivePolicy, redriveAllowPolicyProblem } from './redrive-policy.ts'
import type { Attributes } from './schema.ts'
import { own } from '../../../aws/own.ts'

/** The largest message and batch, in bytes. AWS raised it from 256 KiB in August 2025. */
export const MAX_MESSAGE_SIZE = 1_048_576

/** Least and most of the attributes that are numbers (seconds or bytes). */
const RANGES: Record<string, readonly [number, number]> = {
  DelaySeconds: [0, 900],
  MaximumMessageSize: [1024, MAX_MESSAGE_SIZE],
  MessageRetentionPeriod: [60, 1_209_600],
  ReceiveMessageWaitTimeSeconds: [0, 20],
  VisibilityTimeout: [0, 43_200],
  KmsDataKeyReusePeriodSeconds: [60, 86_400],
}

const CHOICES: Record<string, readonly string[]> = {
  SqsManagedSseEnabled: ['true', 'false'],
  ContentBasedDeduplication: ['true', 'false'],
  DeduplicationScope: ['queue', 'messageGroup'],
  FifoThroughputLimit: ['perQueue', 'perMessageGroupId'],
}

const DEFAULTS: Attributes = {
  VisibilityTimeout: '30',
  MaximumMessageSize: String(MAX_MESSAGE_SIZE),
  MessageRetentionPeriod: '345600',
  DelaySeconds: '0',
  ReceiveMessageWaitTimeSeconds: '0',
}

const FIFO_DEFAULTS: Attributes = {
  FifoQueue: 'true',
  DeduplicationScope: 'queue',
  FifoThroughputLimit: 'perQueue',
  ContentBasedDeduplication: 'false',
}

/** Documents and keys that an empty string removes. */
const REMOVABLE = new Set(['Policy', 'RedrivePolicy', 'RedriveAllowPolicy', 'KmsMasterKeyId'])

/** What a queue's attributes are, defaults filled in. */
export function effectiveAttributes(fifo: boolean, set: Attributes): Attributes {
  const kms = set.KmsMasterKeyId !== undefined
  return {
    ...DEFAULTS,
    ...set,
    ...(kms ? { KmsDataKeyReusePeriodSeconds: set.KmsDataKeyReusePeriodSeconds ?? '300' } : {}),
    SqsManagedSseEnabled: kms ? 'false' : (set.SqsManagedSseEnabled ?? 'true'),
    ...(fifo ? { ...FIFO_DEFAULTS, ...set } : {}),
  }
}

/** A number among a queue's attributes, its default where it was not set. */
export function numberAttribute(set: Attributes, name: keyof typeof DEFAULTS & string): number {
  return Number(set[name] ?? DEFAULTS[name])
}

/**
 * A queue's attributes after a change to some of them.
 * @throws AwsError InvalidAttributeName or InvalidAttributeValue; nothing was changed then
 */
export function changeAttributes(queue: { fifo: boolean; set: Attributes }, changes: Attributes): Attributes {
  const { SqsManagedSseEnabled, KmsMasterKeyId } = changes
  if (SqsManagedSseEnabled === 'true' && KmsMasterKeyId) throw twoEncryptions()
  const set = { ...queue.set }
  for (const [name, value] of Object.entries(changes)) {
    if (value === '' && REMOVABLE.has(name)) delete set[name]
    else set[name] = checked(name, value, queue.fifo)
  }
  if (SqsManagedSseEnabled === 'true') {
    delete set.KmsMasterKeyId
    delete set.KmsDataKeyReusePeriodSeconds
  }
  if (set.KmsMasterKeyId !== undefined) delete set.SqsManagedSseEnabled
  checkThroughput(set)
  return set
}

function twoEncryptions(): AwsError {
  const message =
    'You can use one type of server-side encryption (SSE) at one time. You can either enable KMS SSE or SQS SSE.'
  return new AwsError('InvalidAttributeName', message)
}

function checked(name: string, value: string, fifo: boolean): string {
  const range = own(RANGES, name)
  if (range) return checkedNumber(name, value, range)
  if (name === 'FifoQueue') return checkedFifo(value, fifo)
  if (!fifo && (name === 'DeduplicationScope' || name === 'FifoThroughputLimit')) {
    throw new AwsError('InvalidAttributeName', `You can specify the ${name} only when FifoQueue is set to true.`)
  }
  if (!fifo && name === 'ContentBasedDeduplication') throw unknownAttribute(name)
  const choices = own(CHOICES, name)
  if (choices && !choices.includes(value)) throw invalidAttribute(name)
  if (choices || name === 'KmsMasterKeyId') return value
  return checkedDocument(name, value)
}

function checkedNumber(name: string, value: string, [least, most]: readonly [number, number]): string {
  if (!/^\d{1,9}$/.test(value) || Number(value) < least || Number(value) > most) throw invalidAttribute(name)
  return String(Number(value))
}

/** A queue's type is its name's: the attribute can only confirm it. */
function checkedFifo(value: string, fifo: boolean): string {
  if (!fifo) throw unknownAttribute('FifoQueue')
  if (value !== 'true') throw invalidAttribute('FifoQueue', 'Modifying queue type is not supported')
  return value
}

function checkedDocument(name: string, value: string): string {
  if (name === 'Policy') {
    checkPolicy(value)
    return value
  }
  if (name === 'RedrivePolicy') return parseRedrivePolicy(value).text
  if (name !== 'RedriveAllowPolicy') throw unknownAttribute(name)
  const problem = redriveAllowPolicyProblem(value)
  if (problem) throw problem
  return value
}

const MAX_STATEMENTS = 20

/** A policy is a JSON object with one to twenty statements. */
function checkPolicy(value: string): void {
  const policy = parseObject(value)
  const statements = policy && (Array.isArray(policy.Statement) ? policy.Statement : [policy.Statement])
  const wellFormed = statements?.every(
    statement => typeof statement === 'object' && statement !== null && 'Effect' in statement && 'Action' in statement,
  )
  if (!statements || !wellFormed) throw invalidAttribute('Policy')
  if (statements.length <= MAX_STATEMENTS) return
  const message = `${statements.length} statements were found in the submitted policy, max allowed is ${MAX_STATEMENTS}`
  throw new AwsError('OverLimit', message)
}

function checkThroughput(set: Attributes): void {
  if (set.FifoThroughputLimit !== 'perMessageGroupId' || set.DeduplicationScope === 'messageGroup') return
  throw invalidAttribute(
    'FifoThroughputLimit',
    'The perMessageGroupId value is allowed only when the value for DeduplicationScope is messageGroup',
  )
}

/** Whether two values of an attribute say the same: documents are compared by content. */
export function sameAttribute(name: string, a: string | undefined, b: string | undefined): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || !REMOVABLE.has(name)) return (a ?? '') === (b ?? '')
  return sameDocument(a, b)
}

const QUEUE_NAME = /^[A-Za-z0-9_-]{1,80}$/

/**
 * Checks a new queue's name against its type.
 * @returns whether it is a FIFO queue
 */
export function checkQueueName(name: string, fifoAttribute: string | undefined): boolean {
  if (fifoAttribute !== undefined && fifoAttribute !== 'true') throw unknownAttribute('FifoQueue')
  const stem = name.endsWith('.fifo') ? name.slice(0, -'.fifo'.length) : name
  if (fifoAttribute === undefined) {
    if (QUEUE_NAME.test(name)) return false
    throw invalidParameter('Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length')
  }
  if (stem !== name && name.length <= 80 && QUEUE_NAME.test(stem)) return true
  throw invalidParameter(
    'The name of a FIFO queue can only include alphanumeric characters, hyphens, or underscores, must end with .fifo suffix and be 1 to 80 in length',
  )
}
