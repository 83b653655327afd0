import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert, upsert } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { codeSha256 } from '../code/archives.ts'
import { present } from './configuration.ts'
import { invalidParameter, notFound, paging, staleRevision } from '../errors.ts'
import type { LayerReference } from '../layers/function-layers.ts'
import { functionArn, isVersion, type NamedFunction, namedFunction } from './names.ts'
import { checkSettled, noteChange, type Shown, stateOf } from './states.ts'
import {
  type AliasRow,
  type FunctionConfiguration,
  type FunctionRow,
  LATEST,
  type StoredConfiguration,
  type VersionRow,
  versionName,
} from '../schema.ts'

/** @throws ResourceNotFoundException */
export function findFunction(ctx: Ctx, named: NamedFunction): FunctionRow {
  const row = ctx.sql.first<FunctionRow>('SELECT * FROM lambda_functions WHERE name = ?', named.name)
  if (!row) throw notFound(`Function not found: ${named.arn}`)
  return row
}

export function versionRow(ctx: Ctx, name: string, number: number): VersionRow | undefined {
  return ctx.sql.first<VersionRow>('SELECT * FROM lambda_versions WHERE name = ? AND number = ?', name, number)
}

export function aliasRow(ctx: Ctx, name: string, alias: string): AliasRow | undefined {
  return ctx.sql.first<AliasRow>('SELECT * FROM lambda_aliases WHERE name = ? AND alias = ?', name, alias)
}

/** The version that a qualifier names: none or `$LATEST`, a number, or an alias by its main version. */
export function findVersion(ctx: Ctx, named: NamedFunction): VersionRow {
  const number = versionNumber(ctx, named, alias => alias.number)
  const row = number === undefined ? undefined : versionRow(ctx, named.name, number)
  if (!row) throw notFound(`Function not found: ${named.arn}`)
  return row
}

/**
 * The number of the version that a qualifier names; undefined for an alias that there is not.
 * @param ofAlias picks one of an alias's versions
 */
export function versionNumber(
  ctx: Ctx,
  { name, qualifier }: NamedFunction,
  ofAlias: (alias: AliasRow) => number,
): number | undefined {
  if (qualifier === undefined || qualifier === '$LATEST') return LATEST
  if (isVersion(qualifier)) return Number(qualifier) || undefined
  const alias = aliasRow(ctx, name, qualifier)
  return alias && ofAlias(alias)
}

/** The unpublished version, whatever the qualifier. */
export function findLatest(ctx: Ctx, named: NamedFunction): VersionRow {
  const row = versionRow(ctx, named.name, LATEST)
  if (!row) throw notFound(`Function not found: ${functionArn(ctx.place, named.name)}`)
  return row
}

export function configurationOf(row: VersionRow): StoredConfiguration {
  return JSON.parse(row.configuration) as StoredConfiguration // written by writeVersion()
}

/** @throws PreconditionFailedException */
export function checkRevision(row: { revisionId: string }, revisionId: string | undefined): void {
  if (revisionId !== undefined && revisionId !== row.revisionId) throw staleRevision()
}

/** The unpublished version of a function that is neither being made nor changed, nor of another revision than stated. */
export function latestToChange(ctx: Ctx, named: NamedFunction, revisionId: string | undefined): VersionRow {
  const row = findLatest(ctx, named)
  checkSettled(ctx, row)
  checkRevision(row, revisionId)
  return row
}

type NewVersion = {
  name: string
  number: number
  code: string | null
  build: string
  configuration: StoredConfiguration
  /** Absent: those that the version has stay. */
  layers?: LayerReference[] | undefined
}

/** Writes a version over any of its number, with a revision of its own. */
export function writeVersion(ctx: Tx, version: NewVersion): VersionRow {
  const { name, number, code, build, layers } = version
  const configuration = JSON.stringify(version.configuration)
  const revisionId = crypto.randomUUID()
  noteChange(ctx, version, versionRow(ctx, name, number) ? 'updated' : 'created')
  upsert(ctx.sql, 'lambda_versions', { key: { name, number }, set: { code, build, revisionId, configuration } })
  if (layers) writeLayers(ctx, { name, number }, layers)
  return { name, number, code, build, revisionId, runtimeManagement: null, configuration }
}

function writeLayers(ctx: Tx, { name, number }: { name: string; number: number }, layers: LayerReference[]): void {
  ctx.sql.run('DELETE FROM lambda_version_layers WHERE name = ? AND number = ?', name, number)
  for (const [position, { arn, code }] of layers.entries()) {
    insert(ctx.sql, 'lambda_version_layers', { name, number, position, arn, code })
  }
}

/** A revision changes with the function's permissions and tags too, not with its code alone. */
export function touchVersion(ctx: Tx, name: string, number: number): void {
  ctx.sql.run(
    'UPDATE lambda_versions SET revisionId = ? WHERE name = ? AND number = ?',
    crypto.randomUUID(),
    name,
    number,
  )
}

/**
 * A version as AWS shows it.
 * @param qualifier ends the ARN
 */
export function describe(ctx: Ctx, row: VersionRow, shown: Shown, qualifier?: string): FunctionConfiguration {
  const { ImageUri: _image, RuntimeVersionConfig, ...configuration } = configurationOf(row)
  return {
    FunctionName: row.name,
    FunctionArn: functionArn(ctx.place, row.name, qualifier),
    ...configuration,
    ...(RuntimeVersionConfig && shown !== 'listed' ? { RuntimeVersionConfig } : {}),
    Version: versionName(row.number),
    RevisionId: row.revisionId,
    ...stateOf(ctx, row, shown),
  }
}

/**
 * Makes the unpublished version a published one, unless nothing has changed since the last.
 * @returns the new version, or the last one
 */
export function publish(
  ctx: Tx,
  latest: VersionRow,
  description?: string | undefined,
): { row: VersionRow; fresh: boolean } {
  const { sql } = ctx
  const { name } = latest
  const last = sql.first<VersionRow>(
    'SELECT * FROM lambda_versions WHERE name = ? AND number > 0 ORDER BY number DESC LIMIT 1',
    name,
  )
  if (last?.build === latest.build) return { row: last, fresh: false }
  const number =
    sql.first<{ nextVersion: number }>('SELECT nextVersion FROM lambda_functions WHERE name = ?', name)?.nextVersion ??
    1
  sql.run('UPDATE lambda_functions SET nextVersion = ? WHERE name = ?', number + 1, name)
  const { SnapStart, ...configuration } = configurationOf(latest)
  const ApplyOn = SnapStart?.ApplyOn ?? 'None'
  const row = writeVersion(ctx, {
    name,
    number,
    code: latest.code,
    build: latest.build,
    configuration: {
      ...configuration,
      ...present({ Description: description }),
      SnapStart: { ApplyOn, OptimizationStatus: ApplyOn === 'PublishedVersions' ? 'On' : 'Off' },
    },
  })
  sql.run(
    `INSERT INTO lambda_version_layers (name, number, position, arn, code)
     SELECT name, ?, position, arn, code FROM lambda_version_layers WHERE name = ? AND number = ?`,
    number,
    name,
    LATEST,
  )
  touchVersion(ctx, name, LATEST)
  return { row, fresh: true }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishVersion.html */
export function PublishVersion(ctx: Tx, input: In<'PublishVersion'>): Out<'PublishVersion'> {
  const latest = latestToChange(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }), input.RevisionId)
  const current = latest.code === null ? '' : codeSha256(latest.code)
  if (input.CodeSha256 && input.CodeSha256 !== current) {
    throw invalidParameter(
      `CodeSHA256 (${input.CodeSha256}) is different from current CodeSHA256 in $LATEST (${current}). Please try again with the CodeSHA256 in $LATEST.`,
    )
  }
  const { row, fresh } = publish(ctx, latest, input.Description)
  return describe(ctx, row, fresh ? 'created' : 'read', versionName(row.number))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListVersionsByFunction.html : `$LATEST` first, then by number. */
export function ListVersionsByFunction(ctx: Ctx, input: In<'ListVersionsByFunction'>): Out<'ListVersionsByFunction'> {
  const { name } = findFunction(ctx, namedFunction(ctx, { FunctionName: input.FunctionName }))
  const query = { from: 'lambda_versions', where: { 'name = ?': name }, key: 'number' }
  const { rows, next } = listing<VersionRow>(ctx, paging(input), query)
  return { Versions: rows.map(row => describe(ctx, row, 'listed', versionName(row.number))), NextMarker: next }
}
