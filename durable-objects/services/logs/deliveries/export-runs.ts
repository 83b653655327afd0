import { gzipSync } from 'node:zlib'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { maskOf } from '../policies/data-protection.ts'
import { readRows } from '../events/event-rows.ts'
import { putObject } from './export-buckets.ts'
import { exportSettings, exportTask } from './export-tasks.ts'
import { groupByName } from '../groups/find-group.ts'
import { expiryBound } from '../groups/retention.ts'
import type { ExportTaskRow } from './delivery-schema.ts'
import type { GroupRow, StreamRow } from '../schema.ts'

/** CloudWatch Logs → S3: an export task's timer writes each stream's events into a folder of its own. */
export async function onExport(ctx: Ctx, id: string): Promise<void> {
  const task = exportTask(ctx, id)
  // One that still runs was broken off: it starts anew, and writes the same objects.
  if (!task || (task.status !== 'PENDING' && task.status !== 'RUNNING')) return
  ctx.change(tx => setStatus(tx, id, 'RUNNING'))
  try {
    await exportEvents(ctx, task)
    if (isRunning(ctx, id)) ctx.change(tx => setStatus(tx, id, 'COMPLETED'))
  } catch (error) {
    if (!(error instanceof AwsError) || error.status >= 500) throw error
    if (isRunning(ctx, id)) ctx.change(tx => setStatus(tx, id, 'FAILED', `${error.code}: ${error.message}`))
  }
}

const isRunning = (ctx: Ctx, id: string) => exportTask(ctx, id)?.status === 'RUNNING'

function setStatus(ctx: Tx, id: string, status: ExportTaskRow['status'], message?: string): void {
  const endedAt = status === 'RUNNING' ? null : ctx.now
  const change = 'UPDATE logs_export_tasks SET status = ?, message = ?, endedAt = ? WHERE id = ?'
  ctx.sql.run(change, status, message ?? null, endedAt, id)
}

async function exportEvents(ctx: Ctx, task: ExportTaskRow): Promise<void> {
  const { logGroupName, logStreamNamePrefix = '', destination: Bucket, destinationPrefix } = exportSettings(task)
  const group = groupByName(ctx, logGroupName)
  if (!group) throw new AwsError('ResourceNotFoundException', 'The specified log group does not exist.')
  for (let stream = nextStream(ctx, group, '', logStreamNamePrefix); stream; ) {
    const folder = `${destinationPrefix}/${task.id}/${stream.name.replaceAll('/', '-')}`
    let part = 0
    for (const text of textsOf(ctx, task, { group, stream })) {
      if (!isRunning(ctx, task.id)) return
      const Key = `${folder}/${String(part).padStart(6, '0')}.gz`
      await putObject(ctx, { Bucket, Key, Body: new Uint8Array(gzipSync(text)) })
      part += 1
    }
    stream = nextStream(ctx, group, stream.name, logStreamNamePrefix)
  }
}

function nextStream(ctx: Ctx, { id }: GroupRow, after: string, prefix: string): StreamRow | undefined {
  return ctx.sql.first<StreamRow>(
    'SELECT * FROM logs_log_streams WHERE logGroup = ? AND name > ? AND name >= ? AND name < ? ORDER BY name LIMIT 1',
    id,
    after,
    prefix,
    `${prefix}\u{10ffff}`,
  )
}

/** Characters of an object, before it is compressed. */
const PART_CHARACTERS = 8_000_000

/** A stream's events as lines, each after its time, in parts. */
function* textsOf(ctx: Ctx, task: ExportTaskRow, of: { group: GroupRow; stream: StreamRow }): Generator<string> {
  const { from, to } = exportSettings(task)
  const range = { from: Math.max(from, expiryBound(ctx, of.group)), to, descending: false }
  let lines: string[] = []
  let size = 0
  const mask = maskOf(ctx, of.group)
  for (const row of readRows(ctx, { column: 'stream', id: of.stream.id }, range, 256)) {
    const line = `${new Date(row.timestamp).toISOString()} ${mask(row).replace(/\n$/, '')}\n`
    lines.push(line)
    size += line.length
    if (size < PART_CHARACTERS) continue
    yield lines.join('')
    lines = []
    size = 0
  }
  if (lines.length > 0) yield lines.join('')
}
