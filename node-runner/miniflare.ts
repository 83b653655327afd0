import { createRequire } from 'node:module'

/**
 * Miniflare, required rather than imported: before Node imports a CommonJS file it searches it for exports, and for one
 * of six megabytes that takes a tenth of a second and 25 MB that never come back.
 */
export const { convertV4MiniflareOptions, Log, LogLevel, Miniflare, serializeConfig } = createRequire(import.meta.url)(
  'miniflare',
) as typeof import('miniflare')
