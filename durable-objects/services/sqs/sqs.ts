import type { Handlers } from '../../kernel/object/operation.ts'
import { sqsAccess } from './access.ts'
import type { Operations } from '../../../aws/models/sqs.types.ts'
import type { ServiceDefinition } from '../../kernel/object/operation.ts'
import { operationsOf } from '../../kernel/object/operations-of.ts'
import { fromPath, home } from './addresses.ts'
import * as views from './views.ts'
import type { ExpirationTickResponse, ForceDlqResponse } from './views.ts'
import { queueUrlOfArn } from '../../shared/queue-urls.ts'
import { gauges } from './metrics.ts'
import { ERROR_NAMESPACES, QUERY_CODES } from './refusals.ts'
import { move } from './redrive.ts'
import { ExpireMessages, retention } from './retention.ts'
import { migrations } from './schema.ts'
import { abandon, abandonAll, wakeAll } from './waiters.ts'
import * as attributes from './attributes.ts'
import * as deadLetters from './dead-letters.ts'
import * as deletion from './deletion.ts'
import * as moveTasks from './move-tasks.ts'
import * as permissions from './permissions.ts'
import * as queues from './queues.ts'
import * as receive from './receive.ts'
import * as send from './send.ts'
import * as tags from './tags.ts'
import * as visibility from './visibility.ts'
import * as watchers from './watchers.ts'

declare module '../../kernel/object/service-operations.ts' {
  interface ServiceOperations {
    sqs: Operations & InternalOperations
  }
}

/** What mappings, and the emulator's own endpoints, ask beyond AWS's API. */
type InternalOperations = watchers.WatcherOperations & {
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

export const sqs: ServiceDefinition = {
  operations: operationsOf(
    'sqs',
    attributes,
    deadLetters,
    deletion,
    moveTasks,
    permissions,
    queues,
    receive,
    send,
    tags,
    visibility,
    watchers,
  ),
  internal: {
    WatchQueue: watchers.WatchQueue,
    UnwatchQueue: watchers.UnwatchQueue,
    ExpireMessages,
    ForceDeadLetters: deadLetters.ForceDeadLetters,
  } satisfies Handlers<InternalOperations>,
  views,
  migrations,
  timers: { move, retention, watch: watchers.watch },
  gauges,
  abandoned: { ReceiveMessage: abandon },
  onClock: wakeAll,
  onErase: abandonAll,
  onWake: watchers.lookAgain,
  resourcePolicy: permissions.resourcePolicy,
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
