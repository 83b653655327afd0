import type { EventSource, In, Out } from '../../../aws/models/events.types.ts'
import { arnOf } from '../../../aws/arn.ts'
import type { Ctx, Tx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { AwsError } from '../../../aws/errors.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { notFound, paging } from './refusals.ts'
import type { EventSourceRow } from './schema.ts'

/** ARN of a partner's event source in a region; it is of no account. */
export const sourceArn = (ctx: Ctx, name: string) =>
  arnOf({ service: 'events', region: ctx.place.region, resource: `event-source/${name}` })

function findSource(ctx: Ctx, name: string): EventSourceRow {
  const row = ctx.sql.first<EventSourceRow>('SELECT * FROM events_event_sources WHERE name = ?', name)
  if (!row) throw notFound(`Event source ${name} does not exist.`)
  return row
}

const invalidState = (message: string) => new AwsError('InvalidStateException', message)

/** A partner's event source gets its bus, and is active then. */
export function bindEventSource(ctx: Tx, name: string, bus: string): void {
  const { state } = findSource(ctx, name)
  if (bus !== name) throw notFound(`Event source ${bus} does not exist.`)
  if (state !== 'PENDING') throw invalidState(`Event source ${name} is not in PENDING state.`)
  setState(ctx, name, 'ACTIVE')
}

export function releaseEventSource(ctx: Tx, bus: string): void {
  setState(ctx, bus, 'PENDING')
}

function setState(ctx: Tx, name: string, state: string): void {
  ctx.sql.run("UPDATE events_event_sources SET state = ? WHERE name = ? AND state <> 'DELETED'", state, name)
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ActivateEventSource.html */
export function ActivateEventSource(ctx: Tx, { Name }: In<'ActivateEventSource'>): void {
  const { state } = findSource(ctx, Name)
  if (state === 'DELETED') throw invalidState(`Event source ${Name} is in DELETED state.`)
  setState(ctx, Name, 'ACTIVE')
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeactivateEventSource.html */
export function DeactivateEventSource(ctx: Tx, { Name }: In<'DeactivateEventSource'>): void {
  const { state } = findSource(ctx, Name)
  if (state === 'DELETED') throw invalidState(`Event source ${Name} is in DELETED state.`)
  setState(ctx, Name, 'PENDING')
}

function shown(ctx: Ctx, row: EventSourceRow): EventSource {
  return {
    Arn: sourceArn(ctx, row.name),
    CreatedBy: row.createdBy,
    CreationTime: new Date(row.createdAt),
    Name: row.name,
    State: row.state,
  }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventSource.html */
export function DescribeEventSource(ctx: Ctx, { Name }: In<'DescribeEventSource'>): Out<'DescribeEventSource'> {
  return shown(ctx, findSource(ctx, Name))
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventSources.html */
export function ListEventSources(ctx: Ctx, input: In<'ListEventSources'>): Out<'ListEventSources'> {
  const { rows, next } = listing<EventSourceRow>(ctx, paging(input), {
    from: 'events_event_sources',
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  return { EventSources: rows.map(row => shown(ctx, row)), NextToken: next }
}

/** What a partner's account asks of its customer's: no model has it, so no request can ask. */
export type Offer = { Name: string; CreatedBy: string; Withdrawn: boolean }

export function OfferEventSource(ctx: Tx, { Name, CreatedBy, Withdrawn }: Offer): undefined {
  if (Withdrawn) setState(ctx, Name, 'DELETED')
  else {
    replace(ctx.sql, 'events_event_sources', { name: Name, createdBy: CreatedBy, createdAt: ctx.now, state: 'PENDING' })
  }
}
