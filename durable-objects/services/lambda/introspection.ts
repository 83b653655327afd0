import { streamPieces } from '../../kernel/blobs/blob-streams.ts'
import type { Ctx } from '../../kernel/object/operation.ts'
import { findArchive } from './code/archives.ts'
import { layerVersion } from './layers/layers.ts'
import { dropSandboxes, liveSandboxes } from './invocations/sandboxes.ts'
import { LATEST } from './schema.ts'
import { versionRow } from './functions/versions.ts'

/** A sandbox as `/_fakecloud/lambda/warm-containers` shows it. */
export type WarmContainer = { functionName: string; runtime: string; containerId: string; lastUsedSecsAgo: number }

/** View: the sandboxes that live. */
export function warmView(ctx: Ctx): WarmContainer[] {
  const now = Date.now()
  return liveSandboxes(ctx).map(({ fixed, usedAt }) => ({
    functionName: fixed.functionName,
    runtime: fixed.runtime,
    containerId: fixed.sandboxId,
    lastUsedSecsAgo: Math.floor((now - usedAt) / 1000),
  }))
}

/** Gives up the sandboxes of function `name`. */
export function evictView(ctx: Ctx, parameters: Record<string, string>): { evicted: boolean } {
  return { evicted: dropSandboxes(ctx, parameters.name ?? '') }
}

/** A stored zip on its way out; `size` in bytes. */
export type ArchiveView = { size: number; stream: ReadableStream<Uint8Array> }

/** View: a zip, of a function's version, of a layer's, or by its own hash. */
export function archiveView(ctx: Ctx, parameters: Record<string, string>): ArchiveView | null {
  const sha = shaOf(ctx, parameters)
  const archive = sha ? findArchive(ctx, sha) : undefined
  if (!archive) return null
  const { size, blob } = archive
  return { size, stream: streamPieces(ctx, [{ blob, from: 0, to: size }]) }
}

function shaOf(ctx: Ctx, { function: name, layer, version, sha }: Record<string, string>): string | null | undefined {
  if (name !== undefined) return versionRow(ctx, name, version === 'latest' ? LATEST : Number(version))?.code
  return layer === undefined ? sha : layerVersion(ctx, layer, Number(version))?.code
}
