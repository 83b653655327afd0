import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import { signedLink } from '../../../kernel/namespace/download-links.ts'
import { noteOrigin } from '../invocations/origins.ts'
import { runsInIsolate } from './runtimes.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { insert } from '../../../kernel/object/rows.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { type Archive, codeSha256, readArchive, releaseArchives, storeArchive } from '../code/archives.ts'
import { checkArchitectures, checkPackage, checkSettings, newConfiguration } from './configuration.ts'
import { constraintError, invalidParameter, notFound, paging, refusal } from '../errors.ts'
import { checkCodeSigning } from '../settings/code-signing.ts'
import { checkUnpackedSize, resolveLayers } from '../layers/function-layers.ts'
import { functionArn, isVersion, type NamedFunction, namedFunction } from './names.ts'
import { checkDeadLetterTarget } from './role-permissions.ts'
import { checkRole } from './roles.ts'
import { dropSandboxes, warm } from '../invocations/sandboxes.ts'
import { LATEST, type VersionRow, versionName } from '../schema.ts'
import { lambdaTags } from '../settings/tags.ts'
import { configurationOf, describe, findFunction, findVersion, publish, versionRow, writeVersion } from './versions.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
export async function CreateFunction(ctx: Ctx, input: In<'CreateFunction'>): Promise<Out<'CreateFunction'>> {
  const { name, qualifier } = namedFunction(ctx, { FunctionName: input.FunctionName })
  checkName(input.FunctionName, name, qualifier)
  checkArchitectures(input.Architectures)
  checkPackage(input)
  checkSettings(input, input.Runtime)
  lambdaTags.check(functionArn(ctx.place, name), input.Tags)
  const layers = await resolveLayers(ctx, input.Layers ?? [])
  await checkRole(ctx, input.Role)
  checkFree(ctx, name)
  const target = input.DeadLetterConfig?.TargetArn
  if (target) await checkDeadLetterTarget(ctx, { role: input.Role, name, target })
  const archive = input.PackageType === 'Image' ? undefined : await readArchive(ctx, input.Code)
  noteOrigin(ctx)
  return ctx.change(tx => {
    checkUnpackedSize(archive?.unzippedSize ?? 0, layers)
    if (input.CodeSigningConfigArn) checkCodeSigning(tx, input.CodeSigningConfigArn)
    checkFree(tx, name)

    insert(tx.sql, 'lambda_functions', { name, codeSigningConfigArn: input.CodeSigningConfigArn })
    lambdaTags.set(tx, functionArn(tx.place, name), input.Tags)
    if (archive) storeArchive(tx, archive)
    const configuration = { ...newConfiguration(tx, { ...input, FunctionName: name }, layers), ...codeFacts(archive) }
    const code = archive?.sha ?? null
    const latest = writeVersion(tx, { name, number: LATEST, code, build: crypto.randomUUID(), configuration, layers })
    if (runsInIsolate(input.Runtime)) warm(tx, latest, configuration)
    return describe(tx, input.Publish ? publish(tx, latest).row : latest, 'created')
  })
}

/** What a configuration says of its zip; an image's size is the registry's to know. */
export function codeFacts(archive: Archive | undefined): { CodeSize: number; CodeSha256?: string } {
  return archive ? { CodeSize: archive.size, CodeSha256: codeSha256(archive.sha) } : { CodeSize: 0 }
}

function checkName(asked: string, name: string, qualifier: string | undefined): void {
  if (name.length > 64) {
    throw invalidParameter(
      `1 validation error detected: Value '${name}' at 'functionName' failed to satisfy constraint: Member must have length less than or equal to 64`,
    )
  }
  if (qualifier === undefined && !name.includes('.')) return
  throw constraintError(
    asked,
    'functionName',
    'Member must satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
  )
}

function checkFree(ctx: Ctx, name: string): void {
  if (!versionRow(ctx, name, LATEST)) return
  throw refusal('ResourceConflictException', `Function already exist: ${name}`)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html */
export function GetFunction(ctx: Ctx, input: In<'GetFunction'>): Out<'GetFunction'> {
  const named = namedFunction(ctx, input)
  const row = findVersion(ctx, named)
  const { name, reserved } = findFunction(ctx, named)
  return {
    Configuration: describe(ctx, row, 'read', named.qualifier),
    Code: codeLocation(ctx, row),
    ...lambdaTags.member(ctx, functionArn(ctx.place, name), 'Tags'),
    ...(reserved === null ? {} : { Concurrency: { ReservedConcurrentExecutions: reserved } }),
  }
}

function codeLocation(ctx: Ctx, row: VersionRow): NonNullable<Out<'GetFunction'>['Code']> {
  const { ImageUri } = configurationOf(row)
  if (ImageUri !== undefined) return { RepositoryType: 'ECR', ImageUri, ResolvedImageUri: ImageUri }
  const { account, region } = ctx.place
  const file = `${row.number === LATEST ? 'latest' : row.number}.zip`
  const path = `/_fakecloud/lambda/function-code/${account}/${row.name}/${file}?region=${region}`
  const link = signedLink(ctx, path)
  return { RepositoryType: 'S3', Location: `${ctx.http?.baseUrl ?? ''}${link}` }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConfiguration.html */
export function GetFunctionConfiguration(
  ctx: Ctx,
  input: In<'GetFunctionConfiguration'>,
): Out<'GetFunctionConfiguration'> {
  const named = namedFunction(ctx, input)
  return describe(ctx, findVersion(ctx, named), 'read', named.qualifier)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListFunctions.html */
export function ListFunctions(ctx: Ctx, input: In<'ListFunctions'>): Out<'ListFunctions'> {
  // A master region asks for Lambda@Edge's replicas of it, of which there are none.
  if (input.MasterRegion !== undefined) return { Functions: [] }
  const all = input.FunctionVersion === 'ALL'
  const query = all
    ? { from: 'lambda_versions', key: ['name', 'number'] }
    : {
        select: 'v.*',
        from: 'lambda_functions f JOIN lambda_versions v ON v.name = f.name AND v.number = 0',
        key: 'f.name',
      }
  const { rows, next } = listing<VersionRow>(ctx, paging(input), query)
  const Functions = rows.map(row => describe(ctx, row, 'listed', all ? versionName(row.number) : undefined))
  return { Functions, NextMarker: next }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteFunction.html */
export function DeleteFunction(ctx: Tx, input: In<'DeleteFunction'>): Out<'DeleteFunction'> {
  const named = namedFunction(ctx, input)
  if (named.qualifier === '$LATEST') {
    throw invalidParameter('$LATEST version cannot be deleted without deleting the function.')
  }
  if (named.qualifier === undefined) deleteWhole(ctx, named)
  else deleteVersion(ctx, named, named.qualifier)
  dropSandboxes(ctx, named.name)
  return { StatusCode: 204 }
}

/** Everything that goes with a function, by table. */
const OWNED = [
  'versions',
  'version_layers',
  'aliases',
  'policies',
  'event_invoke_configs',
  'function_urls',
  'provisioned',
  'events',
]

function deleteWhole(ctx: Tx, named: NamedFunction): void {
  findFunction(ctx, named)
  releaseArchives(ctx, archivesOf(ctx, named.name))
  for (const table of OWNED) ctx.sql.run(`DELETE FROM lambda_${table} WHERE name = ?`, named.name)
  ctx.sql.run('DELETE FROM lambda_functions WHERE name = ?', named.name)
  lambdaTags.drop(ctx, functionArn(ctx.place, named.name))
}

function archivesOf(ctx: Ctx, name: string): string[] {
  return ctx.sql
    .all<{ code: string }>(
      'SELECT code FROM lambda_versions WHERE name = ?1 AND code IS NOT NULL UNION SELECT code FROM lambda_version_layers WHERE name = ?1',
      name,
    )
    .map(row => row.code)
}

function deleteVersion(ctx: Tx, named: NamedFunction, qualifier: string): void {
  const { sql } = ctx
  const row = isVersion(qualifier) ? findVersion(ctx, named) : undefined
  if (!row) throw notFound(`Function not found: ${functionArn(ctx.place, named.name, qualifier)}`)
  const aliases = sql.all<{ alias: string }>(
    `SELECT alias FROM lambda_aliases WHERE name = ?1 AND (number = ?2 OR instr(weights, '"' || ?2 || '":') > 0)`,
    named.name,
    row.number,
  )
  if (aliases.length > 0) {
    const names = aliases.map(({ alias }) => alias).join(', ')
    throw refusal(
      'ResourceConflictException',
      `Unable to delete version because the following aliases reference it: [${names}]`,
    )
  }
  releaseArchives(ctx, row.code ? [row.code] : [])
  sql.run('DELETE FROM lambda_versions WHERE name = ? AND number = ?', named.name, row.number)
  sql.run('DELETE FROM lambda_version_layers WHERE name = ? AND number = ?', named.name, row.number)
  for (const table of ['policies', 'event_invoke_configs', 'provisioned']) {
    sql.run(`DELETE FROM lambda_${table} WHERE name = ? AND qualifier = ?`, named.name, qualifier)
  }
}
