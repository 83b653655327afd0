import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import type { DataProtectionRow } from '../anomalies/analysis-schema.ts'
import { findGroupByIdentifier } from '../groups/find-group.ts'
import { invalidOperation, invalidParameter } from '../refusals.ts'
import { regexOf } from '../regex/regex.ts'
import type { AccountPolicyRow, GroupRow } from '../schema.ts'
import { managedMask, stars } from './sensitive-data.ts'

/** A policy's document, as far as it says what is to be masked. */
type Document = {
  Statement: { DataIdentifier: string[]; Operation: { Audit?: object; Deidentify?: { MaskConfig: object } } }[]
  Configuration?: { CustomDataIdentifier?: { Name: string; Regex: string }[] }
}

const wrong = (reason: string) => invalidParameter(`Invalid data protection policy: ${reason}`)

/** Refuses what is no data protection policy: an audit and a mask of the same data. */
export function checkProtection(document: object): void {
  const { Statement, Configuration } = document as Partial<Document> // any JSON object
  if (!Array.isArray(Statement) || Statement.length !== 2) {
    throw wrong('it must have two statements, one to audit and one to deidentify.')
  }
  const [first, second] = Statement
  if (!first?.Operation?.Audit) throw wrong('the first statement must have an Audit operation.')
  if (!second?.Operation?.Deidentify?.MaskConfig) throw wrong('the second must have a Deidentify with a MaskConfig.')
  const lists = Statement.map(({ DataIdentifier }) => DataIdentifier)
  if (!lists.every(list => Array.isArray(list) && list.length > 0 && list.every(each => typeof each === 'string'))) {
    throw wrong('each statement must have a DataIdentifier array.')
  }
  if (JSON.stringify(lists[0]) !== JSON.stringify(lists[1])) throw wrong('the DataIdentifier arrays must be the same.')
  const custom = Configuration?.CustomDataIdentifier ?? []
  if (!Array.isArray(custom)) throw wrong('CustomDataIdentifier must be an array.')
  if (!custom.every(isSupported)) throw wrong('a custom data identifier has no name, or an unsupported Regex.')
}

function isSupported(identifier: { Name: unknown; Regex: unknown } | null): boolean {
  const { Name, Regex } = identifier ?? {}
  return typeof Name === 'string' && typeof Regex === 'string' && Regex !== '' && regexOf(Regex) !== undefined
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutDataProtectionPolicy.html */
export function PutDataProtectionPolicy(
  ctx: Tx,
  { logGroupIdentifier, policyDocument }: In<'PutDataProtectionPolicy'>,
): Out<'PutDataProtectionPolicy'> {
  checkProtection(parsed(policyDocument))
  const group = findGroupByIdentifier(ctx, logGroupIdentifier)
  if (group.class !== 'STANDARD') throw invalidOperation('Only log groups of class STANDARD can be protected.')
  upsert(ctx.sql, 'logs_data_protection', {
    key: { logGroup: group.id },
    once: { since: ctx.now },
    set: { document: policyDocument, updatedAt: ctx.now },
  })
  forgetMasks(ctx)
  return { logGroupIdentifier, policyDocument, lastUpdatedTime: ctx.now }
}

function parsed(text: string): object {
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null) return document
  } catch {
    // Not JSON: refused below with everything else that is no object.
  }
  throw wrong('it is no JSON object.')
}

const policyOf = (ctx: Ctx, group: number) =>
  ctx.sql.first<DataProtectionRow>('SELECT * FROM logs_data_protection WHERE logGroup = ?', group)

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_GetDataProtectionPolicy.html */
export function GetDataProtectionPolicy(
  ctx: Ctx,
  { logGroupIdentifier }: In<'GetDataProtectionPolicy'>,
): Out<'GetDataProtectionPolicy'> {
  const policy = policyOf(ctx, findGroupByIdentifier(ctx, logGroupIdentifier).id)
  if (!policy) return { logGroupIdentifier }
  return { logGroupIdentifier, policyDocument: policy.document, lastUpdatedTime: policy.updatedAt }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteDataProtectionPolicy.html */
export function DeleteDataProtectionPolicy(ctx: Tx, { logGroupIdentifier }: In<'DeleteDataProtectionPolicy'>): void {
  const { id } = findGroupByIdentifier(ctx, logGroupIdentifier)
  ctx.sql.run('DELETE FROM logs_data_protection WHERE logGroup = ?', id)
  forgetMasks(ctx)
}

/** A group's messages as who may not see everything sees them; nothing that came in before its policy is masked. */
export type Mask = (event: { message: string; ingestedAt: number }) => string

/** Nothing is masked. */
export const OPEN: Mask = ({ message }) => message
const masksIn = (ctx: Ctx) => ctx.memory('logs.masks', () => new Map<number, Mask>())

/** @param unmask the caller is to see everything, which IAM has allowed */
export function maskOf(ctx: Ctx, group: Pick<GroupRow, 'id'>, unmask?: boolean): Mask {
  if (unmask) return OPEN
  const known = masksIn(ctx)
  const found = known.get(group.id) ?? readMask(ctx, group.id)
  known.set(group.id, found)
  return found
}

/** A policy has changed. */
export function forgetMasks(ctx: Ctx): void {
  masksIn(ctx).clear()
}

function readMask(ctx: Ctx, group: number): Mask {
  const own = policyOf(ctx, group)
  const account = ctx.sql.first<AccountPolicyRow>(
    "SELECT * FROM logs_account_policies WHERE type = 'DATA_PROTECTION_POLICY'",
  )
  const parts = [
    ...(own ? [{ since: own.since, masks: masksOf(own.document) }] : []),
    ...(account ? [{ since: account.updatedAt, masks: masksOf(account.document) }] : []),
  ]
  if (parts.length === 0) return OPEN
  return ({ message, ingestedAt }) =>
    parts
      .filter(({ since }) => ingestedAt >= since)
      .flatMap(({ masks }) => masks)
      .reduce((text, mask) => mask(text), message)
}

function masksOf(text: string): ((message: string) => string)[] {
  const { Statement, Configuration } = JSON.parse(text) as Document // checked when it was put
  const custom = Configuration?.CustomDataIdentifier ?? []
  return (Statement[1]?.DataIdentifier ?? []).flatMap(identifier => {
    const own = custom.find(({ Name }) => Name === identifier)
    if (own) return [customMask(own.Regex)]
    return managedMask(identifier.split('/').at(-1) ?? '') ?? []
  })
}

/** A caller's expression is asked where it matches by a group around it, found anew after each match. */
function customMask(source: string): (message: string) => string {
  const regex = regexOf(`^(?<before>(?:.|\\n)*?)(?<found>${source})`)
  if (!regex) return message => message
  return message => {
    let [done, rest] = ['', message]
    for (let turn = 0; turn < MOST_FOUND; turn++) {
      const { before = '', found = '' } = regex.groups(rest) ?? {}
      if (found === '') break
      done += before + stars(found)
      rest = rest.slice(before.length + found.length)
    }
    return done + rest
  }
}

/** Of one custom identifier in one message. */
const MOST_FOUND = 100
