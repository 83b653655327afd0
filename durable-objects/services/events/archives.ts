import type { Archive, In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { armRetention, contentsOf } from './archived-events.ts'
import { findBus } from './find-bus.ts'
import { busArn, busName, eventsArn } from './names.ts'
import { readEventPattern } from './patterns.ts'
import { alreadyExists, invalid, notFound, paging } from './refusals.ts'
import { removeRule, writeRule } from './rules.ts'
import type { ArchiveRow } from './schema.ts'

export const archiveArn = (ctx: Ctx, name: string) => eventsArn(ctx.place, `archive/${name}`)

export function lookUpArchive(ctx: Ctx, name: string): ArchiveRow | undefined {
  return ctx.sql.first<ArchiveRow>('SELECT * FROM events_archives WHERE name = ?', name)
}

function findArchive(ctx: Ctx, name: string): ArchiveRow {
  const archive = lookUpArchive(ctx, name)
  if (!archive) throw notFound(`Archive ${name} does not exist.`)
  return archive
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateArchive.html */
export function CreateArchive(ctx: Tx, input: In<'CreateArchive'>): Out<'CreateArchive'> {
  const { ArchiveName: name, EventSourceArn, Description, EventPattern, RetentionDays = 0, KmsKeyIdentifier } = input
  if (lookUpArchive(ctx, name)) throw alreadyExists(`Archive ${name} already exists.`)
  const bus = findBus(ctx, EventSourceArn).name
  if (EventPattern) readEventPattern(ctx, EventPattern)
  const archive: ArchiveRow = {
    name,
    bus,
    description: Description ?? null,
    pattern: EventPattern || null,
    retentionDays: RetentionDays,
    kms: KmsKeyIdentifier || null,
    createdAt: ctx.now,
  }
  writeArchive(ctx, archive)
  return { ArchiveArn: archiveArn(ctx, name), State: 'ENABLED', CreationTime: new Date(archive.createdAt) }
}

/** An archive is filled by a rule that EventBridge manages, which leaves out what comes from an archive. */
function writeArchive(ctx: Tx, archive: ArchiveRow): void {
  replace(ctx.sql, 'events_archives', archive)
  const pattern = archive.pattern === null ? {} : (JSON.parse(archive.pattern) as object) // read before it was written
  writeRule(ctx, {
    bus: archive.bus,
    name: ruleName(archive.name),
    description: null,
    pattern: JSON.stringify({ ...pattern, 'replay-name': [{ exists: false }] }),
    schedule: null,
    state: 'ENABLED',
    roleArn: null,
    managedBy: 'prod.vhs.events.aws.internal',
    createdBy: ctx.place.account,
    startedAt: archive.createdAt,
    archive: archive.name,
  })
  armRetention(ctx, archive.name)
}

const ruleName = (archive: string) => `Events-Archive-${archive}`

function shown(ctx: Ctx, archive: ArchiveRow): Archive {
  return {
    ArchiveName: archive.name,
    EventSourceArn: busArn(ctx.place, archive.bus),
    State: 'ENABLED',
    RetentionDays: archive.retentionDays,
    ...contentsOf(ctx, archive.name),
    CreationTime: new Date(archive.createdAt),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeArchive.html */
export function DescribeArchive(ctx: Ctx, input: In<'DescribeArchive'>): Out<'DescribeArchive'> {
  const archive = findArchive(ctx, input.ArchiveName)
  const { description, pattern, kms } = archive
  return {
    ArchiveArn: archiveArn(ctx, archive.name),
    ...shown(ctx, archive),
    ...(description !== null && { Description: description }),
    ...(pattern !== null && { EventPattern: pattern }),
    ...(kms !== null && { KmsKeyIdentifier: kms }),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateArchive.html */
export function UpdateArchive(ctx: Tx, input: In<'UpdateArchive'>): Out<'UpdateArchive'> {
  const archive = findArchive(ctx, input.ArchiveName)
  if (input.EventPattern) readEventPattern(ctx, input.EventPattern)
  writeArchive(ctx, {
    ...archive,
    description: input.Description ?? archive.description,
    pattern: input.EventPattern ?? archive.pattern,
    retentionDays: input.RetentionDays ?? archive.retentionDays,
    kms: input.KmsKeyIdentifier ?? archive.kms,
  })
  const { name, createdAt } = archive
  return { ArchiveArn: archiveArn(ctx, name), State: 'ENABLED', CreationTime: new Date(createdAt) }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteArchive.html */
export function DeleteArchive(ctx: Tx, input: In<'DeleteArchive'>): Out<'DeleteArchive'> {
  const { name, bus } = findArchive(ctx, input.ArchiveName)
  removeRule(ctx, { bus, name: ruleName(name) })
  ctx.sql.run('DELETE FROM events_archives WHERE name = ?', name)
  ctx.sql.run('DELETE FROM events_archived_events WHERE archive = ?', name)
  ctx.timers.clear('retention', name)
  return {}
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListArchives.html */
export function ListArchives(ctx: Ctx, input: In<'ListArchives'>): Out<'ListArchives'> {
  const { NamePrefix, EventSourceArn, State } = input
  if ([NamePrefix, EventSourceArn, State].filter(given => given !== undefined).length > 1) {
    throw invalid('At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.')
  }
  if (EventSourceArn !== undefined) findBus(ctx, EventSourceArn)
  const { rows, next } = listing<ArchiveRow>(ctx, paging(input), {
    from: 'events_archives',
    where: { 'bus = ?': EventSourceArn && busName(EventSourceArn), "'ENABLED' = ?": State },
    prefix: { name: NamePrefix },
    key: 'name',
  })
  return { Archives: rows.map(row => shown(ctx, row)), NextToken: next }
}
