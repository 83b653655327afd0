import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import { signedLink } from '../../../kernel/namespace/download-links.ts'
import type { Ctx, Tx } from '../../../kernel/object/operation.ts'
import { arnAt, parseArn, rootArn } from '../../../../aws/arn.ts'
import { AwsError } from '../../../../aws/errors.ts'
import { evaluateResourcePolicy } from '../../../shared/policy.ts'
import { listing } from '../../../kernel/listings/listings.ts'
import { type Archive, codeSha256, findArchive, readArchive, releaseArchives, storeArchive } from '../code/archives.ts'
import { lambdaDate } from '../functions/configuration.ts'
import { invalidParameter, notFound, paging } from '../errors.ts'

export type LayerVersionRow = {
  layer: string
  version: number
  /** SHA-256 of the zip in hexadecimal. */
  code: string
  created: string
  description: string
  license: string | null
  /** JSON lists; null when none were named. */
  runtimes: string | null
  architectures: string | null
  /** JSON of the policy's statements; null without a policy. */
  policy: string | null
  policyRevision: string | null
}

const NO_SUCH_LAYER = 'The resource you requested does not exist.'

/** The bare name of a layer given by name or ARN. */
export function layerNameOf(text: string): string {
  return parseArn(text)?.resource.split(':')[1] ?? text
}

export function layerArn(ctx: Ctx, layer: string, version?: number): string {
  return arnAt(ctx.place, 'lambda', version === undefined ? `layer:${layer}` : `layer:${layer}:${version}`)
}

export function layerVersion(ctx: Ctx, layer: string, version: number): LayerVersionRow | undefined {
  return ctx.sql.first<LayerVersionRow>(
    'SELECT * FROM lambda_layer_versions WHERE layer = ? AND version = ?',
    layer,
    version,
  )
}

function findLayerVersion(ctx: Ctx, layer: string, version: number): LayerVersionRow {
  if (version < 1) throw invalidParameter('Layer Version Cannot be less than 1')
  const row = layerVersion(ctx, layer, version)
  if (!row) throw notFound(NO_SUCH_LAYER)
  return row
}

/** A layer version for whoever may read it: another account needs its policy's leave. @throws AccessDeniedException */
function readableLayerVersion(ctx: Ctx, layer: string, version: number): LayerVersionRow {
  const { accountId } = ctx.caller
  if (accountId === ctx.place.account) return findLayerVersion(ctx, layer, version)
  const resource = layerArn(ctx, layer, version)
  const policy = layerVersion(ctx, layer, version)?.policy
  const document = policy ? JSON.stringify({ Version: '2012-10-17', Statement: JSON.parse(policy) }) : null
  const action = 'lambda:GetLayerVersion'
  const principal = { aws: accountId }
  if (evaluateResourcePolicy(document, { action, resource, principal, context: {} }) !== 'allow') {
    const who = `User: ${ctx.caller.session?.roleArn ?? rootArn(accountId)}`
    const message = `${who} is not authorized to perform: ${action} on resource: ${resource} because no resource-based policy allows the ${action} action`
    throw new AwsError('AccessDeniedException', message, 403)
  }
  return findLayerVersion(ctx, layer, version)
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html */
export async function PublishLayerVersion(
  ctx: Ctx,
  input: In<'PublishLayerVersion'>,
): Promise<Out<'PublishLayerVersion'>> {
  const layer = layerNameOf(input.LayerName)
  const archive = await readArchive(ctx, input.Content)
  const version = ctx.change(tx => addVersion(tx, { layer, archive }, input))
  return describeWhole(ctx, findLayerVersion(ctx, layer, version))
}

type Added = { layer: string; archive: Archive }

/** Writes the next version of a layer. Answers its number. */
function addVersion(ctx: Tx, { layer, archive }: Added, input: In<'PublishLayerVersion'>): number {
  const { sql } = ctx
  const last = sql.first<{ nextVersion: number }>('SELECT nextVersion FROM lambda_layers WHERE layer = ?', layer)
  const version = last?.nextVersion ?? 1
  storeArchive(ctx, archive)
  sql.run('INSERT OR REPLACE INTO lambda_layers (layer, nextVersion) VALUES (?, ?)', layer, version + 1)
  sql.run(
    `INSERT INTO lambda_layer_versions (layer, version, code, created, description, license, runtimes, architectures)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    layer,
    version,
    archive.sha,
    lambdaDate(ctx.now),
    input.Description ?? '',
    input.LicenseInfo ?? null,
    input.CompatibleRuntimes ? JSON.stringify(input.CompatibleRuntimes) : null,
    input.CompatibleArchitectures ? JSON.stringify(input.CompatibleArchitectures) : null,
  )
  return version
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html */
export function GetLayerVersion(ctx: Ctx, input: In<'GetLayerVersion'>): Out<'GetLayerVersion'> {
  return describeWhole(ctx, readableLayerVersion(ctx, layerNameOf(input.LayerName), input.VersionNumber))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html */
export function GetLayerVersionByArn(ctx: Ctx, input: In<'GetLayerVersionByArn'>): Out<'GetLayerVersionByArn'> {
  const [, layer = '', version = ''] = parseArn(input.Arn)?.resource.split(':') ?? []
  return describeWhole(ctx, readableLayerVersion(ctx, layer, Number(version)))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html : deleting what is not there succeeds. */
export function DeleteLayerVersion(ctx: Tx, input: In<'DeleteLayerVersion'>): Out<'DeleteLayerVersion'> {
  if (input.VersionNumber < 1) throw invalidParameter('Layer Version Cannot be less than 1')
  const row = layerVersion(ctx, layerNameOf(input.LayerName), input.VersionNumber)
  if (!row) return {}
  ctx.sql.run('DELETE FROM lambda_layer_versions WHERE layer = ? AND version = ?', row.layer, row.version)
  releaseArchives(ctx, [row.code])
  return {}
}

type Filter = { CompatibleRuntime?: string | undefined; CompatibleArchitecture?: string | undefined }

const matching = ({ CompatibleRuntime, CompatibleArchitecture }: Filter) => ({
  'instr(runtimes, ?) > 0': CompatibleRuntime && JSON.stringify(CompatibleRuntime),
  'instr(architectures, ?) > 0': CompatibleArchitecture && JSON.stringify(CompatibleArchitecture),
})

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html */
export function ListLayers(ctx: Ctx, input: In<'ListLayers'>): Out<'ListLayers'> {
  const { rows, next } = listing<LayerVersionRow>(ctx, paging(input), {
    // Its other columns are those of the row that has the greatest version.
    select: '*, MAX(version) AS latest',
    from: 'lambda_layer_versions',
    where: matching(input),
    group: 'layer',
    key: 'layer',
  })
  const Layers = rows.map(row => ({
    LayerName: row.layer,
    LayerArn: layerArn(ctx, row.layer),
    LatestMatchingVersion: describe(ctx, row),
  }))
  return { Layers, NextMarker: next }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html : newest first. */
export function ListLayerVersions(ctx: Ctx, input: In<'ListLayerVersions'>): Out<'ListLayerVersions'> {
  const { rows, next } = listing<LayerVersionRow>(ctx, paging(input), {
    from: 'lambda_layer_versions',
    where: { 'layer = ?': layerNameOf(input.LayerName), ...matching(input) },
    key: 'version',
    order: 'DESC',
  })
  return { LayerVersions: rows.map(row => describe(ctx, row)), NextMarker: next }
}

function describe(ctx: Ctx, row: LayerVersionRow) {
  return {
    LayerVersionArn: layerArn(ctx, row.layer, row.version),
    Version: row.version,
    Description: row.description,
    CreatedDate: row.created,
    ...(row.runtimes ? { CompatibleRuntimes: JSON.parse(row.runtimes) as string[] } : {}), // written above
    ...(row.architectures ? { CompatibleArchitectures: JSON.parse(row.architectures) as string[] } : {}), // likewise
    ...(row.license === null ? {} : { LicenseInfo: row.license }),
  }
}

function describeWhole(ctx: Ctx, row: LayerVersionRow): Out<'GetLayerVersion'> {
  const { account, region } = ctx.place
  const path = `/_fakecloud/lambda/layer-content/${account}/${row.layer}/${row.version}.zip?region=${region}`
  return {
    Content: {
      Location: `${ctx.http?.baseUrl ?? ''}${signedLink(ctx, path)}`,
      CodeSha256: codeSha256(row.code),
      CodeSize: findArchive(ctx, row.code)?.size ?? 0,
    },
    LayerArn: layerArn(ctx, row.layer),
    ...describe(ctx, row),
  }
}
