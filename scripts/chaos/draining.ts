import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** Everything that a queue has to give, in the order in which it gives it. Its messages are deleted. */
export async function drain(sqs: SQSClient, QueueUrl: string): Promise<Message[]> {
  const drained: Message[] = []
  for (;;) {
    const input = { QueueUrl, MaxNumberOfMessages: 10, MessageSystemAttributeNames: ['All' as const] }
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input))
    if (Messages.length === 0) return drained
    drained.push(...Messages)
    const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }))
  }
}

/** How often each of the values comes. */
export function counted(values: Iterable<string>): Map<string, number> {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return counts
}

/** Of bodies `<group>-<number>`, those that came after a later one of their group. */
export function outOfOrder(bodies: readonly string[]): string[] {
  const last = new Map<string, number>()
  return bodies.flatMap(body => {
    const [group = '', number] = body.split('-')
    const before = last.get(group) ?? -1
    last.set(group, Number(number))
    return Number(number) > before ? [] : [`${body} came after ${group}-${before}`]
  })
}
