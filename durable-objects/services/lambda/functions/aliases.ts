import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { replace } from '../../../kernel/object/rows.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { constraintError, invalidParameter, notFound, refusal, paging } from '../errors.ts'
import { functionArn, isVersion, namedFunction } from './names.ts'
import { type AliasRow, LATEST, versionName } from '../schema.ts'
import { aliasRow, checkRevision, findFunction, versionRow } from './versions.ts'

type Weights = Record<string, number>

const weightsOf = (row: AliasRow): Weights | undefined =>
  row.weights === null ? undefined : (JSON.parse(row.weights) as Weights) // written by save()

function findAlias(ctx: Ctx, input: { FunctionName: string; Name: string }): AliasRow {
  const named = namedFunction(ctx, { FunctionName: input.FunctionName })
  findFunction(ctx, named)
  const row = aliasRow(ctx, named.name, input.Name)
  if (!row) throw notFound(`Cannot find alias arn: ${functionArn(ctx.place, named.name, input.Name)}`)
  return row
}

function describe(ctx: Ctx, row: AliasRow): Out<'GetAlias'> {
  const weights = weightsOf(row)
  return {
    AliasArn: functionArn(ctx.place, row.name, row.alias),
    Name: row.alias,
    FunctionVersion: versionName(row.number),
    Description: row.description,
    ...(weights ? { RoutingConfig: { AdditionalVersionWeights: weights } } : {}),
    RevisionId: row.revisionId,
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateAlias.html */
export function CreateAlias(ctx: Tx, input: In<'CreateAlias'>): Out<'CreateAlias'> {
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  const number = existingVersion(ctx, name, input.FunctionVersion)
  if (aliasRow(ctx, name, input.Name)) {
    throw refusal('ResourceConflictException', `Alias already exists: ${functionArn(ctx.place, name, input.Name)}`)
  }
  const row = {
    name,
    alias: input.Name,
    number,
    description: input.Description ?? '',
    weights: checkedWeights(ctx, { name, number }, input.RoutingConfig?.AdditionalVersionWeights),
  }
  return describe(ctx, save(ctx, row))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateAlias.html */
export function UpdateAlias(ctx: Tx, input: In<'UpdateAlias'>): Out<'UpdateAlias'> {
  const row = findAlias(ctx, input)
  checkRevision(row, input.RevisionId)
  const { name } = row
  const number = input.FunctionVersion === undefined ? row.number : existingVersion(ctx, name, input.FunctionVersion)
  const weights = input.RoutingConfig
    ? checkedWeights(ctx, { name, number }, input.RoutingConfig.AdditionalVersionWeights)
    : row.weights
  return describe(ctx, save(ctx, { ...row, number, weights, description: input.Description ?? row.description }))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetAlias.html */
export function GetAlias(ctx: Ctx, input: In<'GetAlias'>): Out<'GetAlias'> {
  return describe(ctx, findAlias(ctx, input))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListAliases.html */
export function ListAliases(ctx: Ctx, input: In<'ListAliases'>): Out<'ListAliases'> {
  const { FunctionName, FunctionVersion } = input
  const { rows, next } = listing<AliasRow>(ctx, paging(input), {
    from: 'lambda_aliases',
    where: {
      'name = ?': findFunction(ctx, namedFunction(ctx, { FunctionName })).name,
      'number = ?': FunctionVersion === undefined ? undefined : numberOf(FunctionVersion),
    },
    key: 'alias',
  })
  return { Aliases: rows.map(row => describe(ctx, row)), NextMarker: next }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteAlias.html : deleting what is not there succeeds. */
export function DeleteAlias(ctx: Tx, input: In<'DeleteAlias'>): Out<'DeleteAlias'> {
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  ctx.sql.run('DELETE FROM lambda_aliases WHERE name = ? AND alias = ?', name, input.Name)
  for (const table of ['policies', 'event_invoke_configs', 'function_urls', 'provisioned']) {
    ctx.sql.run(`DELETE FROM lambda_${table} WHERE name = ? AND qualifier = ?`, name, input.Name)
  }
  return {}
}

const numberOf = (version: string) => (version === '$LATEST' ? LATEST : Number(version))

function existingVersion(ctx: Ctx, name: string, version: string): number {
  const number = numberOf(version)
  const exists = version === '$LATEST' || number > 0 ? versionRow(ctx, name, number) : undefined
  if (!exists) throw notFound(`Function not found: ${functionArn(ctx.place, name, version)}`)
  return number
}

/** The JSON to keep of an alias's weights; null for none. */
function checkedWeights(ctx: Ctx, main: { name: string; number: number }, weights: Weights | undefined): string | null {
  const entries = Object.entries(weights ?? {})
  if (entries.length > 1) throw invalidParameter('Number of items in AdditionalVersionWeights cannot be greater than 1')
  const [entry] = entries
  if (!entry) return null
  const [version, weight] = entry
  if (!(weight >= 0 && weight <= 1)) {
    throw constraintError(
      `{${version}=${weight}}`,
      'routingConfig.additionalVersionWeights',
      'Map value must satisfy constraint: [Member must have value less than or equal to 1.0, Member must have value greater than or equal to 0.0, Member must not be null]',
    )
  }
  if (version === versionName(main.number)) {
    throw invalidParameter(
      `Invalid function version ${version}. Function version ${version} is already included in routing configuration.`,
    )
  }
  if (main.number === LATEST) {
    throw new AwsError(
      'InvalidParameterValueException',
      '$LATEST is not supported for an alias pointing to more than 1 version',
    )
  }
  if (!isVersion(version)) {
    throw constraintError(
      `{${version}=${weight}}`,
      'routingConfig.additionalVersionWeights',
      'Map keys must satisfy constraint: [Member must have length less than or equal to 1024, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: [0-9]+, Member must not be null]',
    )
  }
  existingVersion(ctx, main.name, version)
  return JSON.stringify({ [version]: weight })
}

function save(ctx: Tx, alias: Omit<AliasRow, 'revisionId'>): AliasRow {
  const row = { ...alias, revisionId: crypto.randomUUID() }
  replace(ctx.sql, 'lambda_aliases', row)
  return row
}

/**
 * The version that one invocation of an alias goes to.
 * @param chance from 0 up to 1
 */
export function routedVersion(row: AliasRow, chance: number): number {
  const [entry] = Object.entries(weightsOf(row) ?? {})
  return entry && chance < entry[1] ? Number(entry[0]) : row.number
}
