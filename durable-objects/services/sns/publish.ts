import type { In, Out } from '../../../aws/models/sns.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { AwsError } from '../../../aws/errors.ts'
import { publishToEndpoint } from './endpoints.ts'
import { type Audience, fanOut, type Published, signOne, subscriptionsOf, unsignedOf } from './fan-out.ts'
import { checkOrder, deduplicate, nextSequence } from './fifo.ts'
import { type Message, readMessage, sizeOf, type Stated } from './message.ts'
import { invalidParameter } from './refusals.ts'
import { noteRoot } from './roots.ts'
import type { Topic } from './schema.ts'
import { publishSms } from './sms.ts'
import { findTopic } from './find-topic.ts'

/** https://docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export async function Publish(ctx: Ctx, input: In<'Publish'>): Promise<Out<'Publish'>> {
  const { TopicArn, TargetArn, PhoneNumber } = input
  const targets = [TopicArn, TargetArn, PhoneNumber].filter(target => target !== undefined)
  const arn = TopicArn ?? TargetArn
  if (targets.length > 1) throw invalidParameter('TopicArn or TargetArn Reason: both values cannot be specified')
  if (PhoneNumber !== undefined) return ctx.change(tx => publishSms(tx, PhoneNumber, readMessage(input)))
  if (!arn) throw invalidParameter('TopicArn or TargetArn Reason: no value for required parameter')
  if (arn.split(':')[5]?.startsWith('endpoint/'))
    return ctx.change(tx => publishToEndpoint(tx, arn, readMessage(input)))
  const topic = findTopic(ctx, arn, TopicArn === undefined ? 'TargetArn' : 'TopicArn')
  const message = readMessage(input)
  checkOrder(topic, message)
  const [published] = await publishAll(ctx, topic, [message])
  if (!published) throw new Error('One message went in')
  return { MessageId: published.messageId, SequenceNumber: published.sequenceNumber }
}

type Answered = { messageId: string; sequenceNumber: string | undefined }

/** Signs first, then writes all of it, or nothing: again, should there be other subscribers by then. */
async function publishAll(ctx: Ctx, { arn }: Topic, messages: readonly Message[]): Promise<Answered[]> {
  const timestamp = new Date(ctx.now).toISOString()
  const drafts = messages.map(
    (message): Published => ({ message, messageId: crypto.randomUUID(), timestamp, signatures: new Map() }),
  )
  for (;;) {
    const topic = findTopic(ctx, arn)
    const subscriptions = subscriptionsOf(ctx, topic)
    const unsigned = drafts.flatMap(draft => unsignedOf(topic, subscriptions, draft))
    if (unsigned.length === 0) {
      return ctx.change(tx => {
        noteRoot(tx, topic)
        return drafts.map(draft => publishOne(tx, { topic, subscriptions }, draft))
      })
    }
    await Promise.all(unsigned.map(each => signOne(ctx, topic, each)))
  }
}

function publishOne(ctx: Tx, to: Audience, published: Published): Answered {
  const { topic } = to
  const known = topic.fifo ? deduplicate(ctx, topic, published.message) : undefined
  if (known?.seen) return known.seen
  const { messageId } = published
  const sequenceNumber = known && nextSequence(ctx, topic)
  if (sequenceNumber !== undefined) known?.note({ messageId, sequenceNumber })
  fanOut(ctx, to, { ...published, sequenceNumber })
  return { messageId, sequenceNumber }
}

const MOST_ENTRIES = 10
const MOST_BYTES = 262_144

/** https://docs.aws.amazon.com/sns/latest/api/API_PublishBatch.html */
export async function PublishBatch(ctx: Ctx, input: In<'PublishBatch'>): Promise<Out<'PublishBatch'>> {
  const { PublishBatchRequestEntries: entries, TopicArn } = input
  const topic = findTopic(ctx, TopicArn)
  checkBatch(entries)
  // One entry that will not do, and none is published.
  const messages = entries.map(entry => readMessage(entry))
  for (const message of messages) checkOrder(topic, message)
  const answers = await publishAll(ctx, topic, messages)
  const Successful = entries.map(({ Id }, i) => ({
    Id,
    MessageId: answers[i]?.messageId,
    SequenceNumber: answers[i]?.sequenceNumber,
  }))
  return { Successful, Failed: [] }
}

function checkBatch(entries: readonly (Stated & { Id: string })[]): void {
  const refuse = (code: string, message: string) => new AwsError(code, message)
  if (entries.length === 0) throw refuse('EmptyBatchRequestException', "The batch request doesn't contain any entries.")
  if (entries.length > MOST_ENTRIES) {
    throw refuse('TooManyEntriesInBatchRequestException', 'The batch request contains more entries than permissible.')
  }
  if (entries.some(({ Id }) => !/^[A-Za-z0-9_-]{1,80}$/.test(Id))) {
    throw refuse(
      'InvalidBatchEntryIdException',
      "The Id of a batch entry in a batch request doesn't abide by the specification.",
    )
  }
  if (new Set(entries.map(({ Id }) => Id)).size < entries.length) {
    throw refuse('BatchEntryIdsNotDistinctException', 'Two or more batch entries in the request have the same Id.')
  }
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MOST_BYTES) {
    throw refuse('BatchRequestTooLongException', 'The length of all the messages put together is more than the limit.')
  }
}
