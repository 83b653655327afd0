import type { MessageAttributes } from './message.ts'
import type { SignatureVersion } from './signing.ts'

/** How a message is signed; a FIFO topic's are not. */
export type Signature = { version: SignatureVersion; value: string }

/** What all subscribers of a topic are told of one message; the body may differ by protocol. */
export type Notice = {
  messageId: string
  topicArn: string
  subject: string | undefined
  body: string
  timestamp: string
  attributes: MessageAttributes
  signature: Signature | undefined
  /** Of a FIFO topic's message. */
  sequenceNumber?: string | undefined
  /** Root of the URLs in it. */
  root: string
}

type Shown = Record<string, { Type: string; Value: string }>

function shownAttributes(attributes: MessageAttributes): Shown {
  const entries = Object.entries(attributes).map(([name, { DataType, StringValue, BinaryValue }]) => {
    const value = BinaryValue ? Buffer.from(BinaryValue).toString('base64') : (StringValue ?? '')
    return [name, { Type: DataType, Value: value }] as const
  })
  return Object.fromEntries(entries)
}

export const certificateUrl = (root: string) => `${root}/_fakecloud/sns/cert.pem`

export const unsubscribeUrl = (root: string, subscriptionArn: string) =>
  `${root}/?Action=Unsubscribe&SubscriptionArn=${subscriptionArn}`

export const subscribeUrl = (root: string, topicArn: string, token: string) =>
  `${root}/?Action=ConfirmSubscription&TopicArn=${topicArn}&Token=${token}`

/** JSON as SNS lays it out: a member a line, those without a value left out. */
function laidOut(members: Record<string, string | null | undefined>, attributes: Shown = {}): string {
  const lines = Object.entries(members)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `  ${JSON.stringify(name)} : ${JSON.stringify(value)}`)
  const shown = Object.entries(attributes)
  if (shown.length > 0) {
    const inner = shown.map(([name, value]) => `    ${JSON.stringify(name)} : ${JSON.stringify(value)}`)
    lines.push(`  "MessageAttributes" : {\n${inner.join(',\n')}\n  }`)
  }
  return `{\n${lines.join(',\n')}\n}`
}

const signed = (signature: Signature | undefined, root: string) => ({
  SignatureVersion: signature?.version,
  Signature: signature?.value,
  SigningCertURL: signature && certificateUrl(root),
})

/**
 * The body that queues and HTTP endpoints get without raw delivery.
 * https://docs.aws.amazon.com/sns/latest/dg/http-notification-json.html
 */
export function notification(notice: Notice, subscriptionArn: string): string {
  const { root } = notice
  return laidOut(
    {
      Type: 'Notification',
      MessageId: notice.messageId,
      SequenceNumber: notice.sequenceNumber,
      TopicArn: notice.topicArn,
      Subject: notice.subject,
      Message: notice.body,
      Timestamp: notice.timestamp,
      ...signed(notice.signature, root),
      UnsubscribeURL: unsubscribeUrl(root, subscriptionArn),
    },
    shownAttributes(notice.attributes),
  )
}

/** The event that a function gets. https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html */
export function lambdaEvent(notice: Notice, subscriptionArn: string): string {
  const { root } = notice
  const Sns = {
    Type: 'Notification',
    MessageId: notice.messageId,
    TopicArn: notice.topicArn,
    Subject: notice.subject ?? null,
    Message: notice.body,
    Timestamp: notice.timestamp,
    SignatureVersion: notice.signature?.version,
    Signature: notice.signature?.value,
    SigningCertUrl: certificateUrl(root),
    UnsubscribeUrl: unsubscribeUrl(root, subscriptionArn),
    MessageAttributes: shownAttributes(notice.attributes),
  }
  const record = { EventSource: 'aws:sns', EventVersion: '1.0', EventSubscriptionArn: subscriptionArn, Sns }
  return JSON.stringify({ Records: [record] })
}

type Sns = Record<string, string | null> & { MessageAttributes: Shown }

/** The body that a queue would have got in place of a function's event. */
export function notificationOfEvent(event: string): string {
  const { Records } = JSON.parse(event) as { Records: [{ Sns: Sns }] } // made by lambdaEvent()
  const { MessageAttributes, SigningCertUrl, UnsubscribeUrl, ...members } = Records[0].Sns
  const urls = { SigningCertURL: SigningCertUrl, UnsubscribeURL: UnsubscribeUrl }
  return laidOut({ ...members, ...urls }, MessageAttributes)
}

/** A message about a subscription itself. */
export type Asking = {
  type: 'SubscriptionConfirmation' | 'UnsubscribeConfirmation'
  messageId: string
  topicArn: string
  body: string
  timestamp: string
  signature: Signature
  root: string
  token: string
}

/** What an endpoint is asked before it gets anything, and told when it is to get no more. */
export function confirmation(asking: Asking): string {
  const { topicArn, token, root } = asking
  return laidOut({
    Type: asking.type,
    MessageId: asking.messageId,
    Token: token,
    TopicArn: topicArn,
    Message: asking.body,
    SubscribeURL: subscribeUrl(root, topicArn, token),
    Timestamp: asking.timestamp,
    ...signed(asking.signature, root),
  })
}
