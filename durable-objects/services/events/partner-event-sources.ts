import type { In, Out } from '../../../aws/models/events.types.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { replace } from '../../kernel/object/rows.ts'
import { listing } from '../../kernel/listings/listings.ts'
import { sourceArn } from './event-sources.ts'
import { alreadyExists, notFound, paging } from './refusals.ts'
import type { PartnerSourceRow } from './schema.ts'

/** The accounts that a partner offers a source to. */
export function accountsOf(ctx: Ctx, name: string): PartnerSourceRow[] {
  return ctx.sql.all<PartnerSourceRow>('SELECT * FROM events_partner_sources WHERE name = ? ORDER BY account', name)
}

function findAccounts(ctx: Ctx, name: string): PartnerSourceRow[] {
  const rows = accountsOf(ctx, name)
  if (rows.length === 0) throw notFound(`Event source ${name} does not exist.`)
  return rows
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreatePartnerEventSource.html */
export async function CreatePartnerEventSource(
  ctx: Ctx,
  { Name, Account }: In<'CreatePartnerEventSource'>,
): Promise<Out<'CreatePartnerEventSource'>> {
  if (accountsOf(ctx, Name).some(({ account }) => account === Account)) {
    throw alreadyExists(`Event source ${Name} already exists.`)
  }
  await offer(ctx, { name: Name, account: Account }, false)
  ctx.change(tx => replace(tx.sql, 'events_partner_sources', { name: Name, account: Account, createdAt: tx.now }))
  return { EventSourceArn: sourceArn(ctx, Name) }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeletePartnerEventSource.html */
export async function DeletePartnerEventSource(
  ctx: Ctx,
  { Name, Account }: In<'DeletePartnerEventSource'>,
): Promise<void> {
  await offer(ctx, { name: Name, account: Account }, true)
  ctx.change(tx => tx.sql.run('DELETE FROM events_partner_sources WHERE name = ? AND account = ?', Name, Account))
}

type Offered = Pick<PartnerSourceRow, 'name' | 'account'>

async function offer(ctx: Ctx, { name, account }: Offered, withdrawn: boolean): Promise<void> {
  // `aws.partner/example.com/…` is made by example.com.
  const CreatedBy = name.split('/')[1] ?? name
  const input = { Name: name, CreatedBy, Withdrawn: withdrawn }
  await ctx.call('events', 'OfferEventSource', input, { place: { account }, caller: { accountId: account } })
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribePartnerEventSource.html */
export function DescribePartnerEventSource(
  ctx: Ctx,
  { Name }: In<'DescribePartnerEventSource'>,
): Out<'DescribePartnerEventSource'> {
  findAccounts(ctx, Name)
  return { Arn: sourceArn(ctx, Name), Name }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListPartnerEventSources.html */
export function ListPartnerEventSources(
  ctx: Ctx,
  input: In<'ListPartnerEventSources'>,
): Out<'ListPartnerEventSources'> {
  const { rows, next } = listing<{ name: string }>(ctx, paging(input), {
    select: 'DISTINCT name',
    from: 'events_partner_sources',
    prefix: { name: input.NamePrefix },
    key: 'name',
  })
  const PartnerEventSources = rows.map(({ name }) => ({ Arn: sourceArn(ctx, name), Name: name }))
  return { PartnerEventSources, NextToken: next }
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListPartnerEventSourceAccounts.html */
export async function ListPartnerEventSourceAccounts(
  ctx: Ctx,
  { EventSourceName }: In<'ListPartnerEventSourceAccounts'>,
): Promise<Out<'ListPartnerEventSourceAccounts'>> {
  const rows = findAccounts(ctx, EventSourceName)
  const accounts = rows.map(async ({ account, createdAt }) => {
    const to = { place: { account }, caller: { accountId: account } }
    const { State } = await ctx.call('events', 'DescribeEventSource', { Name: EventSourceName }, to)
    return { Account: account, CreationTime: new Date(createdAt), State }
  })
  return { PartnerEventSourceAccounts: await Promise.all(accounts) }
}
