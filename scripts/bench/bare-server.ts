import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { build } from 'esbuild'
import { convertV4MiniflareOptions, Log, LogLevel, Miniflare } from '../../node-runner/miniflare.ts'

/** Serves the bare Worker as the product is served, on a direct socket, until the process is ended. Says its port. */
const [directory = ''] = process.argv.slice(2)
const built = await build({
  entryPoints: [join(import.meta.dirname, 'bare-worker.ts')],
  bundle: true,
  format: 'esm',
  target: 'esnext',
  external: ['cloudflare:*'],
  write: false,
})
const miniflare = new Miniflare(
  convertV4MiniflareOptions({
    cf: false,
    telemetry: { enabled: false },
    log: new Log(LogLevel.NONE),
    resourcePersistencePath: directory,
    workers: [
      {
        name: 'bare',
        modules: [{ type: 'ESModule', path: 'bare.js', contents: built.outputFiles[0]?.text ?? '' }],
        compatibilityDate: '2026-11-01',
        durableObjects: { BARE: { className: 'BareObject', useSQLite: true } },
        unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
      },
    ],
  }),
)
await miniflare.ready
const { port } = await miniflare.unsafeGetDirectURL('bare')
console.log(`port ${port}`)
process.once('SIGTERM', async () => {
  await miniflare.dispose()
  rmSync(directory, { recursive: true, force: true })
  process.exit(0)
})
