import type { Ctx } from '../operation.ts'
import { arnOf, parseArn } from '../shared/arn.ts'
import { cutPage, pageStart, pageToken } from '../shared/pages.ts'
import { codeSha256, findArchive, MAX_UNZIPPED, readArchive, releaseArchives, storeArchive } from './archives.ts'
import { lambdaDate } from './configuration.ts'
import { constraintError, invalidParameter, notFound } from './errors.ts'
import type { Input, Output } from './schema.ts'

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

/** A layer version as a function refers to it. Sizes in bytes. */
export type LayerReference = { arn: string; code: string; size: number; unzippedSize: number }

const MOST_LAYERS = 5
const PAGE = 50
const NO_SUCH_LAYER = 'The resource you requested does not exist.'

const badMarker = () => invalidParameter('The provided marker is invalid.')

/** The bare name of a layer given by name or ARN. */
export function layerNameOf(text: string): string {
  return parseArn(text)?.resource.split(':')[1] ?? text
}

export function layerArn(ctx: Ctx, layer: string, version?: number): string {
  const { region, account } = ctx.place
  const resource = version === undefined ? `layer:${layer}` : `layer:${layer}:${version}`
  return arnOf({ service: 'lambda', region, account, resource })
}

export function layerVersion(ctx: Ctx, layer: string, version: number): LayerVersionRow | undefined {
  return ctx.sql.first<LayerVersionRow>('SELECT * FROM layer_versions WHERE layer = ? AND version = ?', layer, version)
}

function findLayerVersion(ctx: Ctx, layer: string, version: number): LayerVersionRow {
  if (version < 1) throw invalidParameter('Layer Version Cannot be less than 1')
  const row = layerVersion(ctx, layer, version)
  if (!row) throw notFound(NO_SUCH_LAYER)
  return row
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html */
export async function PublishLayerVersion(
  ctx: Ctx,
  input: Input<'PublishLayerVersion'>,
): Promise<Output<'PublishLayerVersion'>> {
  const layer = layerNameOf(input.LayerName)
  const archive = await readArchive(ctx, input.Content, 'PublishLayerVersion')
  const { sql } = ctx
  const last = sql.first<{ nextVersion: number }>('SELECT nextVersion FROM layers WHERE layer = ?', layer)
  const version = last?.nextVersion ?? 1
  storeArchive(ctx, archive)
  sql.run('INSERT OR REPLACE INTO layers (layer, nextVersion) VALUES (?, ?)', layer, version + 1)
  sql.run(
    `INSERT INTO layer_versions (layer, version, code, created, description, license, runtimes, architectures)
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
  return describeWhole(ctx, findLayerVersion(ctx, layer, version))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersion.html */
export function GetLayerVersion(ctx: Ctx, input: Input<'GetLayerVersion'>): Output<'GetLayerVersion'> {
  return describeWhole(ctx, findLayerVersion(ctx, layerNameOf(input.LayerName), input.VersionNumber))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetLayerVersionByArn.html */
export function GetLayerVersionByArn(ctx: Ctx, input: Input<'GetLayerVersionByArn'>): Output<'GetLayerVersionByArn'> {
  const [, layer = '', version = ''] = parseArn(input.Arn)?.resource.split(':') ?? []
  return describeWhole(ctx, findLayerVersion(ctx, layer, Number(version)))
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_DeleteLayerVersion.html : deleting what is not there succeeds. */
export function DeleteLayerVersion(ctx: Ctx, input: Input<'DeleteLayerVersion'>): Output<'DeleteLayerVersion'> {
  if (input.VersionNumber < 1) throw invalidParameter('Layer Version Cannot be less than 1')
  const row = layerVersion(ctx, layerNameOf(input.LayerName), input.VersionNumber)
  if (!row) return {}
  ctx.sql.run('DELETE FROM layer_versions WHERE layer = ? AND version = ?', row.layer, row.version)
  releaseArchives(ctx, [row.code])
  return {}
}

type Filter = { CompatibleRuntime?: string | undefined; CompatibleArchitecture?: string | undefined }

const MATCHING = '(?2 IS NULL OR instr(v.runtimes, ?2) > 0) AND (?3 IS NULL OR instr(v.architectures, ?3) > 0)'
const filterBindings = ({ CompatibleRuntime, CompatibleArchitecture }: Filter) =>
  [CompatibleRuntime, CompatibleArchitecture].map(value => (value === undefined ? null : JSON.stringify(value)))

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListLayers.html */
export function ListLayers(ctx: Ctx, input: Input<'ListLayers'>): Output<'ListLayers'> {
  const limit = input.MaxItems ?? PAGE
  const filters = filterBindings(input)
  const after = pageStart(input.Marker, filters, badMarker())
  const rows = ctx.sql.all<LayerVersionRow>(
    `SELECT latest.* FROM layers JOIN layer_versions latest ON latest.layer = layers.layer
     AND latest.version = (SELECT MAX(v.version) FROM layer_versions v WHERE v.layer = layers.layer AND ${MATCHING})
     WHERE layers.layer > ?1 ORDER BY layers.layer LIMIT ?4`,
    after ?? '',
    ...filters,
    limit + 1,
  )
  const { page, next } = cutPage(rows, limit, last => pageToken(last.layer, filters))
  return {
    Layers: page.map(row => ({
      LayerName: row.layer,
      LayerArn: layerArn(ctx, row.layer),
      LatestMatchingVersion: describe(ctx, row),
    })),
    ...(next ? { NextMarker: next } : {}),
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_ListLayerVersions.html : newest first. */
export function ListLayerVersions(ctx: Ctx, input: Input<'ListLayerVersions'>): Output<'ListLayerVersions'> {
  const limit = input.MaxItems ?? PAGE
  const filters = filterBindings(input)
  const layer = layerNameOf(input.LayerName)
  const before = pageStart(input.Marker, [layer, filters], badMarker())
  const rows = ctx.sql.all<LayerVersionRow>(
    `SELECT * FROM layer_versions v WHERE v.layer = ?1 AND ${MATCHING} AND v.version < ?4 ORDER BY v.version DESC LIMIT ?5`,
    layer,
    ...filters,
    before === undefined ? Number.MAX_SAFE_INTEGER : Number(before),
    limit + 1,
  )
  const { page, next } = cutPage(rows, limit, last => pageToken(String(last.version), [layer, filters]))
  return { LayerVersions: page.map(row => describe(ctx, row)), ...(next ? { NextMarker: next } : {}) }
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

function describeWhole(ctx: Ctx, row: LayerVersionRow): Output<'GetLayerVersion'> {
  const { account, region } = ctx.place
  const path = `_fakecloud/lambda/layer-content/${account}/${row.layer}/${row.version}.zip?region=${region}`
  return {
    Content: {
      Location: `${ctx.http?.baseUrl ?? ''}/${path}`,
      CodeSha256: codeSha256(row.code),
      CodeSize: findArchive(ctx, row.code)?.size ?? 0,
    },
    LayerArn: layerArn(ctx, row.layer),
    ...describe(ctx, row),
  }
}

/**
 * The layer versions that a function names, in its order. Awaits only for those of other accounts.
 * @throws InvalidParameterValueException for more than five, two of one layer, and those that do not exist
 */
export async function resolveLayers(ctx: Ctx, arns: string[]): Promise<LayerReference[]> {
  if (arns.length > MOST_LAYERS) throw invalidParameter('Cannot reference more than 5 layers.')
  const found: LayerReference[] = []
  for (const arn of arns) found.push(await resolveLayer(ctx, arn))
  const bare = arns.map(arn => arn.slice(0, arn.lastIndexOf(':')))
  const twice = bare.findIndex((arn, i) => bare.indexOf(arn) !== i)
  if (twice > 0) {
    const pair = `${arns[bare.indexOf(bare[twice] ?? '')]} and ${arns[twice]}`
    throw invalidParameter(
      `Two different versions of the same layer are not allowed to be referenced in the same function. ${pair}.`,
    )
  }
  return found
}

async function resolveLayer(ctx: Ctx, text: string): Promise<LayerReference> {
  const arn = parseArn(text)
  const [, layer = '', version = ''] = arn?.resource.split(':') ?? []
  if (!arn || !/^\d+$/.test(version)) {
    throw constraintError(
      `[${text}]`,
      'layers',
      'Member must satisfy constraint: [Member must satisfy regular expression pattern: (arn:[a-zA-Z0-9-]+:lambda:[a-z]{2}((-gov)|(-iso(b?)))?-[a-z]+-\\d{1}:\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+), Member must not be null]',
    )
  }
  if (arn.region !== ctx.place.region) {
    throw invalidParameter(
      `Layers are not in the same region as the function. Layers are expected to be in region ${ctx.place.region}.`,
    )
  }
  if (arn.account !== ctx.place.account) return resolveForeignLayer(ctx, text)
  const row = layerVersion(ctx, layer, Number(version))
  const archive = row && findArchive(ctx, row.code)
  if (!row || !archive) throw invalidParameter(`Layer version ${text} does not exist.`)
  return { arn: text, code: row.code, size: archive.size, unzippedSize: archive.unzippedSize }
}

async function resolveForeignLayer(ctx: Ctx, Arn: string): Promise<LayerReference> {
  const { Content } = await ctx.call('lambda', 'GetLayerVersionByArn', { Arn })
  const code = Buffer.from(Content?.CodeSha256 ?? '', 'base64').toString('hex')
  return { arn: Arn, code, size: Content?.CodeSize ?? 0, unzippedSize: 0 }
}

/** @throws InvalidParameterValueException when code and layers together are more than a sandbox takes */
export function checkUnpackedSize(code: number, layers: LayerReference[]): void {
  const total = layers.reduce((sum, layer) => sum + layer.unzippedSize, code)
  if (total <= MAX_UNZIPPED) return
  throw invalidParameter(
    `Function code combined with layers exceeds the maximum allowed size of ${MAX_UNZIPPED} bytes. The actual size is ${total} bytes.`,
  )
}
