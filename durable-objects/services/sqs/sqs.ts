import { sqsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/sqs.types.ts'
import type { Handlers, ServiceDefinition } from '../../kernel/object/operation.ts'
import { fromPath, home } from './addresses.ts'
import { GetQueueAttributes, SetQueueAttributes } from './attributes.ts'
import { ForceDeadLetters, ListDeadLetterSourceQueues } from './dead-letters.ts'
import { DeleteMessage, DeleteMessageBatch } from './deletion.ts'
import { queueUrlOfArn } from '../../shared/queue-urls.ts'
import { gauges } from './metrics.ts'
import { CancelMessageMoveTask, ListMessageMoveTasks, StartMessageMoveTask } from './move-tasks.ts'
import { AddPermission, RemovePermission, resourcePolicy } from './permissions.ts'
import { CreateQueue, DeleteQueue, GetQueueUrl, ListQueues, PurgeQueue } from './queues.ts'
import { ReceiveMessage } from './receive.ts'
import { ERROR_NAMESPACES, QUERY_CODES } from './refusals.ts'
import { move } from './redrive.ts'
import { ExpireMessages, retention } from './retention.ts'
import { migrations } from './schema.ts'
import { SendMessage, SendMessageBatch } from './send.ts'
import { ListQueueTags, TagQueue, UntagQueue } from './tags.ts'
import { ChangeMessageVisibility, ChangeMessageVisibilityBatch } from './visibility.ts'
import * as views from './views.ts'
import type { ExpirationTickResponse, ForceDlqResponse } from './views.ts'
import { abandon, abandonAll, wakeAll } from './waiters.ts'
import { lookAgain, UnwatchQueue, watch, WatchQueue, type WatcherOperations } from './watchers.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    sqs: Operations & InternalOperations
  }
}

/** What mappings, and the emulator's own endpoints, ask beyond AWS's API. */
type InternalOperations = WatcherOperations & {
  ExpireMessages: { input: Record<string, never>; output: ExpirationTickResponse }
  ForceDeadLetters: { input: { queueName: string }; output: ForceDlqResponse | undefined }
}

/*
 * Known gaps and choices:
 * - A queue can be created again at once after its deletion (AWS: QueueDeletedRecently for 60 seconds): test suites
 *   delete and create the same queue over and over.
 * - Deleting and purging take effect at once (AWS: within 60 seconds); numbers of messages are exact.
 * - KmsMasterKeyId and SqsManagedSseEnabled are kept and given back; messages are not encrypted.
 * - MessageGroupId on a standard queue is kept and given back; noisy groups are not held back in favour of others.
 * - The API's rate limits (FIFO throughput, 500 messages per second of a move task without a rate) are not enforced.
 */

const operations = {
  AddPermission,
  CancelMessageMoveTask,
  ChangeMessageVisibility,
  ChangeMessageVisibilityBatch,
  CreateQueue,
  DeleteMessage,
  DeleteMessageBatch,
  DeleteQueue,
  GetQueueAttributes,
  GetQueueUrl,
  ListDeadLetterSourceQueues,
  ListMessageMoveTasks,
  ListQueues,
  ListQueueTags,
  PurgeQueue,
  ReceiveMessage,
  RemovePermission,
  SendMessage,
  SendMessageBatch,
  SetQueueAttributes,
  StartMessageMoveTask,
  TagQueue,
  UntagQueue,
} satisfies Handlers<Operations>

export const sqs: ServiceDefinition = {
  operations,
  internal: { WatchQueue, UnwatchQueue, ExpireMessages, ForceDeadLetters } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  timers: { move, retention, watch },
  gauges,
  abandoned: { ReceiveMessage: abandon },
  onClock: wakeAll,
  onErase: abandonAll,
  onWake: lookAgain,
  resourcePolicy,
  target: {
    operation: 'SendMessage',
    input: (arn, _resource, { text: MessageBody }) => ({ QueueUrl: queueUrlOfArn(arn), MessageBody }),
  },
  home,
  fromPath,
  access: sqsAccess,
  dialect: 'rest-json',
  wire: {
    validation: false,
    errorNamespace: 'com.amazonaws.sqs',
    errorNamespaces: ERROR_NAMESPACES,
    queryCodes: QUERY_CODES,
  },
}
