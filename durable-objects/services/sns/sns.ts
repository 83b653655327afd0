import type { Handlers } from '../../kernel/object/operation.ts'
import { ARNS, snsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/sns.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { ended } from './dead-letters.ts'
import { homeByArn } from '../../kernel/resources/home.ts'
import { posts } from './posts.ts'
import * as views from './views.ts'
import type { ConfirmSubscriptionRequest, ConfirmSubscriptionResponse } from './views.ts'
import { migrations } from './schema.ts'
import * as applications from './applications.ts'
import * as dataProtection from './data-protection.ts'
import * as endpoints from './endpoints.ts'
import * as permissions from './permissions.ts'
import * as publish from './publish.ts'
import * as sms from './sms.ts'
import * as subscriptionAttributes from './subscription-attributes.ts'
import * as subscriptionListings from './subscription-listings.ts'
import * as subscriptions from './subscriptions.ts'
import * as tags from './tags.ts'
import * as topicAttributes from './topic-attributes.ts'
import * as topics from './topics.ts'

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

export const sns: ServiceDefinition = {
  operations: operationsOf(
    'sns',
    applications,
    dataProtection,
    endpoints,
    permissions,
    publish,
    sms,
    subscriptionAttributes,
    subscriptionListings,
    subscriptions,
    tags,
    topicAttributes,
    topics,
  ),
  migrations,
  timers: {
    pending: subscriptions.forgetPending,
    unsubscribed: subscriptions.forgetUnsubscribed,
  },
  ended,
  internal: { ConfirmPending: subscriptions.ConfirmPending, OptOut: sms.OptOut } satisfies Handlers<InternalOperations>,
  views,
  posts,
  resourcePolicy: permissions.resourcePolicy,
  target: { operation: 'Publish', input: (TopicArn, _resource, { text: Message }) => ({ TopicArn, Message }) },
  home: homeByArn('sns', ARNS),
  access: snsAccess,
  wire: { validation: { code: 'ValidationError' } },
}
