import { expect, test } from 'vitest'
import { lambdaEvent, notification, notificationOfEvent } from '../../../durable-objects/services/sns/envelopes.ts'
import { stringToSign } from '../../../durable-objects/services/sns/signing.ts'

const notice = {
  messageId: '22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324',
  topicArn: 'arn:aws:sns:us-west-2:123456789012:MyTopic',
  subject: 'My First Message',
  body: 'Hello world!',
  timestamp: '2012-05-02T00:54:06.655Z',
  attributes: { place: { DataType: 'String', StringValue: 'here' } },
  signature: { version: '1' as const, value: 'EXAMPLE' },
  root: 'http://localhost:4566',
}
const SUBSCRIPTION = `${notice.topicArn}:c9135db0-26c4-47ec-8998-413945fb5a96`

const GOLDEN = `{
  "Type" : "Notification",
  "MessageId" : "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
  "TopicArn" : "arn:aws:sns:us-west-2:123456789012:MyTopic",
  "Subject" : "My First Message",
  "Message" : "Hello world!",
  "Timestamp" : "2012-05-02T00:54:06.655Z",
  "SignatureVersion" : "1",
  "Signature" : "EXAMPLE",
  "SigningCertURL" : "http://localhost:4566/_fakecloud/sns/cert.pem",
  "UnsubscribeURL" : "http://localhost:4566/?Action=Unsubscribe&SubscriptionArn=arn:aws:sns:us-west-2:123456789012:MyTopic:c9135db0-26c4-47ec-8998-413945fb5a96",
  "MessageAttributes" : {
    "place" : {"Type":"String","Value":"here"}
  }
}`

test('a notification is laid out as AWS lays it out', () => {
  expect(notification(notice, SUBSCRIPTION)).toBe(GOLDEN)
})

test('a function’s event becomes what a queue would have got', () => {
  expect(notificationOfEvent(lambdaEvent(notice, SUBSCRIPTION))).toBe(GOLDEN)
  const { subject: _none, ...without } = notice
  const plain = { ...without, subject: undefined }
  expect(notificationOfEvent(lambdaEvent(plain, SUBSCRIPTION))).toBe(notification(plain, SUBSCRIPTION))
})

test('what is signed is AWS’s string, without what is not there', () => {
  const members = { Message: 'm', MessageId: 'i', Timestamp: 't', TopicArn: 'a', Type: 'Notification' }
  expect(stringToSign(members)).toBe('Message\nm\nMessageId\ni\nTimestamp\nt\nTopicArn\na\nType\nNotification\n')
  expect(stringToSign({ ...members, Subject: 's' })).toContain('MessageId\ni\nSubject\ns\nTimestamp')
})
