import type { In, Out } from '../../../../aws/models/lambda.types.ts'
import type { Ctx } from '../../../kernel/object/operation.ts'
import { findArchive, readArchive, releaseArchives, storeArchive } from '../code/archives.ts'
import { changedConfiguration, checkArchitectures, checkSettings, lambdaDate, present } from './configuration.ts'
import { invalidParameter } from '../errors.ts'
import { codeFacts } from './functions.ts'
import { checkUnpackedSize, type LayerReference, resolveLayers } from '../layers/function-layers.ts'
import { namedFunction } from './names.ts'
import { checkDeadLetterTarget } from './role-permissions.ts'
import { checkRole } from './roles.ts'
import { runsInIsolate } from './runtimes.ts'
import { dropSandboxes, warm } from '../invocations/sandboxes.ts'
import { LATEST, versionName } from '../schema.ts'
import { configurationOf, describe, latestToChange, publish, writeVersion } from './versions.ts'

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html */
export async function UpdateFunctionCode(
  ctx: Ctx,
  input: In<'UpdateFunctionCode'>,
): Promise<Out<'UpdateFunctionCode'>> {
  const named = namedFunction(ctx, { FunctionName: input.FunctionName })
  const before = latestToChange(ctx, named, input.RevisionId)
  checkArchitectures(input.Architectures)
  const image = configurationOf(before).PackageType === 'Image'
  checkSource(input, image)
  const archive = image ? undefined : await readArchive(ctx, input)

  // The awaits are over: what is read from here on is what is changed.
  const latest = latestToChange(ctx, named, input.RevisionId)
  checkUnpackedSize(archive?.unzippedSize ?? 0, layersOf(ctx, named.name))
  const configuration = {
    ...configurationOf(latest),
    ...present({ ImageUri: input.ImageUri, Architectures: input.Architectures }),
    ...codeFacts(archive),
    LastModified: lambdaDate(ctx.now),
  }
  if (input.DryRun) {
    return describe(ctx, { ...latest, configuration: JSON.stringify(configuration) }, 'updated')
  }
  const { row, published } = ctx.change(tx => {
    if (archive) storeArchive(tx, archive)
    if (latest.code && latest.code !== archive?.sha) releaseArchives(tx, [latest.code])
    const code = archive?.sha ?? null
    const written = writeVersion(tx, { ...latest, configuration, code, build: crypto.randomUUID() })
    return { row: written, published: input.Publish ? publish(tx, written).row : undefined }
  })
  dropSandboxes(ctx, named.name)
  if (runsInIsolate(configuration.Runtime)) warm(ctx, row, configuration)
  if (!published) return describe(ctx, row, 'updated')
  return describe(ctx, published, 'updated', versionName(published.number))
}

function checkSource(input: In<'UpdateFunctionCode'>, image: boolean): void {
  if (image && (input.ZipFile || input.S3Bucket)) {
    throw invalidParameter('Please provide ImageUri when updating a function with packageType Image.')
  }
  if (!image && input.ImageUri) {
    throw invalidParameter("Please don't provide ImageUri when updating a function with packageType Zip.")
  }
  if (!input.ZipFile && !input.S3Bucket && !input.ImageUri) {
    throw invalidParameter('Please provide a source for function code.')
  }
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionConfiguration.html */
export async function UpdateFunctionConfiguration(
  ctx: Ctx,
  input: In<'UpdateFunctionConfiguration'>,
): Promise<Out<'UpdateFunctionConfiguration'>> {
  const named = namedFunction(ctx, { FunctionName: input.FunctionName })
  const before = latestToChange(ctx, named, input.RevisionId)
  checkSettings(input, input.Runtime ?? configurationOf(before).Runtime)
  const layers = input.Layers && (await resolveLayers(ctx, input.Layers))
  if (input.Role !== undefined) await checkRole(ctx, input.Role)
  const target = input.DeadLetterConfig?.TargetArn
  const role = input.Role ?? configurationOf(before).Role
  if (target) await checkDeadLetterTarget(ctx, { role, name: named.name, target })

  // The awaits are over: what is read from here on is what is changed.
  return ctx.change(tx => {
    const latest = latestToChange(tx, named, input.RevisionId)
    if (layers) checkUnpackedSize(latest.code ? (findArchive(tx, latest.code)?.unzippedSize ?? 0) : 0, layers)
    if (layers)
      releaseArchives(
        tx,
        layersOf(tx, named.name).map(layer => layer.code),
      )
    const row = writeVersion(tx, {
      ...latest,
      number: LATEST,
      build: crypto.randomUUID(),
      configuration: changedConfiguration(tx, configurationOf(latest), { ...input, Layers: layers }),
      layers,
    })
    dropSandboxes(tx, named.name)
    return describe(tx, row, 'updated')
  })
}

/** The layers that the unpublished version has. */
function layersOf(ctx: Ctx, name: string): LayerReference[] {
  return ctx.sql.all<LayerReference>(
    `SELECT arn, code, COALESCE(size, 0) AS size, COALESCE(unzippedSize, 0) AS unzippedSize
     FROM lambda_version_layers LEFT JOIN lambda_archives ON sha = code WHERE name = ? AND number = ? ORDER BY position`,
    name,
    LATEST,
  )
}
