import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { upsert } from '../../../kernel/object/rows.ts'
import { accountIndexPolicyOf } from '../policies/account-policies.ts'
import { checkFilterable } from '../groups/classes.ts'
import { findGroupByIdentifier, groupArn } from '../groups/find-group.ts'
import { checkIndexDocument, fieldsOfDocument } from './index-documents.ts'
import { notFound } from '../refusals.ts'
import type { GroupRow, IndexPolicyRow } from '../schema.ts'

export function policyOf(ctx: Ctx, group: GroupRow): IndexPolicyRow | undefined {
  return ctx.sql.first<IndexPolicyRow>('SELECT * FROM logs_index_policies WHERE logGroup = ?', group.id)
}

/** The fields that a group's policy, or the account's for it, indexes. */
export function indexedFields(ctx: Ctx, group: GroupRow): string[] {
  const document = policyOf(ctx, group)?.document ?? accountIndexPolicyOf(ctx, group.name)?.document
  return document === undefined ? [] : fieldsOfDocument(document)
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutIndexPolicy.html */
export function PutIndexPolicy(ctx: Tx, input: In<'PutIndexPolicy'>): Out<'PutIndexPolicy'> {
  const group = findGroupByIdentifier(ctx, input.logGroupIdentifier)
  checkFilterable(group)
  checkIndexDocument(input.policyDocument)
  upsert(ctx.sql, 'logs_index_policies', {
    key: { logGroup: group.id },
    once: { createdAt: ctx.now, usedAt: ctx.now },
    set: { document: input.policyDocument, updatedAt: ctx.now },
  })
  return { indexPolicy: describe(ctx, group, { document: input.policyDocument, updatedAt: ctx.now }) }
}

type Described = { document: string; updatedAt: number; name?: string }

function describe(ctx: Ctx, group: GroupRow, { document, updatedAt, name }: Described) {
  return {
    logGroupIdentifier: groupArn(ctx, group.name),
    lastUpdateTime: updatedAt,
    policyDocument: document,
    ...(name === undefined ? { source: 'LOG_GROUP' as const } : { policyName: name, source: 'ACCOUNT' as const }),
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeIndexPolicies.html */
export function DescribeIndexPolicies(ctx: Ctx, input: In<'DescribeIndexPolicies'>): Out<'DescribeIndexPolicies'> {
  const indexPolicies = input.logGroupIdentifiers.flatMap(identifier => {
    const group = findGroupByIdentifier(ctx, identifier)
    const policy = policyOf(ctx, group) ?? accountIndexPolicyOf(ctx, group.name)
    return policy ? [describe(ctx, group, policy)] : []
  })
  return { indexPolicies }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteIndexPolicy.html */
export function DeleteIndexPolicy(ctx: Tx, input: In<'DeleteIndexPolicy'>): Out<'DeleteIndexPolicy'> {
  const group = findGroupByIdentifier(ctx, input.logGroupIdentifier)
  if (!policyOf(ctx, group)) throw notFound('index policy')
  ctx.sql.run('DELETE FROM logs_index_policies WHERE logGroup = ?', group.id)
  return {}
}

/** Notes which policies have a field that a query names. */
export function noteUse(ctx: Tx, groups: GroupRow[], queryString: string): void {
  for (const group of groups) {
    const policy = policyOf(ctx, group)
    if (!policy || !fieldsOfDocument(policy.document).some(field => queryString.includes(field))) continue
    ctx.sql.run('UPDATE logs_index_policies SET usedAt = ? WHERE logGroup = ?', ctx.now, group.id)
  }
}
