import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { meanwhile, stillShown } from '../../../kernel/states/states.ts'
import { LEAST_UNRESERVED, unreservedConcurrency } from './account.ts'
import { lambdaDate } from '../functions/configuration.ts'
import { invalidParameter, notFound, paging, refusal } from '../errors.ts'
import { functionArn, isVersion, namedFunction } from '../functions/names.ts'
import { aliasRow, findFunction, versionRow } from '../functions/versions.ts'

type ProvisionedRow = { name: string; qualifier: string; requested: number; lastModified: string }

/** What a function's aliases and versions have provisioned together, but one. */
export function provisionedTotal(ctx: Ctx, name: string, except = ''): number {
  return (
    ctx.sql.first<{ sum: number }>(
      'SELECT COALESCE(SUM(requested), 0) AS sum FROM lambda_provisioned WHERE name = ? AND qualifier <> ?',
      name,
      except,
    )?.sum ?? 0
  )
}

function provisionedRow(ctx: Ctx, name: string, qualifier: string): ProvisionedRow | undefined {
  return ctx.sql.first<ProvisionedRow>(
    'SELECT * FROM lambda_provisioned WHERE name = ? AND qualifier = ?',
    name,
    qualifier,
  )
}

type Qualified = { FunctionName: string; Qualifier: string }
type Published = { name: string; qualifier: string; number: number }

/** The alias or published version that provisioned concurrency goes with. */
function findPublished(ctx: Ctx, input: Qualified, refused: string): Published {
  const named = namedFunction(ctx, input)
  const { name, qualifier = '$LATEST' } = named
  if (qualifier === '$LATEST') throw invalidParameter(refused)
  findFunction(ctx, named)
  if (isVersion(qualifier)) {
    if (!versionRow(ctx, name, Number(qualifier))) throw notFound(`Function not found: ${named.arn}`)
    return { name, qualifier, number: Number(qualifier) }
  }
  const alias = aliasRow(ctx, name, qualifier)
  if (!alias) throw notFound(`Cannot find alias arn: ${named.arn}`)
  return { name, qualifier, number: alias.number }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PutProvisionedConcurrencyConfig.html */
export function PutProvisionedConcurrencyConfig(
  ctx: Tx,
  input: In<'PutProvisionedConcurrencyConfig'>,
): Out<'PutProvisionedConcurrencyConfig'> {
  const refused = 'Provisioned Concurrency Configs cannot be applied to unpublished function versions.'
  const found = findPublished(ctx, input, refused)
  const { name, qualifier } = found
  const requested = input.ProvisionedConcurrentExecutions
  const { reserved } = findFunction(ctx, namedFunction(ctx, input))
  if (reserved !== null && reserved < provisionedTotal(ctx, name, qualifier) + requested) {
    throw invalidParameter(
      'Requested Provisioned Concurrency should not be greater than the reservedConcurrentExecution for function',
    )
  }
  if (reserved === null && unreservedConcurrency(ctx) - requested < LEAST_UNRESERVED) {
    throw invalidParameter(
      `Specified ConcurrentExecutions for function decreases account's UnreservedConcurrentExecution below its minimum value of [${LEAST_UNRESERVED}].`,
    )
  }
  checkOverlap(ctx, found)
  const row = { name, qualifier, requested, lastModified: lambdaDate(ctx.now) }
  replace(ctx.sql, 'lambda_provisioned', row)
  return { ...describeProvisioned(ctx, row), ...meanwhile(ctx, stateKey(row), IN_PROGRESS) }
}

const stateKey = ({ name, qualifier }: Pick<ProvisionedRow, 'name' | 'qualifier'>) => `provisioned ${name}:${qualifier}`

const IN_PROGRESS = {
  AvailableProvisionedConcurrentExecutions: 0,
  AllocatedProvisionedConcurrentExecutions: 0,
  Status: 'IN_PROGRESS',
} as const

/** A version is provisioned by its number or by an alias, not by both. */
function checkOverlap(ctx: Ctx, { name, qualifier, number }: Published): void {
  if (!isVersion(qualifier)) {
    if (!provisionedRow(ctx, name, String(number))) return
    const message = "Alias can't be used for Provisioned Concurrency configuration on an already Provisioned version"
    throw refusal('ResourceConflictException', message)
  }
  const pointing = ctx.sql.first(
    'SELECT 1 FROM lambda_aliases JOIN lambda_provisioned p ON p.name = lambda_aliases.name AND p.qualifier = alias WHERE lambda_aliases.name = ? AND number = ?',
    name,
    number,
  )
  if (pointing) throw refusal('ResourceConflictException', 'Version is pointed by a Provisioned Concurrency alias')
}

function describeProvisioned(ctx: Ctx, row: ProvisionedRow) {
  return {
    RequestedProvisionedConcurrentExecutions: row.requested,
    AvailableProvisionedConcurrentExecutions: row.requested,
    AllocatedProvisionedConcurrentExecutions: row.requested,
    Status: 'READY',
    LastModified: row.lastModified,
    ...stillShown<typeof IN_PROGRESS>(ctx, stateKey(row)),
  } as const
}

const NOT_PUBLISHED = 'The function resource provided must be an alias or a published version.'

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetProvisionedConcurrencyConfig.html */
export function GetProvisionedConcurrencyConfig(
  ctx: Ctx,
  input: In<'GetProvisionedConcurrencyConfig'>,
): Out<'GetProvisionedConcurrencyConfig'> {
  const { name, qualifier } = findPublished(ctx, input, NOT_PUBLISHED)
  const row = provisionedRow(ctx, name, qualifier)
  if (row) return describeProvisioned(ctx, row)
  throw refusal(
    'ProvisionedConcurrencyConfigNotFoundException',
    'No Provisioned Concurrency Config found for this function',
  )
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteProvisionedConcurrencyConfig.html */
export function DeleteProvisionedConcurrencyConfig(
  ctx: Tx,
  input: In<'DeleteProvisionedConcurrencyConfig'>,
): Out<'DeleteProvisionedConcurrencyConfig'> {
  const { name, qualifier } = findPublished(ctx, input, NOT_PUBLISHED)
  ctx.sql.run('DELETE FROM lambda_provisioned WHERE name = ? AND qualifier = ?', name, qualifier)
  return {}
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListProvisionedConcurrencyConfigs.html */
export function ListProvisionedConcurrencyConfigs(
  ctx: Ctx,
  input: In<'ListProvisionedConcurrencyConfigs'>,
): Out<'ListProvisionedConcurrencyConfigs'> {
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  const query = { from: 'lambda_provisioned', where: { 'name = ?': name }, key: 'qualifier' }
  const { rows, next } = listing<ProvisionedRow>(ctx, paging(input), query)
  const ProvisionedConcurrencyConfigs = rows.map(row => ({
    FunctionArn: functionArn(ctx.place, name, row.qualifier),
    ...describeProvisioned(ctx, row),
  }))
  return { ProvisionedConcurrencyConfigs, NextMarker: next }
}
