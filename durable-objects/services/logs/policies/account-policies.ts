import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { count, replace } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { checkProtection, forgetMasks } from './data-protection.ts'
import { checkIndexDocument } from '../queries/index-documents.ts'
import { parseFilterPattern } from '../patterns/filter-pattern.ts'
import { groupArn } from '../groups/find-group.ts'
import { invalidParameter, limitExceeded } from '../refusals.ts'
import type { AccountPolicyRow } from '../schema.ts'
import { forgetListeners } from '../subscriptions/subscribers.ts'
import { checkDestination } from '../subscriptions/subscription-filters.ts'
import { sendControlMessage, tryDestination } from '../subscriptions/subscription-targets.ts'

/** The types that are built: how many policies an account may have of each, and which selections they take. */
const TYPES: Readonly<
  Record<string, { most: number; selection?: RegExp; check(document: object, text: string): void }>
> = {
  DATA_PROTECTION_POLICY: { most: 1, check: checkProtection },
  SUBSCRIPTION_FILTER_POLICY: { most: 1, selection: /^LogGroupName NOT IN \[.*\]$/s, check: checkSubscription },
  FIELD_INDEX_POLICY: {
    most: 20,
    selection: /^LogGroupNamePrefix\b/,
    check: (_document, text) => checkIndexDocument(text),
  },
}
const MAX_DOCUMENT = 30_720
const MAX_SELECTION = 25_600

function checkSubscription(document: object): void {
  const {
    DestinationArn,
    RoleArn,
    FilterPattern = '',
    Distribution = 'ByLogStream',
  } = document as Record<string, unknown> // any JSON object
  if (typeof DestinationArn !== 'string') throw invalidParameter('DestinationArn must be specified.')
  if (RoleArn !== undefined && typeof RoleArn !== 'string') throw invalidParameter('RoleArn must be a string.')
  if (typeof FilterPattern !== 'string') throw invalidParameter('FilterPattern must be a string.')
  if (Distribution !== 'ByLogStream' && Distribution !== 'Random') {
    throw invalidParameter('Distribution must be ByLogStream or Random.')
  }
  checkDestination({ destinationArn: DestinationArn, roleArn: RoleArn })
  parseFilterPattern(FilterPattern)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutAccountPolicy.html */
export async function PutAccountPolicy(ctx: Ctx, input: In<'PutAccountPolicy'>): Promise<Out<'PutAccountPolicy'>> {
  checkPut(ctx, input)
  const trial = input.policyType === 'SUBSCRIPTION_FILTER_POLICY' ? trialOf(ctx, input.policyDocument) : undefined
  if (trial) {
    await tryDestination(ctx, trial)
    // Once more: meanwhile others may have used the object.
    checkPut(ctx, input)
  }
  return ctx.change(tx => {
    const { policyName: name, policyDocument: document, policyType: type, selectionCriteria: selection } = input
    const row: AccountPolicyRow = { type, name, document, selection: selection ?? null, updatedAt: tx.now }
    replace(tx.sql, 'logs_account_policies', {
      type,
      name,
      document,
      selection: row.selection,
      updatedAt: row.updatedAt,
    })
    forgetListeners(tx)
    forgetMasks(tx)
    if (trial) sendControlMessage(tx, trial)
    return { accountPolicy: describe(tx, row) }
  })
}

function trialOf(ctx: Ctx, text: string) {
  const { DestinationArn, RoleArn } = JSON.parse(text) as { DestinationArn: string; RoleArn?: string } // checked before
  // The policy is for all groups: whoever lets one in may let in all.
  return { destinationArn: DestinationArn, roleArn: RoleArn, sourceArn: `${groupArn(ctx, '*')}:*` }
}

function checkPut(ctx: Ctx, input: In<'PutAccountPolicy'>): void {
  const { policyName: name, policyDocument: document, policyType: type, selectionCriteria: selection } = input
  const rules = rulesOf('PutAccountPolicy', type)
  if (input.dryRun) throw invalidParameter('dryRun is valid only for policies of type RETENTION_POLICY.')
  if (name === '' || /^aws\//i.test(name)) throw invalidParameter('The policy name is invalid.')
  rules.check(parse(document), document)
  checkSelection(selection, rules.selection)
  const others = count(ctx.sql, 'logs_account_policies WHERE type = ? AND name <> ?', type, name)
  if (others >= rules.most) throw limitExceeded()
}

function checkSelection(selection: string | undefined, form: RegExp | undefined): void {
  if (selection === undefined || (selection.length <= MAX_SELECTION && form?.test(selection))) return
  throw invalidParameter('The selectionCriteria is invalid.')
}

function rulesOf(operation: string, type: string) {
  const rules = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined
  if (rules) return rules
  throw new AwsError('NotImplemented', `logs.${operation}: policies of type ${type} are not implemented`, 501)
}

function parse(text: string): object {
  if (text.length > MAX_DOCUMENT) throw invalidParameter(`The policy is longer than ${MAX_DOCUMENT} characters.`)
  try {
    const document: unknown = JSON.parse(text)
    if (typeof document === 'object' && document !== null) return document
  } catch {
    // Not JSON: refused below with everything else that is no object.
  }
  throw invalidParameter('Invalid policy document.')
}

function describe(ctx: Ctx, { type, name, document, selection, updatedAt }: AccountPolicyRow) {
  return {
    policyName: name,
    policyDocument: document,
    lastUpdatedTime: updatedAt,
    policyType: type,
    scope: 'ALL' as const,
    ...(selection === null ? {} : { selectionCriteria: selection }),
    accountId: ctx.place.account,
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeAccountPolicies.html */
export function DescribeAccountPolicies(
  ctx: Ctx,
  input: In<'DescribeAccountPolicies'>,
): Out<'DescribeAccountPolicies'> {
  const { policyType, policyName, accountIdentifiers = [] } = input
  // No other accounts are linked to this one.
  if (accountIdentifiers.some(account => account !== ctx.place.account)) return { accountPolicies: [] }
  // An account has twenty of a type at most: they make one page.
  const rows = ctx.sql.all<AccountPolicyRow>(
    'SELECT * FROM logs_account_policies WHERE type = ?1 AND (?2 IS NULL OR name = ?2) ORDER BY name',
    policyType,
    policyName ?? null,
  )
  return { accountPolicies: rows.map(row => describe(ctx, row)) }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteAccountPolicy.html */
export function DeleteAccountPolicy(ctx: Tx, input: In<'DeleteAccountPolicy'>): Out<'DeleteAccountPolicy'> {
  const { policyName, policyType } = input
  rulesOf('DeleteAccountPolicy', policyType)
  if (input.dryRun) throw invalidParameter('dryRun is valid only for policies of type RETENTION_POLICY.')
  ctx.sql.run('DELETE FROM logs_account_policies WHERE type = ? AND name = ?', policyType, policyName)
  const deleted = ctx.sql.changes() > 0
  forgetListeners(ctx)
  forgetMasks(ctx)
  if (deleted) return {}
  throw new AwsError('ResourceNotFoundException', `Policy with name [${policyName}] does not exist`)
}

/** The account's field index policy that is for a log group: the one with the longest prefix of its name. */
export function accountIndexPolicyOf(ctx: Ctx, groupName: string): AccountPolicyRow | undefined {
  const rows = ctx.sql.all<AccountPolicyRow>("SELECT * FROM logs_account_policies WHERE type = 'FIELD_INDEX_POLICY'")
  const fitting = rows.filter(row => groupName.startsWith(prefixOf(row)))
  return fitting.toSorted((a, b) => prefixOf(b).length - prefixOf(a).length)[0]
}

/** The prefix in a selection: what stands in quotes, or else its last word. None is the prefix of all. */
function prefixOf({ selection }: AccountPolicyRow): string {
  if (selection === null) return ''
  return /["']([^"']*)["']/.exec(selection)?.[1] ?? selection.split(/[\s=:]+/).at(-1) ?? ''
}
