import type { Ctx } from '../../../kernel/object/operation.ts'
import { parseArn } from '../../../../aws/arn.ts'
import { findArchive, MAX_UNZIPPED } from '../code/archives.ts'
import { constraintError, invalidParameter } from '../errors.ts'
import { layerVersion } from './layers.ts'

/** A layer version as a function refers to it. Sizes in bytes. */
export type LayerReference = { arn: string; code: string; size: number; unzippedSize: number }

const MOST_LAYERS = 5

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
