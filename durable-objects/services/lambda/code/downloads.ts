import type { Ctx } from '../../../kernel/object/operation.ts'
import { streamPieces } from '../../../kernel/blobs/blob-streams.ts'
import { findArchive } from './archives.ts'
import { layerVersion } from '../layers/layers.ts'
import { LATEST } from '../schema.ts'
import { versionRow } from '../functions/versions.ts'

/** A zip, of a function's version, of a layer's, or by its own hash. */
type Wanted = { function: string; version: string } | { layer: string; version: string } | { sha: string }

/** What the links to code ask that GetFunction and GetLayerVersion hand out, and the isolates; `size` in bytes. */
export type DownloadOperations = {
  DownloadArchive: { input: Wanted; output: { size: number; stream: ReadableStream<Uint8Array> } | undefined }
}

export function DownloadArchive(ctx: Ctx, wanted: Wanted): DownloadOperations['DownloadArchive']['output'] {
  const sha = shaOf(ctx, wanted)
  const archive = sha ? findArchive(ctx, sha) : undefined
  if (!archive) return undefined
  const { size, blob } = archive
  return { size, stream: streamPieces(ctx, [{ blob, from: 0, to: size }]) }
}

function shaOf(ctx: Ctx, wanted: Wanted): string | null | undefined {
  if ('sha' in wanted) return wanted.sha
  const { version } = wanted
  if ('layer' in wanted) return layerVersion(ctx, wanted.layer, Number(version))?.code
  return versionRow(ctx, wanted.function, version === 'latest' ? LATEST : Number(version))?.code
}
