import type { TestProject } from 'vitest/node'
import { startEmulator } from '../../node-runner/start.ts'
import { buildAll } from '../../scripts/build.ts'

/**
 * One emulator for all test files of a run, on a free port: `inject('emulatorUrl')`, and FAKECLOUD_URL for the SDK's own
 * fixture. Its one worker leaves the other cores to the tests. A FAKECLOUD_URL that is set already names the emulator to test.
 */
export default async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  const { FAKECLOUD_URL: given } = process.env
  if (given) {
    provide('emulatorUrl', given)
    return async () => {}
  }
  await buildAll()
  const emulator = await startEmulator({ host: '127.0.0.1', port: 0, workers: 1, logLevel: 'warn' })
  provide('emulatorUrl', emulator.url)
  process.env.FAKECLOUD_URL = emulator.url
  return async () => {
    delete process.env.FAKECLOUD_URL
    await emulator.stop()
  }
}
