import type { ExportTask, In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { checkBucket } from './export-buckets.ts'
import { findGroup } from '../groups/find-group.ts'
import { invalidOperation, invalidParameter, limitExceeded, notFound, paging } from '../refusals.ts'
import type { ExportTaskRow } from './delivery-schema.ts'

/** A task's input, with its defaults. */
export type ExportSettings = In<'CreateExportTask'> & { destinationPrefix: string }

const DEFAULT_PREFIX = 'exportedlogs'
/** How long a task waits before it runs, on the namespace's clock. */
const PENDING_MS = 1000

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CreateExportTask.html */
export async function CreateExportTask(ctx: Ctx, input: In<'CreateExportTask'>): Promise<Out<'CreateExportTask'>> {
  const settings: ExportSettings = { ...input, destinationPrefix: input.destinationPrefix ?? DEFAULT_PREFIX }
  if (input.from >= input.to) throw invalidParameter('The from time must be before the to time.')
  checkStart(ctx, settings)
  await checkBucket(ctx, settings)
  // Once more: meanwhile others may have used the object.
  checkStart(ctx, settings)
  const id = crypto.randomUUID()
  ctx.change(tx => {
    insert(tx.sql, 'logs_export_tasks', {
      id,
      settings: JSON.stringify(settings),
      status: 'PENDING',
      createdAt: tx.now,
    })
    tx.timers.set('export', id, tx.now + PENDING_MS)
  })
  return { taskId: id }
}

/** An account exports one thing at a time. */
function checkStart(ctx: Ctx, { logGroupName }: ExportSettings): void {
  const group = findGroup(ctx, logGroupName)
  if (group.class !== 'STANDARD') throw invalidParameter('Only log groups of class STANDARD can be exported.')
  const active = ctx.sql.first("SELECT 1 FROM logs_export_tasks WHERE status IN ('PENDING', 'RUNNING')")
  if (active) throw limitExceeded()
}

export function exportTask(ctx: Ctx, id: string): ExportTaskRow | undefined {
  return ctx.sql.first<ExportTaskRow>('SELECT * FROM logs_export_tasks WHERE id = ?', id)
}

export function exportSettings({ settings }: ExportTaskRow): ExportSettings {
  return JSON.parse(settings) as ExportSettings // written by CreateExportTask
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_CancelExportTask.html */
export function CancelExportTask(ctx: Tx, { taskId }: In<'CancelExportTask'>): void {
  const task = exportTask(ctx, taskId)
  if (!task) throw notFound('export task')
  if (task.status !== 'PENDING' && task.status !== 'RUNNING') {
    throw invalidOperation(`The export task is ${task.status} and cannot be cancelled.`)
  }
  ctx.sql.run("UPDATE logs_export_tasks SET status = 'CANCELLED', endedAt = ? WHERE id = ?", ctx.now, taskId)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeExportTasks.html */
export function DescribeExportTasks(ctx: Ctx, input: In<'DescribeExportTasks'>): Out<'DescribeExportTasks'> {
  const { taskId, statusCode } = input
  const { rows, next } = listing<ExportTaskRow>(ctx, paging(input), {
    from: 'logs_export_tasks',
    where: { 'id = ?': taskId, 'status = ?': statusCode },
    key: 'seq',
    order: 'DESC',
  })
  if (taskId !== undefined && rows.length === 0 && !exportTask(ctx, taskId)) throw notFound('export task')
  return { exportTasks: rows.map(describe), nextToken: next }
}

const MESSAGES: Readonly<Partial<Record<ExportTaskRow['status'], string>>> = {
  COMPLETED: 'Completed successfully',
  CANCELLED: 'Cancelled',
}

function describe(row: ExportTaskRow): ExportTask {
  const { taskName, logGroupName, from, to, destination, destinationPrefix } = exportSettings(row)
  const message = row.message ?? MESSAGES[row.status]
  return {
    taskId: row.id,
    ...(taskName === undefined ? {} : { taskName }),
    logGroupName,
    from,
    to,
    destination,
    destinationPrefix,
    status: { code: row.status, ...(message === undefined ? {} : { message }) },
    executionInfo: { creationTime: row.createdAt, ...(row.endedAt === null ? {} : { completionTime: row.endedAt }) },
  }
}
