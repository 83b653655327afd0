import { md5Hex } from '../../shared/hash-md5.ts'
import type { In, Out } from '../../../aws/models/sqs.types.ts'
import { sequenceNumber } from './fifo.ts'
import { decodeAttributes, encodeAttributes, type MessageAttribute, selectAttributes } from './message-attributes.ts'
import { receiptHandle } from './receipt-handles.ts'
import { unknownAttribute } from './refusals.ts'
import type { MessageRow } from './schema.ts'

type Input = In<'ReceiveMessage'>
type Message = NonNullable<Out<'ReceiveMessage'>['Messages']>[number]

/** Which system attributes, and which of their senders' attributes, a receive wants with its messages. */
export type Asked = { system: readonly string[]; message: readonly string[] }

/** A message that another service receives comes with the chain that it belongs to. */
export type Received = Message & { TraceId?: string }

const SYSTEM_NAMES = [
  'SenderId',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'SentTimestamp',
  'SequenceNumber',
  'MessageDeduplicationId',
  'MessageGroupId',
  'AWSTraceHeader',
  'DeadLetterQueueSourceArn',
]

/** @throws AwsError InvalidAttributeName */
export function asked(input: Input): Asked {
  const names: string[] = [...(input.AttributeNames ?? []), ...(input.MessageSystemAttributeNames ?? [])]
  const unknown = names.find(name => name !== 'All' && !SYSTEM_NAMES.includes(name))
  if (unknown !== undefined) throw unknownAttribute(unknown)
  return {
    system: names.includes('All') ? SYSTEM_NAMES : SYSTEM_NAMES.filter(name => names.includes(name)),
    message: input.MessageAttributeNames ?? [],
  }
}

/** A message as its receiver sees it: with a handle for this receive, and the attributes that were asked for. */
export function shown(row: MessageRow, { system, message }: Asked): Message {
  const values = systemAttributes(row)
  const Attributes = system.flatMap(name => (values[name] == null ? [] : [[name, String(values[name])] as const]))
  return {
    MessageId: row.messageId,
    ReceiptHandle: receiptHandle({
      queue: row.queue,
      seq: row.seq,
      messageId: row.messageId,
      receive: row.receiveCount,
    }),
    MD5OfBody: row.md5,
    Body: row.body,
    ...(Attributes.length > 0 && { Attributes: Object.fromEntries(Attributes) }),
    ...messageAttributes(row, message),
  }
}

function systemAttributes(row: MessageRow): Record<string, string | number | null> {
  return {
    SenderId: row.sender,
    ApproximateFirstReceiveTimestamp: row.firstReceivedAt,
    ApproximateReceiveCount: row.receiveCount,
    SentTimestamp: row.sentAt,
    SequenceNumber: row.sequence === null ? null : sequenceNumber(row.sequence),
    MessageDeduplicationId: row.deduplicationId,
    MessageGroupId: row.groupId,
    AWSTraceHeader: row.trace,
    DeadLetterQueueSourceArn: row.sourceArn,
  }
}

type WithAttributes = { MessageAttributes?: Record<string, MessageAttribute>; MD5OfMessageAttributes?: string }

/** The MD5 is of the attributes that are shown, which need not be all. */
function messageAttributes(row: MessageRow, names: readonly string[]): WithAttributes {
  if (row.attributes === null || names.length === 0) return {}
  const selected = selectAttributes(decodeAttributes(new Uint8Array(row.attributes)), names)
  if (Object.keys(selected).length === 0) return {}
  return { MessageAttributes: selected, MD5OfMessageAttributes: md5Hex(encodeAttributes(selected)) }
}
