import type { In, Operations, Out } from '../../../../aws/models/logs.types.ts'
import type { Tx } from '../../../kernel/object/operation.ts'
import { groupByName } from '../groups/find-group.ts'
import { CreateLogGroup } from '../groups/groups.ts'
import { CreateLogStream, streamByName } from '../groups/streams.ts'
import { PutLogEvents } from './events.ts'

/** What a service asks that keeps a log of its own, as Lambda does for each function. */
export type ServiceLogOperations = { WriteLog: Operations['PutLogEvents'] }

/** Writes to a log whose group and stream are made if they are not there, or not any more. */
export function WriteLog(ctx: Tx, input: In<'PutLogEvents'>): Out<'PutLogEvents'> {
  const { logGroupName, logStreamName } = input
  if (!groupByName(ctx, logGroupName)) CreateLogGroup(ctx, { logGroupName })
  const id = groupByName(ctx, logGroupName)?.id ?? 0
  if (!streamByName(ctx, id, logStreamName)) CreateLogStream(ctx, { logGroupName, logStreamName })
  return PutLogEvents(ctx, input)
}
