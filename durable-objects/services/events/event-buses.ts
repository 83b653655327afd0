import type { EventBus, In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { count, insert } from '../../kernel/object/rows.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { bindEventSource, releaseEventSource } from './event-sources.ts'
import { busArn, busName } from './names.ts'
import { alreadyExists, invalid, limitExceeded, paging } from './refusals.ts'
import type { BusRow } from './schema.ts'
import { eventTags } from './tags.ts'
import { lookUpBus, findBus, type BusSettings, settingsOfBus } from './find-bus.ts'

const MOST_BUSES = 100

/** Every place has its default bus. */
export function createDefaultBus(ctx: Tx): void {
  insertBus(ctx, 'default', {})
}

function insertBus(ctx: Tx, name: string, settings: BusSettings): void {
  insert(ctx.sql, 'events_buses', { name, settings: JSON.stringify(settings), createdAt: ctx.now, modifiedAt: ctx.now })
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateEventBus.html */
export function CreateEventBus(ctx: Tx, input: In<'CreateEventBus'>): Out<'CreateEventBus'> {
  const { Name, EventSourceName, Tags, ...rest } = input
  if (Name === 'default') throw alreadyExists('Event bus default already exists.')
  if (EventSourceName === undefined && Name.includes('/')) throw invalid("Event bus name must not contain '/'.")
  if (lookUpBus(ctx, Name)) throw alreadyExists(`Event bus ${Name} already exists.`)
  if (count(ctx.sql, 'events_buses') >= MOST_BUSES) throw limitExceeded()
  if (EventSourceName !== undefined) bindEventSource(ctx, EventSourceName, Name)
  const settings = settingsOf(rest)
  const arn = busArn(ctx.place, Name)
  eventTags.set(ctx, arn, Tags)
  insertBus(ctx, Name, settings)
  return { EventBusArn: arn, ...settings }
}

function settingsOf({ Description, KmsKeyIdentifier, DeadLetterConfig, LogConfig }: BusSettings): BusSettings {
  return {
    ...(Description && { Description }),
    ...(KmsKeyIdentifier && { KmsKeyIdentifier }),
    ...(DeadLetterConfig?.Arn && { DeadLetterConfig }),
    ...(LogConfig && { LogConfig }),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateEventBus.html */
export function UpdateEventBus(ctx: Tx, input: In<'UpdateEventBus'>): Out<'UpdateEventBus'> {
  const bus = findBus(ctx, input.Name)
  const settings = settingsOf({ ...settingsOfBus(bus), ...given(input) })
  ctx.sql.run(
    'UPDATE events_buses SET settings = ?, modifiedAt = ? WHERE name = ?',
    JSON.stringify(settings),
    ctx.now,
    bus.name,
  )
  return { Arn: busArn(ctx.place, bus.name), Name: bus.name, ...settings }
}

/** What is absent from an update stays as it is. */
function given({ Name: _name, ...settings }: In<'UpdateEventBus'>): BusSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined))
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html */
export function DescribeEventBus(ctx: Ctx, input: In<'DescribeEventBus'>): Out<'DescribeEventBus'> {
  const bus = findBus(ctx, input.Name)
  return { ...shown(ctx, bus), ...settingsOfBus(bus) }
}

function shown(ctx: Ctx, bus: BusRow): EventBus {
  const { Description } = settingsOfBus(bus)
  return {
    Name: bus.name,
    Arn: busArn(ctx.place, bus.name),
    ...(Description && { Description }),
    ...(bus.policy !== null && { Policy: bus.policy }),
    CreationTime: new Date(bus.createdAt),
    LastModifiedTime: new Date(bus.modifiedAt),
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html */
export function ListEventBuses(ctx: Ctx, input: In<'ListEventBuses'>): Out<'ListEventBuses'> {
  const { rows, next } = listing<BusRow>(ctx, paging(input), {
    from: 'events_buses',
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { EventBuses: rows.map(row => shown(ctx, row)), NextToken: next }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteEventBus.html */
export function DeleteEventBus(ctx: Tx, input: In<'DeleteEventBus'>): void {
  const name = busName(input.Name)
  if (name === 'default') throw invalid('Cannot delete event bus default.')
  // A bus that is not there is gone as wanted.
  if (!lookUpBus(ctx, name)) return
  if (ctx.sql.first('SELECT 1 FROM events_rules WHERE bus = ? AND archive IS NULL LIMIT 1', name)) {
    throw invalid("Event bus can't be deleted since it has rules.")
  }
  ctx.sql.run('DELETE FROM events_rules WHERE bus = ?', name)
  ctx.sql.run('DELETE FROM events_buses WHERE name = ?', name)
  releaseEventSource(ctx, name)
  eventTags.drop(ctx, busArn(ctx.place, name))
}
