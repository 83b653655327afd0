import { numberAttribute } from './attribute-rules.ts'
import { contentId } from './fifo.ts'
import { encodeAttributes } from './message-attributes.ts'
import { md5Hex } from '../../shared/hash-md5.ts'
import {
  checkCharacters,
  checkedAttributes,
  checkedTrace,
  type GivenAttribute,
  isLonger,
  isToken,
  messageSize,
} from './message-rules.ts'
import { invalidParameter, invalidValue, missingParameter } from './refusals.ts'
import type { Queue } from './schema.ts'

/** A message as its sender gives it, alone or in a batch. */
export type Given = {
  MessageBody: string
  DelaySeconds?: number | undefined
  MessageAttributes?: Record<string, GivenAttribute> | undefined
  MessageSystemAttributes?: Record<string, GivenAttribute> | undefined
  MessageDeduplicationId?: string | undefined
  MessageGroupId?: string | undefined
}

/** A message that can be sent, checked whole. */
export type Outgoing = {
  body: string
  md5: string
  /** In bytes, with the attributes. */
  size: number
  /** Encoded as for their MD5. */
  attributes: Uint8Array | null
  attributesMd5: string | null
  trace: string | null
  traceMd5: string | null
  delayMs: number
  groupId: string | null
  deduplicationId: string | null
}

const NOT_FOR_TYPE = 'The request include parameter that is not valid for this queue type'

/**
 * Checks a message against its queue.
 * @throws AwsError with AWS's reason
 */
export function outgoing(queue: Queue, given: Given): Outgoing {
  const { MessageBody: body } = given
  checkCharacters(body)
  const attributes = checkedAttributes(given.MessageAttributes ?? {})
  const trace = checkedTrace(given.MessageSystemAttributes ?? {})
  const most = numberAttribute(queue.attributes, 'MaximumMessageSize')
  if (isLonger(body, attributes, most)) {
    throw invalidParameter(`One or more parameters are invalid. Reason: Message must be shorter than ${most} bytes.`)
  }
  const encoded = Object.keys(attributes).length > 0 ? encodeAttributes(attributes) : null
  return {
    body,
    md5: md5Hex(body),
    size: messageSize(body, attributes),
    attributes: encoded,
    attributesMd5: encoded && md5Hex(encoded),
    trace: trace?.StringValue ?? null,
    traceMd5: trace ? md5Hex(encodeAttributes({ AWSTraceHeader: trace })) : null,
    delayMs: delayOf(queue, given.DelaySeconds) * 1000,
    ...idsOf(queue, given),
  }
}

/** In seconds. A FIFO queue has one delay for all its messages. */
function delayOf(queue: Queue, asked: number | undefined): number {
  if (asked === undefined) return numberAttribute(queue.attributes, 'DelaySeconds')
  if (queue.fifo) {
    if (asked !== 0) throw invalidValue('DelaySeconds', asked, NOT_FOR_TYPE)
    return numberAttribute(queue.attributes, 'DelaySeconds')
  }
  if (asked < 0 || asked > 900) throw invalidValue('DelaySeconds', asked, 'DelaySeconds must be >= 0 and <= 900')
  return asked
}

function idsOf(queue: Queue, given: Given): Pick<Outgoing, 'groupId' | 'deduplicationId'> {
  const { MessageGroupId: groupId, MessageDeduplicationId: deduplicationId } = given
  if (!queue.fifo && deduplicationId !== undefined) {
    throw invalidValue('MessageDeduplicationId', deduplicationId, NOT_FOR_TYPE)
  }
  if (queue.fifo && !groupId) throw missingParameter('MessageGroupId')
  checkId('MessageGroupId', groupId)
  if (!queue.fifo) return { groupId: groupId ?? null, deduplicationId: null }
  checkId('MessageDeduplicationId', deduplicationId)
  if (deduplicationId === undefined && queue.attributes.ContentBasedDeduplication !== 'true') {
    throw invalidParameter(
      'The queue should either have ContentBasedDeduplication enabled or MessageDeduplicationId provided explicitly',
    )
  }
  return { groupId: groupId ?? null, deduplicationId: deduplicationId ?? contentId(given.MessageBody) }
}

function checkId(name: string, value: string | undefined): void {
  if (value === undefined || isToken(value)) return
  throw invalidValue(
    name,
    value,
    `${name} can only include alphanumeric and punctuation characters. 1 to 128 in length`,
  )
}
