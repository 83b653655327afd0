import { ARNS, snsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/sns.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import * as applications from './applications.ts'
import { GetDataProtectionPolicy, PutDataProtectionPolicy } from './data-protection.ts'
import { ended } from './dead-letters.ts'
import * as endpoints from './endpoints.ts'
import { homeByArn } from '../../kernel/resources/home.ts'
import { AddPermission, RemovePermission, resourcePolicy } from './permissions.ts'
import { posts } from './posts.ts'
import { Publish, PublishBatch } from './publish.ts'
import { migrations } from './schema.ts'
import * as sms from './sms.ts'
import { GetSubscriptionAttributes, SetSubscriptionAttributes } from './subscription-attributes.ts'
import { ListSubscriptions, ListSubscriptionsByTopic } from './subscription-listings.ts'
import * as subscriptions from './subscriptions.ts'
import { ListTagsForResource, TagResource, UntagResource } from './tags.ts'
import { GetTopicAttributes, SetTopicAttributes } from './topic-attributes.ts'
import { CreateTopic, DeleteTopic, ListTopics } from './topics.ts'
import * as views from './views.ts'
import type { ConfirmSubscriptionRequest, ConfirmSubscriptionResponse } from './views.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    sns: Operations & InternalOperations
  }
}

/** What the emulator's own endpoints do in the place of endpoints and phones. */
type InternalOperations = {
  ConfirmPending: { input: ConfirmSubscriptionRequest; output: ConfirmSubscriptionResponse | undefined }
  OptOut: { input: { phoneNumber: string }; output: Record<string, never> }
}

/*
 * Known gaps and choices:
 * - ListOriginationNumbers answers 501. Text messages and pushes are kept for whoever looks, and go nowhere; the SMS
 *   sandbox is told of and not enforced.
 * - Mail is not sent yet: a message for it is journaled as refused. Its subscriptions wait for their confirmation.
 * - Archive and replay policies, delivery status logging, data protection and KMS keys are kept and change nothing.
 * - Signing certificates and links are served by the emulator, not by a host of amazonaws.com.
 * - Why a filter policy cannot be read is told without Jackson's "at [Source: …]" after it.
 * - AWS gives no formula for the curves of a delivery policy's backoff between its least and its greatest delay.
 * - A message that an endpoint does not take within an hour is given up; queues and functions get thirty tries.
 */

const operations = {
  AddPermission,
  CheckIfPhoneNumberIsOptedOut: sms.CheckIfPhoneNumberIsOptedOut,
  ConfirmSubscription: subscriptions.ConfirmSubscription,
  CreatePlatformApplication: applications.CreatePlatformApplication,
  CreatePlatformEndpoint: endpoints.CreatePlatformEndpoint,
  CreateSMSSandboxPhoneNumber: sms.CreateSMSSandboxPhoneNumber,
  CreateTopic,
  DeleteEndpoint: endpoints.DeleteEndpoint,
  DeletePlatformApplication: applications.DeletePlatformApplication,
  DeleteSMSSandboxPhoneNumber: sms.DeleteSMSSandboxPhoneNumber,
  DeleteTopic,
  GetDataProtectionPolicy,
  GetEndpointAttributes: endpoints.GetEndpointAttributes,
  GetPlatformApplicationAttributes: applications.GetPlatformApplicationAttributes,
  GetSMSAttributes: sms.GetSMSAttributes,
  GetSMSSandboxAccountStatus: sms.GetSMSSandboxAccountStatus,
  GetSubscriptionAttributes,
  GetTopicAttributes,
  ListEndpointsByPlatformApplication: endpoints.ListEndpointsByPlatformApplication,
  ListPhoneNumbersOptedOut: sms.ListPhoneNumbersOptedOut,
  ListPlatformApplications: applications.ListPlatformApplications,
  ListSMSSandboxPhoneNumbers: sms.ListSMSSandboxPhoneNumbers,
  ListSubscriptions,
  ListSubscriptionsByTopic,
  ListTagsForResource,
  ListTopics,
  OptInPhoneNumber: sms.OptInPhoneNumber,
  Publish,
  PublishBatch,
  PutDataProtectionPolicy,
  RemovePermission,
  SetEndpointAttributes: endpoints.SetEndpointAttributes,
  SetPlatformApplicationAttributes: applications.SetPlatformApplicationAttributes,
  SetSMSAttributes: sms.SetSMSAttributes,
  SetSubscriptionAttributes,
  SetTopicAttributes,
  Subscribe: subscriptions.Subscribe,
  TagResource,
  Unsubscribe: subscriptions.Unsubscribe,
  UntagResource,
  VerifySMSSandboxPhoneNumber: sms.VerifySMSSandboxPhoneNumber,
} satisfies Handlers<Operations>

export const sns: ServiceDefinition = {
  operations,
  internal: { ConfirmPending: subscriptions.ConfirmPending, OptOut: sms.OptOut } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  timers: {
    pending: subscriptions.forgetPending,
    unsubscribed: subscriptions.forgetUnsubscribed,
  },
  ended,
  posts,
  resourcePolicy,
  target: { operation: 'Publish', input: (TopicArn, _resource, { text: Message }) => ({ TopicArn, Message }) },
  home: homeByArn('sns', ARNS),
  access: snsAccess,
  wire: { validation: { code: 'ValidationError' } },
}
