import type { In, Out } from '../../../aws/models/sqs.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { parseArn } from '../../../aws/arn.ts'
import { parseTaskHandle, queueArn, taskHandle } from './addresses.ts'
import { queueByArn } from './find-queue.ts'
import { invalidParameter, requireParameters, resourceNotFound } from './refusals.ts'
import type { MoveTaskRow, Queue } from './schema.ts'

const MAX_RATE = 500

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html */
export function StartMessageMoveTask(ctx: Tx, input: In<'StartMessageMoveTask'>): Out<'StartMessageMoveTask'> {
  const { SourceArn, DestinationArn, MaxNumberOfMessagesPerSecond: rate } = input
  const source = findByArn(ctx, SourceArn, 'SourceArn')
  if (rate !== undefined && (rate < 1 || rate > MAX_RATE)) {
    const reason = `You must enter a number that's between 1 and ${MAX_RATE}`
    throw invalidParameter(`Value for parameter MaxNumberOfMessagesPerSecond is invalid. Reason: ${reason}.`)
  }
  if (!isDeadLetterQueue(ctx, SourceArn)) {
    throw invalidParameter('Source queue must be configured as a Dead Letter Queue.')
  }
  if (DestinationArn !== undefined) checkDestination(ctx, source, DestinationArn)
  if (ctx.sql.first("SELECT 1 FROM sqs_move_tasks WHERE queue = ? AND status = 'RUNNING'", source.id)) {
    throw invalidParameter(
      'There is already a task running. Only one active task is allowed for a source queue arn at a given time.',
    )
  }
  const id = crypto.randomUUID()
  ctx.sql.run(
    `INSERT INTO sqs_move_tasks (id, queue, destinationArn, rate, status, toMove, startedAt)
     VALUES (?1, ?2, ?3, ?4, 'RUNNING', (SELECT COUNT(*) FROM sqs_messages WHERE queue = ?2 AND visibleAt <= ?5), ?5)`,
    id,
    source.id,
    DestinationArn ?? null,
    rate ?? null,
    ctx.now,
  )
  ctx.timers.set('move', id, ctx.now)
  return { TaskHandle: taskHandle(id, SourceArn) }
}

function findByArn(ctx: Ctx, arn: string, parameter: 'SourceArn' | 'DestinationArn'): Queue {
  if (arn === undefined || arn === null) requireParameters({ [parameter]: arn }, [parameter])
  if (!parseArn(arn)) {
    throw invalidParameter(
      `You must use this format to specify the ${parameter}: arn:<partition>:<service>:<region>:<account-id>:<resource-id>`,
    )
  }
  const queue = queueByArn(ctx, arn)
  if (!queue) throw resourceNotFound(`The resource that you specified for the ${parameter} parameter doesn't exist.`)
  return queue
}

function isDeadLetterQueue(ctx: Ctx, arn: string): boolean {
  return ctx.sql.first('SELECT 1 FROM sqs_queues WHERE deadLetterArn = ? LIMIT 1', arn) !== undefined
}

function checkDestination(ctx: Ctx, source: Queue, arn: string): void {
  const destination = findByArn(ctx, arn, 'DestinationArn')
  if (destination.id === source.id) {
    throw invalidParameter('Source queue arn and destination queue arn cannot be the same.')
  }
  if (destination.fifo === source.fifo) return
  throw invalidParameter('The source queue and destination queue must be of the same queue type.')
}

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CancelMessageMoveTask.html */
export function CancelMessageMoveTask(ctx: Tx, input: In<'CancelMessageMoveTask'>): Out<'CancelMessageMoveTask'> {
  requireParameters(input, ['TaskHandle'])
  const handle = parseTaskHandle(input.TaskHandle)
  if (!handle) throw invalidParameter('Value for parameter TaskHandle is invalid.')
  const source = findByArn(ctx, handle.sourceArn, 'SourceArn')
  const task = ctx.sql.first<MoveTaskRow>(
    "SELECT * FROM sqs_move_tasks WHERE id = ? AND queue = ? AND status = 'RUNNING'",
    handle.taskId,
    source.id,
  )
  if (!task) throw resourceNotFound('Task does not exist.')
  ctx.sql.run("UPDATE sqs_move_tasks SET status = 'CANCELLED' WHERE id = ?", task.id)
  ctx.timers.clear('move', task.id)
  return { ApproximateNumberOfMessagesMoved: task.moved }
}

const MAX_TASKS = 10

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ListMessageMoveTasks.html */
export function ListMessageMoveTasks(ctx: Ctx, input: In<'ListMessageMoveTasks'>): Out<'ListMessageMoveTasks'> {
  const source = findByArn(ctx, input.SourceArn, 'SourceArn')
  const most = input.MaxResults ?? 1
  if (most < 1 || most > MAX_TASKS) {
    const reason = `You must enter a number that's between 1 and ${MAX_TASKS}`
    throw invalidParameter(`Value for parameter MaxResults is invalid. Reason: ${reason}.`)
  }
  const tasks = ctx.sql.all<MoveTaskRow>(
    'SELECT * FROM sqs_move_tasks WHERE queue = ? ORDER BY seq DESC LIMIT ?',
    source.id,
    most,
  )
  return tasks.length > 0 ? { Results: tasks.map(task => taskShown(ctx, task, source)) } : {}
}

type Result = NonNullable<Out<'ListMessageMoveTasks'>['Results']>[number]

/** Only a task that runs shows its handle. */
function taskShown(ctx: Ctx, task: MoveTaskRow, source: Queue): Result {
  const SourceArn = queueArn(ctx.place, source.name)
  return {
    ...(task.status === 'RUNNING' && { TaskHandle: taskHandle(task.id, SourceArn) }),
    Status: task.status,
    SourceArn,
    ...(task.destinationArn !== null && { DestinationArn: task.destinationArn }),
    ...(task.rate !== null && { MaxNumberOfMessagesPerSecond: task.rate }),
    ApproximateNumberOfMessagesMoved: task.moved,
    ApproximateNumberOfMessagesToMove: task.toMove,
    ...(task.failure !== null && { FailureReason: task.failure }),
    StartedTimestamp: task.startedAt,
  }
}
