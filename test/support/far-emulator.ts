import type { TestProject } from 'vitest/node'
import { startEmulator } from '../../node-runner/start.ts'
import { buildAll } from '../../scripts/build.ts'

/**
 * An emulator in which nothing is done nearby: what a change sets off goes by outbox and inbox, as between objects. The
 * tests of the integrations run there as well, so that both ways stay equal.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  await buildAll()
  process.env.FAKECLOUD_NEARBY = 'off'
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, workers: 1, logLevel: 'warn' })
  delete process.env.FAKECLOUD_NEARBY
  provide('emulatorUrl', emulator.url)
  return () => emulator.stop()
}
