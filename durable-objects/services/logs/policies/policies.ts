import type { In, Out } from '../../../../aws/models/logs.types.ts'
import type { Ctx, ResourcePolicy, Tx } from '../../../kernel/object/operation.ts'
import { count, replace } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { randomHex } from '../../../../aws/ids.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { findGroup, groupArn, nameOfArn } from '../groups/find-group.ts'
import { invalidParameter, limitExceeded, notFound, paging } from '../refusals.ts'
import type { ResourcePolicyRow } from '../schema.ts'

/** Policies of the account; a log group has one of its own at most. */
const MAX_ACCOUNT_POLICIES = 10
const MAX_GROUP_POLICIES = 1

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html */
export function PutResourcePolicy(ctx: Tx, input: In<'PutResourcePolicy'>): Out<'PutResourcePolicy'> {
  const { policyName: name, policyDocument: document } = input
  if (!name) throw invalidParameter('Policy name must be specified.')
  if (document === undefined) throw invalidParameter('Policy document must be specified.')
  checkDocument(document)
  const resource = resourceOf(ctx, input.resourceArn)
  const existing = policyOf(ctx, resource, name)
  checkRevision(existing, input.expectedRevisionId)
  if (!existing) checkCount(ctx, resource)
  const row: ResourcePolicyRow = { resource, name, document, revision: randomHex(32), updatedAt: ctx.now }
  replace(ctx.sql, 'logs_resource_policies', {
    resource,
    name,
    document,
    revision: row.revision,
    updatedAt: row.updatedAt,
  })
  return { resourcePolicy: describe(row), ...(resource === '' ? {} : { revisionId: row.revision }) }
}

/** Refuses what is no policy of IAM's form. */
export function checkDocument(document: string): void {
  try {
    const policy: unknown = JSON.parse(document)
    if (typeof policy === 'object' && policy !== null && 'Statement' in policy) return
  } catch {
    // Not JSON: refused below with everything else that is no policy.
  }
  throw invalidParameter('Invalid policy document.')
}

/** The log group that a policy is for, by its ARN; empty for the account. */
function resourceOf(ctx: Ctx, resourceArn: string | undefined): string {
  if (resourceArn === undefined) return ''
  const name = nameOfArn(ctx, resourceArn)
  if (name === undefined) throw notFound('resource')
  findGroup(ctx, name)
  return resourceArn.replace(/:\*$/, '')
}

function policyOf(ctx: Ctx, resource: string, name: string): ResourcePolicyRow | undefined {
  return ctx.sql.first<ResourcePolicyRow>(
    'SELECT * FROM logs_resource_policies WHERE resource = ? AND name = ?',
    resource,
    name,
  )
}

/** A log group's policy changes only for who knows its revision, so that no change overwrites another unseen. */
function checkRevision(existing: ResourcePolicyRow | undefined, expected: string | undefined): void {
  const current = existing && existing.resource !== '' ? existing.revision : undefined
  if (expected === current || (current === undefined && existing)) return
  const message = 'The expected revision ID does not match the current revision ID of the resource policy.'
  throw new AwsError('OperationAbortedException', message)
}

function checkCount(ctx: Ctx, resource: string): void {
  const there = count(ctx.sql, 'logs_resource_policies WHERE resource = ?', resource)
  if (there >= (resource === '' ? MAX_ACCOUNT_POLICIES : MAX_GROUP_POLICIES)) throw limitExceeded()
}

function describe({ resource, name, document, revision, updatedAt }: ResourcePolicyRow) {
  const policy = { policyName: name, policyDocument: document, lastUpdatedTime: updatedAt }
  if (resource === '') return { ...policy, policyScope: 'ACCOUNT' as const }
  return { ...policy, policyScope: 'RESOURCE' as const, resourceArn: resource, revisionId: revision }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeResourcePolicies.html */
export function DescribeResourcePolicies(
  ctx: Ctx,
  input: In<'DescribeResourcePolicies'>,
): Out<'DescribeResourcePolicies'> {
  const resource = input.resourceArn?.replace(/:\*$/, '')
  const ofGroups = resource !== undefined || input.policyScope === 'RESOURCE'
  const { rows, next } = listing<ResourcePolicyRow>(ctx, paging(input), {
    from: 'logs_resource_policies',
    where: { "(resource <> '') = ?": ofGroups ? 1 : 0, 'resource = ?': resource },
    key: ['resource', 'name'],
  })
  return { resourcePolicies: rows.map(describe), nextToken: next }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteResourcePolicy.html */
export function DeleteResourcePolicy(ctx: Tx, input: In<'DeleteResourcePolicy'>): void {
  const { policyName: name } = input
  if (!name) throw invalidParameter('Policy name must be specified.')
  const resource = resourceOf(ctx, input.resourceArn)
  const existing = policyOf(ctx, resource, name)
  if (!existing) throw new AwsError('ResourceNotFoundException', `Policy with name [${name}] does not exist`)
  checkRevision(existing, input.expectedRevisionId)
  ctx.sql.run('DELETE FROM logs_resource_policies WHERE resource = ? AND name = ?', resource, name)
}

/**
 * What EventBridge, when it writes to a log group, must be allowed by: every policy of the account, and the group's own.
 * The services whose logs these are need none.
 */
export function resourcePolicy(
  ctx: Ctx,
  operation: string,
  input: Record<string, unknown>,
): ResourcePolicy | undefined {
  if (ctx.caller.service !== 'events.amazonaws.com') return undefined
  const arn = groupArn(ctx, String(input.logGroupName))
  const rows = ctx.sql.all<Pick<ResourcePolicyRow, 'document'>>(
    "SELECT document FROM logs_resource_policies WHERE resource IN ('', ?)",
    arn,
  )
  const statements = rows.flatMap(({ document }) => (JSON.parse(document) as { Statement: unknown }).Statement) // as put
  return {
    document: JSON.stringify({ Version: '2012-10-17', Statement: statements }),
    resource: `${arn}:log-stream:${input.logStreamName}`,
    action: `logs:${operation}`,
  }
}
